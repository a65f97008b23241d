//! Every part of a request that may change something has a facet or is marked harmless, so that nothing new passes a
//! decision unseen.

use std::collections::BTreeSet;

use crate::ir::{Api, Shape, TypeRef};
use crate::overlay::{EVERY_OPERATION, Overlay};
use crate::walk::{Node, SECOND, Section, walk};

/// The parts of requests that neither have a facet nor are marked harmless, by the keys of the history. Operations that
/// change nothing are left out.
pub fn unclaimed(api: &Api) -> Vec<String> {
    let mut unclaimed = BTreeSet::new();
    walk(api, &mut |node| {
        let operation = api.operations.iter().find(|operation| operation.id == node.operation);
        let Some(operation) = operation.filter(|operation| !operation.annotations.read_only) else { return };
        if is_value(api, node) && !operation.facets.claim(&node.path.join(".")) {
            unclaimed.insert(node.key());
        }
    });
    unclaimed.into_iter().collect()
}

/// The parts of requests, and operations, that an older API has and the newest has not, by the keys of the history.
/// Without a correction that brings them back, nothing can judge or send them.
pub fn forgotten(older: &[Api], newest: &Api) -> Vec<String> {
    let keys = |api: &Api| {
        let mut keys = BTreeSet::new();
        walk(api, &mut |node| {
            if node.section != Section::Answer {
                keys.insert(node.key());
            }
        });
        keys
    };
    let known = keys(newest);
    older.iter().flat_map(keys).filter(|key| !known.contains(key)).collect::<BTreeSet<_>>().into_iter().collect()
}

/// True for a node that no properties stand below, each of which is claimed by itself.
fn is_value(api: &Api, node: &Node) -> bool {
    let has_properties = node
        .made_of
        .and_then(|name| api.type_named(name))
        .is_some_and(|named| matches!(&named.shape, Shape::Struct(fields) if !fields.is_empty()));
    node.section == Section::Request
        && node.member.is_none()
        && node.path.last() != Some(&SECOND)
        && !has_properties
        && !is_map_of_objects(api, node)
}

fn is_map_of_objects(api: &Api, node: &Node) -> bool {
    let named = node.type_ref.filter(|type_ref| matches!(type_ref, TypeRef::Map(_))).and_then(TypeRef::named);
    named.and_then(|name| api.type_named(name)).is_some_and(|named| matches!(named.shape, Shape::Struct(_)))
}

/// The places and paths of the overlay's facets that none of these APIs has.
pub fn unmatched(apis: &[Api], overlay: &Overlay) -> Vec<String> {
    let mut known = BTreeSet::new();
    for api in apis {
        walk(api, &mut |node| _ = known.insert(node.key()));
    }
    let ids: BTreeSet<_> = known.iter().filter(|key| !key.contains(' ')).cloned().collect();
    let mut unmatched = Vec::new();
    for facts in &overlay.facets {
        let paths = || {
            let of_facets = facts.facets.iter().flat_map(|rule| &rule.paths);
            let of_names = facts.names.iter().flat_map(|rule| &rule.paths);
            let of_settings = facts.settings.iter().flat_map(|rule| &rule.paths);
            let others = facts.harmless.iter().chain(&facts.registry).chain(&facts.labels).chain(&facts.other_labels);
            of_facets.chain(of_names).chain(of_settings).chain(others)
        };
        for path in paths() {
            let is_known = facts.places.iter().any(|place| match place.as_str() {
                EVERY_OPERATION => ids.iter().any(|id| known.contains(&format!("{id} {path}"))),
                place => {
                    let separator = if place.contains(' ') { '.' } else { ' ' };
                    known.contains(&format!("{place}{separator}{path}"))
                }
            });
            if !is_known {
                unmatched.push(format!("{} {path}", facts.places.join(", ")));
            }
        }
        let places = facts.places.iter().filter(|place| *place != EVERY_OPERATION);
        unmatched.extend(places.filter(|place| !known.contains(*place)).cloned());
    }
    unmatched
}
