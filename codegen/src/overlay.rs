//! What we say ourselves about an API, read from `spec/overlay/`: our words, what the description cannot tell about an
//! operation, and corrections. One file per tag; `corrections/` holds the rest.

mod preview;
mod read;
mod versions;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::ir::{Annotations, Answer, FilterKind, Lifetime, ToolWords, Waits};

pub use preview::{ConditionFacts, PreviewFacts, UsersFacts};
pub use read::read;
pub use versions::{Versions, parse_version};

/// The overlay of an API.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// The title of the descriptions it speaks of; any other description is generated without it.
    pub title: String,
    /// Beginnings of paths, up to and with an argument that may hold slashes: `/images/{name}`.
    pub slashes: Vec<String>,
    /// Operations whose argument holds none all the same.
    pub no_slashes: Vec<String>,
    /// The methods of the client that are written by hand. No operation of any API takes such a name.
    pub engine_methods: Vec<String>,
    /// What is said of each operation, by operationId.
    pub operations: BTreeMap<String, OperationWords>,
    /// What is said of each type, by its name in Rust.
    pub types: BTreeMap<String, TypeWords>,
    /// What is corrected, in the order of the files.
    pub corrections: Vec<Correction>,
    /// Since when there is what, where the descriptions are wrong about it.
    pub history: Vec<Era>,
}

impl Overlay {
    /// The overlay of the API of this title: this one, or an empty one that keeps only what holds for every API.
    pub fn for_api(&self, title: &str) -> Cow<'_, Self> {
        if self.title == title {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self { engine_methods: self.engine_methods.clone(), ..Self::default() })
    }
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
