//! `preview: true` of a prune: lists the objects that it would delete and the bytes that it would free, from the facts
//! in its row. Nothing is deleted. The engine chooses again when it prunes, so changes in between count.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use dockwright::Version;
use dockwright::operation::{Condition, Exception, Preview, Test, Users};
use dockwright::tools::Tool;
use serde_json::{Map, Value};

use super::answer::reply_options;
use super::composed_call::object;
use crate::access::{Access, Failure};
use crate::arguments::{CheckedArguments, unix_seconds};
use crate::reply::{self, ToolReply};

/// The objects that a prune would delete.
pub(super) struct Candidates {
    pub(super) preview: Preview,
    pub(super) items: Vec<Value>,
}

/// Lists the objects that a prune with these arguments would delete.
pub(super) async fn preview(
    access: &Access,
    tool: &'static Tool,
    checked: CheckedArguments,
) -> Result<ToolReply, Failure> {
    let candidates = find(access, tool, &checked).await?;
    let options = reply_options(&checked.extra, access);
    let list = candidates.preview.list;
    let note = candidates.note();
    let outcome = reply::safe(candidates.outcome().into(), list.tag, &options);
    match &options.select {
        Some(expression) => {
            let selected = reply::json::select_from(outcome, list, &options, expression, None).await;
            access.explain_result(list, &Map::new(), selected).await
        }
        None => Ok(reply::json::value(outcome, &options, &reply::projection::Projection::default(), note)),
    }
}

/// Finds the objects that a prune with these arguments would delete.
pub(super) async fn find(
    access: &Access,
    tool: &'static Tool,
    checked: &CheckedArguments,
) -> Result<Candidates, Failure> {
    let name = tool.operation.name;
    let failure = |problem: String| Failure::Request(format!("{name}: {problem}"));
    let preview = tool.operation.preview.ok_or_else(|| failure("this tool has no preview".to_owned()))?;
    let filters = supported_filters(&preview, checked).map_err(failure)?;
    let version = access.api_version().await;
    let version = access.explain_result(preview.list, &Map::new(), version).await?;
    let answer = access.json(preview.list, list_arguments(&preview, version), None).await?;

    let request = PruneRequest { arguments: &checked.arguments, filters, version };
    let until = request.until().map_err(failure)?;
    let is_candidate = |item: &&Value| {
        let is_old =
            |until| preview.time.and_then(|time| seconds(item.pointer(time)?)).is_some_and(|time| time < until);
        preview.conditions.iter().all(|condition| request.meets(condition, item))
            && request.labels_match(&item["Labels"])
            && until.is_none_or(is_old)
    };
    let list = find_list(&preview, &answer).map_err(failure)?;
    let mut candidates: Vec<_> = list.iter().filter(is_candidate).collect();
    if let Some(users) = &preview.users {
        candidates = unused(access, users, candidates).await?;
    }
    Ok(Candidates { preview, items: candidates.into_iter().cloned().collect() })
}

impl Candidates {
    /// The objects by the properties that the row shows, their number and their bytes.
    pub(super) fn outcome(&self) -> Map<String, Value> {
        let preview = &self.preview;
        let shown = |item: &Value| {
            let members = preview.shown.iter().filter_map(|name| Some(((*name).to_owned(), item.get(*name)?.clone())));
            members.collect::<Value>()
        };
        let would_delete = self.items.iter().map(shown).collect();
        let mut outcome = object([("would_delete", would_delete), ("count", self.items.len().into())]);
        if let Some(pointer) = preview.bytes {
            let own = |item: &Value| own_bytes(item, pointer, preview.shared);
            outcome.insert("bytes".to_owned(), self.items.iter().map(own).sum::<u64>().into());
        }
        outcome
    }

    /// The note on `bytes`, if more may be freed.
    fn note(&self) -> Option<String> {
        let shared = self.preview.shared?;
        let is_shared = self.items.iter().any(|item| item.pointer(shared).is_some_and(|shared| *shared != 0));
        is_shared.then(|| "at least `bytes` are freed; SharedSize is, as far as nothing else needs it".to_owned())
    }
}

/// Returns the filters of a call, if the preview supports all of its arguments.
fn supported_filters(preview: &Preview, checked: &CheckedArguments) -> Result<Map<String, Value>, String> {
    let exceptions = preview.conditions.iter().filter_map(|condition| match condition.unless {
        Some(Exception::Argument(name)) => Some(name),
        _ => None,
    });
    let supported: Vec<_> = exceptions.chain(["filters"]).collect();
    if let Some(other) = checked.arguments.keys().find(|name| !supported.contains(&name.as_str())) {
        return Err(format!("a preview does not support `{other}`, because only the engine knows its effect"));
    }
    let filters = checked.arguments.get("filters").and_then(Value::as_object).cloned().unwrap_or_default();
    match filters.keys().find(|key| !preview.filters.contains(&key.as_str())) {
        Some(other) => {
            let known = preview.filters.join(", ");
            Err(format!("a preview does not support the filter `{other}`; it supports {known}"))
        }
        None => Ok(filters),
    }
}

