//! Full sentences about parameters and properties, for the documentation only: a model reads the short words beside
//! them. Each tag has a file below `docs/`.

use std::collections::BTreeMap;

/// The sentences of an overlay.
#[derive(Debug, Clone, Default)]
pub struct Sentences {
    /// About the parameters of each operation, by operationId; `filters.KEY` is a key of `filters`.
    pub operations: BTreeMap<String, PartSentences>,
    /// About the properties of each type, by its name in Rust.
    pub types: BTreeMap<String, PartSentences>,
}

/// The sentences about the parts of an operation or of a type.
#[derive(Debug, Clone, Default)]
pub struct PartSentences {
    /// The sentences, by the part's name in the API.
    pub parts: BTreeMap<String, String>,
    /// Their file.
    pub file: String,
    /// The tag of that file.
    pub tag: String,
}

impl Sentences {
    /// The sentences about a parameter of an operation, or about a key of its filters.
    pub fn of_parameter(&self, id: &str, name: &str) -> Option<&String> {
        self.operations.get(id)?.parts.get(name)
    }

    /// The sentences about a property of a type.
    pub fn of_property(&self, name: &str, property: &str) -> Option<&String> {
        self.types.get(name)?.parts.get(property)
    }
}

/// The name of a key of `filters` among the parameters.
pub fn filter_part(key: &str) -> String {
    format!("filters.{key}")
}
