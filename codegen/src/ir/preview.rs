//! Facts for a preview of a prune.

use serde::Deserialize;
use serde_json::Value;

/// The facts of one prune. Operations are named by the constants of their rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The operation that lists the candidates.
    pub list: String,
    /// The arguments of that call, as JSON.
    pub arguments: String,
    /// The JSON pointer to the candidates in its answer.
    pub candidates: String,
    /// The filters that a preview can follow.
    pub filters: Vec<String>,
    /// The JSON pointer to a candidate's time.
    pub time: Option<String>,
    /// The conditions that a candidate must meet.
    pub conditions: Vec<Condition>,
    /// The call that lists the users of a candidate.
    pub users: Option<Users>,
    /// The properties of a candidate that are shown.
    pub shown: Vec<String>,
    /// The JSON pointer to the bytes that a candidate takes up.
    pub bytes: Option<String>,
    /// The JSON pointer to those of them that other objects share.
    pub shared: Option<String>,
}

impl Preview {
    /// The constants of the operations that it needs.
    pub fn operations(&self) -> impl Iterator<Item = &String> {
        self.users.iter().map(|users| &users.operation).chain([&self.list])
    }
}

/// A condition on one property of a candidate.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub struct Condition {
    pub pointer: String,
    pub test: Test,
    pub unless: Option<Exception>,
    pub since: Option<(u32, u32)>,
}

/// A test of a property.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Test {
    OneOf(Vec<Value>),
    NoneOf(Vec<Value>),
    EachOneOf(Vec<Value>),
    Present,
}

/// A request that lifts a condition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Exception {
    Filter { filter: String, is: bool },
    Argument { argument: String },
}

/// A call that lists the users of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub struct Users {
    pub operation: String,
    pub argument: String,
    pub name: String,
    pub users: String,
}
