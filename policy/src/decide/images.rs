//! Judges images: those that a request uses must be allowed or the owner's, those that it changes the owner's, and a
//! name that it gives must be free.

use std::borrow::Cow;

use dockwright::Value;
use dockwright::http::Method;
use dockwright::operation::{FacetRule, NameForm, Operation, Usage};

use super::egress::names_registry;
use super::owner::{foreign, looks_like_id};
use super::ruling::{Ruling, refuse};
use crate::facets::Named;
use crate::facts::{Answer, Object, Question};
use crate::image::{ImageName, Pattern, may_be_id};
use crate::objects::{self, IMAGES};
use crate::refusal::Refusal;
use crate::request::{Path, Request};

const RULE: &str = "images";

/// An image that a request names.
#[derive(Debug)]
pub(crate) struct NamedImage<'a> {
    /// The name as an engine puts it together.
    pub(crate) name: Cow<'a, str>,
    /// The part of the name in the request that is shown to its sender.
    shown: &'a str,
    pub(crate) usage: Usage,
    /// True if all tags of a repository are meant.
    pub(crate) means_all_tags: bool,
    /// The place of the name, if an id means the same there.
    place: Option<Path<'a>>,
}

/// The image that a rule of the row finds.
pub(crate) fn image_of_rule<'a>(request: Request<'a>, named: &Named<'a>) -> NamedImage<'a> {
    let (usage, is_repository) = (named.rule.usage, named.rule.form == NameForm::Repository);
    let tag = if is_repository { request.text("tag") } else { None };
    let name = match tag {
        Some(tag) => Cow::Owned(with_tag(named.name, tag)),
        None => Cow::Borrowed(named.name),
    };
    let is_untagged = |name: ImageName| name.tag.is_none() && name.digest.is_none();
    let means_all_tags = is_repository && usage != Usage::Gives && ImageName::of(&name).is_some_and(is_untagged);
    NamedImage { name, shown: named.name, usage, means_all_tags, place: place_of_rule(request.operation, named) }
}

/// The place of a name, unless a registry is asked about it.
fn place_of_rule<'a>(operation: &Operation, named: &Named<'a>) -> Option<Path<'a>> {
    let is_asked = |rule: &FacetRule| rule.path == named.rule.path && names_registry(rule.when);
    match named.rule.form {
        NameForm::Whole if !operation.facets.rules.iter().any(is_asked) => Some(named.path.clone()),
        NameForm::Mount => Some(named.path.clone().below("Source")),
        _ => None,
    }
}

/// The image that a request is about, by the name in its path.
pub(crate) fn image_of_path<'a>(operation: &Operation, argument: &'static str, name: &'a str) -> NamedImage<'a> {
    let usage = if operation.annotations.read_only { Usage::Uses } else { Usage::Changes };
    // To delete an image by a name takes that name away, and by its id all of them.
    let place = (!operation.annotations.destructive).then(|| Path::of_row(argument));
    NamedImage { name: name.into(), shown: name, usage, means_all_tags: false, place }
}

/// Judges an image.
pub(super) fn judge<'a>(ruling: &mut Ruling<'_, 'a>, image: &NamedImage<'a>) -> Result<(), Refusal> {
    match image.usage {
        usage if image.means_all_tags => judge_all_tags(ruling, &image.name, usage),
        Usage::Gives => judge_new_name(ruling, &image.name),
        Usage::Changes => judge_own(ruling, image),
        _ => judge_use(ruling, image),
    }
}

/// Puts the id of an image that was judged by what it is in the place of its name, which may mean another meanwhile.
fn send_id<'a>(ruling: &mut Ruling<'_, 'a>, named: &NamedImage<'a>, image: Object<'_>) -> Result<(), Refusal> {
    if let (Some(place), Some(id)) = (&named.place, image.id())
        && named.name != id
    {
        ruling.change(RULE, place.clone(), Value::from(id));
    }
    Ok(())
}

