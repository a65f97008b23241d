//! Facts about an operation that the overlay states and the row takes over.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Hints on what calling an operation may do. Nothing known means: be careful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "said in the README of the overlay and at the emitted type")]
pub struct Annotations {
    pub read_only: bool,
    pub destructive: bool,
    pub idempotent: bool,
    pub open_world: bool,
}

impl Default for Annotations {
    fn default() -> Self {
        Self { read_only: false, destructive: true, idempotent: false, open_world: true }
    }
}

/// How an operation answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Answer {
    Json,
    Empty,
    Outcome,
    Text,
    Headers,
    JsonStream,
    LogStream,
    Tar,
    Upgrade,
    Websocket,
}

/// What of an answer may come arbitrarily late, because the engine works or something has to happen.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Waits {
    #[default]
    Nothing,
    Rest,
    Answer,
}

/// What the values of a filter are; all are sent as strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "JSON's own types")]
pub enum FilterKind {
    String,
    Integer,
    Boolean,
    /// None at all: that the key is there is what counts, and any value would match nothing.
    Key,
}

/// What the tool of an operation does otherwise than the operation.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ToolWords {
    /// Arguments that it sends where a caller gives none, by name.
    pub sends: BTreeMap<String, Value>,
    /// Arguments that a model is not shown, as few need them; they are taken all the same.
    pub unlisted: Vec<String>,
    /// After how many seconds it answers with what there is.
    pub seconds: Option<u64>,
    /// What becomes of the work when the caller stops waiting.
    pub given_up: String,
    /// Why it cannot be called, and what to use instead.
    pub refusal: String,
}
