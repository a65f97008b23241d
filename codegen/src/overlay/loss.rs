//! Facts of an object for a person who decides on its loss, as the overlay states them at the operation that reads it.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The facts of one kind of object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossFacts {
    /// Arguments of the reading operation beside the object's name.
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// The paths of its answer that are shown.
    pub shown: Vec<String>,
    /// A list whose item tells more of the object.
    pub item: Option<LossItemFacts>,
}

/// An item of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossItemFacts {
    /// The operationId of the list.
    pub list: String,
    /// The arguments of that call.
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// The JSON pointer to the items in its answer, where the answer is not that list.
    #[serde(default)]
    pub items: String,
    /// The property that has the same value in the item and in the object.
    pub key: String,
    /// The paths of the item that are shown.
    pub shown: Vec<String>,
}
