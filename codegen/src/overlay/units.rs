//! The units of numbers and times: `units.yaml`, a list of units, each with the parameters and properties that it is
//! of.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ir::{Measure, Special, Unit};
use crate::problem::{Problem, Problems};

/// A unit and what it is of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitFacts {
    /// The unit.
    pub unit: Unit,
    /// The special values of durations.
    #[serde(default)]
    pub special: Special,
    /// `Type.property`, with the type's name in Rust, and `Operation.parameter`.
    pub of: Vec<String>,
}

/// The units by what they are of.
#[derive(Debug, Clone, Default)]
pub struct Units {
    /// The file.
    pub file: String,
    /// Each unit, by `Type.property` or `Operation.parameter`.
    pub of: BTreeMap<String, Measure>,
}

impl Units {
    /// Gathers the facts of a file.
    pub fn gather(facts: Vec<UnitFacts>, file: &str, problems: &mut Problems) -> Self {
        let mut units = Self { file: file.to_owned(), of: BTreeMap::new() };
        for UnitFacts { unit, special, of } in facts {
            for name in of {
                if units.of.insert(name.clone(), Measure { unit, special }).is_some() {
                    let what = format!("`{name}` has two units");
                    problems.push(Problem::with_file(file, what, "keep one of the two"));
                }
            }
        }
        units
    }

    /// The unit of a property of a type, or of a parameter of an operation.
    pub fn of(&self, owner: &str, part: &str) -> Option<Measure> {
        self.of.get(&format!("{owner}.{part}")).copied()
    }
}
