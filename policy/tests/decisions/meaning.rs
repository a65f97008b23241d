//! Claims on any request: nothing panics, the questions end, what passes is sent in one meaning and passes again, and
//! nothing that passes reaches the host. The fuzz target `decide` holds random input to them.

use dockwright::Body;
use dockwright_policy::facets::Search;
use dockwright_policy::show::reaches_host;
use dockwright_policy::understand::Head;
use dockwright_policy::{Answer, Call, Decision, Facts, Policy, Question, decide};
use serde_json::{Map, Value, json};

/// Holds a request to the claims, and tells if it passes. Its first line is method and target; headers follow, and
/// below an empty line the body.
pub fn hold(policy: &Policy, input: &[u8]) -> bool {
    let at = input.windows(2).position(|window| window == b"\n\n");
    let (head, body) = at.map_or((input, b"".as_slice()), |at| (&input[..at], &input[at + 2..]));
    let Ok(head) = std::str::from_utf8(head) else { return false };
    let mut lines = head.lines();
    let Some((method, target)) = lines.next().and_then(|line| line.split_once(' ')) else { return false };
    let headers: Vec<_> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name, value.as_bytes())).collect();
    let Some(call) = understood(method, target, &headers, body) else { return false };
    let Some(passed) = passed(policy, &call) else { return false };
    assert_eq!(self::passed(policy, &passed).as_ref(), Some(&passed), "what passes with its changes passes again");
    let sent = sent(&passed).expect("what passes is understood as it is sent");
    assert_eq!((sent.arguments, sent.body), (completed(&passed), passed.body.clone()), "{method} {target}");
    reaches_nothing(&passed);
    true
}

fn understood(method: &str, target: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Option<Call> {
    let head = Head::read(method, target, headers, dockwright::API_VERSION.parse().unwrap()).ok()?;
    let body = if head.streams() { b"" } else { body };
    head.with_body(body).ok()
}

/// The call with its changes; `None` if it is denied.
fn passed(policy: &Policy, call: &Call) -> Option<Call> {
    let mut facts = Facts::none();
    for _ in 0..8 {
        match decide(policy, call.request(), &facts) {
            Decision::Allow => return Some(call.clone()),
            Decision::Rewrite(changes) => return Some(call.with_changes(&changes).expect("changes fit")),
            Decision::Deny(_) => return None,
            Decision::Needs(questions) => questions.into_iter().for_each(|question| {
                let answer = answer(&question);
                facts.add(question, answer);
            }),
        }
    }
    panic!("it asks without an end");
}

/// The call as an engine understands the request that is sent for it.
fn sent(call: &Call) -> Option<Call> {
    let text = call.body.as_ref().map(Value::to_string);
    let body = match (&text, call.operation.body) {
        (Some(text), _) => Some(Body::from(text.clone().into_bytes())),
        (None, Some(body)) if body.required => Some(Body::from(Vec::new())),
        (None, _) => None,
    };
    let request = dockwright::request::request(call.operation, &call.arguments, body).ok()?;
    let headers: Vec<_> = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let target = format!("/v{}{}", call.version, request.uri());
    understood(request.method().as_str(), &target, &headers, text.unwrap_or_default().as_bytes())
}

/// The arguments of a call, with what is always sent.
fn completed(call: &Call) -> Map<String, Value> {
    let mut arguments = call.arguments.clone();
    for parameter in call.operation.parameters {
        if let Some(absent) = parameter.absent {
            arguments.entry(parameter.name).or_insert_with(|| serde_json::from_str(absent).unwrap());
        }
    }
    arguments
}

fn reaches_nothing(call: &Call) {
    let search = Search::of(call.operation, &call.arguments, call.body.as_ref());
    for finding in search.findings.iter().filter(|finding| reaches_host(finding.facet)) {
        // Folders and the owner's containers are judged by their values.
        let by_value = ["binds", "joins_container", "volumes_from"].contains(&finding.facet.name());
        assert!(by_value, "{} passes with {}", call.operation.name, finding.facet);
    }
    let used = search.names.iter().filter(|named| named.collection != "images");
    let of_others: Vec<_> = used.map(|named| named.name).filter(|name| name.contains("other")).collect();
    assert!(of_others.is_empty(), "{} uses {of_others:?}", call.operation.name);
}

/// Everything is the owner's whose name does not tell otherwise.
fn answer(question: &Question) -> Answer {
    match question {
        Question::Path(path) => Answer::Path(path.clone()),
        Question::Object { name, .. } => {
            let owner = if name.contains("other") { "prod" } else { "agent-1" };
            if owner == "agent-1" && (name.starts_with("new") || name.starts_with("fresh")) {
                return Answer::Absent;
            }
            let labels = json!({ "dockwright.owner": owner });
            Answer::Json(json!({
                "Id": name, "Driver": "local", "Labels": labels, "Config": { "Labels": labels },
                "Spec": { "Labels": labels }, "ContainerID": name, "ServiceID": name,
            }))
        }
        _ => Answer::Json(json!([])),
    }
}
