//! Finds the properties through which a struct would hold itself, and so have no size: they need a box.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Shape, Type, TypeRef};

/// Marks as few properties as break every circle. Lists and maps have a size whatever they hold.
pub fn mark_boxed(types: &mut [Type]) {
    let mut held: BTreeMap<String, Vec<String>> =
        types.iter().map(|named| (named.name.clone(), held_by(&named.shape))).collect();
    for named in types {
        let Shape::Struct(fields) = &mut named.shape else { continue };
        for field in fields.iter_mut() {
            field.boxed = matches!(&field.type_ref, TypeRef::Named(target) if leads_to(&held, target, &named.name));
        }
        let boxed: BTreeSet<_> =
            fields.iter().filter(|field| field.boxed).filter_map(|field| field.type_ref.named()).collect();
        if let Some(held) = held.get_mut(&named.name) {
            held.retain(|held| !boxed.contains(held.as_str()));
        }
    }
}

/// The types that a value of this shape holds without a list or a map around them.
fn held_by(shape: &Shape) -> Vec<String> {
    let named = |type_ref: &TypeRef| match type_ref {
        TypeRef::Named(name) => Some(name.clone()),
        _ => None,
    };
    match shape {
        Shape::Struct(fields) => fields.iter().filter_map(|field| named(&field.type_ref)).collect(),
        Shape::Alias(target) => named(target).into_iter().collect(),
        Shape::Enum(_) => Vec::new(),
    }
}

fn leads_to(held: &BTreeMap<String, Vec<String>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            open.extend(held.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    false
}
