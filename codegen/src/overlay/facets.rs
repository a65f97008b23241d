//! Facets of requests, as the overlay states them.

use serde::Deserialize;

use crate::ir::{Facet, NameForm, Setting, Usage, When};

/// Facets of some requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacetFacts {
    /// The places that the paths below are relative to: an operation, `ImageBuild`, or a path in its request,
    /// `ContainerCreate body.HostConfig`. `*` is every operation.
    #[serde(rename = "of")]
    pub places: Vec<String>,
    /// The facets.
    #[serde(default)]
    pub facets: Vec<FacetRuleFacts>,
    /// The paths that have no facet, whatever their values.
    #[serde(default)]
    pub harmless: Vec<String>,
    /// The argument that names the registry which the engine asks.
    pub registry: Option<String>,
    /// The objects that the requests name.
    #[serde(default)]
    pub names: Vec<NameFacts>,
    /// The labels of the object that the requests make or change.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The labels of other objects that the requests make, and instructions that may set some.
    #[serde(default)]
    pub other_labels: Vec<String>,
    /// The members of a body that clients send though no engine reads them. No description has them.
    #[serde(default)]
    pub unread: Vec<String>,
    /// The settings of containers that the requests can choose.
    #[serde(default)]
    pub settings: Vec<SettingFacts>,
    /// Its file.
    #[serde(skip)]
    pub file: String,
}

/// A facet, the paths that bring it, and when.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacetRuleFacts {
    /// The facet.
    pub facet: Facet,
    /// The paths; none for the place itself.
    #[serde(default)]
    pub paths: Vec<String>,
    /// The values that have it.
    #[serde(default)]
    pub when: When,
    /// The object whose property is judged, if the values are names of such.
    pub object: Option<NamedObjectFacts>,
}

/// The object that a value names.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedObjectFacts {
    /// The operationId of the operation that reads it.
    pub operation: String,
    /// The argument that takes its name.
    pub argument: String,
    /// The JSON pointer to the property in the answer.
    pub pointer: String,
}

/// Objects that requests name, and the paths of the names.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameFacts {
    /// The collection of the objects, `containers`.
    #[serde(rename = "of")]
    pub collection: String,
    /// The paths; none for the place itself.
    #[serde(default)]
    pub paths: Vec<String>,
    /// The form of the names.
    #[serde(default)]
    pub form: NameForm,
    /// The use of the objects.
    #[serde(default)]
    pub usage: Usage,
    /// The texts that are no names of such an object.
    #[serde(default)]
    pub except: Vec<String>,
}

/// A setting of containers, and the paths that choose it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingFacts {
    /// The setting.
    pub setting: Setting,
    /// The paths.
    pub paths: Vec<String>,
    /// True if an absent value leaves the setting as it is.
    #[serde(default)]
    pub keeps_absent: bool,
}

/// The place of every operation.
pub const EVERY_OPERATION: &str = "*";

impl FacetFacts {
    /// The paths in the requests of an operation that the facts are about, each with the place it is relative to.
    pub fn places_in<'a>(&'a self, operation: &'a str) -> impl Iterator<Item = &'a str> {
        self.places.iter().filter_map(move |place| match place.split_once(' ') {
            Some((id, path)) => (id == operation).then_some(path),
            None => (place == operation || place == EVERY_OPERATION).then_some(""),
        })
    }
}

/// A path below a place; either may be empty.
pub fn path_below(place: &str, path: &str) -> String {
    match (place, path) {
        ("", path) => path.to_owned(),
        (place, "") => place.to_owned(),
        (place, path) => format!("{place}.{path}"),
    }
}
