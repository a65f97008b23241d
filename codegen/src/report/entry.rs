//! Entries of a report, and their words for the changelog.

use std::collections::BTreeSet;
use std::fmt;

use super::facts::Subject;

/// The most operations of an entry that are named instead of counted.
const NAMED: usize = 3;

/// A change, with all places that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its subject.
    pub subject: Subject,
    /// The state now and before; empty if the subject says it all.
    pub detail: String,
    /// The places that show it.
    pub places: BTreeSet<Side>,
}

/// One side of an operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// Its id.
    pub operation: String,
    /// True for the request, false for the answer.
    pub is_sent: bool,
}

/// A new name for an operation or a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// The name that is gone.
    pub before: String,
    /// The names in its place.
    pub now: Vec<String>,
}

/// `HostConfig.Annotations`, sent by `ContainerCreate`, answered by `ContainerInspect`: map of string
impl fmt::Display for Entry {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}{}", self.subject, self.sides())?;
        if self.detail.is_empty() { Ok(()) } else { write!(out, ": {}", self.detail) }
    }
}

impl Entry {
    /// The operations that have it, with their side where both are possible.
    pub fn sides(&self) -> String {
        let of = |sent: bool| -> Vec<&str> {
            let places = self.places.iter().filter(|place| place.is_sent == sent);
            places.map(|place| place.operation.as_str()).collect()
        };
        match &self.subject {
            Subject::Operation(_) => String::new(),
            Subject::Property { .. } | Subject::Member(_) => {
                let sides = [("sent by", of(true)), ("answered by", of(false))];
                let sides = sides.into_iter().filter(|(_, operations)| !operations.is_empty());
                sides.map(|(verb, operations)| format!(", {verb} {}", named(&operations))).collect()
            }
            _ => format!(" of {}", quoted(&[of(true), of(false)].concat())),
        }
    }
}

/// A few operations by name, more by number.
fn named(operations: &[&str]) -> String {
    if operations.len() > NAMED { format!("{} operations", operations.len()) } else { quoted(operations) }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Rename {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "`{}` is `{}`", self.before, self.now.join("` or `"))
    }
}
