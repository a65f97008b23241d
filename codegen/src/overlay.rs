//! The overlay of an API, read from `spec/overlay/`: our words, facts about operations that the description lacks, and
//! corrections. Each tag has a file, and one of full sentences
//! below `docs/`; `corrections/` holds the rest.

mod facets;
mod login;
mod loss;
mod names;
mod preview;
mod read;
mod sentences;
mod units;
mod versions;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::ir::{Annotations, Answer, FilterKind, Lifetime, ToolWords, Vocabulary, Waits};

pub use facets::{EVERY_OPERATION, FacetFacts, FacetRuleFacts, NameFacts, NamedObjectFacts, SettingFacts, path_below};
pub use login::{LoginExceptionFacts, LoginFacts};
pub use loss::{LossFacts, LossItemFacts};
pub use names::{Names, OTHER_ARGUMENTS, PairFacts, RUST_NAMES, is_identifier};
pub use preview::{ConditionFacts, PreviewFacts, UsersFacts};
pub use read::read;
pub use sentences::{PartSentences, Sentences, filter_part};
pub use units::{UnitFacts, Units};
pub use versions::{Versions, parse_version};

/// The overlay of an API.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// The title of the API; any other is generated without the overlay.
    pub title: String,
    /// Prefixes of paths that end in an argument with slashes: `/images/{name}`.
    pub slashes: Vec<String>,
    /// Operations below these prefixes whose argument holds no slashes.
    pub no_slashes: Vec<String>,
    /// The methods of the client that are written by hand. No operation of any API takes such a name.
    pub engine_methods: Vec<String>,
    /// The words and facts of each operation, by operationId.
    pub operations: BTreeMap<String, OperationWords>,
    /// The words of each type, by its name in Rust.
    pub types: BTreeMap<String, TypeWords>,
    /// Names in Rust that are not the API's own.
    pub names: Names,
    /// Full sentences for the documentation.
    pub sentences: Sentences,
    /// Words of other interfaces.
    pub vocabulary: Vocabulary,
    /// The corrections, in the order of the files.
    pub corrections: Vec<Correction>,
    /// The lifetimes that the descriptions are wrong about.
    pub history: Vec<LifetimeOverride>,
    /// The facets of requests.
    pub facets: Vec<FacetFacts>,
    /// The units of numbers and times.
    pub units: Units,
    /// Properties of answers that every engine sends, by type.
    pub always: BTreeMap<String, Vec<String>>,
}

/// The file of [`Overlay::always`].
pub const ALWAYS_FILE: &str = "always.yaml";

impl Overlay {
    /// The overlay of the API of this title: this one, or an empty one with the methods of the client.
    pub fn for_api(&self, title: &str) -> Cow<'_, Self> {
        if self.title == title {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self { engine_methods: self.engine_methods.clone(), ..Self::default() })
    }
}

/// The words and facts of an operation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationWords {
    /// Its effect, in one sentence.
    pub summary: String,
    /// More for users of the library, in a paragraph or two.
    #[serde(default)]
    pub notes: String,
    /// Hints on the effects of a call.
    pub annotations: Annotations,
    /// Its kind of answer, where the description does not tell.
    pub answer: Option<Answer>,
    /// The definition of each value of a JSON stream.
    pub item: Option<String>,
    /// The protocol that the connection is upgraded to, where that is not `tcp`.
    pub protocol: Option<String>,
    /// The part of its answer that may come arbitrarily late.
    #[serde(default)]
    pub waits: Waits,
    /// The keys that its `filters` argument knows.
    #[serde(default)]
    pub filters: BTreeMap<String, FilterFacts>,
    /// The most important paths of the answer.
    #[serde(default)]
    pub projection: Vec<String>,
    /// The meaning of each parameter, by name.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// The place of the flag that tells whether its output has a TTY.
    pub terminal: Option<TerminalFacts>,
    /// The place of the flag that tells whether the process behind its output still runs.
    pub running: Option<RunningFacts>,
    /// The header that takes a login for a registry.
    pub login: Option<LoginFacts>,
    /// The facts for a preview of a prune.
    pub preview: Option<PreviewFacts>,
    /// The facts of the object that it reads, for a person who decides on its loss.
    pub loss: Option<LossFacts>,
    /// Values of parameters that are sent although the caller gives none, by name.
    #[serde(default)]
    pub sent_anyway: BTreeMap<String, Value>,
    /// Differences between its tool and the operation.
    #[serde(default)]
    pub tool: ToolWords,
    /// The paths of the body below the first level that a model is shown.
    #[serde(default)]
    pub shown: Vec<String>,
    /// Its file.
    #[serde(skip)]
    pub file: String,
    /// The tag of that file.
    #[serde(skip)]
    pub tag: String,
}

