//! Watches an evaluation for results that look like an answer and are none: a field that nothing has, a list that is
//! none, a filter that keeps nothing.

use std::collections::BTreeMap;

use jmespath::Variable;

use super::places::Places;
use crate::catalogue::nearest::nearest;

/// The most names in a note.
const NAMES: usize = 3;

/// The most keys that are remembered of an object.
const KEYS: usize = 60;

/// The fields, lists and filters of an expression, by their place in it, and their luck so far.
#[derive(Debug, Default)]
pub(super) struct Trace {
    fields: BTreeMap<usize, Field>,
    lists: BTreeMap<usize, ListUse>,
    filters: BTreeMap<usize, FilterCount>,
    /// True if `*` was asked of a list.
    takes_members_of_list: bool,
    /// True if `<` or `>` compared anything but numbers.
    orders_others: bool,
    /// True if a number was compared with text.
    mixes: bool,
}

#[derive(Debug, Default)]
struct Field {
    name: String,
    is_found: bool,
    /// The keys of the first object with any that lacks it; `None` if no object was asked.
    keys: Option<Vec<String>>,
    /// The type of a value that has no fields at all.
    fieldless: Option<&'static str>,
}

#[derive(Debug, Default)]
struct ListUse {
    is_list: bool,
    /// The lists in the object that was there instead.
    inner: Option<Vec<String>>,
}

#[derive(Debug, Default)]
struct FilterCount {
    tested: usize,
    kept: usize,
}

impl Trace {
    /// Sees a field looked up.
    pub(super) fn look_up(&mut self, offset: usize, name: &str, data: &Variable) {
        let field = self.fields.entry(offset).or_insert_with(|| Field { name: name.to_owned(), ..Field::default() });
        match data {
            Variable::Object(members) if members.contains_key(name) => field.is_found = true,
            Variable::Object(members) => {
                let keys = field.keys.get_or_insert_default();
                if keys.is_empty() {
                    keys.extend(members.keys().take(KEYS).cloned());
                }
            }
            Variable::Array(_) => field.fieldless = Some("a list"),
            Variable::String(_) => field.fieldless = Some("text"),
            Variable::Number(_) => field.fieldless = Some("a number"),
            Variable::Bool(_) => field.fieldless = Some("true or false"),
            Variable::Null | Variable::Expref(_) => {}
        }
    }

    /// Sees a value used as a list.
    pub(super) fn use_as_list(&mut self, offset: usize, data: &Variable) {
        match data {
            Variable::Array(_) => self.lists.entry(offset).or_default().is_list = true,
            Variable::Object(members) => {
                let lists = members.iter().filter(|(_, member)| member.is_array());
                let lists = || lists.take(NAMES).map(|(name, _)| name.clone()).collect();
                self.lists.entry(offset).or_default().inner.get_or_insert_with(lists);
            }
            _ => {}
        }
    }

    /// Sees a value asked for the values of its members, which only an object has.
    pub(super) fn take_members(&mut self, data: &Variable) {
        self.takes_members_of_list |= data.is_array();
    }

    /// Sees two values compared; `orders` for `<` and its kin.
    pub(super) fn compare(&mut self, left: &Variable, right: &Variable, orders: bool) {
        let is_mixed = left.is_number() && right.is_string() || left.is_string() && right.is_number();
        self.mixes |= is_mixed;
        self.orders_others |= orders && left.is_string() && right.is_string();
    }

    /// Sees a filter decide on one item.
    pub(super) fn filter(&mut self, offset: usize, keeps: bool) {
        let count = self.filters.entry(offset).or_default();
        count.tested += 1;
        count.kept += usize::from(keeps);
    }

    /// Puts into words what a reader of the result would otherwise take for the truth.
    pub(super) fn remarks(&self, expression: &str, places: &Places) -> Vec<String> {
        let mut remarks = self.absent(expression, places);
        remarks.extend(self.lists.values().find_map(no_list));
        if self.takes_members_of_list {
            remarks
                .push("in select `*` takes the members of an object, and a list has no names: write `[]`".to_owned());
        }
        let fieldless = self.fields.values().filter(|field| field.keys.is_none() && !field.is_found);
        remarks.extend(fieldless.filter_map(no_fields).take(1));
        let emptied = self.filters.values().find(|count| count.tested > 0 && count.kept == 0);
        remarks.extend(emptied.map(|count| format!("the filter of select keeps none of {} items", count.tested)));
        if emptied.is_some() && self.orders_others {
            remarks.push("in select < and > compare numbers only".to_owned());
        }
        if emptied.is_some() && self.mixes {
            remarks.push("in select a number never equals text; a number stands in backticks: `0`".to_owned());
        }
        remarks
    }

