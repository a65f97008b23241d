//! Lowers the facets of an operation's requests.

use super::names as identifiers;
use crate::ir::{FacetRule, Facets, NameRule, NamedObject, SettingRule};
use crate::overlay::{FacetFacts, FacetRuleFacts, NameFacts, SettingFacts, path_below};

/// The facets of the operation of this id.
pub fn facets(id: &str, facts: &[FacetFacts]) -> Facets {
    let mut facets = Facets::default();
    for entry in facts {
        for place in entry.places_in(id) {
            facets.rules.extend(entry.facets.iter().flat_map(|facts| rules(place, facts)));
            facets.harmless.extend(entry.harmless.iter().map(|path| path_below(place, path)));
            facets.names.extend(entry.names.iter().flat_map(|facts| names(place, facts)));
            facets.labels.extend(entry.labels.iter().map(|path| path_below(place, path)));
            facets.other_labels.extend(entry.other_labels.iter().map(|path| path_below(place, path)));
            facets.unread.extend(entry.unread.iter().map(|path| path_below(place, path)));
            facets.settings.extend(entry.settings.iter().flat_map(|facts| settings(place, facts)));
            facets.registry = facets.registry.or_else(|| entry.registry.clone());
        }
    }
    facets
}

fn rules(place: &str, facts: &FacetRuleFacts) -> Vec<FacetRule> {
    let object = facts.object.as_ref().map(|object| NamedObject {
        operation: identifiers::constant(&object.operation),
        argument: object.argument.clone(),
        pointer: object.pointer.clone(),
    });
    let rule = |path: &str| FacetRule {
        path: path_below(place, path),
        facet: facts.facet,
        when: facts.when.clone(),
        object: object.clone(),
    };
    paths(&facts.paths).map(rule).collect()
}

fn names(place: &str, facts: &NameFacts) -> Vec<NameRule> {
    let rule = |path: &str| NameRule {
        path: path_below(place, path),
        collection: facts.collection.clone(),
        form: facts.form,
        usage: facts.usage,
        except: facts.except.clone(),
    };
    paths(&facts.paths).map(rule).collect()
}

fn settings(place: &str, facts: &SettingFacts) -> Vec<SettingRule> {
    let rule = |path: &str| SettingRule {
        path: path_below(place, path),
        setting: facts.setting,
        keeps_absent: facts.keeps_absent,
    };
    paths(&facts.paths).map(rule).collect()
}

/// The paths of an entry; none stand for the place itself.
fn paths(paths: &[String]) -> impl Iterator<Item = &str> {
    let place = paths.is_empty().then_some("");
    place.into_iter().chain(paths.iter().map(String::as_str))
}
