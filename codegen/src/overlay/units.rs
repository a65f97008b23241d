//! The units of numbers and times: `units.yaml`, a list of units, each with the parameters and properties that it is
//! of.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::ir::{Measure, Special, Unit};
use crate::problem::{Problem, Problems, Severity};

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
    #[serde(default)]
    pub of: Vec<String>,
    /// Properties and parameters that only older descriptions have.
    #[serde(default)]
    pub older: Vec<String>,
}

/// The units by what they are of.
#[derive(Debug, Clone, Default)]
pub struct Units {
    /// The file.
    pub file: String,
    /// Each unit, by `Type.property` or `Operation.parameter`.
    pub of: BTreeMap<String, Measure>,
    /// Names that only older descriptions have.
    pub older: BTreeSet<String>,
}

impl Units {
    /// Gathers the facts of a file.
    pub fn gather(facts: Vec<UnitFacts>, file: &str, problems: &mut Problems) -> Self {
        let mut units = Self { file: file.to_owned(), ..Self::default() };
        for UnitFacts { unit, special, of, older } in facts {
            units.older.extend(older.iter().cloned());
            for name in of.into_iter().chain(older) {
                if units.of.insert(name.clone(), Measure { unit, special }).is_some() {
                    let what = format!("`{name}` has two units");
                    let twice = Problem::with_file(file, what, "keep one of the two");
                    problems.push(Problem { severity: Severity::Warning, ..twice });
                }
            }
        }
        units
    }

    /// True if a property of this type has a unit.
    pub fn has(&self, owner: &str) -> bool {
        let is_part = |name: &String| name.split_once('.').is_some_and(|(of, _)| of == owner);
        self.of.keys().any(is_part)
    }

    /// The unit of a property of a type, or of a parameter of an operation.
    pub fn of(&self, owner: &str, part: &str) -> Option<Measure> {
        self.of.get(&format!("{owner}.{part}")).copied()
    }
}
