//! Answers that are summed up: disk use, a sample, events, a container, and the table of all containers.

use std::time::Instant;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{IMAGE, Leftover, and, exit_code, running, shell, speaks, started, text, trials, unique, until};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        disk_use_is_summed_up_and_listed_when_it_is_asked_for,
        a_sample_is_told_in_percent_and_a_stopped_container_does_not_run,
        events_are_short_and_health_checks_are_counted,
        an_empty_answer_says_how_far_back_the_history_reaches,
        the_last_health_check_says_why,
        a_table_compares_containers,
        a_table_tells_which_containers_have_no_limit,
        a_table_is_ready_soon,
    ]
}

fn disk_use_is_summed_up_and_listed_when_it_is_asked_for(session: &Session) {
    let tag = unique("unused");
    let context = json!({ "Dockerfile": format!("FROM {IMAGE}\nRUN head -c 3000000 /dev/urandom > /data"), "x": tag });
    session.shown("image_build", json!({ "t": tag, "context": context }));
    let _image = Leftover::new(format!("/images/{tag}?force=true"));
    let _container = running(session, "sleep 1000");
    let shown = session.text("system_data_usage", json!({ "limit_items": 1000 }));
    let usage: Value = serde_json::from_str(shown.lines().next().unwrap_or_default()).expect("it is JSON");
    // Its own layer, not those of the image that it was made from.
    assert_eq!(usage["UnusedImages"][format!("{tag}:latest")], "3.0 MB", "{shown}");
    for kind in ["Images", "Containers", "Volumes", "BuildCache"] {
        assert!(usage[kind]["Total"].is_u64() && usage[kind]["Reclaimable"].is_string(), "{kind}: {shown}");
    }
    assert!(shown.contains("select: \"@\" shows every object"), "{shown}");
    assert!(session.text("system_data_usage", json!({})).len() < 2_000);
    if !speaks(42) {
        return;
    }
    let images = session.text("system_data_usage", json!({ "type": ["image"] }));
    assert!(images.contains(&format!("{tag}:latest")) && images.contains("\"SharedSize\":"), "{images}");
}

fn a_sample_is_told_in_percent_and_a_stopped_container_does_not_run(session: &Session) {
    let limited =
        and(shell("while :; do :; done"), json!({ "HostConfig": { "Memory": 64 << 20, "NanoCpus": 500_000_000 } }));
    let busy = started(session, limited);
    let sample = session.call("container_stats", json!({ "id": busy.name }));
    assert!(sample["CPU %"].as_f64().is_some_and(|share| (5.0..=100.0).contains(&share)), "{sample}");
    assert_eq!((&sample["Name"], &sample["Limit"]), (&json!(busy.name), &json!("64 MiB")));
    let ended = running(session, "exit 3");
    exit_code(session, &ended.id);
    let sample = session.call("container_stats", json!({ "id": ended.name }));
    assert_eq!(sample, json!({ "Name": ended.name, "State": "not running" }));
}

fn events_are_short_and_health_checks_are_counted(session: &Session) {
    let check = json!({ "Test": ["CMD-SHELL", "echo no; exit 1"], "Interval": 300_000_000, "Retries": 2 });
    let container = started(session, and(shell("sleep 1000"), json!({ "Healthcheck": check })));
    until("it is unhealthy", || {
        let health = session.call("container_inspect", json!({ "id": container.id, "select": "State.Health.Status" }));
        (health == "unhealthy").then_some(())
    });
    session.shown("exec_run", json!({ "id": container.id, "body": { "Cmd": ["echo", "once"] } }));
    let past = json!({ "since": "5m", "until": "0s", "filters": { "container": container.id } });
    let shown = session.text("system_events", past.clone());
    let table: Value = serde_json::from_str(shown.lines().next().unwrap_or_default()).expect("it is JSON");
    let rows = table["rows"].as_array().expect("it has rows");
    let actions: Vec<_> = rows.iter().map(|row| text(&row[2])).filter(|action| action != "create").collect();
    assert!(["start", "health_status: unhealthy", "exec"].iter().all(|action| actions.contains(&(*action).to_owned())));
    assert_eq!(actions.iter().filter(|action| action.starts_with("exec")).count(), 1, "{shown}");
    let counted = format!("{} ran `/bin/sh -c echo no; exit 1` ", container.name);
    assert!(shown.contains(&counted) && shown.contains("last exit code 1"), "{shown}");
    assert!(!shown.contains(&container.id) && shown.contains("exitCode=0"), "{shown}");
    let asked = and(past, json!({ "filters": { "event": ["exec_create", "exec_die"] } }));
    let rows = session.call("system_events", asked)["rows"].clone();
    assert!(rows.as_array().is_some_and(|rows| rows.iter().all(|row| text(&row[2]).starts_with("exec_"))), "{rows}");
}

