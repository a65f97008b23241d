//! Recorded events and written ones, as a table.

use super::*;
use crate::reply::tests::recorded_events;

fn shown(events: impl IntoIterator<Item = Value>, commands: bool, limit: usize) -> Table {
    let mut table = Events::new(commands);
    let rows = events.into_iter().filter_map(|event| table.row(Safe::trusted(event))).collect();
    table.table(Safe::list(rows), None, limit)
}

fn rows(table: &Table) -> &[Value] {
    table.data["rows"].as_array().unwrap()
}

fn event(kind: &str, action: &str, id: &str, seconds: i64, attributes: Value) -> Value {
    let actor = json!({"ID": id, "Attributes": attributes});
    json!({"Type": kind, "Action": action, "Actor": actor, "timeNano": seconds * 1_000_000_000})
}

/// The three events of a command.
fn command(words: &str, exec: &str, seconds: i64, code: &str) -> [Value; 3] {
    let id = "a".repeat(64);
    let one = |action: &str, seconds| {
        let attributes = json!({"name": "web", "execID": exec, "exitCode": code, "image": "nginx", "label": "x"});
        event("container", action, &id, seconds, attributes)
    };
    [
        one(&format!("exec_create: {words}"), seconds),
        one(&format!("exec_start: {words}"), seconds),
        one("exec_die", seconds + 1),
    ]
}

#[test]
fn recorded_events_are_short_rows() {
    for version in ["1.41", "1.45", "1.51"] {
        let events = recorded_events(version);
        let table = shown(events.clone(), false, 100);
        let (before, after) = (Value::from(events.clone()).to_string().len(), table.data.to_string().len());
        println!("{version}: {} events, {before} -> {after} bytes", events.len());
        assert!(after < before / 3, "{version}: {}", *table.data);
        assert!(table.data["date"].as_str().is_some_and(|date| date == "2026-11-22"), "{}", *table.data);
        let row = |action: &str| rows(&table).iter().find(|row| row[2] == action).unwrap();
        let destroyed = row("unmount");
        assert_eq!(
            (&destroyed[1], &destroyed[3], &destroyed[4]),
            (&json!("volume"), &json!("validate-volume"), &json!(""))
        );
        assert!(!table.data.to_string().contains("sha256:"), "{}", *table.data);
        assert!(row("create")[0].as_str().unwrap().ends_with('Z'));
    }
}

#[test]
fn the_attributes_that_tell_most_are_shown() {
    let id = "b".repeat(64);
    let table = shown(
        [
            event("container", "create", &id, 1, json!({"name": "db", "image": "postgres:17", "com.example": "x"})),
            event("container", "kill", &id, 2, json!({"name": "db", "image": "postgres:17", "signal": "15"})),
            event("container", "die", &id, 3, json!({"name": "db", "exitCode": "137", "execDuration": "4"})),
            event("container", "rename", &id, 3, json!({"name": "db", "oldName": "/old"})),
            event(
                "network",
                "connect",
                &"c".repeat(64),
                3,
                json!({"name": "front", "container": id, "type": "bridge"}),
            ),
            event("network", "connect", &"c".repeat(64), 3, json!({"name": "front", "container": "d".repeat(64)})),
            event("volume", "mount", "data", 3, json!({"container": id, "destination": "/data", "driver": "local"})),
            event("node", "update", "xyz", 4, json!({"name": "n1", "state.new": "ready", "state.old": "down"})),
            event("image", "prune", "", 86_400, json!({"reclaimed": "1200000"})),
        ],
        false,
        100,
    );
    let expected = json!([
        ["1970-01-01T00:00:01Z", "container", "create", "db", "bbbbbbbbbbbb", "image=postgres:17"],
        ["1970-01-01T00:00:02Z", "container", "kill", "db", "bbbbbbbbbbbb", "signal=15"],
        ["1970-01-01T00:00:03Z", "container", "die", "db", "bbbbbbbbbbbb", "exitCode=137"],
        ["1970-01-01T00:00:03Z", "container", "rename", "db", "bbbbbbbbbbbb", "oldName=old"],
        ["1970-01-01T00:00:03Z", "network", "connect", "front", "cccccccccccc", "container=db"],
        ["1970-01-01T00:00:03Z", "network", "connect", "front", "cccccccccccc", "container=dddddddddddd"],
        ["1970-01-01T00:00:03Z", "volume", "mount", "data", "", "container=db, destination=/data"],
        ["1970-01-01T00:00:04Z", "node", "update", "n1", "xyz", "state=down→ready"],
        ["1970-01-02T00:00:00Z", "image", "prune", "", "", "reclaimed=1.2 MB"],
    ]);
    assert_eq!(table.data["rows"], expected);
}

#[test]
fn health_checks_are_only_counted_and_a_single_command_is_a_row() {
    let probes = (0..5).flat_map(|n| command("sh -c curl", &format!("p{n}"), n * 10, if n == 4 { "7" } else { "0" }));
    let events = probes.chain(command("ls /", "q", 15, "2")).chain([event("volume", "create", "v", 20, json!({}))]);
    let table = shown(events, false, 100);
    let expected = json!([
        ["00:00:15Z", "container", "exec", "web", "aaaaaaaaaaaa", "ls /, exitCode=2"],
        ["00:00:20Z", "volume", "create", "v", "", ""],
    ]);
    assert_eq!(table.data["rows"], expected);
    let note = "of 18 exec events, repeated ones (health checks) are only counted: web ran `sh -c curl` 5 times, \
        last exit code 7";
    assert_eq!(table.notes, [note]);
}

#[test]
fn asked_for_commands_are_rows() {
    let table = shown(command("true", "e", 1, "0"), true, 100);
    let actions: Vec<_> = rows(&table).iter().map(|row| (row[2].as_str().unwrap(), row[5].as_str().unwrap())).collect();
    assert_eq!(actions, [("exec_create", "true"), ("exec_start", "true"), ("exec_die", "exitCode=0")]);
    assert!(table.notes.is_empty());
}

#[test]
fn single_commands_are_bounded_like_rows() {
    let events = (0..5).flat_map(|n| command(&format!("echo {n}"), &format!("e{n}"), n, "0"));
    let table = shown(events, false, 2);
    assert_eq!(rows(&table).len(), 2);
    assert!(table.notes[0].ends_with("3 commands that ran once are left out"), "{:?}", table.notes);
}

#[test]
fn strange_events_are_rows_too() {
    let table = shown([json!(null), json!({"Type": 5}), json!({"Actor": {"ID": "x"}})], false, 100);
    assert_eq!(table.data["rows"][2], json!(["", "", "", "x", "", ""]));
    assert_eq!(shown([], false, 100).data["rows"], json!([]));
}
