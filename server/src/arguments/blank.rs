//! Empty text in place of arguments that were left blank, and text around names, as some clients and people write them.

use dockwright::Operation;
use serde_json::{Map, Value};

use super::definitions::{kinds, resolved};
use super::filters;
use super::problem::Problems;

/// Removes arguments that are null or empty text, which count as not given. No engine tells an empty argument from an
/// absent one.
pub(super) fn remove(arguments: &mut Map<String, Value>) {
    arguments.retain(|_, value| !value.is_null() && *value != "");
}

/// Removes properties of an object that are blank where their type is not text, and filters of blanks.
pub(super) fn remove_properties(properties: Option<&Map<String, Value>>, members: &mut Map<String, Value>) {
    members.retain(|name, value| {
        let is_blank = filters::is_blank(value);
        let property = properties.filter(|_| is_blank).and_then(|properties| properties.get(name)).map(resolved);
        property.is_none_or(|schema| {
            let kinds = kinds(schema);
            // A list of an empty text may mean something elsewhere, such as no entrypoint.
            !filters::is_filter(&kinds) && (value.is_array() || kinds.is_empty() || kinds.contains(&"string"))
        })
    });
}

/// Removes what does not belong to a name in the path: spaces around it, and the slash that the engine's answers put
/// before the name of a container.
pub(super) fn trim_names(operation: &Operation, arguments: &mut Map<String, Value>, problems: &mut Problems) {
    for parameter in operation.path_parameters() {
        let Some(Value::String(name)) = arguments.get_mut(parameter.name) else { continue };
        let trimmed = name.trim();
        let trimmed = match trimmed.strip_prefix('/') {
            Some(rest) if !rest.contains('/') => rest,
            _ => trimmed,
        };
        if trimmed != name {
            problems.note(format!("`{}` was taken as {trimmed:?}", parameter.name));
            *name = trimmed.to_owned();
        }
    }
}
