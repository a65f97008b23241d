//! Processes that are started in a running container, and the connections to them.

use dockwright::models::{ContainerExecRequest, ExecInspectResponse, ExecStartRequest};
use dockwright::{Duplex, TerminalSize};
use libtest_mimic::Trial;

use crate::bench::{Bench, Container, soon, trials, until};
use crate::forwarder::Forwarder;
use crate::streams::{Written, until_written, written};

pub fn trials() -> Vec<Trial> {
    trials![
        an_exec_is_known_before_it_starts,
        an_exec_runs_detached_and_leaves_its_exit_code,
        output_of_an_exec_arrives,
        output_arrives_before_and_after_stdin_is_closed,
        a_resize_reaches_the_terminal_of_an_exec,
        dropping_an_exec_leaves_it_running,
        an_exec_in_a_stopped_container_is_refused,
    ]
}

async fn an_exec_is_known_before_it_starts(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let exec = create(bench, &container, body("true").env(["A=1"]).user("nobody")).await;
    let inspect = inspect(bench, &exec).await;
    assert_eq!(inspect.id, exec);
    assert_eq!(inspect.container_id, container.id);
    assert_eq!((inspect.running, inspect.exit_code), (false, None));
    let process = inspect.process_config;
    assert_eq!(process.entrypoint, "sh");
    assert_eq!(process.arguments, ["-c", "true"]);
    assert_eq!(process.user.as_deref(), Some("nobody"));
    assert_eq!(container.inspect().await.exec_ids, [exec]);
}

async fn an_exec_runs_detached_and_leaves_its_exit_code(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let body = attached("echo $A > /written; echo nobody reads this; exit 9").env(["A=1"]);
    let exec = create(bench, &container, body).await;
    let answer = start(bench, &exec, ExecStartRequest::default().detach(true)).await.into_output();
    assert_eq!(written(answer).await, Written::default());
    assert_eq!(exit_code(bench, &exec).await, 9);
    bench.engine.container_archive_info(&container.id, "/written").await.expect("it wrote a file");
}

async fn output_of_an_exec_arrives(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let exec = create(bench, &container, attached(r"echo out; echo err >&2; printf '\377\376'; exit 5")).await;
    let output = start(bench, &exec, ExecStartRequest::default()).await.into_output();
    let output = written(output).await;
    assert_eq!((&*output.stdout, &*output.stderr), (&b"out\n\xFF\xFE"[..], &b"err\n"[..]));
    assert_eq!(exit_code(bench, &exec).await, 5);
}

async fn output_arrives_before_and_after_stdin_is_closed(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let script = "while read line; do echo \"got $line\"; done; echo end; echo err >&2; exit 3";
    let exec = create(bench, &container, attached(script).attach_stdin(true)).await;
    let (mut stdin, mut output) = start(bench, &exec, ExecStartRequest::default()).await.split();
    stdin.write_all(b"one\n").await.expect("it reads");
    assert_eq!(until_written(&mut output, "one\n").await, Written::stdout("got one\n"));
    stdin.write_all(b"two\n").await.expect("it reads");
    stdin.close().await.expect("the connection is there");
    assert_eq!(written(output).await, Written::stdout("got two\nend\n").with_stderr("err\n"));
    assert_eq!(exit_code(bench, &exec).await, 3);
}

async fn a_resize_reaches_the_terminal_of_an_exec(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let script = "stty -echo; echo ready; read line; stty size; exit 6";
    let exec = create(bench, &container, attached(script).attach_stdin(true).tty(true)).await;
    let (mut stdin, mut output) = start(bench, &exec, ExecStartRequest::default().tty(true)).await.split();
    until_written(&mut output, "ready\r\n").await;
    bench.engine.exec_resize(&exec, TerminalSize { height: 44, width: 99 }).await.expect("it is resized");
    stdin.write_all(b"go\n").await.expect("it reads");
    assert_eq!(written(output).await, Written::terminal("44 99\r\n"));
    assert_eq!(exit_code(bench, &exec).await, 6);
}

async fn dropping_an_exec_leaves_it_running(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let exec = create(bench, &container, attached("echo ready; until test -e /go; do sleep 0.02; done; exit 8")).await;
    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    let started = soon("an answer", engine.exec_start(&exec, &ExecStartRequest::default())).await;
    let mut output = started.expect("it starts").into_output();
    until_written(&mut output, "ready\n").await;
    drop(output);
    forwarder.closed_at_once("/start").await;
    assert!(inspect(bench, &exec).await.running);
    let go = create(bench, &container, body("touch /go")).await;
    written(start(bench, &go, ExecStartRequest::default().detach(true)).await.into_output()).await;
    assert_eq!(exit_code(bench, &exec).await, 8);
}

async fn an_exec_in_a_stopped_container_is_refused(bench: &'static Bench) {
    let container = bench.container("true").await;
    let error = bench.engine.container_exec(&container.id, &body("true")).await.expect_err("it does not run");
    assert!(error.is_conflict(), "{error}");
    let error = bench.engine.exec_inspect("0123456789ab").await.expect_err("there is no such exec");
    assert!(error.is_not_found(), "{error}");
    let error = bench.engine.exec_start("0123456789ab", &ExecStartRequest::default()).await.expect_err("nor here");
    assert!(error.is_not_found() && error.to_string().starts_with("exec_start: "), "{error}");
}

fn body(script: &str) -> ContainerExecRequest {
    ContainerExecRequest::default().cmd(["sh", "-c", script])
}

/// An exec whose output is read.
fn attached(script: &str) -> ContainerExecRequest {
    body(script).attach_stdout(true).attach_stderr(true)
}

async fn create(bench: &Bench, container: &Container, body: ContainerExecRequest) -> String {
    let created = bench.engine.container_exec(&container.id, &body).await.expect("it is created");
    created.id
}

async fn start(bench: &Bench, exec: &str, body: ExecStartRequest) -> Duplex {
    soon("an answer", bench.engine.exec_start(exec, &body)).await.expect("it starts")
}

async fn inspect(bench: &Bench, exec: &str) -> ExecInspectResponse {
    bench.engine.exec_inspect(exec).await.expect("it is there")
}

async fn exit_code(bench: &Bench, exec: &str) -> i64 {
    until("the exec ends", async || inspect(bench, exec).await.exit_code).await
}
