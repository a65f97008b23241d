//! Tables of TOML with the places of their keys and values, and the faults that are found in them.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::nearest::{did_you_mean, nearest};

/// A fault at a place in the text, in bytes from its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) words: String,
}

impl Fault {
    pub(super) fn at(at: usize, words: impl Into<String>) -> Self {
        Fault { at, words: words.into() }
    }
}

/// A table, and its name in messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    table: &'a DeTable<'a>,
    name: &'a str,
}

impl<'a> Table<'a> {
    pub(super) fn of(table: &'a DeTable<'a>, name: &'a str) -> Self {
        Table { table, name }
    }

    /// Refuses keys that are not among these.
    pub(super) fn check_keys(&self, known: &[&str]) -> Result<(), Fault> {
        let Some(key) = self.table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) else { return Ok(()) };
        let spelled = key.get_ref().replace('-', "_");
        let near = did_you_mean(&nearest(&spelled, known.iter().copied()));
        let place = if self.name.is_empty() { String::new() } else { format!("[{}]: ", self.name) };
        Err(Fault::at(key.span().start, format!("{place}unknown key `{}`{near}", key.get_ref())))
    }

    /// The keys, with their places.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'a str, usize)> {
        self.table.keys().map(|key| (key.get_ref().as_ref(), key.span().start))
    }

    /// A table within it.
    pub(super) fn section(&self, name: &'a str) -> Result<Option<Table<'a>>, Fault> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Table(table) => Ok(Some(Table { table, name })),
            _ => Err(Fault::at(value.span().start, format!("`{name}` is a section; write [{name}]"))),
        }
    }

    /// A text, with its place.
    pub(super) fn text(&self, key: &str) -> Result<Option<(&'a str, usize)>, Fault> {
        self.value(key).map(|value| self.as_text(key, value)).transpose()
    }

    /// A list of texts, with their places.
    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<(&'a str, usize)>>, Fault> {
        let Some(value) = self.value(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().map(|item| self.as_text(key, item)).collect::<Result<_, _>>().map(Some)
            }
            _ => Err(self.wrong(key, value, "a list of texts, `[\"…\"]`")),
        }
    }

    /// A flag.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Fault> {
        let Some(value) = self.value(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Boolean(flag) => Ok(Some(*flag)),
            _ => Err(self.wrong(key, value, "true or false")),
        }
    }

    /// A whole number above zero.
    pub(super) fn count(&self, key: &str) -> Result<Option<i64>, Fault> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let number = match value.get_ref() {
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok(),
            _ => None,
        };
        number.filter(|number| *number > 0).map(Some).ok_or_else(|| self.wrong(key, value, "a whole number above zero"))
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    fn as_text(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Result<(&'a str, usize), Fault> {
        match value.get_ref() {
            DeValue::String(text) => Ok((text.as_ref(), value.span().start)),
            _ => Err(self.wrong(key, value, "a text in quotes")),
        }
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) -> Fault {
        let name = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        Fault::at(value.span().start, format!("`{name}` is not {expected}"))
    }
}
