//! Watches an evaluation for results that look like an answer and are none: a field that nothing has, a filter that
//! keeps nothing.

use std::collections::BTreeMap;

use jmespath::Variable;

/// The most names in a note.
const NAMES: usize = 3;

/// The fields and filters of an expression, by their place in it, and their luck so far.
#[derive(Debug, Default)]
pub(super) struct Trace {
    fields: BTreeMap<usize, (String, bool)>,
    filters: BTreeMap<usize, FilterCount>,
}

#[derive(Debug, Default)]
struct FilterCount {
    tested: usize,
    kept: usize,
}

impl Trace {
    /// Sees a field looked up. Only an object can lack one.
    pub(super) fn look_up(&mut self, offset: usize, name: &str, data: &Variable) {
        let Variable::Object(members) = data else { return };
        let field = self.fields.entry(offset).or_insert_with(|| (name.to_owned(), false));
        field.1 |= members.contains_key(name);
    }

    /// Sees a filter decide on one item.
    pub(super) fn filter(&mut self, offset: usize, keeps: bool) {
        let count = self.filters.entry(offset).or_default();
        count.tested += 1;
        count.kept += usize::from(keeps);
    }

    /// Puts into words what a reader of the result would otherwise take for the truth.
    pub(super) fn remarks(&self, expression: &str) -> Vec<String> {
        let mut missing: Vec<&str> = Vec::new();
        for (name, is_found) in self.fields.values() {
            if !is_found && !missing.contains(&name.as_str()) {
                missing.push(name);
            }
        }
        let (quoted, missing): (Vec<&str>, Vec<&str>) =
            missing.into_iter().partition(|name| is_compared_in_quotes(expression, name));
        let quoted = quoted.into_iter().take(NAMES).map(|name| {
            let name = shown(name);
            format!(
                "in select \"{name}\" is a field's name, and nothing has it; text stands in single quotes: '{name}'"
            )
        });
        let names: Vec<_> = missing.iter().take(NAMES).map(|name| format!("`{}`", shown(name))).collect();
        let more = if missing.len() > NAMES { ", …" } else { "" };
        let absent = (!names.is_empty()).then(|| {
            format!("nothing here has the field {}{more}: null or [] says nothing about it", names.join(", "))
        });
        let emptied = self.filters.values().find(|count| count.tested > 0 && count.kept == 0);
        let emptied = emptied.map(|count| format!("the filter of select keeps none of {} items", count.tested));
        quoted.chain(absent).chain(emptied).collect()
    }

    /// Tells whether an object was seen without a field that it was asked for.
    pub(super) fn misses_fields(&self) -> bool {
        self.fields.values().any(|(_, is_found)| !is_found)
    }
}

/// Tells whether a name stands in double quotes on one side of a comparison.
fn is_compared_in_quotes(expression: &str, name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    let compares = |text: &str| ["==", "!=", "<", ">", "<=", ">="].iter().any(|sign| text.ends_with(sign));
    expression.match_indices(&quoted).any(|(at, _)| {
        let after = expression[at + quoted.len()..].trim_start();
        compares(expression[..at].trim_end()) || ["==", "!=", "<", ">"].iter().any(|sign| after.starts_with(sign))
    })
}

fn shown(name: &str) -> String {
    name.chars().take(40).collect()
}
