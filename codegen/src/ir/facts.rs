//! Facts about an operation that the overlay states and the row takes over.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Hints on the effects of a call. The default is the cautious one.
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

/// The kind of answer of an operation.
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

/// The part of an answer that may come arbitrarily late, because of work or events.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Waits {
    #[default]
    Nothing,
    Rest,
    Answer,
    /// All of it, if the parameter of this name is true.
    AnswerWith(String),
}

/// The type of the values of a filter; all are sent as strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "JSON's own types")]
pub enum FilterKind {
    String,
    Integer,
    Boolean,
    /// No values: only the key counts, and a value would match nothing.
    Key,
}

/// Differences between a tool and its operation.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ToolWords {
    /// Arguments that it sends where a caller gives none, by name.
    pub sends: BTreeMap<String, Value>,
    /// Parts that it adds to the arguments, as the docker CLI does.
    pub completes: Vec<Completion>,
    /// Arguments of which a call needs one.
    pub needs: Vec<String>,
    /// Arguments, and `body.`-paths, that a model is not shown, as few need them; the tool accepts them.
    pub hidden: Vec<String>,
    /// Words that a search for the tool should find, such as the command of the docker CLI.
    pub search: String,
    /// True for a tool that a client which searches should load at the start.
    pub always_load: bool,
    /// The seconds after which it answers with the output so far.
    pub seconds: Option<u64>,
    /// The operationId of the operation that reads the object which its work makes.
    pub makes: Option<String>,
    /// The fate of the work when the caller stops waiting.
    pub when_abandoned: String,
    /// The reason that it cannot be called, and a replacement.
    pub refusal: String,
    /// The way to sum up its answer, where a projection does not.
    pub view: Option<View>,
    /// Arguments that ask for the objects behind the sums.
    pub objects_if: Vec<String>,
}

/// A way to sum up an answer for a reader who asks for nothing in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum View {
    Container,
    DiskUsage,
    Events,
    Usage,
}

/// A part that a tool adds to its arguments, as the docker CLI does.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Completion {
    /// The tag `latest`, where an image is named without a tag and without a digest.
    Tag {
        /// The argument that names the image.
        names: String,
        /// The argument for the tag.
        tag: String,
        /// The value of the tag.
        value: String,
        /// The argument that leaves all as it is, and means every tag.
        unless: String,
    },
    /// The full name of a platform: `linux/arm64` for `arm64`.
    Platform {
        /// The argument for the platform.
        argument: String,
    },
    /// The container's ports that are published: they count as exposed.
    Ports {
        /// The path to the published ports in the body.
        published: Vec<String>,
        /// The path to the exposed ports in the body.
        exposed: Vec<String>,
    },
}

/// Words of other interfaces, and what they mean here.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vocabulary {
    /// The arguments that a word may mean, the first that a tool has.
    pub words: BTreeMap<String, Vec<String>>,
    /// The answer to a value that an enumeration lacks.
    pub values: BTreeMap<String, String>,
    /// The answer to a word that no argument means; an operationId before it limits it to that operation.
    pub absent: BTreeMap<String, String>,
    /// The values to write for properties, by name; of several the first that fits.
    pub shapes: BTreeMap<String, Vec<Shape>>,
}

/// The value to write for a property.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// The form of a text, its parts and what separates them: `host:value:key`; `word` for one without spaces.
    #[serde(default)]
    pub form: String,
    /// A text of this form, for a value that has none.
    #[serde(default)]
    pub example: String,
    /// The value, with places for the parts.
    pub write: Value,
}
