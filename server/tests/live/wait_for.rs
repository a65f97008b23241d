//! Waits for what happens in a container, heard and not asked for again and again.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Container, and, created, exit_code, running, shell, started, trials, until};
use crate::proxy::{Fault, Proxy};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_container_becomes_healthy,
        one_that_is_unhealthy_at_the_limit_shows_its_last_probe,
        one_that_ends_first_ends_the_wait,
        one_without_a_check_is_refused,
        a_line_of_the_log_ends_the_wait,
        a_line_of_a_run_before_does_not_count,
        a_line_that_never_comes_and_one_that_came_before_the_end,
        a_container_that_is_created_is_waited_for_until_it_runs,
        a_container_that_restarts_again_and_again_is_read_each_time,
        one_that_is_removed_ends_the_wait,
        a_wait_that_breaks_off_says_so,
        a_follow_with_a_search_ends_at_the_match,
    ]
}

fn checked(script: &str, test: &str) -> Value {
    let check = json!({ "Test": ["CMD-SHELL", test], "Interval": 100_000_000, "Timeout": 2_000_000_000, "Retries": 2 });
    and(shell(script), json!({ "Healthcheck": check }))
}

fn wait(session: &Session, container: &Container, more: Value) -> (Value, String) {
    let text = session.text("container_wait_for", and(json!({ "id": container.name }), more));
    let data = serde_json::from_str(text.lines().next().unwrap_or_default()).expect("it is JSON");
    (data, text)
}

fn a_container_becomes_healthy(session: &Session) {
    let container = started(session, checked("sleep 2; touch /ready; sleep 1000", "test -e /ready"));
    let begun = Instant::now();
    let (waited, text) = wait(session, &container, json!({ "healthy": true }));
    assert_eq!((&waited["State"], &waited["Health"]), (&json!("running"), &json!("healthy")), "{text}");
    assert!(begun.elapsed() < Duration::from_secs(30) && text.lines().count() == 1, "{text}");
    let (again, _) = wait(session, &container, json!({ "healthy": true }));
    assert!(again["seconds"].as_f64() < Some(1.0), "{again}");
}

fn one_that_is_unhealthy_at_the_limit_shows_its_last_probe(session: &Session) {
    let container = started(session, checked("sleep 1000", "echo refused: PASSWORD=hunter2; exit 7"));
    let (waited, text) = wait(session, &container, json!({ "healthy": true, "limit_seconds": 4 }));
    assert_eq!((&waited["Health"], &waited["Probe"]["ExitCode"]), (&json!("unhealthy"), &json!(7)), "{text}");
    let probe = waited["Probe"]["Output"].as_str().expect("its output");
    assert!(probe.contains("refused") && !text.contains("hunter2"), "{text}");
    assert!(text.contains("4 s (limit_seconds) passed before it was healthy"), "{text}");
}

fn one_that_ends_first_ends_the_wait(session: &Session) {
    let container = started(session, checked("sleep 1; exit 3", "false"));
    let begun = Instant::now();
    let (waited, text) = wait(session, &container, json!({ "healthy": true }));
    assert_eq!((&waited["State"], &waited["ExitCode"]), (&json!("exited"), &json!(3)), "{text}");
    assert!(text.contains("it ended before it was healthy") && begun.elapsed() < Duration::from_secs(20), "{text}");
    let (waited, text) = wait(session, &container, json!({ "line": "never" }));
    assert_eq!((&waited["State"], waited.get("line")), (&json!("exited"), None), "{text}");
}

fn one_without_a_check_is_refused(session: &Session) {
    let container = running(session, "sleep 1000");
    let refused = session.refused("container_wait_for", json!({ "id": container.id, "healthy": true }));
    assert!(refused.contains("it has no health check"), "{refused}");
    let both = session.refused("container_wait_for", json!({ "id": container.id, "healthy": true, "line": "x" }));
    assert!(both.contains("`healthy` or `line`"), "{both}");
    let wrong = session.refused("container_wait_for", json!({ "id": container.id, "line": "[x" }));
    assert!(wrong.contains("argument `line`: unclosed character class at character 1"), "{wrong}");
    let unknown = session.fail("container_wait_for", json!({ "id": "no-such" }));
    assert!(unknown.contains("404"), "{unknown}");
}

fn a_line_of_the_log_ends_the_wait(session: &Session) {
    for tty in [false, true] {
        let script = "echo starting; sleep 1; echo server READY token=abc123xyz >&2; sleep 0.1; echo more; sleep 1000";
        let container = started(session, and(shell(script), json!({ "Tty": tty })));
        let begun = Instant::now();
        let (waited, text) = wait(session, &container, json!({ "line": ["ready", "listening"] }));
        let line = waited["line"].as_str().expect("the line");
        assert!(line.starts_with("server READY token=") && !line.contains("abc123xyz"), "{text}");
        assert_eq!(waited["State"], "running", "{text}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{text}");
        let (again, _) = wait(session, &container, json!({ "line": "READY" }));
        assert!(again["line"].is_string() && again["seconds"].as_f64() < Some(2.0), "{again}");
    }
}

