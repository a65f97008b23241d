//! API versions of every operation, parameter, property and enumeration member, from all descriptions. The key of each
//! is its operation and its path on the wire, because definitions were renamed.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Api, Enum, Lifetime, Operation, Shape, Versioned};
use crate::lower::FILTERS;
use crate::overlay::{LifetimeOverride, Overlay, parse_version};
use crate::problem::{Problem, Problems, join};
use crate::walk::{Node, Section, walk};

/// The keys of each version.
#[derive(Debug, Clone, Default)]
pub struct History {
    title: String,
    seen: BTreeMap<(u32, u32), BTreeSet<String>>,
}

impl History {
    /// The history of one API.
    pub fn from_apis<'a>(apis: impl IntoIterator<Item = &'a Api>) -> Self {
        let mut history = Self::default();
        for api in apis {
            history.add(api);
        }
        history
    }

    fn add(&mut self, api: &Api) {
        let Some(version) = parse_version(&api.version) else { return };
        // The history of one API does not apply to another.
        if self.title != api.title {
            *self = Self { title: api.title.clone(), seen: BTreeMap::new() };
        }
        let seen = self.seen.entry(version).or_default();
        seen.clear();
        walk(api, &mut |place| _ = seen.insert(place.key()));
    }

    /// The unbroken run of versions around `version`. An end at the oldest or newest known version stays open.
    fn lifetime(&self, key: &str, version: (u32, u32)) -> Lifetime {
        let has = |(_, seen): &(&(u32, u32), &BTreeSet<String>)| seen.contains(key);
        let before: Vec<_> = self.seen.range(..=version).rev().take_while(has).collect();
        let after: Vec<_> = self.seen.range(version..).take_while(has).collect();
        let (oldest, newest) = (self.seen.first_key_value(), self.seen.last_key_value());
        let end = |run: &[(&(u32, u32), &BTreeSet<String>)], open: Option<(&(u32, u32), &BTreeSet<String>)>| {
            let (last, _) = *run.last()?;
            open.is_some_and(|(open, _)| open != last).then_some(*last)
        };
        Lifetime { since: end(&before, oldest), until: end(&after, newest) }
    }
}

/// Sets the lifetimes in an API.
pub fn mark(api: &mut Api, history: &History, overlay: &Overlay, problems: &mut Problems) {
    let Some(version) = parse_version(&api.version) else { return };
    if history.title != api.title && overlay.history.is_empty() {
        return;
    }
    let mut history = history.clone();
    history.add(api);
    let mut lifetimes = Lifetimes::default();
    let endless = walk(api, &mut |seen| {
        let key = seen.key();
        let lifetime_override = overlay.history.iter().find(|entry| entry.covers(&key));
        let lifetime = lifetime_override.map_or_else(|| history.lifetime(&key, version), LifetimeOverride::lifetime);
        lifetimes.note(seen, &key, lifetime);
    });
    if let Some(operation) = endless {
        let what = format!("`{}` has too many paths to properties", operation.id);
        problems.error(join("/paths", &operation.template), what, "leave some of the types in it open");
    }
    unmatched(&overlay.history, &history, problems);
    for operation in &mut api.operations {
        mark_operation(operation, &lifetimes);
    }
    for named in &mut api.types {
        let own = lifetimes.types.get(&named.name).copied().unwrap_or_default();
        named.lifetime = own;
        let of = |part: &str| {
            lifetimes
                .parts
                .get(&(named.name.clone(), part.to_owned()))
                .map(|part| part.relative_to(own))
                .unwrap_or_default()
        };
        match &mut named.shape {
            Shape::Struct(fields) => fields.iter_mut().for_each(|field| field.lifetime = of(&field.name)),
            Shape::Enum(Enum::Strings(variants)) => {
                variants.iter_mut().for_each(|variant| variant.lifetime = of(&variant.value));
            }
            Shape::Enum(Enum::Integers(variants)) => {
                variants.iter_mut().for_each(|variant| variant.lifetime = of(&variant.value.to_string()));
            }
            Shape::Alias(_) => {}
        }
    }
}

fn mark_operation(operation: &mut Operation, lifetimes: &Lifetimes) {
    operation.lifetime = lifetimes.keys.get(&operation.id).copied().unwrap_or_default();
    for parameter in &mut operation.parameters {
        let key = format!("{} {}", operation.id, parameter.name);
        parameter.lifetime = lifetimes.keys.get(&key).copied().unwrap_or_default().relative_to(operation.lifetime);
    }
    operation.newer = lifetimes.sent.get(&operation.id).cloned().unwrap_or_default();
    let keys = operation.filters.iter().flat_map(|filters| &filters.keys);
    let keys = keys.filter(|key| key.lifetime != Lifetime::default()).map(|key| Versioned {
        path: vec![FILTERS.to_owned(), key.key.clone()],
        member: None,
        lifetime: key.lifetime,
    });
    operation.newer.extend(keys);
    let own = operation.lifetime;
    operation.newer.retain(|newer| newer.lifetime != own);
}

/// The lifetimes of an API, by the keys that they are looked up with.
#[derive(Default)]
struct Lifetimes {
    keys: BTreeMap<String, Lifetime>,
    types: BTreeMap<String, Lifetime>,
    parts: BTreeMap<(String, String), Lifetime>,
    sent: BTreeMap<String, Vec<Versioned>>,
}

impl Lifetimes {
    fn note(&mut self, seen: &Node, key: &str, lifetime: Lifetime) {
        self.keys.insert(key.to_owned(), lifetime);
        // A type that is used in several places is as old as the oldest of them.
        let widen = |known: &mut Lifetime| *known = known.or(lifetime);
        if let Some(made_of) = seen.made_of {
            self.types.entry(made_of.to_owned()).and_modify(widen).or_insert(lifetime);
        }
        if let Some((owner, part)) = seen.part_of.zip(seen.part()) {
            self.parts.entry((owner.to_owned(), part.to_owned())).and_modify(widen).or_insert(lifetime);
        }
        let is_told = seen.above().is_some_and(|above| self.keys.get(&above) == Some(&lifetime));
        if seen.section != Section::Answer
            && seen.section != Section::Operation
            && lifetime != Lifetime::default()
            && !is_told
        {
            let path = seen.path.iter().map(|step| (*step).to_owned()).collect();
            let newer = Versioned { path, member: seen.member.map(str::to_owned), lifetime };
            self.sent.entry(seen.operation.to_owned()).or_default().push(newer);
        }
    }
}

/// Reports overrides for keys that no description has.
fn unmatched(overrides: &[LifetimeOverride], history: &History, problems: &mut Problems) {
    for lifetime_override in overrides {
        let is_known = |key: &&String| history.seen.values().any(|seen| seen.contains(*key));
        for key in lifetime_override.keys.iter().filter(|key| !is_known(key)) {
            let what = format!("no description has `{key}`");
            problems.push(Problem {
                severity: crate::problem::Severity::Warning,
                ..Problem::with_file(&lifetime_override.file, what, "fix it or remove it from the overlay")
            });
        }
    }
}
