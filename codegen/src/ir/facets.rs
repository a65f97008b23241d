//! Facets of requests: the parts of an operation's request that matter to a decision on what may pass.

use serde::Deserialize;

/// The facets of an operation's requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// The rules, in the order of the overlay.
    pub rules: Vec<FacetRule>,
    /// The paths that have no facet, whatever their values.
    pub harmless: Vec<String>,
    /// The argument that names the registry which the engine asks.
    pub registry: Option<String>,
    /// The objects that it names.
    pub names: Vec<NameRule>,
    /// The paths of the labels of the object that it makes or changes.
    pub labels: Vec<String>,
    /// The paths of the labels of other objects, and of instructions that may set some.
    pub other_labels: Vec<String>,
    /// The paths that clients send though no engine reads them.
    pub unread: Vec<String>,
    /// The settings of containers that it can choose.
    pub settings: Vec<SettingRule>,
}

/// A part of a request that names an object of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameRule {
    /// The path, as that of a facet's rule.
    pub path: String,
    /// The collection of the object, `containers`.
    pub collection: String,
    /// The form of the name.
    pub form: NameForm,
    /// The use of the object.
    pub usage: Usage,
    /// The texts that are no names of such an object.
    pub except: Vec<String>,
}

/// A setting of containers that a request can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingRule {
    /// The path, as that of a facet's rule.
    pub path: String,
    /// The setting.
    pub setting: Setting,
    /// True if an absent value leaves the setting as it is.
    pub keeps_absent: bool,
}

/// The form of a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum NameForm {
    #[default]
    Whole,
    BeforeColon,
    AfterContainer,
    Key,
    Mount,
    Repository,
}

/// The use of a named object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Usage {
    #[default]
    Uses,
    Changes,
    Gives,
}

/// A setting of containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Setting {
    CapDrop,
    NoNewPrivileges,
    NoNewPrivilegesFlag,
    Memory,
    MemorySwap,
    Pids,
    Network,
}

/// A facet of a request, and when the request has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetRule {
    /// An argument, or `body` and properties below it, joined by dots; `*` is any key of a map, and a list adds
    /// nothing. Empty for a facet of every request.
    pub path: String,
    /// The facet.
    pub facet: Facet,
    /// The values that have it.
    pub when: When,
    /// The object whose property is judged, if the value at the path is the name of one.
    pub object: Option<NamedObject>,
}

/// The object that a value names, and the property of it that is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedObject {
    /// The constant of the operation that reads it.
    pub operation: String,
    /// The argument that takes its name.
    pub argument: String,
    /// The JSON pointer to the property in the answer.
    pub pointer: String,
}

/// A facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Facet {
    Privileged,
    HostNamespaces,
    JoinsContainer,
    Capabilities,
    Devices,
    Unconfined,
    Unmasked,
    Binds,
    VolumeDevice,
    VolumesFrom,
    Publishes,
    Egress,
    Runtime,
    Persists,
    RunsCode,
    ReadsFiles,
    Opaque,
    Shared,
}

/// The values that have a facet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum When {
    #[default]
    Given,
    Present,
    Negative,
    HostPath,
    Bind,
    Mount,
    Registry,
    Address,
    PublicAddress,
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    KeyOneOf(Vec<String>),
    KeyNoneOf(Vec<String>),
}

/// The argument that is the body of a request.
const BODY: &str = "body";

impl Facets {
    /// True if a rule or a mark of harmlessness stands for a path of the request.
    pub fn claim(&self, path: &str) -> bool {
        let is_below = |rule: &FacetRule| {
            rule.path.is_empty() && rule.facet == Facet::Opaque
                || rule.when == When::Given
                    && rule.object.is_none()
                    && !rule.path.is_empty()
                    && path.strip_prefix(rule.path.as_str()).is_some_and(|below| below.starts_with('.'))
        };
        let value_of_map = path.strip_suffix(".*");
        // An argument is judged as a whole, a body by its properties.
        let argument = path.split('.').next().filter(|argument| *argument != BODY);
        let is_meant = |claimed: &str| claimed == path || Some(claimed) == value_of_map || Some(claimed) == argument;
        self.rules.iter().any(|rule| is_meant(&rule.path) || is_below(rule))
            || self.harmless.iter().any(|harmless| is_meant(harmless))
    }
}