fn a_line_of_a_run_before_does_not_count(session: &Session) {
    // It is ready at once in its first run, and after a while in its second.
    let script = "test -e /second && sleep 2; touch /second; echo ready; sleep 1000";
    let container = running(session, script);
    let (first, text) = wait(session, &container, json!({ "line": "ready" }));
    assert_eq!(first["line"], "ready", "{text}");
    session.done("container_restart", json!({ "id": container.id, "t": 0 }));
    let (second, text) = wait(session, &container, json!({ "line": "ready" }));
    assert!(second["line"] == "ready" && second["seconds"].as_f64() > Some(0.5), "{text}");
    session.done("container_restart", json!({ "id": container.id, "t": 0 }));
    let (any, text) = wait(session, &container, json!({ "line": "ready", "since": "1h" }));
    assert!(any["seconds"].as_f64() < Some(1.5), "{text}");
}

fn a_line_that_never_comes_and_one_that_came_before_the_end(session: &Session) {
    let container = running(session, "echo one; sleep 1000");
    let (waited, text) = wait(session, &container, json!({ "line": "two", "limit_seconds": 2 }));
    assert_eq!((&waited["State"], waited.get("line")), (&json!("running"), None), "{text}");
    assert!(text.contains("2 s (limit_seconds) passed before a line of its log matched"), "{text}");
    let ended = running(session, "sleep 1; echo last words; exit 4");
    let (waited, text) = wait(session, &ended, json!({ "line": "last words" }));
    assert_eq!(waited["line"], "last words", "{text}");
    assert_eq!(exit_code(session, &ended.id), 4);
    let (waited, text) = wait(session, &ended, json!({ "line": "last words" }));
    assert_eq!((&waited["line"], &waited["State"]), (&json!("last words"), &json!("exited")), "{text}");
}

fn a_container_that_is_created_is_waited_for_until_it_runs(session: &Session) {
    let container = created(session, shell("sleep 1; echo ready; sleep 1000"));
    let later = created(session, checked("sleep 1000", "true"));
    std::thread::scope(|scope| {
        let runs = scope.spawn(|| wait(session, &container, json!({})));
        let writes = scope.spawn(|| wait(session, &container, json!({ "line": "ready" })));
        let healthy = scope.spawn(|| wait(session, &later, json!({ "healthy": true })));
        std::thread::sleep(Duration::from_secs(1));
        for container in [&container, &later] {
            session.call("container_start", json!({ "id": container.id }));
        }
        let [runs, writes, healthy] = [runs, writes, healthy].map(|waited| waited.join().expect("it ends").0);
        assert_eq!(runs["State"], "running");
        assert_eq!((&writes["line"], &healthy["Health"]), (&json!("ready"), &json!("healthy")));
    });
    let (waited, text) = wait(session, &created(session, shell("true")), json!({ "limit_seconds": 1 }));
    assert!(waited["State"] == "created" && text.contains("passed before it ran"), "{text}");
}

fn a_container_that_restarts_again_and_again_is_read_each_time(session: &Session) {
    let policy = json!({ "HostConfig": { "RestartPolicy": { "Name": "always" } } });
    let script = "echo x >> /count; echo run $(wc -l < /count); exit 1";
    let container = started(session, and(shell(script), policy));
    let (waited, text) = wait(session, &container, json!({ "line": "run 4" }));
    assert_eq!(waited["line"], "run 4", "{text}");
}

fn one_that_is_removed_ends_the_wait(session: &Session) {
    let container = running(session, "sleep 1000");
    std::thread::scope(|scope| {
        let waits = [json!({ "line": "never" })].map(|more| scope.spawn(|| wait(session, &container, more)));
        std::thread::sleep(Duration::from_secs(1));
        session.done("container_delete", json!({ "id": container.id, "force": true }));
        for waited in waits {
            let (waited, text) = waited.join().expect("it ends");
            let is_over = ["removed", "removing", "exited", "dead"].iter().any(|state| waited["State"] == *state);
            assert!(is_over && waited["seconds"].as_f64() < Some(20.0), "{text}");
        }
    });
}

fn a_wait_that_breaks_off_says_so(session: &Session) {
    let container = started(session, checked("sleep 1000", "false"));
    let proxy = Proxy::new(Fault::Breaks("/events", Duration::from_millis(500)));
    let behind = Session::with(&proxy.address, &[]);
    let (waited, text) = wait(&behind, &container, json!({ "healthy": true }));
    assert!(waited["State"] == "running" && text.contains("the wait broke off before it was healthy: "), "{text}");
}

fn a_follow_with_a_search_ends_at_the_match(session: &Session) {
    let container = running(session, "echo ready one; sleep 1; echo ready two; echo ready three; sleep 1000");
    let begun = Instant::now();
    let follow = |items: usize| {
        let search = json!({ "id": container.id, "follow": true, "grep": "READY", "limit_items": items });
        session.output("container_logs", and(search, json!({ "limit_seconds": 60 })))
    };
    let first = follow(1);
    assert_eq!(first.text, "ready one\n");
    assert!(first.notes.contains("stopped at limit_items 1"), "{first:?}");
    assert_eq!(follow(2).text, "ready one\nready two\n");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    until("all is written", || (follow(3).text.lines().count() == 3).then_some(()));
    let arguments =
        json!({ "filters": { "container": container.id }, "grep": "start", "limit_items": 1, "since": "1h" });
    let events = session.text("system_events", arguments);
    assert!(events.contains("stopped at limit_items 1"), "{events}");
}