    /// Tells whether a field was asked for that may be shown by another operation.
    pub(super) fn misses_fields(&self, places: &Places) -> bool {
        self.fields.values().any(|field| {
            let is_elsewhere = || field.place(places).is_some();
            !field.is_found && (field.keys.is_some() && !is_elsewhere() || field.fieldless == Some("text"))
        })
    }

    /// Words for the fields that no object has.
    fn absent(&self, expression: &str, places: &Places) -> Vec<String> {
        let mut missing: Vec<&Field> = Vec::new();
        for field in self.fields.values().filter(|field| field.keys.is_some() && !field.is_found) {
            if !missing.iter().any(|other| other.name == field.name) {
                missing.push(field);
            }
        }
        let (quoted, missing): (Vec<&Field>, Vec<&Field>) =
            missing.into_iter().partition(|field| is_compared_in_quotes(expression, &field.name));
        let quoted = quoted.into_iter().take(NAMES).map(|field| {
            let name = shown(&field.name);
            format!(
                "in select \"{name}\" is a field's name, and nothing has it; text stands in single quotes: '{name}'"
            )
        });
        let names: Vec<_> = missing.iter().take(NAMES).map(|field| format!("`{}`", shown(&field.name))).collect();
        let more = if missing.len() > NAMES { ", …" } else { "" };
        let found = missing.iter().take(NAMES).filter_map(|field| {
            let instead = field.place(places).or_else(|| field.alike())?;
            Some(shown(&instead))
        });
        let found: Vec<_> = found.map(|instead| format!("`{instead}`")).collect();
        let instead = if found.is_empty() { String::new() } else { format!("; did you mean {}?", found.join(", ")) };
        let absent = (!names.is_empty()).then(|| {
            format!("nothing here has the field {}{more}: null or [] says nothing about it{instead}", names.join(", "))
        });
        quoted.chain(absent).collect()
    }
}

impl Field {
    /// The field that was surely meant: of the same name but for its case or a plural, or at another place.
    fn place(&self, places: &Places) -> Option<String> {
        let keys = self.keys.as_deref().unwrap_or_default();
        let with_dots = keys.iter().find(|key| key.strip_prefix(&self.name).is_some_and(|rest| rest.starts_with('.')));
        let singular = |name: &str| name.trim_end_matches(['s', 'S']).to_lowercase();
        let is_alike = |key: &&String| singular(key) == singular(&self.name);
        with_dots
            .map(|key| format!("\"{key}\""))
            .or_else(|| keys.iter().find(is_alike).cloned())
            .or_else(|| places.find(&self.name).map(str::to_owned))
    }

    /// The field that is most like this one.
    fn alike(&self) -> Option<String> {
        let keys = self.keys.iter().flatten().map(String::as_str);
        nearest(&self.name, keys).first().map(|&key| key.to_owned())
    }
}

/// Words for a list that is an object.
fn no_list(list: &ListUse) -> Option<String> {
    let inner = list.inner.as_ref().filter(|_| !list.is_list)?;
    let inner: Vec<_> = inner.iter().map(|name| format!("`{}[]`", shown(name))).collect();
    let inner = if inner.is_empty() { String::new() } else { format!(", or take {}", inner.join(", ")) };
    Some(format!("select asks an object for the items of a list: leave the brackets out{inner}"))
}

/// Words for a field of a value that has none.
fn no_fields(field: &Field) -> Option<String> {
    let (kind, name) = (field.fieldless?, shown(&field.name));
    let instead = if kind == "a list" { format!(": write `[].{name}`") } else { String::new() };
    Some(format!("{kind} has no field `{name}`{instead}"))
}

/// Tells whether a name stands in double quotes where text is meant: beside a comparison, or as an argument.
fn is_compared_in_quotes(expression: &str, name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    let compares = |text: &str| ["==", "!=", "<", ">", "<=", ">="].iter().any(|sign| text.ends_with(sign));
    expression.match_indices(&quoted).any(|(at, _)| {
        let (before, after) = (expression[..at].trim_end(), expression[at + quoted.len()..].trim_start());
        compares(before)
            || ["==", "!=", "<", ">"].iter().any(|sign| after.starts_with(sign))
            || before.ends_with(',') && after.starts_with(')')
    })
}

fn shown(name: &str) -> String {
    name.chars().take(60).collect()
}
