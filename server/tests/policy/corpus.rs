//! The corpus of requests as calls of tools, where they can be: each is decided as the policy decides on the request.

use dockwright_policy::understand::Head;
use dockwright_policy::{Answer, Call, Decision, Facts, Policy, Question, decide};
use serde_json::{Value, json};

use super::world::{THEIRS, World, object};
use super::{failed, under};

const REFERENCE: &str = include_str!("../../../policy/tests/decisions/reference.toml");
const CORPUS: &str = include_str!("../../../policy/tests/decisions/corpus.json");

/// The reference policy for the owner of this engine, on which the corpus's names are others.
fn policy() -> String {
    REFERENCE.replace("dockwright.owner=agent-1", "owner=me")
}

#[tokio::test]
async fn each_request_that_can_be_a_call_is_decided_as_the_policy_decides_on_it() {
    let policy: Policy = policy().parse().unwrap();
    let world = World::default();
    let mut client = under(&self::policy(), &world).await;
    let rows: Vec<Value> = serde_json::from_str(CORPUS).unwrap();
    let calls: Vec<_> = rows.iter().filter_map(|row| Some((row, call(row)?))).collect();
    assert!(calls.len() > 40, "{}", calls.len());
    for (row, call) in calls {
        let passes = passes(&policy, &call);
        let mut arguments = call.arguments.clone();
        arguments.extend(call.body.clone().map(|body| ("body".to_owned(), body)));
        world.sent();
        if passes {
            let result = client.call(call.operation.name, arguments.into()).await;
            assert!(!result.to_string().contains("denied by"), "{row}: {result}");
            assert!(!world.sent().is_empty(), "{row}");
        } else {
            let refused = failed(&mut client, call.operation.name, arguments.into()).await;
            let is_refusal = ["denied by", "404 Not Found", "not found", "no such volume", "unknown argument"];
            assert!(is_refusal.iter().any(|words| refused.contains(words)), "{row}: {refused}");
            assert!(world.writes().is_empty(), "{row}");
        }
    }
}

/// The call of a row; `None` if its bytes mean none.
fn call(row: &Value) -> Option<Call> {
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let body = match &row["body"] {
        Value::Null => String::new(),
        Value::String(_) => return None,
        body => body.to_string(),
    };
    let named = |text: &str| {
        let names =
            [("c-own", "mine"), ("c-other", "theirs"), ("goodvolume", "my-volume"), ("{other12}", &THEIRS[..12])];
        names.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let body = named(&body);
    let json = [("Content-Type", b"application/json".as_slice())];
    let headers = if body.is_empty() { &[][..] } else { &json[..] };
    let head =
        Head::read(text("method"), &named(text("path")), headers, dockwright::API_VERSION.parse().unwrap()).ok()?;
    if head.streams() { None } else { head.with_body(body.as_bytes()).ok() }
}

fn passes(policy: &Policy, call: &Call) -> bool {
    let mut facts = Facts::none();
    for _ in 0..10 {
        match decide(policy, call.request(), &facts) {
            Decision::Allow | Decision::Rewrite(_) => return true,
            Decision::Deny(_) => return false,
            Decision::Needs(questions) => questions.into_iter().for_each(|question| {
                let answer = match &question {
                    Question::Object { collection, name } => {
                        object(collection, name).map_or(Answer::Absent, Answer::Json)
                    }
                    Question::Users { .. } => Answer::Json(json!([])),
                    _ => Answer::Elsewhere,
                };
                facts.add(question, answer);
            }),
        }
    }
    panic!("it asks without an end")
}
