//! The facets of all requests of one call, for its line in the audit trail.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use dockwright::operation::Facet;

/// A set of facets that the parts of one call share.
#[derive(Debug, Clone, Default)]
pub struct SeenFacets(Arc<Mutex<BTreeSet<Facet>>>);

impl SeenFacets {
    /// Adds the facets of a request.
    pub fn add(&self, facets: impl IntoIterator<Item = Facet>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(facets);
    }

    /// The names of the facets, sorted by weight.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|facet| facet.name()).collect()
    }
}
