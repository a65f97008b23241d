//! The logs of several containers as one.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Container, and, exit_code, running, shell, started, trials, unique, until};
use crate::session::{Output, Session};

pub fn trials() -> Vec<Trial> {
    trials![
        the_lines_of_a_project_are_merged_by_time,
        containers_are_found_by_label_filter_and_name,
        a_time_window_and_a_search_choose_lines,
        terminals_long_lines_and_logs_that_are_kept_nowhere,
        what_matches_nothing_or_too_much_is_refused,
        ten_logs_of_many_megabytes_take_little_memory,
    ]
}

/// A script that waits for its turn, which a whole second begins.
const TURN: &str = "turn() { until [ $(($(date +%s) % 4)) = $1 ]; do sleep 0.05; done; }; ";

fn labels(project: &str, service: &str) -> Value {
    json!({ "Labels": { "com.docker.compose.project": project, "com.docker.compose.service": service } })
}

fn service(session: &Session, project: &str, service: &str, script: &str) -> Container {
    started(session, and(shell(script), labels(project, service)))
}

fn the_lines_of_a_project_are_merged_by_time(session: &Session) {
    let project = unique("project");
    let script = |first: u8, second: u8, name: &str| {
        format!("{TURN}turn 0; turn {first}; echo {name} one; turn {second}; echo {name} two >&2")
    };
    let web = service(session, &project, "web", &script(1, 3, "web"));
    let db = service(session, &project, "db", &script(2, 0, "db"));
    assert_eq!((exit_code(session, &web.id), exit_code(session, &db.id)), (0, 0));
    let logs = session.output("project_logs", json!({ "project": project }));
    let lines: Vec<_> = logs.text.lines().collect();
    assert_eq!((logs.above.as_str(), lines.len()), ("", 4), "{logs:?}");
    assert!(logs.notes.contains("err| is stderr"), "{logs:?}");
    // They may have begun in different rounds, but each has its lines in order.
    let stamped = session.output("project_logs", json!({ "project": project, "timestamps": true }));
    let times: Vec<_> = stamped.text.lines().map(|line| line.split_once("| ").expect("a source").1).collect();
    assert!(times.is_sorted() && times[0].starts_with("20"), "{stamped:?}");
    for line in ["web| web one", "web err| web two", "db| db one", "db err| db two"] {
        assert!(lines.contains(&line), "{line}: {logs:?}");
    }
    let unstamped: Vec<_> = stamped.text.lines().map(|line| line.split(' ').next_back()).collect();
    assert_eq!(unstamped, lines.iter().map(|line| line.split(' ').next_back()).collect::<Vec<_>>());
    let one = session.output("project_logs", json!({ "project": project, "containers": ["db"] }));
    assert_eq!(one.text, "db| db one\ndb err| db two\n");
}

fn containers_are_found_by_label_filter_and_name(session: &Session) {
    let project = unique("project");
    let replicas = [1, 2].map(|number| service(session, &project, "web", &format!("echo from {number}")));
    let other = started(session, and(shell("echo other"), json!({ "Labels": { "team": project } })));
    for container in replicas.iter().chain([&other]) {
        assert_eq!(exit_code(session, &container.id), 0);
    }
    let text = |arguments: Value| session.output("project_logs", arguments).text;
    let both = text(json!({ "label": format!("com.docker.compose.project={project}") }));
    for (container, number) in replicas.iter().zip([1, 2]) {
        assert!(both.contains(&format!("{}| from {number}\n", container.name)), "{both}");
    }
    let team = json!({ "filters": { "label": format!("team={project}"), "status": "exited" } });
    assert_eq!(text(team), format!("{}| other\n", other.name));
    let named = text(json!({ "containers": [other.name, &replicas[0].id[..12]] }));
    assert!(named.lines().count() == 2 && named.contains("| other\n") && named.contains("web| from 1\n"), "{named}");
}

fn a_time_window_and_a_search_choose_lines(session: &Session) {
    let project = unique("project");
    let script = "echo early; now=$(date +%s); until [ $(date +%s) -gt $((now + 1)) ]; do sleep 0.05; done; date +%s";
    let [one, two] = ["one", "two"].map(|name| service(session, &project, name, script));
    assert_eq!((exit_code(session, &one.id), exit_code(session, &two.id)), (0, 0));
    let logs = |more: Value| session.output("project_logs", and(json!({ "project": project }), more));
    assert_eq!(logs(json!({ "tail": 1 })).text.matches("early").count(), 0);
    assert_eq!(logs(json!({ "since": "1h" })).text.lines().count(), 4);
    let earliest: u64 = logs(json!({ "tail": "1" }))
        .text
        .lines()
        .map(|line| line.split(' ').nth(1).and_then(|second| second.parse().ok()).expect("a number"))
        .min()
        .expect("there are lines");
    let before = logs(json!({ "until": earliest })).text;
    assert!(before.lines().all(|line| line.ends_with("early")) && !before.is_empty(), "{before}");
    let found = logs(json!({ "grep": ["EARLY", "never"], "limit_items": 1 }));
    assert!(found.text.ends_with("| early\n") && found.text.lines().count() == 1, "{found:?}");
    assert!(found.notes.contains("grep: 2 of 4 lines match"), "{found:?}");
    let none = session.text("project_logs", json!({ "project": project, "since": earliest + 1_000 }));
    assert!(none.starts_with("no output\n") && none.contains("no lines: "), "{none}");
}

