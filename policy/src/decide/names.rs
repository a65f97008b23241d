//! Judges the objects that a request names: its target, and those in its arguments and body. They must be the owner's,
//! and wherever an engine takes an id they are named by it from here on, so that a later name cannot mean another.

use dockwright::Value;
use dockwright::operation::{NameForm, NameRule, Operation, Usage};

use super::images;
use super::owner::{foreign, looks_like_id};
use super::ruling::{Ruling, refuse};
use crate::facets::{Search, means_nothing};
use crate::facts::{Answer, Object, Question, has_label};
use crate::objects::{self, CONTAINERS, IMAGES, VOLUMES};
use crate::refusal::Refusal;
use crate::request::{Path, Request, Step};

const RULE: &str = "own";

pub(super) fn judge<'a>(ruling: &mut Ruling<'_, 'a>, search: &Search<'a>) -> Result<(), Refusal> {
    judge_target(ruling, search)?;
    for named in &search.names {
        let place = (named.rule.form != NameForm::Key).then(|| named.path.clone());
        let takes_id = named.rule.path.ends_with("ID");
        let object = Referred { collection: named.collection, name: named.name, place, text: named.text, takes_id };
        match (named.collection, named.rule.usage) {
            (IMAGES, _) => images::judge(ruling, &images::image_of_rule(ruling.request, named))?,
            (_, Usage::Gives) => judge_new_name(ruling, &object)?,
            (VOLUMES, Usage::Uses) => judge_volume(ruling, &object)?,
            _ => judge_object(ruling, &object)?,
        }
    }
    Ok(())
}

/// An object that a request refers to.
struct Referred<'a> {
    collection: &'static str,
    name: &'a str,
    /// The place of the text, if it can be changed.
    place: Option<Path<'a>>,
    /// The text that holds the name.
    text: &'a str,
    /// True for a member that is there for an id.
    takes_id: bool,
}

/// Judges the object that the request is about, unless a rule of the row is about that argument.
fn judge_target<'a>(ruling: &mut Ruling<'_, 'a>, search: &Search<'a>) -> Result<(), Refusal> {
    let Some((collection, argument)) = target(ruling.request, search) else { return Ok(()) };
    let Some(name) = ruling.request.text(argument) else { return refuse(RULE, format!("`{argument}` is missing")) };
    if collection == IMAGES {
        return images::judge(ruling, &images::image_of_path(ruling.request.operation, argument, name));
    }
    let place = Some(Path::of_row(argument));
    judge_object(ruling, &Referred { collection, name, place, text: name, takes_id: true })
}

/// The collection of the object that a request is about, and the argument with its name. `None` if a rule of the row
/// is about that argument.
pub(crate) fn target(request: Request<'_>, search: &Search<'_>) -> Option<(&'static str, &'static str)> {
    let (collection, argument) = objects::target(request.operation)?;
    let place = Path::of_row(argument);
    (!search.names.iter().any(|named| named.path == place)).then_some((collection, argument))
}

fn judge_object<'a>(ruling: &mut Ruling<'_, 'a>, referred: &Referred<'a>) -> Result<(), Refusal> {
    let Some(owner) = &ruling.policy.own else { return Ok(()) };
    let Referred { collection, name, .. } = *referred;
    // An engine takes the name of a container with a slash before it; others are of links, and mean another.
    let plain = if collection == CONTAINERS { name.strip_prefix('/').unwrap_or(name) } else { name };
    if plain.is_empty() || plain.contains(['/', '\\', '?', '#', '%']) || plain.chars().any(char::is_control) {
        return foreign(owner, collection, name);
    }
    let question = Question::Object { collection, name: plain.to_owned() };
    let Some(object) = object(ruling, question, collection, name)? else { return Ok(()) };
    let mut of_owner = Object(object);
    if let Some((parent, pointer)) = objects::parent(collection) {
        let Some(id) = object.pointer(pointer).and_then(Value::as_str) else { return foreign(owner, collection, name) };
        let question = Question::Object { collection: parent, name: id.to_owned() };
        let Some(parent) = self::object(ruling, question, collection, name)? else { return Ok(()) };
        of_owner = Object(parent);
    }
    if of_owner.label(&owner.key) != Some(&owner.value) {
        return foreign(owner, collection, name);
    }
    send_id(ruling, referred, Object(object))
}

