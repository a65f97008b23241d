//! The past and present output of a container's processes, as the engine kept it.

use dockwright::models::{ContainerCreateRequest, HostConfigLogConfig};
use dockwright::options::ContainerLogsOptions;
use dockwright::{Error, UnixTime};
use libtest_mimic::Trial;

use crate::bench::{Bench, Container, shell, trials};
use crate::forwarder::Forwarder;
use crate::streams::{Written, until_written, written};

pub fn trials() -> Vec<Trial> {
    trials![
        stdout_and_stderr_are_told_apart,
        a_terminal_is_one_stream_as_it_is,
        bytes_that_are_no_text_come_as_they_were_kept,
        tail_since_and_until_choose_lines,
        lines_come_whole,
        following_ends_when_the_container_ends,
        following_that_is_dropped_closes_its_connection,
        logs_that_are_kept_nowhere_are_refused,
    ]
}

async fn stdout_and_stderr_are_told_apart(bench: &'static Bench) {
    let container = ended(bench, shell("echo out; echo err >&2; echo more")).await;
    let logs = read(bench, &container, all()).await;
    assert_eq!(logs, Written::stdout("out\nmore\n").with_stderr("err\n"));
    let logs = read(bench, &container, ContainerLogsOptions::default().stderr(true)).await;
    assert_eq!(logs, Written::default().with_stderr("err\n"));
    let error =
        bench.engine.container_logs(&container.id, &Default::default()).await.expect_err("nothing is asked for");
    assert!(error.to_string().starts_with("container_logs: 400: "), "{error}");
}

async fn a_terminal_is_one_stream_as_it_is(bench: &'static Bench) {
    let container = ended(bench, shell("echo out; echo err >&2").tty(true)).await;
    assert_eq!(read(bench, &container, all()).await, Written::terminal("out\r\nerr\r\n"));
}

async fn bytes_that_are_no_text_come_as_they_were_kept(bench: &'static Bench) {
    let script = r"printf 'a\377\376\000z\n'";
    for (driver, expected) in [("local", &b"a\xFF\xFE\0z\n"[..]), ("json-file", "a\u{FFFD}\u{FFFD}\0z\n".as_bytes())] {
        let container = ended(bench, kept_by(driver, script)).await;
        let logs = read(bench, &container, all()).await;
        assert_eq!(logs.stdout, expected, "{driver}");
    }
}

async fn tail_since_and_until_choose_lines(bench: &'static Bench) {
    // A whole second lies between the two lines, and the second one begins it.
    let script = "echo early; now=$(date +%s); until [ $(date +%s) -gt $((now + 1)) ]; do sleep 0.05; done; date +%s";
    let container = ended(bench, shell(script)).await;
    let late = read(bench, &container, all().tail("1")).await;
    let second: i64 = text(&late.stdout).trim().parse().expect("it is a number");
    assert_eq!(read(bench, &container, all().since(UnixTime::new(second, 0))).await, late);
    assert_eq!(read(bench, &container, all().since(UnixTime::new(second, 900_000_000))).await, Written::default());
    assert_eq!(read(bench, &container, all().until(UnixTime::new(second, 0))).await, Written::stdout("early\n"));
    let stamped = read(bench, &container, all().timestamps(true).tail("1")).await;
    // `2026-11-22T21:40:00.123456789Z 1795383600`
    let (time, line) = text(&stamped.stdout).split_once(' ').expect("a time stands before the line");
    assert!(time.starts_with("20") && time.ends_with('Z') && line.trim() == second.to_string(), "{stamped:?}");
}

async fn lines_come_whole(bench: &'static Bench) {
    let container = ended(bench, shell("printf half; echo err >&2; echo ' and half'; printf 'no end'")).await;
    let logs = bench.engine.container_logs(&container.id, &all()).await.expect("it has logs");
    let (mut lines, mut seen) = (logs.lines(1000), Vec::new());
    while let Some(line) = lines.next().await {
        seen.push(line.expect("it is a line").bytes);
    }
    seen.sort();
    assert_eq!(seen, ["err", "half and half", "no end"]);
}

async fn following_ends_when_the_container_ends(bench: &'static Bench) {
    for terminal in [false, true] {
        let container = waiting(bench, terminal).await;
        let mut logs = bench.engine.container_logs(&container.id, &all().follow(true)).await.expect("it has logs");
        until_written(&mut logs, "ready").await;
        container.kill("USR1").await;
        let expected = if terminal { Written::terminal("bye\r\n") } else { Written::stdout("bye\n") };
        assert_eq!(written(logs).await, expected);
        assert_eq!(container.exit_code().await, 7);
    }
}

async fn following_that_is_dropped_closes_its_connection(bench: &'static Bench) {
    let container = waiting(bench, false).await;
    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    let mut logs = engine.container_logs(&container.id, &all().follow(true)).await.expect("it has logs");
    until_written(&mut logs, "ready").await;
    drop(logs);
    forwarder.closed_at_once("/logs").await;
    assert_eq!(container.status().await, "running");
}

async fn logs_that_are_kept_nowhere_are_refused(bench: &'static Bench) {
    let container = ended(bench, kept_by("none", "echo out")).await;
    let error = bench.engine.container_logs(&container.id, &all()).await.expect_err("there are no logs");
    assert!(matches!(&error, Error::Api { status, .. } if status.as_u16() == 501), "{error}");
    assert!(error.to_string().contains("does not support reading"), "{error}");
    let error = bench.engine.container_logs("no-such", &all()).await.expect_err("there is no such container");
    assert!(error.is_not_found() && error.to_string().starts_with("container_logs: "), "{error}");
}

fn all() -> ContainerLogsOptions {
    ContainerLogsOptions::default().stdout(true).stderr(true)
}

async fn read(bench: &Bench, container: &Container, options: ContainerLogsOptions) -> Written {
    written(bench.engine.container_logs(&container.id, &options).await.expect("it has logs")).await
}

/// Settings of a container whose output a log driver keeps.
fn kept_by(driver: &str, script: &str) -> ContainerCreateRequest {
    let mut body = shell(script);
    let driver = HostConfigLogConfig::default().type_(driver);
    body.host_config = body.host_config.map(|config| config.log_config(driver));
    body
}

/// A container that has run.
async fn ended(bench: &'static Bench, body: ContainerCreateRequest) -> Container {
    let container = bench.container_of(body).await.started().await;
    assert_eq!(container.exit_code().await, 0);
    container
}

/// A container that says that it is ready, and says bye when it gets SIGUSR1.
async fn waiting(bench: &'static Bench, terminal: bool) -> Container {
    let script = "trap 'echo bye; exit 7' USR1; echo ready; while :; do sleep 0.02; done";
    bench.container_of(shell(script).tty(terminal)).await.started().await
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it is text")
}