/// The words of a type.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeWords {
    /// The meaning of the type.
    pub words: Option<String>,
    /// The meaning of its properties, by their names in the API, for models too.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    /// The meaning of its other properties, for documentation and complete schemas only.
    #[serde(default)]
    pub reference: BTreeMap<String, String>,
    /// The meaning of the members of an enumeration, by their values.
    #[serde(default)]
    pub members: BTreeMap<String, String>,
    /// Its names in older descriptions; each becomes a deprecated alias.
    #[serde(default)]
    pub formerly: Vec<String>,
    /// Its file.
    #[serde(skip)]
    pub file: String,
}

/// The place of the flag that tells whether output has a TTY.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum TerminalFacts {
    /// The answer of another operation with the same path arguments.
    Operation {
        /// Its operationId.
        operation: String,
        /// The JSON pointer to the flag in its answer.
        pointer: String,
    },
    /// The request body; if it lacks the flag, the answer of another operation with the same path arguments.
    Prepared {
        /// The JSON pointer to the flag in the body.
        body: String,
        /// The operationId.
        operation: String,
        /// The JSON pointer to the flag in its answer.
        pointer: String,
    },
    /// The request body.
    Body {
        /// The JSON pointer to the flag in it.
        body: String,
    },
}

/// The place of the flag that tells whether the process behind an output still runs, and the calls whose output lasts
/// as long as that process.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunningFacts {
    /// The operationId of an operation with the same path arguments.
    pub operation: String,
    /// The JSON pointer to the flag in its answer.
    pub pointer: String,
    /// The argument that must be true.
    pub when: Option<String>,
    /// The JSON pointer to a flag in the body that must not be true.
    pub unless: Option<String>,
}

/// A key of a `filters` argument.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterFacts {
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: FilterKind,
    /// The elements that it matches.
    pub words: String,
    /// The first API version with it, if not the oldest known.
    pub since: Option<String>,
}

/// A correction of the description.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The reason: the behaviour of a real engine.
    pub reason: String,
    /// The engine or the text that shows it.
    pub reference: String,
    /// The API versions that it applies to.
    pub versions: Versions,
    /// JSON Patch operations on the OpenAPI form; each change has its `test`.
    pub patch: Vec<Value>,
    /// Its file.
    #[serde(skip)]
    pub file: String,
}

/// The versions of something, where the descriptions are wrong about them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifetimeOverride {
    /// The reason: the behaviour of a real engine.
    pub reason: String,
    /// The engine or the text that shows it.
    pub reference: String,
    /// Keys of the history, operation and path: `NetworkCreate body.EnableIPv4`. Keys below them are covered too.
    #[serde(rename = "of")]
    pub keys: Vec<String>,
    /// The first version; `None` for the oldest known.
    pub since: Option<String>,
    /// The last version; `None` for the newest known.
    pub until: Option<String>,
    /// Its file.
    #[serde(skip)]
    pub file: String,
}

impl LifetimeOverride {
    /// True if it covers a key, by itself or by a key above.
    pub fn covers(&self, key: &str) -> bool {
        let is_meant = |of: &String| {
            key.strip_prefix(of.as_str()).is_some_and(|below| below.is_empty() || below.starts_with(['.', '=', ' ']))
        };
        self.keys.iter().any(is_meant)
    }

    /// The versions.
    pub fn lifetime(&self) -> Lifetime {
        let parsed = |version: &Option<String>| version.as_deref().and_then(parse_version);
        Lifetime { since: parsed(&self.since), until: parsed(&self.until) }
    }
}
