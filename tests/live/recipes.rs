//! The recipes on a real engine: commands, events, health, images, files and logs.

use std::time::Duration;

use dockwright::Source;
use dockwright::models::{ContainerExecRequest, HealthConfig};
use dockwright::options::{ContainerLogsOptions, SystemEventsFilters, SystemEventsOptions};
use dockwright::recipes::{
    self, ExecStatus, HealthError, Pulled, Watched, exec_output, merged_logs, run_exec, wait_until_healthy,
    watch_events,
};
use libtest_mimic::Trial;

use crate::bench::{Bench, IMAGE, shell, soon, trials};
use crate::forwarder::Forwarder;
use crate::streams::{Written, until_written, written};

pub fn trials() -> Vec<Trial> {
    trials![
        a_command_has_output_input_and_an_exit_code,
        the_input_of_a_terminal_can_be_ended,
        a_program_that_is_missing_is_told,
        events_go_on_after_a_lost_connection,
        a_container_is_waited_for_until_it_is_healthy,
        an_image_that_is_there_is_not_pulled,
        a_file_is_written_and_read_through_a_link,
        logs_of_several_containers_are_merged_by_time,
        the_only_time_of_a_long_line_is_its_first,
        this_is_no_docker_desktop,
    ]
}

async fn a_command_has_output_input_and_an_exit_code(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let output = exec_output(&bench.engine, &container.id, ["sh", "-c", "echo out; echo err >&2; exit 5"]).await;
    let output = output.expect("it runs");
    assert_eq!((&*output.stdout, &*output.stderr), (&b"out\n"[..], &b"err\n"[..]));
    assert_eq!(output.status, ExecStatus::Exited(5));

    let sort = ContainerExecRequest::default().cmd(["sort"]).attach_stdin(true);
    let mut exec = run_exec(&bench.engine, &container.id, &sort).await.expect("it starts");
    let mut stdin = exec.stdin.take().expect("it is attached");
    assert_eq!(exec.status().await.expect("it is known"), ExecStatus::Running);
    stdin.write_all(b"b\na\n").await.expect("it reads");
    stdin.close().await.expect("the connection is there");
    let output = exec.collect().await.expect("it ends");
    assert_eq!((&*output.stdout_text(), output.status), ("a\nb\n", ExecStatus::Exited(0)));
}

/// Closing the connection of a terminal would lose what is written afterwards.
async fn the_input_of_a_terminal_can_be_ended(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    for (input, expected) in [("one\n", "one\r\n"), ("one\ntwo", "one\r\ntwo")] {
        let script = "stty -echo; echo ready; cat; sleep 0.2; echo; echo end; exit 4";
        let body = ContainerExecRequest::default().cmd(["sh", "-c", script]).attach_stdin(true).tty(true);
        let mut exec = run_exec(&bench.engine, &container.id, &body).await.expect("it starts");
        until_written(&mut exec.output, "ready\r\n").await;
        let mut stdin = exec.stdin.take().expect("it is attached");
        stdin.write_all(input.as_bytes()).await.expect("it reads");
        stdin.close().await.expect("the connection is there");
        let status = exec.status();
        assert_eq!(written(exec.output).await, Written::terminal(&format!("{expected}\r\nend\r\n")));
        assert_eq!(soon("it ends", status).await.expect("it is known"), ExecStatus::Exited(4));
    }
}

async fn a_program_that_is_missing_is_told(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    match exec_output(&bench.engine, &container.id, ["no-such-program"]).await {
        Ok(output) => assert!(matches!(output.status, ExecStatus::Exited(126 | 127)), "{output:?}"),
        Err(error) => assert!(error.to_string().contains("no-such-program"), "{error}"),
    }
    let stopped = bench.container("true").await;
    let error = exec_output(&bench.engine, &stopped.id, ["true"]).await.expect_err("it does not run");
    assert!(error.is_conflict(), "{error}");
}

async fn events_go_on_after_a_lost_connection(bench: &'static Bench) {
    let container = bench.container("sleep 1000").await;
    let forwarder = Forwarder::new(bench).await;
    let filters = SystemEventsFilters::default().type_("container").container(&container.id);
    let options = SystemEventsOptions::default().filters(filters);
    let mut watch = watch_events(&forwarder.engine(), &options).await.expect("the engine answers");
    let next = async |watch: &mut recipes::EventWatch| match soon("an event", watch.next()).await {
        Some(Ok(Watched::Event(event))) => event.action,
        other => panic!("{other:?}"),
    };
    let container = container.started().await;
    assert_eq!(next(&mut watch).await, "start");
    forwarder.cut();
    container.kill("KILL").await;
    container.exit_code().await;
    // Nothing was missed, and nothing comes twice.
    assert_eq!([next(&mut watch).await, next(&mut watch).await], ["kill", "die"]);
}