/// Arguments of the list without those that the engine does not know, which only save it work.
fn list_arguments(preview: &Preview, version: Version) -> Map<String, Value> {
    let mut arguments: Map<String, Value> =
        serde_json::from_str(preview.arguments).expect("the generator writes a JSON object");
    arguments.retain(|name, _| preview.list.knows(name, version));
    arguments
}

/// Finds the list in an answer. Go writes an empty list as null; a missing one is an error.
fn find_list<'a>(preview: &Preview, answer: &'a Value) -> Result<&'a [Value], String> {
    match answer.pointer(preview.candidates) {
        Some(list) => Ok(list.as_array().map(Vec::as_slice).unwrap_or_default()),
        None => Err(format!("this engine's list lacks the data for a preview; call {} instead", preview.list.name)),
    }
}

/// The bytes of an object without those that others share. Nobody knows them of an object whose shared part was not
/// measured, so it counts as shared.
fn own_bytes(item: &Value, bytes: &str, shared: Option<&str>) -> u64 {
    let number = |pointer| item.pointer(pointer).and_then(Value::as_u64);
    let bytes = number(bytes).unwrap_or_default();
    bytes.saturating_sub(shared.map_or(0, |shared| number(shared).unwrap_or(bytes)))
}

/// Returns the candidates without users, for a list that does not tell the users.
async fn unused<'a>(access: &Access, users: &Users, candidates: Vec<&'a Value>) -> Result<Vec<&'a Value>, Failure> {
    let is_used = |answer: &Value| match answer.pointer(users.users) {
        Some(Value::Object(users)) => !users.is_empty(),
        Some(Value::Array(users)) => !users.is_empty(),
        _ => false,
    };
    let mut unused = Vec::new();
    for candidate in candidates {
        let name = candidate.pointer(users.name).cloned().unwrap_or_default();
        match access.json(users.operation, object([(users.argument, name)]), None).await {
            Ok(answer) if is_used(&answer) => {}
            Ok(_) => unused.push(candidate),
            // Deleted meanwhile.
            Err(failure) if failure.is_not_found() => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(unused)
}

/// The arguments of a prune, and the API version in use.
struct PruneRequest<'a> {
    arguments: &'a Map<String, Value>,
    filters: Map<String, Value>,
    version: Version,
}

impl PruneRequest<'_> {
    /// Returns true if an object meets a condition for its deletion. A condition newer than the engine counts as met.
    fn meets(&self, condition: &Condition, object: &Value) -> bool {
        condition.since.is_some_and(|since| since > self.version)
            || condition.unless.is_some_and(|exception| self.applies(exception))
            || passes(&condition.test, object.pointer(condition.pointer))
    }

    fn applies(&self, exception: Exception) -> bool {
        match exception {
            Exception::Filter { key, value } => self.filter_is(key, value),
            Exception::Argument(name) => self.arguments.get(name).is_some_and(|argument| *argument == true),
            _ => false,
        }
    }

    fn filter_values(&self, filter: &str) -> impl Iterator<Item = &str> {
        self.filters.get(filter).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// Returns true if a boolean filter has this value, as Go parses it.
    fn filter_is(&self, filter: &str, value: bool) -> bool {
        let written = if value { ["1", "true"] } else { ["0", "false"] };
        self.filter_values(filter).any(|text| written.contains(&text))
    }

    fn labels_match(&self, labels: &Value) -> bool {
        let has = |filter: &str| match filter.split_once('=') {
            Some((key, value)) => labels.get(key).is_some_and(|label| label == value),
            None => labels.get(filter).is_some(),
        };
        self.filter_values("label").all(has) && !self.filter_values("label!").any(has)
    }

    /// The Unix time before which an object must have been created to be deleted.
    fn until(&self) -> Result<Option<i64>, String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let Some(text) = self.filter_values("until").next() else { return Ok(None) };
        match unix_seconds(text, now) {
            Some(seconds) => Ok(Some(seconds)),
            None => {
                Err(format!("invalid filter `until` `{text}`: expected a time such as `24h` or `2026-01-02T03:04:05Z`"))
            }
        }
    }
}

fn passes(test: &Test, value: Option<&Value>) -> bool {
    let is_among = |values: &[&str], value: &Value| values.contains(&value.to_string().as_str());
    match test {
        Test::OneOf(values) => value.is_some_and(|value| is_among(values, value)),
        Test::NoneOf(values) => !value.is_some_and(|value| is_among(values, value)),
        Test::EachOneOf(values) => {
            value.and_then(Value::as_array).is_none_or(|items| items.iter().all(|item| is_among(values, item)))
        }
        Test::Present => value.is_some(),
        _ => false,
    }
}

/// Converts a time of the engine to Unix seconds.
fn seconds(time: &Value) -> Option<i64> {
    match time {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp()),
        other => other.as_i64(),
    }
}