/// Judges the use of an image by the names that it has. To one who only looks, an image that may not be used is not
/// there: programs look for images that they are about to build, and for whatever has a name.
fn judge_use<'a>(ruling: &mut Ruling<'_, 'a>, named: &NamedImage<'a>) -> Result<(), Refusal> {
    let (policy, text, shown) = (ruling.policy, named.name.as_ref(), named.shown);
    let only_looks = ruling.request.operation.method == Method::GET;
    let is_allowed = |name: &ImageName| policy.images.allow.iter().any(|pattern| pattern.matches(name));
    let name = ImageName::of(text).map(ImageName::with_default_tag);
    let matches = name.as_ref().is_some_and(is_allowed);
    if policy.images.allow.iter().any(Pattern::is_any) {
        return Ok(());
    }
    let is_sure = is_sure(text);
    if matches && is_sure {
        return Ok(());
    }
    let not_allowed = || {
        let allowed: Vec<_> = policy.images.allow.iter().map(ToString::to_string).collect();
        let allowed = if allowed.is_empty() { "no image is".to_owned() } else { format!("{} are", allowed.join(", ")) };
        let words = format!("{text} is not allowed; {allowed}");
        Err(Refusal { rule: RULE, words, absent: only_looks.then(|| objects::absent(IMAGES, shown)) })
    };
    if policy.own.is_none() && is_sure || name.is_none() && !may_be_id(text) {
        return not_allowed();
    }
    match ruling.ask(Question::Object { collection: IMAGES, name: text.to_owned() }) {
        None => Ok(()),
        Some(Answer::Json(image)) => {
            let image = Object(image);
            let is_own = policy.own.as_ref().is_some_and(|owner| image.label(&owner.key) == Some(&owner.value));
            let mut names = image.names().filter_map(ImageName::of);
            let passes = is_own || names.any(|name| is_allowed(&name));
            if passes { send_id(ruling, named, image) } else { not_allowed() }
        }
        // It will be pulled by this name, if at all.
        Some(Answer::Absent) if matches => Ok(()),
        Some(_) => not_allowed(),
    }
}

/// Returns true for a name that tells which image is meant. An id does not, nor does a digest.
pub(crate) fn is_sure(text: &str) -> bool {
    !may_be_id(text) && ImageName::of(text).is_some_and(|name| name.digest.is_none())
}

/// Judges all images of a repository, of which nobody can tell the owner.
fn judge_all_tags(ruling: &Ruling<'_, '_>, text: &str, usage: Usage) -> Result<(), Refusal> {
    let policy = ruling.policy;
    let is_allowed = |name: ImageName| policy.images.allow.iter().any(|pattern| pattern.matches(&name));
    if usage == Usage::Uses && ImageName::of(text).is_some_and(is_allowed)
        || policy.own.is_none() && usage != Usage::Uses
    {
        return Ok(());
    }
    refuse(RULE, format!("{text} means all its tags; name one"))
}

/// Judges an image that is changed, which must be the owner's.
fn judge_own<'a>(ruling: &mut Ruling<'_, 'a>, named: &NamedImage<'a>) -> Result<(), Refusal> {
    let Some(owner) = &ruling.policy.own else { return Ok(()) };
    match ruling.ask(Question::Object { collection: IMAGES, name: named.name.clone().into_owned() }) {
        None => Ok(()),
        Some(Answer::Json(image)) if Object(image).label(&owner.key) == Some(&owner.value) => {
            send_id(ruling, named, Object(image))
        }
        Some(_) => foreign(owner, IMAGES, named.shown),
    }
}

/// Judges a name that an image gets. It must not be taken away from an image of somebody else.
fn judge_new_name(ruling: &mut Ruling<'_, '_>, text: &str) -> Result<(), Refusal> {
    let policy = ruling.policy;
    let Some(name) = ImageName::of(text).map(ImageName::with_default_tag) else {
        return refuse(RULE, format!("{text} is not a name that an image can get"));
    };
    if !policy.images.names.iter().any(|pattern| pattern.matches(&name)) {
        let names: Vec<_> = policy.images.names.iter().map(ToString::to_string).collect();
        return refuse(RULE, format!("{text} is not among the names that may be given: {}", names.join(", ")));
    }
    let Some(owner) = &policy.own else { return Ok(()) };
    if looks_like_id(text.split(':').next().unwrap_or_default()) {
        return refuse(RULE, format!("the name {text} could be the id of another image"));
    }
    match ruling.ask(Question::Object { collection: IMAGES, name: text.to_owned() }) {
        None | Some(Answer::Absent) => Ok(()),
        Some(Answer::Json(image)) if Object(image).label(&owner.key) == Some(&owner.value) => Ok(()),
        Some(_) => refuse(RULE, format!("the name {text} is taken")),
    }
}

/// A name with another tag or digest, as an engine puts it together.
fn with_tag(name: &str, tag: &str) -> String {
    let name = name.split('@').next().unwrap_or_default();
    let colon = name.rfind(':').filter(|colon| !name[*colon..].contains('/'));
    let repository = &name[..colon.unwrap_or(name.len())];
    let separator = if tag.contains(':') { '@' } else { ':' };
    format!("{repository}{separator}{tag}")
}
