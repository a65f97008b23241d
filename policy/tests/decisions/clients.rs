//! Requests that the docker CLI 26 and 28 and Compose 2.40 sent to real engines, recorded whole but for archives.

use std::collections::BTreeSet;

use dockwright_policy::understand::Head;
use dockwright_policy::{Answer, Call, Decision, Facts, Policy, Question, Refusal, decide};
use serde_json::{Value, json};

/// A policy for one who works with both.
const POLICY: &str = r#"
    preset = "develop"
    [own]
    label = "dockwright.owner=agent-1"
    [images]
    allow = ["busybox:*"]
    [binds]
    allow = ["/srv/proj"]
    [publish]
    addresses = ["127.0.0.1"]
    ports = "8000-8999"
"#;

/// The operations of the recording that show or change what belongs to everybody.
const DENIED: [&str; 2] = ["GET info", "GET system/df"];

#[test]
fn docker_and_compose_work_under_the_preset_for_developers() {
    let policy: Policy = POLICY.parse().unwrap();
    let recorded: Vec<Value> = serde_json::from_str(include_str!("clients.json")).unwrap();
    assert!(recorded.len() > 70);
    let mut denied = BTreeSet::new();
    let mut wrong = Vec::new();
    for row in &recorded {
        let Err(refusal) = decided(&policy, row) else { continue };
        let target = row["target"].as_str().unwrap();
        let path = target.split('?').next().unwrap().splitn(3, '/').last().unwrap();
        let name = format!("{} {path}", row["method"].as_str().unwrap());
        if DENIED.contains(&name.as_str()) {
            denied.insert(name);
        } else {
            wrong.push(format!("{name}: {refusal}\n    {}", row["body"]));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(denied.iter().map(String::as_str).collect::<Vec<_>>(), DENIED);
}

/// Decides on a recorded request, with an engine all of whose objects are the owner's.
fn decided(policy: &Policy, row: &Value) -> Result<(), Refusal> {
    let call = call(row)?;
    let mut facts = Facts::none();
    loop {
        match decide(policy, call.request(), &facts) {
            Decision::Needs(questions) => questions.into_iter().for_each(|question| {
                let answer = owners(&question);
                facts.add(question, answer);
            }),
            Decision::Deny(refusal) => return Err(refusal),
            _ => return Ok(()),
        }
    }
}

/// A recorded request, understood.
pub fn call(row: &Value) -> Result<Call, Refusal> {
    let text = |key: &str| row[key].as_str().unwrap();
    let headers = row["headers"].as_array().unwrap().iter();
    let headers: Vec<_> =
        headers.map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap().as_bytes())).collect();
    let head = Head::read(text("method"), text("target"), &headers, dockwright::API_VERSION.parse().unwrap())?;
    let body = if head.streams() { "" } else { text("body") };
    head.with_body(body.as_bytes())
}

fn owners(question: &Question) -> Answer {
    let labels = json!({ "dockwright.owner": "agent-1" });
    match question {
        Question::Object { name, .. } => Answer::Json(json!({
            "Id": name, "Name": name, "Driver": "local", "Labels": labels, "Config": { "Labels": labels },
            "ContainerID": name,
        })),
        Question::Path(path) => Answer::Path(path.clone()),
        _ => Answer::Json(json!([])),
    }
}