/// The answer about an object; `None` while it is asked for.
fn object<'p>(
    ruling: &mut Ruling<'p, '_>,
    question: Question,
    collection: &str,
    name: &str,
) -> Result<Option<&'p Value>, Refusal> {
    match ruling.ask(question) {
        None => Ok(None),
        Some(Answer::Json(object)) => Ok(Some(object)),
        Some(_) => Err(Refusal {
            rule: RULE,
            words: format!("there is no {name}"),
            absent: Some(objects::absent(collection, name)),
        }),
    }
}

/// Puts the full id in the place of the name. The networks of a container keep their names, beside which the id stands.
fn send_id<'a>(ruling: &mut Ruling<'_, 'a>, referred: &Referred<'a>, object: Object<'_>) -> Result<(), Refusal> {
    let Referred { collection, name, place, text, takes_id } = referred;
    let Some(id) = object.id() else { return refuse(RULE, format!("the engine does not tell the id of {name}")) };
    if *name == id || *collection == VOLUMES {
        return Ok(());
    }
    let beside = if *takes_id { None } else { place_beside(ruling.request.operation, collection, name) };
    let is_argument = place.as_ref().is_some_and(|place| place.0.len() == 1);
    match (beside, place) {
        (Some(beside), _) if ruling.request.value(&beside).is_some_and(|given| !means_nothing(given)) => {}
        (Some(beside), _) => ruling.change(RULE, beside, Value::from(id)),
        (None, Some(place)) if *collection == CONTAINERS || *takes_id || is_argument => {
            ruling.change(RULE, place.clone(), Value::String(text.replacen(name, id, 1)));
        }
        _ => {}
    }
    Ok(())
}

/// The member for the id of an object that a map names by its keys.
fn place_beside<'a>(operation: &Operation, collection: &str, name: &'a str) -> Option<Path<'a>> {
    let is_beside =
        |rule: &&NameRule| rule.collection == collection && rule.path.contains(".*.") && rule.path.ends_with("ID");
    let rule = operation.facets.names.iter().find(is_beside)?;
    let key = |key| Step::Key(if key == "*" { name } else { key }.into());
    Some(Path(rule.path.split('.').map(key).collect()))
}

/// Judges a volume that is mounted. One that does not exist is made, without a label. One without a label belongs to
/// the containers that use it.
fn judge_volume<'a>(ruling: &mut Ruling<'_, 'a>, referred: &Referred<'a>) -> Result<(), Refusal> {
    let Some(owner) = &ruling.policy.own else { return Ok(()) };
    let Referred { collection, name, .. } = *referred;
    let question = Question::Object { collection, name: name.to_owned() };
    let volume = match ruling.ask(question) {
        None | Some(Answer::Absent) => return Ok(()),
        Some(Answer::Json(volume)) => Object(volume),
        Some(_) => return foreign(owner, collection, name),
    };
    match volume.label(&owner.key) {
        Some(value) if value == owner.value => Ok(()),
        Some(_) => foreign(owner, collection, name),
        None => match ruling.ask(Question::Users { volume: name.to_owned() }) {
            None => Ok(()),
            Some(Answer::Json(Value::Array(users)))
                if users.iter().all(|user| has_label(user, &owner.key, &owner.value)) =>
            {
                Ok(())
            }
            Some(_) => foreign(owner, collection, name),
        },
    }
}

/// Judges a name that an object gets. It must not be that of an object of somebody else, nor look like an id.
fn judge_new_name(ruling: &mut Ruling<'_, '_>, referred: &Referred<'_>) -> Result<(), Refusal> {
    let Some(owner) = &ruling.policy.own else { return Ok(()) };
    let Referred { collection, name, .. } = *referred;
    let name = name.strip_prefix('/').unwrap_or(name);
    if looks_like_id(name) {
        return refuse(RULE, format!("the name {name} could be the id of another object"));
    }
    match ruling.ask(Question::Object { collection, name: name.to_owned() }) {
        None | Some(Answer::Absent) => Ok(()),
        Some(Answer::Json(object)) if Object(object).label(&owner.key) == Some(&owner.value) => Ok(()),
        Some(_) => refuse(RULE, format!("the name {name} is taken")),
    }
}