fn terminals_long_lines_and_logs_that_are_kept_nowhere(session: &Session) {
    let project = unique("project");
    let terminal =
        and(shell(r"printf '10%%\r100%%\n'; sleep 0.1; printf '\033[31mred\033[0m\n'"), json!({ "Tty": true }));
    let long = "head -c 40000 /dev/zero | tr '\\0' x; echo end";
    let nowhere = json!({ "HostConfig": { "LogConfig": { "Type": "none" } } });
    let all = [
        started(session, and(terminal, labels(&project, "term"))),
        service(session, &project, "long", long),
        started(session, and(and(shell(long), json!({ "Tty": true })), labels(&project, "longterm"))),
        started(session, and(and(shell("echo lost"), nowhere), labels(&project, "none"))),
    ];
    for container in &all {
        assert_eq!(exit_code(session, &container.id), 0);
    }
    let logs = session.output("project_logs", json!({ "project": project, "grep": "%|red" }));
    assert_eq!(logs.text, "term| 100%\nterm| red\n");
    assert!(logs.notes.contains("none: ") && logs.notes.contains("does not support reading"), "{logs:?}");
    // The time that precedes each part of a long line is not a part of it.
    for name in ["long", "longterm"] {
        let found = json!({ "project": project, "containers": [name], "grep": "^x+end$" });
        let found = session.output("project_logs", found);
        assert!(
            found.text.starts_with(&format!("{name}| xxx")) && found.text.lines().count() == 1,
            "{:.200}",
            found.text
        );
    }
    let alone = session.refused("project_logs", json!({ "project": project, "containers": ["none"] }));
    assert!(alone.contains("does not support reading"), "{alone}");
}

fn what_matches_nothing_or_too_much_is_refused(session: &Session) {
    let project = unique("project");
    let _web = service(session, &project, "web", "echo out");
    let refused = |arguments: Value| session.refused("project_logs", arguments);
    assert!(refused(json!({})).contains("give `project`, `label`, `filters` or `containers`"));
    let near = refused(json!({ "project": format!("{project}x") }));
    assert!(near.contains(&format!("did you mean `{project}`")), "{near}");
    let near = refused(json!({ "project": project, "containers": ["wbe"] }));
    assert!(near.contains("no container `wbe` among these; did you mean `web`?"), "{near}");
    assert!(refused(json!({ "label": "no-such-label" })).contains("no container matches"));
    let window = refused(json!({ "project": project, "since": "yesterday" }));
    assert!(window.starts_with("project_logs: argument `since`"), "{window}");
    let filter = refused(json!({ "filters": { "lable": "a" } }));
    assert!(filter.contains("did you mean `label`?"), "{filter}");
}

fn ten_logs_of_many_megabytes_take_little_memory(session: &Session) {
    let project = unique("project");
    // Of a kilobyte a line, 5 MB each.
    let script = "yes $(seq 1000 1199) | head -n 5000";
    let all: Vec<_> = (0..10).map(|number| service(session, &project, &format!("s{number}"), script)).collect();
    for container in &all {
        assert_eq!(exit_code(session, &container.id), 0);
    }
    let logs = |more: Value| session.output("project_logs", and(json!({ "project": project }), more));
    logs(json!({}));
    let before = session.peak_kib();
    let found = logs(json!({ "grep": "1199" }));
    assert!(found.notes.contains("50,000 of 50,000 lines match"), "{}", found.notes);
    let grown = session.peak_kib() - before;
    assert!(grown <= 24 << 10, "{grown} KiB more");
    let last = logs(json!({ "limit_items": 2 }));
    assert!(
        last.text.lines().count() == 2 && last.notes.contains("the last 2 lines (limit_items 2;"),
        "{}",
        last.notes
    );
    let _: &Output = &last;
    let container = running(session, "sleep 1000");
    until("it is listed", || {
        let logs = session.text("project_logs", json!({ "containers": [container.name] }));
        logs.starts_with("no output").then_some(())
    });
}
