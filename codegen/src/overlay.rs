//! What we say ourselves about an API, read from `spec/overlay/`: our words, what the description cannot tell about an
//! operation, and corrections. One file per tag; `corrections/` holds the rest.

mod preview;
mod read;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::ir::Lifetime;

pub use preview::{ConditionFacts, PreviewFacts, UsersFacts};
pub use read::read;

/// The overlay of an API.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// The title of the descriptions it speaks of; any other description is generated without it.
    pub title: String,
    /// Beginnings of paths, up to and with an argument that may hold slashes: `/images/{name}`.
    pub slashes: Vec<String>,
    /// Operations whose argument holds none all the same.
    pub no_slashes: Vec<String>,
    /// What is said of each operation, by operationId.
    pub operations: BTreeMap<String, OperationWords>,
    /// What is said of each type, by its name in Rust.
    pub types: BTreeMap<String, TypeWords>,
    /// What is corrected, in the order of the files.
    pub corrections: Vec<Correction>,
    /// Since when there is what, where the descriptions are wrong about it.
    pub history: Vec<Era>,
}

/// What is said of an operation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationWords {
    /// What it does, in one sentence.
    pub summary: String,
    /// What a user of the library should know besides, in a paragraph or two.
    #[serde(default)]
    pub notes: String,
    /// What a caller should know before calling it unasked.
    pub annotations: Annotations,
    /// How it answers, where the description does not tell.
    pub answer: Option<Answer>,
    /// The definition of each value of a JSON stream.
    pub item: Option<String>,
    /// The protocol that the connection is upgraded to, where that is not `tcp`.
    pub protocol: Option<String>,
    /// What of its answer may come arbitrarily late.
    #[serde(default)]
    pub waits: Waits,
    /// The keys that its `filters` argument knows.
    #[serde(default)]
    pub filters: BTreeMap<String, Filter>,
    /// The paths of the answer that tell most of it.
    #[serde(default)]
    pub projection: Vec<String>,
    /// What its parameters mean, by name.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Where the engine says whether its output has a TTY.
    pub terminal: Option<Terminal>,
    /// Facts for showing beforehand what it would delete.
    pub preview: Option<PreviewFacts>,
    /// Parameters that are sent without being given, by name: what is sent then.
    #[serde(default)]
    pub sent_anyway: BTreeMap<String, Value>,
    /// What its tool does otherwise than the operation.
    #[serde(default)]
    pub tool: ToolWords,
    /// The paths of the body that a model must get right, and is shown beyond the first level.
    #[serde(default)]
    pub shown: Vec<String>,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
    /// The tag of that file.
    #[serde(skip)]
    pub tag: String,
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

/// What is said of a type.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeWords {
    /// What it is.
    pub words: Option<String>,
    /// What its properties mean, by their names in the API; a model is told wherever it is shown one.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    /// What its other properties mean, for documentation and whole schemas.
    #[serde(default)]
    pub reference: BTreeMap<String, String>,
    /// What the members of an enumeration mean, by their values.
    #[serde(default)]
    pub members: BTreeMap<String, String>,
    /// Names that it had in older descriptions; each becomes a deprecated alias.
    #[serde(default)]
    pub formerly: Vec<String>,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
}

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

/// Where the engine says whether output has a TTY.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Terminal {
    /// In what another operation answers that is called with the same path arguments.
    Asked {
        /// Its operationId.
        operation: String,
        /// The JSON pointer to the place in its answer.
        pointer: String,
    },
    /// In the request body.
    Body {
        /// The JSON pointer to the place in it.
        body: String,
    },
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

/// A key of a `filters` argument.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: FilterKind,
    /// What it matches.
    pub words: String,
    /// The API version that has it first, where that is not the oldest we know.
    pub since: Option<String>,
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

/// A place where the description is wrong, and what is true.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Why: what a real engine does.
    pub reason: String,
    /// Where that was seen or is written.
    pub reference: String,
    /// The API versions it holds for.
    pub versions: Versions,
    /// JSON Patch operations on the OpenAPI form; each change has its `test`.
    pub patch: Vec<Value>,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
}

/// The versions that have something, other than the descriptions say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Era {
    /// Why: what a real engine does.
    pub reason: String,
    /// Where that was seen or is written.
    pub reference: String,
    /// What it is about, as operation and path: `NetworkCreate body.EnableIPv4`; what lies below is meant as well.
    pub of: Vec<String>,
    /// The first version; the oldest we know if there is none.
    pub since: Option<String>,
    /// The last version; the newest we know if there is none.
    pub until: Option<String>,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
}

impl Era {
    /// Whether something, or what it stands in, is meant.
    pub fn speaks_of(&self, key: &str) -> bool {
        let is_meant = |of: &String| {
            key.strip_prefix(of.as_str()).is_some_and(|below| below.is_empty() || below.starts_with(['.', '=', ' ']))
        };
        self.of.iter().any(is_meant)
    }

    /// The versions.
    pub fn lifetime(&self) -> Lifetime {
        let parsed = |version: &Option<String>| version.as_deref().and_then(parse_version);
        Lifetime { since: parsed(&self.since), until: parsed(&self.until) }
    }
}

/// A range of API versions, both ends in it: `1.41..1.51`, `1.52..`, `..1.47` or `1.48`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Versions {
    first: (u32, u32),
    last: (u32, u32),
}

impl Versions {
    /// Whether `version` is in the range.
    pub fn contains(&self, version: &str) -> bool {
        parse_version(version).is_some_and(|version| self.first <= version && version <= self.last)
    }
}

impl TryFrom<String> for Versions {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (first, last) = text.split_once("..").unwrap_or((&text, &text));
        let end = |end: &str, open| match end {
            "" => Some(open),
            version => parse_version(version),
        };
        match (end(first, (0, 0)), end(last, (u32::MAX, u32::MAX))) {
            (Some(first), Some(last)) if first <= last => Ok(Self { first, last }),
            _ => Err(format!("`{text}` is no range of versions such as `1.41..1.51` or `1.52..`")),
        }
    }
}

/// The parts of `1.55`, which compare as versions do.
pub fn parse_version(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
