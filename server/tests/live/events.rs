//! Events, and samples of a container's use of resources, sent while they happen.

use std::time::{SystemTime, UNIX_EPOCH};

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Container, and, exit_code, running, shell, started, trials, unique};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        events_of_the_past_come_in_their_order,
        filters_choose_events,
        watching_ends_with_the_limit_and_shows_what_came,
        one_sample_is_an_object,
        a_stream_of_samples_stops_after_so_many,
    ]
}

fn events_of_the_past_come_in_their_order(session: &Session) {
    let container = running(session, "exit 3");
    assert_eq!(exit_code(session, &container.id), 3);
    let seen = session.call("system_events", of(&container, json!({ "until": now() })));
    let rows: Vec<_> = seen["rows"].as_array().into_iter().flatten().collect();
    assert_eq!(rows.iter().map(|row| &row[2]).collect::<Vec<_>>(), ["create", "start", "die"], "{seen}");
    let id = &container.id[..12];
    assert_eq!(*rows[2], json!([rows[2][0], "container", "die", container.name, id, "exitCode=3"]));
    let whole = session.call("system_events", of(&container, json!({ "until": now(), "select": "[2].Actor" })));
    assert_eq!((&whole["ID"], &whole["Attributes"]["exitCode"]), (&json!(container.id), &json!("3")));
    let first = session.text("system_events", of(&container, json!({ "limit_items": 1, "select": "[].Action" })));
    assert!(first.starts_with("[\"create\"]\n") && first.contains("stopped at limit_items 1"), "{first}");
}

fn filters_choose_events(session: &Session) {
    let label = unique("label");
    let labelled = started(session, and(shell("true"), json!({ "Labels": { &label: "yes" } })));
    let other = running(session, "true");
    for container in [&labelled, &other] {
        exit_code(session, &container.id);
    }
    let chosen = |filters: Value| {
        let arguments = json!({ "since": "0", "until": now(), "filters": filters, "select": "[].Action" });
        session.call("system_events", arguments)
    };
    assert_eq!(chosen(json!({ "label": format!("{label}=yes") })), json!(["create", "start", "die"]));
    let some = json!({ "container": other.id, "event": ["die", "create"], "type": "container" });
    assert_eq!(chosen(some), json!(["create", "die"]));
    assert_eq!(chosen(json!({ "container": other.id, "type": "network", "event": "destroy" })), json!([]));
    let wrong = session.refused("system_events", json!({ "filters": { "contaner": other.id } }));
    assert!(wrong.contains("unknown argument `filters.contaner`; did you mean `container`"), "{wrong}");
}

fn watching_ends_with_the_limit_and_shows_what_came(session: &Session) {
    let container = running(session, "sleep 1000");
    let watch = json!({ "select": "[].Action", "limit_seconds": 1 });
    let seen = session.text("system_events", of(&container, watch));
    let (actions, note) = seen.split_once('\n').expect("it says how it ended");
    assert_eq!(actions, "[\"create\",\"start\"]");
    assert!(note.contains("ended after 1 s (limit_seconds); continue with since"), "{note}");
}

fn one_sample_is_an_object(session: &Session) {
    let container = running(session, "sleep 1000");
    let sample = session.call("container_stats", json!({ "id": container.id, "select": "@" }));
    assert_eq!((&sample["id"], &sample["name"]), (&json!(container.id), &json!(container.name)));
    assert!(sample["cpu_stats"]["cpu_usage"]["total_usage"].as_u64().is_some_and(|used| used > 0), "{sample}");
    assert!(sample["precpu_stats"]["system_cpu_usage"].is_u64(), "the one before it is there too: {sample}");
    let shown = session.text("container_stats", json!({ "id": container.id, "one-shot": true }));
    assert!(shown.contains(r#""CPU %":null"#) && shown.contains("no CPU use: "), "{shown}");
}

fn a_stream_of_samples_stops_after_so_many(session: &Session) {
    let container = running(session, "sleep 1000");
    let two = json!({ "id": container.id, "stream": true, "limit_items": 2, "limit_seconds": 60, "select": "[].read" });
    let text = session.text("container_stats", two);
    let samples: Value = serde_json::from_str(text.lines().next().unwrap_or_default()).expect("it is JSON");
    assert_eq!(samples.as_array().map(Vec::len), Some(2), "{text}");
    assert_ne!(samples[0], samples[1]);
    assert!(text.contains("stopped at limit_items 2; call again for more"), "{text}");
}

/// Arguments for the events of one container, from its beginning on.
fn of(container: &Container, more: Value) -> Value {
    and(json!({ "since": "0", "filters": { "type": "container", "container": container.id } }), more)
}

/// The time of this machine, which is the engine's too, as the engine wants it: `1795383600.000000001`.
fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    format!("{}.{:09}", since.as_secs(), since.subsec_nanos())
}
