//! Facts for showing beforehand what a prune would delete.

use super::Operation;
use crate::version::Version;

/// Facts for showing beforehand what a prune would delete: where its candidates are listed, and which of them it
/// deletes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Preview {
    /// The operation that lists the candidates.
    pub list: &'static Operation,
    /// The arguments of that call, as a JSON object. They only spare the engine work: an API version that does not know
    /// one of them is called without it.
    pub arguments: &'static str,
    /// The JSON pointer to the list of candidates in the answer; empty if the answer is that list.
    pub candidates: &'static str,
    /// The filters of the prune that a preview can follow.
    pub filters: &'static [&'static str],
    /// The JSON pointer to a candidate's time, which the filter `until` is compared with.
    pub time: Option<&'static str>,
    /// The conditions that a candidate must meet, all of them, to be deleted.
    pub conditions: &'static [Condition],
    /// The users of a candidate, where the list does not tell them.
    pub users: Option<Users>,
    /// The properties of a candidate that are shown.
    pub shown: &'static [&'static str],
    /// The JSON pointer to the bytes that a candidate takes up.
    pub bytes: Option<&'static str>,
    /// The JSON pointer to those of them that other objects share: deleting the candidate alone does not free them.
    pub shared: Option<&'static str>,
}

/// A condition on one property of a candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Condition {
    /// The JSON pointer to the property.
    pub pointer: &'static str,
    /// The test that it must pass.
    pub test: Test,
    /// The request that lifts the condition.
    pub unless: Option<Exception>,
    /// The first API version with the condition; `None` if all have it.
    pub since: Option<Version>,
}

/// A test of a property. Values are JSON texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Test {
    /// It is one of these values.
    OneOf(&'static [&'static str]),
    /// It is absent, or none of these values.
    NoneOf(&'static [&'static str]),
    /// It is a list of nothing but these values, an empty list, or absent.
    EachOneOf(&'static [&'static str]),
    /// It is there.
    Present,
}

/// A request that lifts a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exception {
    /// A filter of the prune has this value.
    Filter {
        /// The key of the filter.
        key: &'static str,
        /// Its value.
        value: bool,
    },
    /// This argument of the prune is `true`.
    Argument(&'static str),
}

/// A call that tells whether a candidate is in use: it is, unless the answer's list or map of users is empty or absent.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Users {
    /// The operation that is called for each candidate.
    pub operation: &'static Operation,
    /// Its path argument.
    pub argument: &'static str,
    /// The JSON pointer to the value of that argument in a candidate.
    pub name: &'static str,
    /// The JSON pointer to the users in the answer.
    pub users: &'static str,
}