fn an_empty_answer_says_how_far_back_the_history_reaches(session: &Session) {
    let _container = running(session, "true");
    let nothing = json!({ "since": "0s", "until": "0s", "filters": { "container": "no-such" } });
    let shown = session.text("system_events", nothing);
    assert!(shown.contains(r#""rows":[]"#) && shown.contains("history reaches back to 20"), "{shown}");
    let lost = session.text("system_events", json!({ "since": "10000h", "until": "9000h" }));
    assert!(
        lost.contains("the engine's history begins at 20") && lost.contains("earlier events, if any, are lost"),
        "{lost}"
    );
}

fn the_last_health_check_says_why(session: &Session) {
    let check = json!({ "Test": ["CMD-SHELL", "echo no route; exit 7"], "Interval": 300_000_000, "Retries": 1 });
    let container = started(session, and(shell("sleep 1000"), json!({ "Healthcheck": check })));
    let health = until("it is unhealthy", || {
        let health = session.call("container_inspect", json!({ "id": container.id }))["State"]["Health"].clone();
        (health["Status"] == "unhealthy").then_some(health)
    });
    let last = &health["Log"];
    assert_eq!((last.as_array().map(Vec::len), &last[0]["ExitCode"]), (Some(1), &json!(7)), "{health}");
    assert!(text(&last[0]["Output"]).contains("no route") && health["FailingStreak"].as_u64() >= Some(1), "{health}");
}

fn a_table_compares_containers(session: &Session) {
    let label = unique("table");
    let body = |script: &str, more: Value| and(and(shell(script), json!({ "Labels": { &label: "" } })), more);
    let busy = started(
        session,
        body("while :; do :; done", json!({ "HostConfig": { "Memory": 64 << 20, "NanoCpus": 500_000_000 } })),
    );
    let idle = started(session, body("sleep 1000", json!({})));
    let ended = started(session, body("exit 3", json!({})));
    exit_code(session, &ended.id);
    let table = |more: Value| session.call("container_table", and(json!({ "filters": { "label": label } }), more));
    let names = |table: &Value| -> Vec<String> {
        table["rows"].as_array().into_iter().flatten().map(|row| text(&row[0])).collect()
    };
    let by_cpu = table(json!({}));
    assert_eq!(names(&by_cpu), [busy.name.clone(), idle.name.clone()], "{by_cpu}");
    let first = &by_cpu["rows"][0];
    assert_eq!(
        (&first[1], &first[2], &first[6], &first[8]),
        (&json!(IMAGE), &json!("running"), &json!("64 MiB"), &json!(0))
    );
    assert!(first[4].as_f64().is_some_and(|share| share > 5.0) && first[7].is_f64(), "{first}");
    assert_eq!(names(&table(json!({ "sort": "+cpu" }))), [idle.name.clone(), busy.name.clone()]);
    assert_eq!(names(&table(json!({ "limit_items": 1, "sort": "limit" }))), std::slice::from_ref(&idle.name));
    let all = table(json!({ "all": true, "grep": "exited" }));
    assert_eq!(names(&all), std::slice::from_ref(&ended.name));
    assert!(all["rows"][0][2].as_str().is_some_and(|state| state.starts_with("exited (3) ")), "{all}");
    let refused = session.refused("container_table", json!({ "sort": "memry" }));
    assert!(refused.contains("did you mean `memory`"), "{refused}");
}

fn a_table_tells_which_containers_have_no_limit(session: &Session) {
    let label = unique("limit");
    let body = |more: Value| and(and(shell("sleep 1000"), json!({ "Labels": { &label: "" } })), more);
    let _limited = started(session, body(json!({ "HostConfig": { "Memory": 32 << 20 } })));
    let free = started(session, body(json!({})));
    let select = json!({ "filters": { "label": label }, "select": "[?limit==null].name" });
    assert_eq!(session.call("container_table", select), json!([free.name]));
    let found = session.text("container_table", json!({ "filters": { "label": label }, "grep": "none" }));
    assert!(found.contains("grep: 1 of 2 containers match") && found.contains(&free.name), "{found}");
    assert!(found.contains("of the host's memory where the limit is none"), "{found}");
}

fn a_table_is_ready_soon(session: &Session) {
    let label = unique("soon");
    let body = and(shell("sleep 1000"), json!({ "Labels": { &label: "" } }));
    let _containers: Vec<_> = (0..20).map(|_| started(session, body.clone())).collect();
    let begun = Instant::now();
    let table = session.call("container_table", json!({ "filters": { "label": label } }));
    let took = begun.elapsed();
    let rows = table["rows"].as_array().expect("it has rows");
    assert!(rows.len() == 20 && rows.iter().all(|row| row[4].is_f64()), "{table}");
    println!("20 containers took {took:?}");
    // Others run beside it: alone it takes from 1.1 to 2.1 s.
    assert!(took.as_secs_f64() < 5.0, "{took:?}");
}
