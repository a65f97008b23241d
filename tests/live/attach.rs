//! Connections that both sides write to: to a container's first process, and to the engine itself.

use dockwright::models::ContainerCreateRequest;
use dockwright::options::{ContainerAttachOptions, SessionOptions};
use dockwright::{Duplex, Engine, TerminalSize};
use libtest_mimic::Trial;
use tokio::io::AsyncReadExt;

use crate::bench::{Bench, Container, shell, soon, trials};
use crate::forwarder::Forwarder;
use crate::streams::{Written, until_written, written};

pub fn trials() -> Vec<Trial> {
    trials![
        output_arrives_before_and_after_stdin_is_closed,
        stdin_that_is_not_once_only_stays_open_when_it_is_closed_here,
        bytes_that_are_no_text_pass_both_ways,
        a_terminal_is_resized_while_it_is_attached,
        dropping_an_attach_leaves_the_process_running,
        an_attach_may_begin_with_the_logs,
        an_attach_to_nothing_is_refused,
        in_a_session_the_engine_begins_to_speak_http2,
    ]
}

async fn output_arrives_before_and_after_stdin_is_closed(bench: &'static Bench) {
    let container = bench.container_of(reading(CAT).stdin_once(true)).await;
    let (mut stdin, mut output) = attach(&bench.engine, &container).await.split();
    let container = container.started().await;
    assert!(!output.is_terminal());
    stdin.write_all(b"one\n").await.expect("it reads");
    assert_eq!(until_written(&mut output, "one\n").await, Written::stdout("got one\n"));
    stdin.write_all(b"two\n").await.expect("it reads");
    stdin.close().await.expect("the connection is there");
    assert_eq!(written(output).await, Written::stdout("got two\nend\n").with_stderr("err\n"));
    assert_eq!(container.exit_code().await, 3);
}

async fn stdin_that_is_not_once_only_stays_open_when_it_is_closed_here(bench: &'static Bench) {
    let container = bench.container_of(reading(CAT)).await.started().await;
    for word in ["one\n", "two\n"] {
        let (mut stdin, mut output) = attach(&bench.engine, &container).await.split();
        stdin.write_all(word.as_bytes()).await.expect("it reads");
        assert_eq!(until_written(&mut output, word).await, Written::stdout(&format!("got {word}")));
        // The engine takes this for a wish to detach, so the output ends too.
        stdin.close().await.expect("the connection is there");
        assert_eq!(written(output).await, Written::default());
    }
    assert_eq!(container.status().await, "running");
}

async fn bytes_that_are_no_text_pass_both_ways(bench: &'static Bench) {
    let container = bench.container_of(reading("cat").stdin_once(true)).await;
    let (mut stdin, output) = attach(&bench.engine, &container).await.split();
    let _container = container.started().await;
    // More than any buffer on the way: the output must be read while the input is sent.
    let sent: Vec<u8> = (0..3_000_000_u32).map(|index| (index % 251) as u8 | 0x80).collect();
    let sending = async {
        stdin.write_all(&sent).await.expect("it reads");
        stdin.close().await.expect("the connection is there");
    };
    let ((), came) = tokio::join!(sending, written(output));
    assert!(came.stdout == sent && came.stderr.is_empty(), "{} of {} bytes came", came.stdout.len(), sent.len());
}

async fn a_terminal_is_resized_while_it_is_attached(bench: &'static Bench) {
    let container = bench.container_of(reading("stty -echo; echo ready; read line; stty size").tty(true)).await;
    let (mut stdin, mut output) = attach(&bench.engine, &container).await.split();
    let container = container.started().await;
    assert!(output.is_terminal());
    until_written(&mut output, "ready\r\n").await;
    bench.engine.container_resize(&container.id, TerminalSize { height: 33, width: 77 }).await.expect("it is resized");
    stdin.write_all(b"go\n").await.expect("it reads");
    assert_eq!(written(output).await, Written::terminal("33 77\r\n"));
}

async fn dropping_an_attach_leaves_the_process_running(bench: &'static Bench) {
    let script = "trap 'echo bye; exit 7' USR1; echo ready; while :; do sleep 0.02; done";
    let container = bench.container_of(reading(script)).await;
    let forwarder = Forwarder::new(bench).await;
    let (stdin, mut output) = attach(&forwarder.engine(), &container).await.split();
    let container = container.started().await;
    until_written(&mut output, "ready\n").await;
    drop((stdin, output));
    forwarder.closed_at_once("/attach").await;
    assert_eq!(container.status().await, "running");
    // It can still write: its output goes to the logs.
    container.kill("USR1").await;
    assert_eq!(container.exit_code().await, 7);
}

async fn an_attach_may_begin_with_the_logs(bench: &'static Bench) {
    let container = bench.running("echo one; echo two >&2").await;
    container.exit_code().await;
    let options = ContainerAttachOptions::default().logs(true).stdout(true).stderr(true);
    let attached = soon("an answer", bench.engine.container_attach(&container.id, &options)).await;
    let logs = written(attached.expect("it is attached").into_output()).await;
    assert_eq!(logs, Written::stdout("one\n").with_stderr("two\n"));
}

async fn an_attach_to_nothing_is_refused(bench: &'static Bench) {
    let error = bench.engine.container_attach("no-such", &all()).await.expect_err("there is no such container");
    assert!(error.is_not_found() && error.to_string().starts_with("container_attach: 404: "), "{error}");
    let container = bench.running("sleep 1000").await;
    bench.engine.container_pause(&container.id).await.expect("it pauses");
    let error = bench.engine.container_attach(&container.id, &all()).await.expect_err("it is paused");
    assert!(error.is_conflict(), "{error}");
}

async fn in_a_session_the_engine_begins_to_speak_http2(bench: &'static Bench) {
    let mut session = soon("an answer", bench.engine.session(&SessionOptions::default())).await.expect("it begins");
    let mut preface = [0; 24];
    soon("the engine speaks", session.read_exact(&mut preface)).await.expect("it says all of it");
    assert_eq!(std::str::from_utf8(&preface), Ok("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
}

/// Echoes each line, and writes to both outputs when its input ends.
pub const CAT: &str = "while read line; do echo \"got $line\"; done; echo end; echo err >&2; exit 3";

/// Settings of a container whose script reads.
pub fn reading(script: &str) -> ContainerCreateRequest {
    shell(script).open_stdin(true)
}

fn all() -> ContainerAttachOptions {
    ContainerAttachOptions::default().stream(true).stdin(true).stdout(true).stderr(true)
}

async fn attach(engine: &Engine, container: &Container) -> Duplex {
    let attached = soon("an answer", engine.container_attach(&container.id, &all())).await;
    attached.expect("it is attached")
}
