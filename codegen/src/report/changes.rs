//! Compares two sets of facts: added, changed and removed. A change in a type that many operations share is one entry;
//! a part that appears or goes together with its parent is none.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Entry, Rename, Side};
use super::facts::{self, Fact, Subject, TypeText};
use crate::ir::Api;
use crate::walk::Section;

/// The changes of an API.
#[derive(Default)]
pub struct Changes {
    pub added: Vec<Entry>,
    pub changed: Vec<Entry>,
    pub removed: Vec<Entry>,
    pub types: Vec<Rename>,
    /// Inline types, named after their place, that only follow the new name of another.
    pub followers: Vec<Rename>,
}

/// Compares two descriptions whose operations have the same ids.
pub fn changes(before: &Api, after: &Api) -> Changes {
    let (old, new) = (facts::facts(before), facts::facts(after));
    let renamed = renamed_types(before, after, &old, &new);
    let mut changed = EntryGroups::default();
    for (key, fact) in &new {
        if let Some(detail) = old.get(key).and_then(|was| change(was, fact, &renamed)) {
            changed.add(fact, detail);
        }
    }
    let (added, removed) = (only_in(&new, &old, addition_detail), only_in(&old, &new, removal_detail));
    let (followers, types) = renamed.iter().cloned().partition(|rename| follows(rename, &renamed));
    Changes { added: added.entries(), changed: changed.entries(), removed: removed.entries(), types, followers }
}

type Facts = BTreeMap<String, Fact>;

/// The facts in `these` but not in `those`, where both have the parent and agree on its shape.
fn only_in(these: &Facts, those: &Facts, what: fn(&Fact) -> String) -> EntryGroups {
    let mut grouped = EntryGroups::default();
    for (_, fact) in these.iter().filter(|(key, _)| !those.contains_key(*key)) {
        let is_told_here = fact.above.as_ref().is_none_or(|above| match (these.get(above), those.get(above)) {
            (Some(this), Some(that)) => shape(this) == shape(that),
            _ => false,
        });
        if is_told_here {
            grouped.add(fact, what(fact));
        }
    }
    grouped
}

fn shape(fact: &Fact) -> Option<&str> {
    fact.type_text.as_ref().map(|said| said.shape.as_str())
}

/// The detail of an addition: path or value, or type and presence.
fn addition_detail(fact: &Fact) -> String {
    if matches!(fact.subject, Subject::Operation(_) | Subject::Member(_)) {
        return removal_detail(fact);
    }
    let text = fact.type_text.as_ref().map(|said| said.text.as_str());
    let required = fact.phrases.iter().map(String::as_str).find(|said| *said == facts::REQUIRED);
    text.into_iter().chain(required).collect::<Vec<_>>().join(", ")
}

/// The detail of a removal: path or value; types no longer matter.
fn removal_detail(fact: &Fact) -> String {
    match fact.subject {
        Subject::Operation(_) | Subject::Member(_) => fact.phrases.first().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// The phrases that differ, now and before.
fn change(was: &Fact, is: &Fact, renamed: &[Rename]) -> Option<String> {
    if is.subject == Subject::MapValue {
        return None;
    }
    let mut pairs: Vec<_> = was.phrases.iter().zip(&is.phrases).filter(|(was, is)| was != is).collect();
    if let (Some(was), Some(is)) = (&was.type_text, &is.type_text)
        && is_other_type(was, is, renamed)
    {
        pairs.insert(0, (&was.text, &is.text));
    }
    let (was, is): (Vec<_>, Vec<_>) = pairs.into_iter().map(|(was, is)| (was.as_str(), is.as_str())).unzip();
    (!is.is_empty()).then(|| format!("{}, was {}", is.join(", "), was.join(", ")))
}

/// True if a type changed. Members of an enumeration and properties of a renamed type have entries of their own.
fn is_other_type(was: &TypeText, is: &TypeText, renamed: &[Rename]) -> bool {
    let is_renamed = |was: &str, is: &str| {
        renamed.iter().any(|rename| rename.before == was && rename.now.iter().any(|now| now == is))
    };
    was.shape != is.shape
        || match (&was.made_of, &is.made_of) {
            (Some(was), Some(is)) => was != is && !is_renamed(was, is),
            _ => false,
        }
}

/// Types in the places of types that are gone.
fn renamed_types(before: &Api, after: &Api, old: &Facts, new: &Facts) -> Vec<Rename> {
    let mut renamed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (key, fact) in new {
        let Some((was, is)) = old.get(key).and_then(made_of).zip(made_of(fact)) else { continue };
        if after.type_named(was).is_none() && before.type_named(is).is_none() {
            renamed.entry(was).or_default().insert(is);
        }
    }
    let rename = |(was, is): (&str, BTreeSet<&str>)| Rename {
        before: was.to_owned(),
        now: is.into_iter().map(str::to_owned).collect(),
    };
    renamed.into_iter().map(rename).collect()
}

fn made_of(fact: &Fact) -> Option<&str> {
    fact.type_text.as_ref()?.made_of.as_deref()
}

/// True if an inline type, named after its place, only follows the new name of another.
fn follows(rename: &Rename, renamed: &[Rename]) -> bool {
    renamed.iter().any(|other| {
        let rest = rename.before.strip_prefix(&other.before).filter(|rest| !rest.is_empty());
        let is_same = |now: &String| other.now.iter().any(|other| now.strip_prefix(other) == rest);
        rest.is_some() && rename.now.iter().all(is_same)
    })
}

/// The places of each entry.
#[derive(Default)]
struct EntryGroups(BTreeMap<(Subject, String), BTreeSet<Side>>);

impl EntryGroups {
    fn add(&mut self, fact: &Fact, detail: String) {
        if fact.subject != Subject::MapValue {
            let place = Side { operation: fact.operation.clone(), is_sent: fact.section == Section::Request };
            self.0.entry((fact.subject.clone(), detail)).or_default().insert(place);
        }
    }

    fn entries(self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for ((subject, detail), places) in self.0 {
            // Members that appear or go together are one entry.
            let is_member = matches!(subject, Subject::Member(_));
            match entries.iter_mut().find(|entry| is_member && entry.subject == subject && entry.places == places) {
                Some(entry) => entry.detail = format!("{}, {detail}", entry.detail),
                None => entries.push(Entry { subject, detail, places }),
            }
        }
        entries
    }
}
