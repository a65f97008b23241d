//! Recorded answers of real engines, of every API version that we have one of, against the types of the newest. They
//! are read, written back with nothing lost, and hold no key that the types do not know, unless it is a listed
//! exception.

mod always;
mod members;
mod sameness;
mod types;

#[path = "../support/recording.rs"]
mod recording;
#[path = "../support/routes.rs"]
mod routes;

mod rereads {
    include!(concat!(env!("OUT_DIR"), "/rereads.rs"));
}

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dockwright::Operation;
use recording::Recorded;
use serde::Deserialize;
use serde_json::{Value, json};
use types::api;

const FOLDER: &str = "tests/answers";

#[test]
fn every_answer_is_read_and_written_back_with_nothing_lost() {
    let mut problems = Vec::new();
    for Answer { place, operation, value } in answers() {
        match reread(operation, &value) {
            Ok(written) => problems.extend(
                sameness::differences(&value, &written).into_iter().map(|difference| format!("{place}: {difference}")),
            ),
            Err(error) => problems.push(format!("{place}: {error}")),
        }
    }
    assert!(problems.is_empty(), "{}", lines(problems));
}

#[test]
fn every_answer_is_read_with_any_one_member_null_or_missing() {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for Answer { place, operation, mut value } in answers() {
        for member in members::members(&value) {
            if !seen.insert((operation.id, member.pattern())) {
                continue;
            }
            let original = member.replace(&mut value, Some(Value::Null));
            if let Err(error) = reread(operation, &value) {
                problems.push(format!("{place}: {} is null: {error}", member.pattern()));
            }
            member.replace(&mut value, None);
            if let Err(error) = reread(operation, &value) {
                problems.push(format!("{place}: {} is missing: {error}", member.pattern()));
            }
            member.replace(&mut value, original);
        }
    }
    assert!(problems.is_empty(), "{}", lines(problems));
    assert!(seen.len() > 1000, "only {} members were tried", seen.len());
}

#[test]
fn a_time_or_a_duration_that_is_none_survives_in_every_object() {
    let api = api();
    let (mut problems, mut replaced) = (Vec::new(), BTreeSet::new());
    for odd in [json!(-5), json!(0.5), json!("soon"), json!({"of": ["an", "odd", "engine"]})] {
        for Answer { place, operation, mut value } in answers() {
            types::each_object(&api, types::answer(&api, operation), &mut value, &mut |known, object| {
                for time in known.times() {
                    if let Some(value) = object.get_mut(time) {
                        *value = odd.clone();
                        replaced.insert(format!("{}.{time}", known.name));
                    }
                }
            });
            match reread(operation, &value) {
                Ok(written) => problems.extend(
                    sameness::differences(&value, &written)
                        .into_iter()
                        .map(|difference| format!("{place}: {difference}")),
                ),
                Err(error) => problems.push(format!("{place}: {odd}: {error}")),
            }
        }
    }
    assert!(problems.is_empty(), "{}", lines(problems));
    assert!(replaced.len() > 30, "only {replaced:?}");
}

#[test]
fn a_field_that_no_type_knows_survives_in_every_object() {
    let api = api();
    let mut problems = Vec::new();
    for Answer { place, operation, mut value } in answers() {
        let unknown = json!({"of": ["a", "newer", "engine"]});
        types::each_object(&api, types::answer(&api, operation), &mut value, &mut |_, object| {
            object.insert("dockwrightUnknown".to_owned(), unknown.clone());
        });
        match reread(operation, &value) {
            Ok(written) => problems.extend(
                sameness::differences(&value, &written).into_iter().map(|difference| format!("{place}: {difference}")),
            ),
            Err(error) => problems.push(format!("{place}: {error}")),
        }
    }
    assert!(problems.is_empty(), "{}", lines(problems));
}

