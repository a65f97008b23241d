//! The subject of a call, for a person who is asked for consent: the objects that a prune would delete, else the object
//! that the call acts on, as the operation that reads it shows it. The facts in the row say where to look.

use std::time::Duration;

use dockwright::Version;
use dockwright::operation::{Loss, LossItem};
use dockwright::tools::Tool;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::composed_call::object;
use super::{operation, preview};
use crate::access::{Access, Failure};
use crate::arguments;
use crate::catalogue::{Composed, Entry, operations};
use crate::reply::projection::Projection;
use crate::reply::{self, ReplyOptions};
use crate::secrets::Safe;

/// The properties that tell a candidate of a prune from another of its name.
const IDENTITY: [&str; 5] = ["Id", "ID", "Name", "Created", "CreatedAt"];

/// The path argument that takes an id as well as a name.
const ID: &str = "id";

/// The members of an answer that hold an object's id.
const IDS: [&str; 2] = ["Id", "ID"];

/// The longest time for facts that only add to others: sizes and numbers of users, which engines may count for minutes.
const PATIENCE: Duration = Duration::from_secs(2);

/// The subject of a call.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Subject {
    /// Facts for a person: an object of the engine's values.
    pub(crate) facts: Safe<Value>,
    /// Texts that tell these objects from others, sorted. They have no amounts, which change by themselves.
    pub(crate) objects: Vec<String>,
    /// The id of the object, if the call may name it so.
    pub(crate) id: Option<String>,
    /// The reason why facts are missing.
    pub(crate) problem: Option<Safe<String>>,
    /// True if the engine was still counting sizes when the time for them was over.
    pub(crate) lacks_sizes: bool,
}

/// Looks at the subject of a call; `None` if the call changes nothing, because it is a preview or is refused.
///
/// # Errors
/// [`Failure`], if the call itself would fail: by its arguments, or because the engine or the object is not there.
pub(crate) async fn subject(
    access: &Access,
    entry: Entry,
    arguments: Map<String, Value>,
) -> Result<Option<Subject>, Failure> {
    match entry {
        Entry::Operation(tool) if tool.refusal.is_empty() => of_operation(access, tool, arguments).await,
        Entry::Operation(_) => Ok(None),
        Entry::Composed(tool) => of_composed(access, tool, arguments).await.map(Some),
    }
}

async fn of_operation(
    access: &Access,
    tool: &'static Tool,
    arguments: Map<String, Value>,
) -> Result<Option<Subject>, Failure> {
    let checked = operation::check(access, tool, arguments).await?;
    if checked.extra.preview {
        return Ok(None);
    }
    let subject = match tool.operation.loss {
        _ if tool.operation.preview.is_some() => candidates(access, preview::find(access, tool, &checked).await),
        Some(loss) => read(access, tool, &loss, &checked.arguments).await,
        None => Ok(Subject::default()),
    };
    subject.or_else(unknown).map(Some)
}

async fn of_composed(access: &Access, tool: Composed, arguments: Map<String, Value>) -> Result<Subject, Failure> {
    let access = &access.for_composed(tool)?;
    let operations = || tool.operations().iter().filter_map(|name| operations::find(name));
    let checked = arguments::check_composed(tool.name(), operations().next(), tool.schema(), arguments)?.arguments;
    match object_of(tool).filter(|(_, loss)| loss.argument.is_some_and(|name| checked.contains_key(name))) {
        Some((used, loss)) => read(access, used, &loss, &checked).await.or_else(unknown),
        None => Ok(Subject::default()),
    }
}

/// The object of a composed tool: that of its first operation with its tag, because others act on other objects too.
fn object_of(tool: Composed) -> Option<(&'static Tool, Loss)> {
    let operations = tool.operations().iter().filter_map(|name| operations::find(name));
    let mut operations = operations.filter(|used| used.operation.tag == tool.tag());
    operations.find_map(|used| Some((used, used.operation.loss?)))
}

/// The subject of a call that the engine does not show. A call that would fail in the same way fails at once.
fn unknown(failure: Failure) -> Result<Subject, Failure> {
    match failure {
        failure @ (Failure::Engine { .. } | Failure::Absent { .. })
            if failure.is_not_found() || failure.is_unreachable() =>
        {
            Err(failure)
        }
        other => Ok(Subject { problem: Some(Safe::line(&other.event())), ..Subject::default() }),
    }
}

/// The candidates of a prune, each by the properties that its row shows.
fn candidates(access: &Access, found: Result<preview::Candidates, Failure>) -> Result<Subject, Failure> {
    let found = found?;
    let identity = |item: &Value| {
        let members = IDENTITY.iter().filter_map(|name| Some(((*name).to_owned(), item.get(*name)?.clone())));
        Value::Object(members.collect()).to_string()
    };
    let mut objects: Vec<_> = found.items.iter().map(identity).collect();
    objects.sort_unstable();
    let facts = safe(access, found.outcome().into(), found.preview.list.tag);
    Ok(Subject { facts, objects, ..Subject::default() })
}

