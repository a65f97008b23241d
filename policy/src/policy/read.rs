//! Reads a policy: TOML in, a policy or one problem with its place out.

use std::fmt;
use std::str::FromStr;

use toml::de::DeTable;

use super::sections::{Sections, TOP};
use super::table::{Fault, Table};
use super::{OwnerLabel, Policy, Preset};

/// A problem of a policy. Nothing passes while there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Words about it.
    pub words: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.words)
    }
}

impl std::error::Error for Problem {}

impl FromStr for Policy {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        read(text).map_err(|fault| problem(text, &fault))
    }
}

impl Policy {
    /// The policy that is a preset for an owner. `None` for a preset that is safe only with an owner, and has none.
    #[must_use]
    pub fn preset(preset: Preset, owner: Option<OwnerLabel>) -> Option<Self> {
        if preset.needs_owner() && owner.is_none() {
            return None;
        }
        let sections = sections(preset.text(), preset).expect("the presets are tested");
        Some(sections.finish(preset, owner))
    }
}

fn read(text: &str) -> Result<Policy, Fault> {
    let table = parse(text)?;
    let top = Table::of(&table, "");
    let preset = top.text("preset")?;
    let Some((preset, at)) = preset else {
        return Err(Fault::at(0, "no preset; begin with `preset = \"develop\"`, or observe, operate, open"));
    };
    let found = Preset::ALL.into_iter().find(|known| known.name() == preset);
    let preset = found.ok_or_else(|| {
        Fault::at(at, format!("no preset is `{preset}`; there are observe, develop, operate and open"))
    })?;
    let mut sections = sections(preset.text(), preset)?;
    sections.read(&top)?;
    let owner = top.section("own")?.map(|own| Sections::owner(&own)).transpose()?.flatten();
    if preset.needs_owner() && owner.is_none() {
        let words =
            format!("the preset {} needs `[own] label = \"KEY=VALUE\"`: it is safe only with an owner", preset.name());
        return Err(Fault::at(at, words));
    }
    Ok(sections.finish(preset, owner))
}

fn sections(text: &str, preset: Preset) -> Result<Sections, Fault> {
    let table = parse(text)?;
    let mut sections = Sections::of(preset);
    sections.read(&Table::of(&table, ""))?;
    Ok(sections)
}

fn parse(text: &str) -> Result<DeTable<'_>, Fault> {
    let table = DeTable::parse(text).map_err(|error| {
        Fault::at(error.span().map_or(0, |span| span.start), format!("not TOML: {}", error.message()))
    })?;
    let table = table.into_inner();
    Table::of(&table, "").check_keys(TOP)?;
    Ok(table)
}

fn problem(text: &str, fault: &Fault) -> Problem {
    let before = text.get(..fault.at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Problem { line, column, words: fault.words.clone() }
}

#[cfg(test)]
mod tests;
