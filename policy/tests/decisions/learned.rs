//! Policies that are learned: they let pass what was seen, and deny what was not.

use std::collections::BTreeSet;

use dockwright_policy::learn::{Lesson, questions};
use dockwright_policy::{Call, Facts, Policy};
use serde_json::Value;

use crate::attacks;
use crate::clients;
use crate::support::{Raw, answer, decided, end, understood};

fn learned<'c>(calls: impl IntoIterator<Item = (&'c Call, &'c str)>) -> (Policy, String) {
    let mut lesson = Lesson::default();
    for (call, client) in calls {
        let mut facts = Facts::none();
        questions(call.request()).into_iter().for_each(|question| {
            let answer = answer(&question);
            facts.add(question, answer);
        });
        lesson.learn(call.request(), client, &facts);
    }
    let text = lesson.policy();
    let policy = text.parse().unwrap_or_else(|problem| panic!("{problem}\n{text}"));
    (policy, text)
}

fn recorded() -> Vec<(Call, String)> {
    let rows: Vec<Value> = serde_json::from_str(include_str!("clients.json")).unwrap();
    rows.iter().map(|row| (clients::call(row).unwrap(), row["client"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn what_clients_sent_passes_and_what_attackers_send_does_not() {
    let recorded = recorded();
    let (policy, text) = learned(recorded.iter().map(|(call, client)| (call, client.as_str())));
    for (call, _) in &recorded {
        let end = decided(&policy, call.clone());
        // A port without an address is one of every address, which the policy writes out.
        assert!(end.is_ok(), "{} {:?}: {end:?}\n{text}", call.operation.name, call.body);
    }
    // Without an owner, these are no matter of a policy.
    let passing: Vec<_> = attacks::rows()
        .into_iter()
        .filter(|row| {
            !["pass", "own", "request", "shared", "deny", "allow"].contains(&row.rule) && end(&policy, &row.raw).is_ok()
        })
        .map(|row| String::from_utf8_lossy(&row.raw.body).into_owned())
        // Addresses and ports of different requests may be paired.
        .filter(|body| !body.contains(r#"{"HostIp":"0.0.0.0","HostPort":"80"#))
        .collect();
    assert!(passing.is_empty(), "{}\n{text}", passing.join("\n"));
}

#[test]
fn each_request_that_can_pass_is_learned_by_itself() {
    let rows = attacks::rows();
    let calls: Vec<_> = rows.iter().filter_map(|row| Some((row, understood(&row.raw).ok()?))).collect();
    assert!(calls.len() > 400);
    for (row, call) in &calls {
        let (policy, text) = learned([(call, "a client")]);
        // Nothing is opaque to a policy that grants it, and no name means an image without one.
        let is_unnamed = row.raw.target.contains("Bad%20Name") || row.rule == "images";
        if let Err(refusal) = decided(&policy, call.clone()) {
            assert!(is_unnamed, "{} {}: {refusal}\n{text}", row.rule, row.raw.target);
        }
        let granted: BTreeSet<_> = policy.facets.iter().map(|facet| facet.name()).collect();
        if row.rule == "pass" {
            let harmless = ["runs_code", "reads_files", "persists", "joins_container", "volumes_from", "egress"];
            assert!(granted.iter().all(|name| harmless.contains(name)), "{}: {granted:?}", row.raw.target);
        }
    }
}

#[test]
fn a_learned_policy_is_short_and_sorted() {
    let create = r#"{"Image":"busybox:test","Labels":{"team":"a"},"HostConfig":{
        "Binds":["/srv/proj/b:/b","/srv/proj/a:/a","/srv/proj/c:/c","/opt/x/y:/y","/opt/x:/x"],
        "PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]},"CapAdd":["SYS_PTRACE"]}}"#;
    let requests = [
        Raw::new("POST", "/v1.51/containers/create", create),
        Raw::new("POST", "/v1.51/containers/c-own/start", ""),
        Raw::new("POST", "/v1.51/containers/c-own/start", ""),
        Raw::new("POST", "/v1.51/images/create?fromImage=ghcr.io/acme/app&tag=1", ""),
    ];
    let calls: Vec<_> = requests.iter().map(|raw| understood(raw).unwrap()).collect();
    let client = "docker/28 (linux)\n[facets]\nprivileged = \"allow\"";
    let (policy, text) = learned(calls.iter().map(|call| (call, client)));
    assert!(policy.facets.iter().all(|facet| facet.name() != "privileged"), "a client writes no line");
    let client = "docker/28 (linux) [facets] privileged = \"allow\"";
    assert_eq!(text, include_str!("learned.toml").replace("CLIENT", client));
}

#[test]
fn texts_of_clients_are_bounded() {
    let calls: Vec<_> = (0..2_000)
        .map(|number| {
            let body = format!(r#"{{"Image":"busybox:{number}"}}"#);
            understood(&Raw::new("POST", "/v1.51/containers/create", body)).unwrap()
        })
        .collect();
    let clients: Vec<_> = (0..calls.len()).map(|number| format!("{number}{}", "x".repeat(1000))).collect();
    let (policy, text) = learned(calls.iter().zip(clients.iter().map(String::as_str)));
    assert!(policy.images.allow.len() == 1_000 && text.contains("# There were more; add them by hand."));
    assert!(text.len() < 300_000, "{}", text.len());
}
