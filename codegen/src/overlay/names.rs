//! Names in Rust, where the API's own are too long, too short, or several for one thing. The wire keeps the API's.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The names of an API.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// Types by the name that their place gives them; two types of one shape may become one.
    pub types: BTreeMap<String, String>,
    /// Arguments by operation and parameter, `ImageBuild t`.
    pub arguments: BTreeMap<String, String>,
    /// Setters that had another name, by type and property, `Limit.NanoCPUs`; each becomes a deprecated alias.
    pub former_setters: BTreeMap<String, String>,
    /// Two arguments of an operation that are one in Rust.
    pub pairs: BTreeMap<String, PairFacts>,
    /// Their file.
    #[serde(skip)]
    pub file: String,
}

/// Two arguments that a caller could swap, as one of a type that the client has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairFacts {
    /// The name of the argument.
    pub argument: String,
    /// The name of its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its fields, by parameter.
    pub fields: BTreeMap<String, String>,
}
