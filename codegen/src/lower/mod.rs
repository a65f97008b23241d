//! Lowers a corrected description and the overlay to the intermediate representation. Every name and every decision of
//! the generated code is made here.

mod answers;
mod facets;
mod headers;
mod loss;
mod media;
mod names;
mod objects;
mod operations;
mod parameters;
mod recursion;
mod relations;
mod scalars;
mod successes;
mod types;
mod units;
mod words;

pub use names::{definition, spelled_out, type_name};
pub use parameters::FILTERS;

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{Components, OpenAPI};

use crate::features::tag_name;
use crate::ir::{Api, Shape, Terminal, Type, When};
use crate::overlay::{Overlay, parse_version};
use crate::problem::Problems;
use types::Types;

/// Lowers a description.
pub fn lower(description: &OpenAPI, overlay: &Overlay, oldest: &str, problems: &mut Problems) -> Api {
    let none = Components::default();
    let mut types = Types::lower(description.components.as_ref().unwrap_or(&none), overlay, problems);
    let operations = operations::operations(&description.paths, overlay, &mut types);
    let replaced_names = std::mem::take(&mut types.replaced);
    let mut types = types.into_types();
    mark_sent(&operations, &mut types);
    recursion::mark_boxed(&mut types);
    mark_always(overlay, &mut types);
    let version = version(&description.info.version, problems);
    Api {
        title: description.info.title.clone(),
        oldest: older(oldest, &version).to_owned(),
        version,
        operations,
        types,
        replaced_names,
        vocabulary: overlay.vocabulary.clone(),
    }
}

/// The version as the client writes and compares it: the first two numbers.
fn version(version: &str, problems: &mut Problems) -> String {
    if parse_version(version).is_some_and(|(major, minor)| major.max(minor) <= u16::MAX.into()) {
        return version.to_owned();
    }
    let numbers = version.split(|letter: char| !letter.is_ascii_digit());
    let mut numbers = numbers.filter_map(|number| number.parse::<u16>().ok());
    let taken = match (numbers.next(), numbers.next()) {
        (Some(major), minor) => format!("{major}.{}", minor.unwrap_or_default()),
        (None, _) => "1.0".to_owned(),
    };
    let what = format!("the version `{version}` is not of the form `1.55`");
    problems.warning(
        "/info/version",
        what,
        format!("the client says `{taken}`; correct it in a copy of the description"),
    );
    taken
}

/// Removes the operations of tags that are not wanted, and references to them.
pub fn choose(api: &mut Api, tags: Option<&[String]>) {
    let wanted: Option<Vec<_>> = tags.map(|tags| tags.iter().map(|tag| tag_name(tag)).collect());
    let is_wanted = |tag: &str| wanted.as_ref().is_none_or(|wanted| wanted.contains(&tag_name(tag)));
    api.operations.retain(|operation| is_wanted(&operation.tag));
    let constants: BTreeSet<_> = api.operations.iter().map(|operation| operation.constant.clone()).collect();
    let is_missing = |constant: &String| !constants.contains(constant);
    for operation in &mut api.operations {
        operation
            .terminal
            .take_if(|terminal| matches!(terminal, Terminal::Operation { constant, .. } if is_missing(constant)));
        if let Some(Terminal::Body { prepared, .. }) = &mut operation.terminal {
            prepared.take_if(|prepared| is_missing(&prepared.constant));
        }
        operation.running.take_if(|running| is_missing(&running.constant));
        operation.reads.take_if(|constant| is_missing(constant));
        operation.makes.take_if(|constant| is_missing(constant));
        operation.list.take_if(|constant| is_missing(constant));
        operation.preview.take_if(|preview| preview.operations().any(is_missing));
        operation.loss.take_if(|loss| is_missing(&loss.read));
        if let Some(loss) = &mut operation.loss {
            loss.item.take_if(|item| is_missing(&item.list));
        }
        // Without the operation that could tell, every name has the facet.
        for rule in &mut operation.facets.rules {
            if rule.object.take_if(|object| is_missing(&object.operation)).is_some() {
                rule.when = When::Given;
            }
        }
    }
}

/// The oldest version of the client: that of the description, if it is older than all known ones.
fn older<'a>(oldest: &'a str, version: &'a str) -> &'a str {
    match (parse_version(oldest), parse_version(version)) {
        (Some(oldest_parts), Some(parts)) if oldest_parts <= parts => oldest,
        _ => version,
    }
}

/// Marks the types that a caller sends, and all types in them.
fn mark_sent(operations: &[crate::ir::Operation], types: &mut [Type]) {
    let made_of: BTreeMap<String, Vec<String>> =
        types.iter().map(|made| (made.name.clone(), names_in(&made.shape))).collect();
    let bodies = operations.iter().filter_map(|operation| operation.body.as_ref()?.json.as_ref());
    let arguments = operations.iter().flat_map(|operation| operation.parameters.iter().map(|sent| &sent.type_ref));
    let mut open: Vec<&str> = bodies.chain(arguments).filter_map(|sent| sent.named()).collect();
    let mut sent = BTreeSet::new();
    while let Some(name) = open.pop() {
        if sent.insert(name) {
            open.extend(made_of.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    for made in types.iter_mut() {
        made.sent = sent.contains(made.name.as_str());
    }
}

/// Marks the properties that every engine sends. Callers leave out what they like, so types that they send have none; a
/// zero value that holds itself would have no end.
fn mark_always(overlay: &Overlay, types: &mut [Type]) {
    for made in types.iter_mut().filter(|made| !made.sent) {
        let Some(always) = overlay.always.get(&made.name) else { continue };
        if let Shape::Struct(fields) = &mut made.shape {
            fields.iter_mut().for_each(|field| field.always = !field.boxed && always.contains(&field.name));
        }
    }
}

fn names_in(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::Struct(fields) => fields.iter().filter_map(|field| field.type_ref.named().map(str::to_owned)).collect(),
        Shape::Alias(type_ref) => type_ref.named().map(str::to_owned).into_iter().collect(),
        Shape::Enum(_) => Vec::new(),
    }
}
