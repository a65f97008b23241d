//! `preview: true` of a prune: lists what would be deleted, and how many bytes that would free, from the facts in its row.
//! Nothing is deleted. The engine chooses again when it prunes, so that changes in between count.

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

/// Lists what a prune with these arguments would delete.
pub(super) async fn preview(
    access: &Access,
    tool: &'static Tool,
    checked: CheckedArguments,
) -> Result<ToolReply, Failure> {
    let name = tool.operation.name;
    let refused = |problem: String| Failure::Request(format!("{name}: {problem}"));
    let preview = tool.operation.preview.ok_or_else(|| refused("it has no preview".to_owned()))?;
    let filters = followed_filters(&preview, &checked).map_err(refused)?;
    let version = access.api_version().await;
    let version = access.explained(preview.list, &Map::new(), version).await?;
    let answer = access.json(preview.list, list_arguments(&preview, version), None).await?;

    let request = PruneRequest { arguments: checked.arguments, filters, version };
    let until = request.until().map_err(refused)?;
    let is_candidate = |item: &&Value| {
        let is_old =
            |until| preview.time.and_then(|time| seconds(item.pointer(time)?)).is_some_and(|time| time < until);
        preview.conditions.iter().all(|condition| request.meets(condition, item))
            && request.labels_fit(&item["Labels"])
            && until.is_none_or(is_old)
    };
    let listed = listed(&preview, &answer).map_err(refused)?;
    let mut candidates: Vec<_> = listed.iter().filter(is_candidate).collect();
    if let Some(users) = &preview.users {
        candidates = unused(access, users, candidates).await?;
    }
    let options = reply_options(&checked.extra, access.settings());
    let list = preview.list;
    let outcome = reply::safe(outcome(&preview, &candidates).into(), list.tag, &options);
    match &options.select {
        Some(expression) => {
            let selected = reply::json::selected_of(outcome, list, &options, expression, None).await;
            access.explained(list, &Map::new(), selected).await
        }
        None => Ok(reply::json::value(outcome, &options, &reply::projection::Projection::default(), None)),
    }
}

/// The filters of a call, if the preview can follow all that is asked.
fn followed_filters(preview: &Preview, checked: &CheckedArguments) -> Result<Map<String, Value>, String> {
    let lifting = preview.conditions.iter().filter_map(|condition| match condition.unless {
        Some(Exception::Argument(name)) => Some(name),
        _ => None,
    });
    let followed: Vec<_> = lifting.chain(["filters"]).collect();
    if let Some(other) = checked.arguments.keys().find(|name| !followed.contains(&name.as_str())) {
        return Err(format!("a preview cannot follow `{other}`: only the engine knows what it spares"));
    }
    let filters = checked.arguments.get("filters").and_then(Value::as_object).cloned().unwrap_or_default();
    match filters.keys().find(|key| !preview.filters.contains(&key.as_str())) {
        Some(other) => {
            let known = preview.filters.join(", ");
            Err(format!("a preview cannot follow the filter `{other}`, only {known}"))
        }
        None => Ok(filters),
    }
}

/// The arguments of the list, without those that the engine does not know: they only spare it work.
fn list_arguments(preview: &Preview, version: Version) -> Map<String, Value> {
    let mut arguments: Map<String, Value> =
        serde_json::from_str(preview.arguments).expect("the generator writes a JSON object");
    arguments.retain(|name, _| preview.list.knows(name, version));
    arguments
}

/// The list in an answer. Go writes an empty one as null; one that is missing says nothing.
fn listed<'a>(preview: &Preview, answer: &'a Value) -> Result<&'a [Value], String> {
    match answer.pointer(preview.candidates) {
        Some(list) => Ok(list.as_array().map(Vec::as_slice).unwrap_or_default()),
        None => Err(format!("this engine does not list what a preview needs; list it with {}", preview.list.name)),
    }
}

fn outcome(preview: &Preview, candidates: &[&Value]) -> Map<String, Value> {
    let shown = |item: &&Value| {
        let members = preview.shown.iter().filter_map(|name| Some(((*name).to_owned(), item.get(*name)?.clone())));
        members.collect::<Value>()
    };
    let would_delete = candidates.iter().map(shown).collect();
    let mut outcome = object([("would_delete", would_delete), ("count", candidates.len().into())]);
    if let Some(pointer) = preview.bytes {
        let bytes = candidates.iter().filter_map(|item| item.pointer(pointer)?.as_i64()).filter(|bytes| *bytes > 0);
        outcome.insert("bytes".to_owned(), bytes.sum::<i64>().into());
    }
    outcome
}

/// The candidates without users, where the list does not tell who uses them.
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
            // Somebody else was faster.
            Err(failure) if failure.is_not_found() => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(unused)
}

/// The arguments of a prune, and the API version that is spoken.
struct PruneRequest {
    arguments: Map<String, Value>,
    filters: Map<String, Value>,
    version: Version,
}

impl PruneRequest {
    /// Whether an object meets a condition for being deleted. One that is newer than the engine does not exist yet.
    fn meets(&self, condition: &Condition, object: &Value) -> bool {
        condition.since.is_some_and(|since| since > self.version)
            || condition.unless.is_some_and(|exception| self.applies(exception))
            || passes(&condition.test, object.pointer(condition.pointer))
    }

    fn applies(&self, exception: Exception) -> bool {
        match exception {
            Exception::Filter { key, value } => self.filter_says(key, value),
            Exception::Argument(name) => self.arguments.get(name).is_some_and(|argument| *argument == true),
            _ => false,
        }
    }

    fn filter_values(&self, filter: &str) -> impl Iterator<Item = &str> {
        self.filters.get(filter).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether a filter is given with this value, which the engine reads as Go does.
    fn filter_says(&self, filter: &str, value: bool) -> bool {
        let written = if value { ["1", "true"] } else { ["0", "false"] };
        self.filter_values(filter).any(|text| written.contains(&text))
    }

    fn labels_fit(&self, labels: &Value) -> bool {
        let has = |filter: &str| match filter.split_once('=') {
            Some((key, value)) => labels.get(key).is_some_and(|label| label == value),
            None => labels.get(filter).is_some(),
        };
        self.filter_values("label").all(has) && !self.filter_values("label!").any(has)
    }

    /// The Unix time before which an object must be to be deleted.
    fn until(&self) -> Result<Option<i64>, String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let Some(text) = self.filter_values("until").next() else { return Ok(None) };
        match unix_seconds(text, now) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(format!("the filter `until` cannot be `{text}`: write it as `24h` or `2026-01-02T03:04:05Z`")),
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

/// A time of the engine in Unix seconds.
fn seconds(time: &Value) -> Option<i64> {
    match time {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp()),
        other => other.as_i64(),
    }
}
