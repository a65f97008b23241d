//! The intermediate representation: an API with every name and decision final. `lower` writes it and `emit` prints it.
//! It knows neither OpenAPI nor Rust syntax.

mod commands;
mod facets;
mod facts;
mod lifetime;
mod loss;
mod operation;
mod preview;
mod types;
mod unit;
mod words;

use std::collections::BTreeSet;

pub use facets::{Facet, FacetRule, Facets, NameForm, NameRule, NamedObject, Setting, SettingRule, Usage, When};
pub use facts::{Annotations, Answer, Completion, FilterKind, ToolWords, View, Vocabulary, Waits};
pub use lifetime::{Lifetime, Versioned};
pub use loss::{Loss, LossItem};
pub use operation::{
    Body, Encoding, FilterKey, Filters, Header, Kind, LoginException, LoginHeader, LoginRegistry, Operation, Pair,
    Parameter, Place, Prepared, Resource, Running, Segment, Terminal,
};
pub use preview::{Condition, Exception, Preview, Test, Users};
pub use types::{Enum, Field, Integer, Shape, Type, TypeRef, Variant};
pub use unit::{Measure, Special, Time, TimeForm, TimeKind, Unit};
pub use words::{Origin, Words};

/// An API.
#[derive(Debug, Clone, PartialEq)]
pub struct Api {
    /// Its title in the description.
    pub title: String,
    /// The version of the description.
    pub version: String,
    /// The oldest version that the client is to speak.
    pub oldest: String,
    /// The operations, in the order of their ids.
    pub operations: Vec<Operation>,
    /// The types of bodies and answers, in the order of their names.
    pub types: Vec<Type>,
    /// The names of types from their places that the overlay replaced.
    pub replaced_names: BTreeSet<String>,
    /// Words of other interfaces.
    pub vocabulary: Vocabulary,
}

impl Api {
    /// The type of this name.
    pub fn type_named(&self, name: &str) -> Option<&Type> {
        let found = self.types.binary_search_by(|described| described.name.as_str().cmp(name)).ok()?;
        Some(&self.types[found])
    }

    /// The fields of JSON that nothing describes, as `Type.property`.
    pub fn untyped(&self) -> Vec<String> {
        let fields = self.types.iter().flat_map(|described| match &described.shape {
            Shape::Struct(fields) => fields.iter().map(|field| (described, field)).collect(),
            _ => Vec::new(),
        });
        let untyped = fields.filter(|(_, field)| field.type_ref.is_untyped());
        untyped.map(|(described, field)| format!("{}.{}", described.name, field.name)).collect()
    }
}