/// The object that an operation acts on.
async fn read(
    access: &Access,
    tool: &'static Tool,
    loss: &Loss,
    given: &Map<String, Value>,
) -> Result<Subject, Failure> {
    let target = loss.argument.map(|name| (name.to_owned(), given.get(name).cloned().unwrap_or_default()));
    let read = async |arguments: Map<String, Value>| {
        let arguments = arguments.into_iter().chain(target.clone()).collect();
        let answer = access.call(loss.read, arguments, None).await?.json::<Value>().await;
        access.explain_result(tool.operation, given, answer).await
    };
    let sizes = parse(loss.arguments);
    let sized = if sizes.is_empty() { None } else { Some(timeout(PATIENCE, read(sizes)).await) };
    let mut lacks_sizes = matches!(sized, Some(Err(_)));
    let whole = match sized {
        Some(Ok(whole)) => whole?,
        Some(Err(_)) | None => read(Map::new()).await?,
    };
    let more = match &loss.item {
        Some(item) => timeout(PATIENCE, item_of(access, item, &whole)).await.unwrap_or_else(|_| {
            lacks_sizes = true;
            Map::new()
        }),
        None => Map::new(),
    };
    let id = IDS.iter().find_map(|name| whole.get(*name)?.as_str()).map(str::to_owned);
    let id = id.filter(|id| loss.argument == Some(ID) && !id.is_empty());
    let mut facts = Projection::new(loss.shown).apply(whole);
    let mut identity = facts.clone();
    remove_numbers(&mut identity);
    if let Value::Object(facts) = &mut facts {
        facts.extend(more);
    }
    let facts = safe(access, facts, loss.read.tag);
    Ok(Subject { facts, objects: vec![identity.to_string()], id, problem: None, lacks_sizes })
}

/// Names the object of a call by the id that was seen, so that a name which changes hands leads to no other object.
pub(crate) fn name_by_id(arguments: &mut Map<String, Value>, id: String) {
    let written = arguments.keys().find(|name| name.eq_ignore_ascii_case(ID)).cloned();
    arguments.insert(written.unwrap_or_else(|| ID.to_owned()), id.into());
}

/// Facts of a list's item; none if the list is not exposed or fails, because they only add to others.
async fn item_of(access: &Access, item: &LossItem, whole: &Value) -> Map<String, Value> {
    let list = async || {
        let version = access.api_version().await.ok()?;
        access.json(item.list, known_arguments(item, version), None).await.ok()
    };
    let Some(answer) = list().await else { return Map::new() };
    let items = answer.pointer(item.items).and_then(Value::as_array);
    let is_same = |other: &&Value| whole.get(item.key).is_some_and(|key| other.get(item.key) == Some(key));
    match items.and_then(|items| items.iter().find(is_same)) {
        Some(found) => match Projection::new(item.shown).apply(found.clone()) {
            Value::Object(facts) => facts,
            _ => Map::new(),
        },
        None => Map::new(),
    }
}

/// Arguments of the list without those that the engine does not know, which only save it work.
fn known_arguments(item: &LossItem, version: Version) -> Map<String, Value> {
    let mut arguments = parse(item.arguments);
    arguments.retain(|name, _| item.list.knows(name, version));
    arguments
}

fn parse(arguments: &str) -> Map<String, Value> {
    serde_json::from_str(arguments).unwrap_or_else(|_| object([]))
}

/// Removes amounts.
fn remove_numbers(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_number());
            members.values_mut().for_each(remove_numbers);
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_number());
            items.iter_mut().for_each(remove_numbers);
        }
        _ => {}
    }
}

/// Secrets are hidden even from a person: the question passes through the client.
fn safe(access: &Access, value: Value, tag: &str) -> Safe<Value> {
    let hides_environment = access.exposure().hides_environment();
    let options = ReplyOptions { show_secrets: false, hides_environment, ..ReplyOptions::new(usize::MAX) };
    reply::safe(value, tag, &options)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn composed_tools_that_name_a_container_act_on_it() {
        let destructive = Composed::ALL.iter().filter(|tool| tool.annotations().destructive);
        for tool in destructive.filter(|tool| tool.schema()["properties"].get("id").is_some()) {
            let (_, loss) = object_of(*tool).unwrap();
            let collection = loss.read.resource.map(|resource| resource.collection);
            assert_eq!((collection, loss.argument), (Some("containers"), Some("id")), "{}", tool.name());
        }
    }

    #[test]
    fn amounts_are_no_part_of_an_identity() {
        let mut value = json!({"Id": "1", "Size": 7, "Mounts": [{"Name": "a", "Size": 1}, 3], "Enabled": true});
        remove_numbers(&mut value);
        assert_eq!(value, json!({"Id": "1", "Mounts": [{"Name": "a"}], "Enabled": true}));
    }
}
