//! Checks a value against a JSON Schema, corrects it where that is safe, and reports every problem. It supports the
//! keywords that the generator writes: types, enumerations, properties, items, `required`, `$ref`.
//!
//! Values are converted, names of another case are taken, and values of filters become lists. `null` stays: in a body
//! it means "not set", and in a merge patch "remove".

use serde_json::{Map, Value};

use super::convert::{convert, read_json};
use super::definitions::{is_a, kinds, members, properties, resolved};
use super::location::Location;
use super::problem::Problems;
use super::unknown::UnknownName;
use super::{blank, filters, shape, spelling, units, unknown, words};
use crate::catalogue::nearest::{did_you_mean, nearest};

/// One check of all arguments.
pub(super) struct Check<'a> {
    /// The schema in which names that are unknown at their place are looked for.
    pub(super) whole: &'a Value,
    /// Lets unknown names within arguments pass, for an engine that is newer than this build.
    pub(super) allow_unknown: bool,
    pub(super) problems: &'a mut Problems,
}

impl Check<'_> {
    /// Makes the arguments conform to their schema.
    pub(super) fn arguments(mut self, schema: &Value, arguments: &mut Map<String, Value>) {
        self.object(schema, arguments, &Location::Root);
    }

    /// Makes the members of an object conform to its schema.
    fn object(&mut self, schema: &Value, members: &mut Map<String, Value>, at: &Location) {
        let properties = properties(schema);
        let others = schema.get("additionalProperties");
        if others.is_some_and(|others| *others == false) {
            blank::remove_properties(properties, members);
            spelling::correct_case(properties, members, at, self.problems);
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let missing: Vec<&str> =
            required.filter_map(Value::as_str).filter(|name| !members.contains_key(*name)).collect();
        for (name, value) in members.iter_mut() {
            let at = Location::Key(at, name);
            match properties.and_then(|properties| properties.get(name)).or(others) {
                Some(Value::Bool(false)) if self.allow_unknown && !at.is_argument() => {
                    self.problems.note(format!("`{at}` is sent, though this build does not know it"));
                    if at.argument() == Some("filters") {
                        *value = filters::values(value).unwrap_or_else(|| value.take());
                    }
                }
                Some(Value::Bool(false)) => {
                    let (operation, whole, missing) = (self.problems.operation(), self.whole, missing.as_slice());
                    let name = UnknownName { operation, whole, at: &at, value, properties, missing };
                    self.problems.unknown(&at, || unknown::hint(&name));
                }
                Some(schema) if !value.is_null() => self.conform(schema, value, &at),
                _ => {}
            }
        }
        for name in missing {
            self.problems.missing(&Location::Key(at, name));
        }
    }

    fn conform(&mut self, schema: &Value, value: &mut Value, at: &Location) {
        let schema = resolved(schema);
        let kinds = kinds(schema);
        if !read_json(value, &kinds, at, self.problems) {
            return;
        }
        if filters::is_key(&kinds) || filters::is_filter(&kinds) {
            return self.filter(&kinds, value, at);
        }
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(value, kind)) {
            match kinds.iter().find_map(|kind| convert(value, kind, at)) {
                Some(converted) => *value = converted,
                None => {
                    let number = filters::number_text(value).filter(|_| kinds.contains(&"integer"));
                    let hint = number.map(|text| units::reading(schema, &text));
                    let hint = hint.or_else(|| shape::hint(schema, value, at).filter(|_| !self.problems.is_header(at)));
                    return self.problems.unexpected(at, &expected(schema, &kinds), value, &hint.unwrap_or_default());
                }
            }
        }
        if let Some(members) = members(schema)
            && !members.contains(value)
        {
            let known = members.iter().filter_map(Value::as_str).filter(|known| !known.is_empty());
            let meaning = |text: &str| words::value(text).map(|meaning| format!("; {meaning}"));
            let hint = |text: &str| meaning(text).unwrap_or_else(|| did_you_mean(&nearest(text, known)));
            let hint = value.as_str().map(hint).unwrap_or_default();
            return self.problems.unexpected(at, &expected(schema, &kinds), value, &hint);
        }
        match value {
            Value::Object(members) => self.object(schema, members, at),
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else { return };
                for (index, item) in items.iter_mut().enumerate() {
                    self.conform(schema, item, &Location::Index(at, index));
                }
            }
            _ => {}
        }
    }

    /// Makes the values of a filter a list of texts.
    fn filter(&mut self, kinds: &[&str], value: &mut Value, at: &Location) {
        let (converted, expected) = if filters::is_key(kinds) {
            (filters::no_values(value), "true: the key has no values")
        } else {
            (filters::values(value), "text, a whole number, true or false, or a list of them")
        };
        match converted {
            Some(values) => *value = values,
            None if filters::is_key(kinds) => self.problems.unexpected(at, expected, value, ""),
            None => {
                let pairs = filters::pairs(value).filter(|_| at.argument() == Some("filters"));
                self.problems.unexpected(at, expected, value, &pairs.unwrap_or_default());
            }
        }
    }
}

fn expected(schema: &Value, kinds: &[&str]) -> String {
    if let Some(members) = members(schema) {
        let members: Vec<_> = members.iter().map(Value::to_string).collect();
        return format!("one of {}", members.join(", "));
    }
    let kinds: Vec<_> = kinds
        .iter()
        .map(|kind| match *kind {
            "string" => "a string",
            "integer" => "an integer",
            "number" => "a number",
            "boolean" => "true or false",
            "array" => "a list",
            "object" => "an object",
            _ => "null",
        })
        .collect();
    kinds.join(" or ")
}