async fn a_container_is_waited_for_until_it_is_healthy(bench: &'static Bench) {
    let checked = |script: &str, check: &str, retries| {
        let health = HealthConfig::default().test(["CMD-SHELL", check]).interval(Duration::from_secs(1));
        shell(script).healthcheck(health.retries(retries))
    };
    let wait = async |id: &str, seconds| {
        soon("a verdict", wait_until_healthy(&bench.engine, id, Duration::from_secs(seconds))).await
    };
    let ready = bench.container_of(checked("sleep 2; touch /ready; sleep 1000", "test -e /ready", 30)).await;
    // It is waited for before it is started.
    let (waited, _) = tokio::join!(wait(&ready.id, 50), async {
        bench.engine.container_start(&ready.id, &Default::default()).await.expect("it starts");
    });
    waited.expect("it becomes healthy");

    let ill = bench.container_of(checked("sleep 1000", "echo no port; exit 1", 2)).await.started().await;
    match wait(&ill.id, 50).await {
        Err(HealthError::Unhealthy { output, .. }) => assert_eq!(output, "no port"),
        other => panic!("{other:?}"),
    }
    let plain = bench.running("sleep 1000").await;
    assert!(matches!(wait(&plain.id, 50).await, Err(HealthError::NoHealthCheck { .. })));
    let created = bench.container_of(checked("true", "true", 2)).await;
    let late = wait(&created.id, 1).await.expect_err("nobody starts it").to_string();
    assert!(late.ends_with(": it is not healthy within 1s, but created"), "{late}");
    let ended = bench.container_of(checked("exit 3", "true", 2)).await.started().await;
    ended.exit_code().await;
    assert!(matches!(wait(&ended.id, 50).await, Err(HealthError::Ended { exit_code: 3, .. })));
    assert!(matches!(wait("no-such-container", 50).await, Err(HealthError::Engine(error)) if error.is_not_found()));
}

async fn an_image_that_is_there_is_not_pulled(bench: &'static Bench) {
    assert_eq!(recipes::pull_if_missing(&bench.engine, IMAGE).await.expect("it is there"), Pulled::Present);
    // No registry has it: nothing listens at port 1.
    let error = recipes::pull_if_missing(&bench.engine, "127.0.0.1:1/no-such").await.expect_err("there is none");
    assert!(error.to_string().starts_with("image_create: "), "{error}");
}

async fn a_file_is_written_and_read_through_a_link(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let contents = b"\x00\xFF\n";
    let engine = &bench.engine;
    let script = "mkdir -p /etc /tmp && ln -s ../tmp/file /etc/link";
    let linked = exec_output(engine, &container.id, ["sh", "-c", script]).await.expect("it runs");
    assert!(linked.status.is_success(), "{linked:?}");
    recipes::write_file(engine, &container.id, "/etc/written", contents, 0o600).await.expect("it is written");
    let stat = exec_output(engine, &container.id, ["stat", "-c", "%a %u %s", "/etc/written"]).await.expect("it runs");
    assert_eq!(stat.stdout_text(), "600 0 3\n");
    let moved = exec_output(engine, &container.id, ["mv", "/etc/written", "/tmp/file"]).await.expect("it runs");
    assert!(moved.status.is_success(), "{moved:?}");
    let read = async |path| recipes::read_file(engine, &container.id, path, 1000).await;
    assert_eq!(read("/etc/link").await.expect("it leads to the file"), contents);
    let folder = read("/etc").await.expect_err("it is a folder");
    assert!(folder.to_string().ends_with(": /etc: expected a file, got a folder"), "{folder}");
    assert!(read("/no/such").await.expect_err("there is none").is_not_found());
}

async fn logs_of_several_containers_are_merged_by_time(bench: &'static Bench) {
    let first = bench.running("for n in 1 2 3; do echo first $n; sleep 0.5; done; echo first 4 >&2").await;
    let second = bench.running("for n in 1 2 3; do echo second $n; sleep 0.5; done").await;
    let read = async |follow| {
        let options = ContainerLogsOptions::default().follow(follow);
        let names = [&first.name, &second.name];
        let mut lines = merged_logs(&bench.engine, names, &options).await.expect("there are logs");
        let mut all = Vec::new();
        while let Some(line) = soon("the logs end", lines.next()).await {
            let line = line.expect("it is a line");
            let name = if line.output.text().starts_with("first") { &first.name } else { &second.name };
            assert_eq!(line.container, *name);
            assert_eq!(line.output.source == Source::Stderr, line.output.text() == "first 4");
            all.push((line.time, line.output.to_string()));
        }
        all
    };
    let mut followed = read(true).await;
    let merged = read(false).await;
    assert!(merged.is_sorted() && merged.len() == 7, "{merged:?}");
    let firsts = merged.iter().filter(|(_, text)| text.starts_with("first")).count();
    assert!(firsts == 4 && merged.iter().rposition(|(_, text)| text.starts_with("second")) > Some(3), "{merged:?}");
    followed.sort();
    assert_eq!(followed, merged, "each line comes once");
}

/// Engines keep it in three parts, each with a time of its own.
async fn the_only_time_of_a_long_line_is_its_first(bench: &'static Bench) {
    let container = bench.running("head -c 40000 /dev/zero | tr '\\0' x; echo; echo next").await;
    container.exit_code().await;
    let options = ContainerLogsOptions::default().stdout(true).timestamps(true);
    let mut lines = bench.engine.container_logs(&container.id, &options).await.expect("there are logs").lines(1 << 20);
    for expected in [&*"x".repeat(40_000), "next"] {
        let line = soon("a line", lines.next()).await.expect("there is one").expect("it is whole");
        let text = line.text();
        let (time, text) = text.split_once(' ').expect("it begins with a time");
        assert!(time.ends_with('Z') && text == expected, "{time} and {} bytes", text.len());
    }
}

async fn this_is_no_docker_desktop(bench: &'static Bench) {
    assert!(!bench.engine.is_desktop().await.expect("the engine answers"));
}