/// A caller does not see fields that only the catch-all holds: the description should name them, or we say why not.
#[test]
fn keys_that_the_types_do_not_know_are_listed_with_a_reason() {
    let api = api();
    let mut unknown: BTreeMap<String, String> = BTreeMap::new();
    for Answer { place, operation, mut value } in answers() {
        types::each_object(&api, types::answer(&api, operation), &mut value, &mut |known, object| {
            for key in object.keys().filter(|key| !known.has(key)) {
                unknown.entry(format!("{}.{key}", known.name)).or_insert_with(|| place.clone());
            }
        });
    }
    let excepted = exceptions();
    let unexplained = unknown.iter().filter(|(key, _)| !excepted.contains_key(*key));
    let mut problems: Vec<_> = unexplained.map(|(key, place)| format!("{key}: no type knows it ({place})")).collect();
    let needless = excepted.keys().filter(|key| !unknown.contains_key(*key));
    problems.extend(needless.map(|key| format!("{key}: no answer needs this exception")));
    assert!(problems.is_empty(), "correct the description or mend {FOLDER}/exceptions.yaml:\n{}", lines(problems));
}

/// Each is a place where callers are left alone with JSON.
#[test]
fn fields_without_a_type_are_listed_with_a_reason() {
    let untyped: BTreeSet<_> = api().untyped().into_iter().collect();
    println!("{} fields are JSON that nothing describes", untyped.len());
    let text = std::fs::read_to_string(format!("{FOLDER}/untyped.txt")).unwrap();
    let listed: BTreeMap<_, _> = text.lines().map(|line| line.split_once('#').unwrap_or((line, ""))).collect();
    let listed: BTreeMap<_, _> =
        listed.iter().map(|(field, reason)| (field.trim().to_owned(), reason.trim())).collect();
    let mut problems: Vec<_> = untyped
        .iter()
        .filter(|field| !listed.contains_key(*field))
        .map(|field| format!("{field}: not listed"))
        .collect();
    for (field, reason) in &listed {
        if !untyped.contains(field) {
            problems.push(format!("{field}: there is no such field, or it has a type"));
        } else if reason.is_empty() {
            problems.push(format!("{field}: say why after a `#`"));
        }
    }
    assert!(problems.is_empty(), "mend {FOLDER}/untyped.txt:\n{}", lines(problems));
}

/// A value that was answered.
struct Answer {
    /// The recording and the request, for messages.
    place: String,
    operation: &'static Operation,
    value: Value,
}

fn answers() -> Vec<Answer> {
    let mut answers = Vec::new();
    for recording in recording::recordings(Path::new(FOLDER)) {
        for recorded in recording.answers.iter().filter(|recorded| recorded.is_success()) {
            let place = format!("v{} {}", recording.version, recorded.get);
            let operation =
                routes::operation(&recorded.get).unwrap_or_else(|| panic!("{place}: there is no such operation"));
            answers.extend(values(recorded, operation).map(|value| Answer { place: place.clone(), operation, value }));
        }
    }
    assert!(answers.len() > 100, "{FOLDER} holds only {} answers", answers.len());
    answers
}

fn values(recorded: &Recorded, operation: &Operation) -> impl Iterator<Item = Value> {
    recorded.values(operation.answer).to_vec().into_iter()
}

fn reread(operation: &Operation, value: &Value) -> serde_json::Result<Value> {
    let json = serde_json::to_vec(value).unwrap();
    rereads::reread(operation.id, &json).unwrap_or_else(|| panic!("{} has no type for its answer", operation.id))
}

/// The keys that no type knows, and why that stays so.
fn exceptions() -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Exception {
        key: String,
        reason: String,
    }
    let name = format!("{FOLDER}/exceptions.yaml");
    let text = std::fs::read_to_string(&name).unwrap();
    let listed: Vec<Exception> = dockwright_codegen::parse::parse_into(&name, &text).unwrap();
    listed.into_iter().map(|Exception { key, reason }| (key, reason)).collect()
}

fn lines(problems: Vec<String>) -> String {
    format!("{}\n{} in all", problems.join("\n"), problems.len())
}
