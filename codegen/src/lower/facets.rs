//! Lowers the facets of an operation's requests.

use super::names;
use crate::ir::{FacetRule, Facets, NamedObject};
use crate::overlay::{FacetFacts, FacetRuleFacts, path_below};

/// The facets of the operation of this id.
pub fn facets(id: &str, facts: &[FacetFacts]) -> Facets {
    let mut facets = Facets::default();
    for entry in facts {
        for place in entry.places_in(id) {
            facets.rules.extend(entry.facets.iter().flat_map(|facts| rules(place, facts)));
            facets.harmless.extend(entry.harmless.iter().map(|path| path_below(place, path)));
            facets.registry = facets.registry.or_else(|| entry.registry.clone());
        }
    }
    facets
}

fn rules(place: &str, facts: &FacetRuleFacts) -> Vec<FacetRule> {
    let object = facts.object.as_ref().map(|object| NamedObject {
        operation: names::constant(&object.operation),
        argument: object.argument.clone(),
        pointer: object.pointer.clone(),
    });
    let rule = |path: &str| FacetRule {
        path: path_below(place, path),
        facet: facts.facet,
        when: facts.when.clone(),
        object: object.clone(),
    };
    match facts.paths.is_empty() {
        true => vec![rule("")],
        false => facts.paths.iter().map(|path| rule(path)).collect(),
    }
}
