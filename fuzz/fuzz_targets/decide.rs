//! Any request through understanding and decision: no panic, the questions end, what passes is understood again as it is
//! sent, and with its changes it passes again without further ones. Nothing that passes reaches the host.

#![no_main]

use dockwright_policy::facets::Search;
use dockwright_policy::show::reaches_host;
use dockwright_policy::understand::Head;
use dockwright_policy::{Answer, Call, Decision, Facts, Policy, Question, decide};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> =
    LazyLock::new(|| include_str!("../../policy/tests/decisions/reference.toml").parse().expect("it is tested"));

/// The lines of an input: method and target, headers, and below an empty line the body.
fuzz_target!(|input: &[u8]| {
    let (head, body) = split(input, b"\n\n");
    let Ok(head) = std::str::from_utf8(head) else { return };
    let mut lines = head.lines();
    let Some((method, target)) = lines.next().and_then(|line| line.split_once(' ')) else { return };
    let headers: Vec<_> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name, value.as_bytes())).collect();
    let version = dockwright::API_VERSION.parse().expect("it is a version");
    let Ok(head) = Head::read(method, target, &headers, version) else { return };
    let body = if head.streams() { b"" } else { body };
    let Ok(call) = head.with_body(body) else { return };
    let Some(passed) = passed(&call) else { return };
    let again = passed_again(&passed);
    assert_eq!(again.as_ref(), Some(&passed), "what passes is sent in one meaning");

    let search = Search::of(passed.operation, &passed.arguments, passed.body.as_ref());
    for finding in search.findings.iter().filter(|finding| reaches_host(finding.facet)) {
        // Folders and own containers are judged by their values.
        let by_value = ["binds", "joins_container", "volumes_from"].contains(&finding.facet.name());
        assert!(by_value, "{} passes with {}", passed.operation.name, finding.facet);
        assert!(!finding.value.to_string().contains("other"), "another's container is joined: {}", finding.value);
    }
});

fn split<'a>(input: &'a [u8], separator: &[u8]) -> (&'a [u8], &'a [u8]) {
    let at = input.windows(separator.len()).position(|window| window == separator);
    at.map_or((input, b""), |at| (&input[..at], &input[at + separator.len()..]))
}

/// The call as it is sent; `None` if it is denied.
fn passed(call: &Call) -> Option<Call> {
    let mut facts = Facts::none();
    for _ in 0..8 {
        match decide(&POLICY, call.request(), &facts) {
            Decision::Allow => return Some(call.clone()),
            Decision::Rewrite(changes) => return call.with_changes(&changes).ok(),
            Decision::Deny(_) => return None,
            Decision::Needs(questions) => questions.into_iter().for_each(|question| {
                let answer = answer(&question);
                facts.add(question, answer);
            }),
        }
    }
    panic!("it asks without an end");
}

/// A changed call, decided once more: nothing is left to change.
fn passed_again(call: &Call) -> Option<Call> {
    passed(call).filter(|again| again == call)
}

fn answer(question: &Question) -> Answer {
    let owner = |name: &str| if name.contains("other") { json!({}) } else { json!({ "dockwright.owner": "agent-1" }) };
    match question {
        Question::Path(path) => Answer::Path(path.clone()),
        Question::Object { name, .. } if name.starts_with("new") || name.starts_with("fresh") => Answer::Absent,
        Question::Object { name, .. } => {
            let labels = owner(name);
            Answer::Json(json!({
                "Id": name, "Driver": "local", "Labels": labels, "Config": { "Labels": labels },
                "Spec": { "Labels": labels }, "ContainerID": name, "ServiceID": name,
            }))
        }
        _ => Answer::Json(Value::Array(Vec::new())),
    }
}
