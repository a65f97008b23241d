//! Facts for a preview of a prune, as the overlay states them.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ir::{Exception, Test};

/// The facts of one prune.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewFacts {
    /// The operationId of the list of candidates.
    pub list: String,
    /// The arguments of that call.
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// The JSON pointer to the candidates in its answer, where the answer is not that list.
    #[serde(default)]
    pub candidates: String,
    /// The filters that a preview can follow.
    #[serde(default)]
    pub filters: Vec<String>,
    /// The JSON pointer to a candidate's time, which the filter `until` is compared with.
    pub time: Option<String>,
    /// The conditions that a candidate must meet.
    #[serde(default)]
    pub conditions: Vec<ConditionFacts>,
    /// The call that lists the users of a candidate.
    pub users: Option<UsersFacts>,
    /// The properties of a candidate that are shown.
    pub shown: Vec<String>,
    /// The JSON pointer to the bytes that a candidate takes up.
    pub bytes: Option<String>,
    /// The JSON pointer to those of them that other objects share.
    pub shared: Option<String>,
}

/// A condition on one property of a candidate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionFacts {
    /// The JSON pointer to the property.
    pub pointer: String,
    /// The test that it must pass.
    pub test: Test,
    /// The request that lifts the condition.
    pub unless: Option<Exception>,
    /// The first API version with the condition, where not all have it.
    pub since: Option<String>,
}

/// A call that lists the users of a candidate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsersFacts {
    /// The operationId.
    pub operation: String,
    /// Its path argument.
    pub argument: String,
    /// The JSON pointer to the value of that argument in a candidate.
    pub name: String,
    /// The JSON pointer to the users in the answer.
    pub users: String,
}
