//! Processes that are started in a running container. Starting one is still a raw request, since what it answers with is
//! not yet an operation with a method.

use dockwright::models::{ContainerExecRequest, ExecInspectResponse};
use libtest_mimic::Trial;

use crate::bench::{Bench, Container, request, trials, until};

pub fn trials() -> Vec<Trial> {
    trials![
        an_exec_is_known_before_it_starts,
        an_exec_runs_in_the_container_and_leaves_its_exit_code,
        a_resize_reaches_the_terminal_of_an_exec,
        an_exec_in_a_stopped_container_is_refused,
    ]
}

async fn an_exec_is_known_before_it_starts(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let exec = create(bench, &container, body("true").env(["A=1"]).user("nobody")).await;
    let inspect = inspect(bench, &exec).await;
    assert_eq!(inspect.id, Some(exec.clone()));
    assert_eq!(inspect.container_id, Some(container.id.clone()));
    assert_eq!((inspect.running, inspect.exit_code), (Some(false), None));
    let process = inspect.process_config.expect("it has a process");
    assert_eq!(process.entrypoint.as_deref(), Some("sh"));
    assert_eq!(process.arguments.as_deref(), Some(&["-c".to_owned(), "true".to_owned()][..]));
    assert_eq!(process.user.as_deref(), Some("nobody"));
    assert_eq!(container.inspect().await.exec_ids, Some(vec![exec]));
}

async fn an_exec_runs_in_the_container_and_leaves_its_exit_code(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let exec = create(bench, &container, body("echo $A > /written; exit 9").env(["A=1"])).await;
    start(bench, &exec, false).await;
    assert_eq!(exit_code(bench, &exec).await, 9);
    bench.engine.container_archive_info(&container.id, "/written").await.expect("it wrote a file");
}

async fn a_resize_reaches_the_terminal_of_an_exec(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let script = "until stty size | grep -q '44 99'; do sleep 0.02; done; exit 6";
    let exec = create(bench, &container, body(script).tty(true)).await;
    start(bench, &exec, true).await;
    bench.engine.exec_resize(&exec, 44, 99).await.expect("it is resized");
    assert_eq!(exit_code(bench, &exec).await, 6);
}

async fn an_exec_in_a_stopped_container_is_refused(bench: &'static Bench) {
    let container = bench.container("true").await;
    let error = bench.engine.container_exec(&container.id, &body("true")).await.expect_err("it does not run");
    assert!(error.is_conflict(), "{error}");
    let error = bench.engine.exec_inspect("0123456789ab").await.expect_err("there is no such exec");
    assert!(error.is_not_found(), "{error}");
}

fn body(script: &str) -> ContainerExecRequest {
    ContainerExecRequest::default().cmd(["sh", "-c", script])
}

async fn create(bench: &Bench, container: &Container, body: ContainerExecRequest) -> String {
    let created = bench.engine.container_exec(&container.id, &body).await.expect("it is created");
    created.id.expect("it has an id")
}

async fn start(bench: &Bench, exec: &str, tty: bool) {
    let body = format!(r#"{{"Detach": true, "Tty": {tty}}}"#);
    bench.engine.raw(request("POST", &format!("/exec/{exec}/start"), &body)).await.expect("it starts");
}

async fn inspect(bench: &Bench, exec: &str) -> ExecInspectResponse {
    bench.engine.exec_inspect(exec).await.expect("it is there")
}

async fn exit_code(bench: &Bench, exec: &str) -> i64 {
    until("the exec ends", async || inspect(bench, exec).await.exit_code).await
}
