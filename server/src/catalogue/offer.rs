//! The tools that a client is offered: those that at least one engine of the server exposes.

use std::sync::Arc;

use dockwright::Version;
use dockwright::operation::Annotations;
use dockwright::tools;

use super::Entry;
use super::exposure::Exposure;

/// The tools of all engines together, and the engines' names.
#[derive(Debug, Clone, Default)]
pub struct Offer {
    /// Each exposure and version once, however many engines share them.
    engines: Vec<(Arc<Exposure>, Option<Version>)>,
    names: Vec<Arc<str>>,
    /// The place of each name's engine among them.
    places: Vec<usize>,
}

impl Offer {
    /// The tools of one engine without a name. Its API version may be unknown.
    #[must_use]
    pub fn of_one(exposure: Arc<Exposure>, version: Option<Version>) -> Self {
        let mut offer = Offer::default();
        offer.add(None, exposure, version);
        offer
    }

    /// Adds an engine.
    pub fn add(&mut self, name: Option<Arc<str>>, exposure: Arc<Exposure>, version: Option<Version>) {
        let is_known = |(other, spoken): &(Arc<Exposure>, Option<Version>)| {
            *spoken == version && (Arc::ptr_eq(other, &exposure) || **other == *exposure)
        };
        let place = self.engines.iter().position(is_known).unwrap_or_else(|| {
            self.engines.push((exposure, version));
            self.engines.len() - 1
        });
        if let Some(name) = name {
            self.names.push(name);
            self.places.push(place);
        }
    }

    /// The names that the argument `engine` takes; none if there is only one engine.
    #[must_use]
    pub fn engine_names(&self) -> &[Arc<str>] {
        if self.names.len() > 1 { &self.names } else { &[] }
    }

    /// The names of engines that expose a tool; none if there is only one engine.
    #[must_use]
    pub fn engine_names_of(&self, entry: Entry) -> Vec<Arc<str>> {
        let exposing: Vec<_> = self.engines.iter().map(|(exposure, _)| entry.check(exposure).is_ok()).collect();
        let names = self.engine_names().iter().zip(&self.places);
        names.filter(|(_, place)| exposing[**place]).map(|(name, _)| Arc::clone(name)).collect()
    }

    /// The tools that may be called on an engine.
    pub fn exposed(&self) -> impl Iterator<Item = Entry> {
        Entry::all().filter(|entry| self.engines.iter().any(|(exposure, _)| entry.check(exposure).is_ok()))
    }

    /// The tools that may be called on an engine whose version, if it is known, has them.
    pub fn listed(&self) -> impl Iterator<Item = Entry> {
        Entry::all().filter(|entry| {
            let knows = |version: &Option<Version>| version.is_none_or(|version| entry.is_known_to(version));
            self.engines.iter().any(|(exposure, version)| knows(version) && entry.check(exposure).is_ok())
        })
    }

    /// Tells whether one engine exposes all of these tools.
    #[must_use]
    pub fn has_all(&self, names: &[String]) -> bool {
        let exposes = |exposure: &Exposure| {
            let exposed: Vec<_> = Entry::exposed(exposure).map(Entry::name).collect();
            names.iter().all(|name| exposed.contains(&name.as_str()))
        };
        self.engines.iter().any(|(exposure, _)| exposes(exposure))
    }

    /// The most cautious hints that a tool has on an engine that exposes it.
    #[must_use]
    pub fn annotations(&self, entry: Entry) -> Annotations {
        let exposed = self.engines.iter().filter(|(exposure, _)| entry.check(exposure).is_ok());
        let hints = exposed.map(|(exposure, _)| entry.annotations(exposure));
        most_cautious(hints).unwrap_or_else(|| entry.annotations(&self.engines[0].0))
    }

    /// The number of operations that are built in and that no engine exposes.
    #[must_use]
    pub fn hidden_count(&self) -> usize {
        let is_exposed = |exposure: &Exposure, tool: &tools::Tool| exposure.exposes(tool.operation).is_ok();
        tools::ALL.iter().filter(|tool| !self.engines.iter().any(|(exposure, _)| is_exposed(exposure, tool))).count()
    }
}

/// The most cautious of several hints.
#[must_use]
pub fn most_cautious(hints: impl IntoIterator<Item = Annotations>) -> Option<Annotations> {
    hints.into_iter().reduce(|one, other| Annotations {
        read_only: one.read_only && other.read_only,
        destructive: one.destructive || other.destructive,
        idempotent: one.idempotent && other.idempotent,
        open_world: one.open_world || other.open_world,
    })
}
