//! Types of an API by name, and by the path that leads to them.

use crate::ir::{Api, Shape, TypeRef};

/// The type at the end of a path of properties.
pub fn at<'a>(api: &Api, from: Option<&TypeRef>, keys: impl Iterator<Item = &'a str>) -> Option<TypeRef> {
    let mut at = from.cloned();
    for key in keys {
        at = match at.map(|type_ref| element(api, type_ref)) {
            Some(TypeRef::Named(name)) => match find(api, &name) {
                Some(Shape::Struct(fields)) => {
                    fields.iter().find(|field| field.name == key).map(|field| field.type_ref.clone())
                }
                _ => None,
            },
            _ => None,
        };
    }
    at
}

/// The element of a list or a map, and the target of an alias.
fn element(api: &Api, type_ref: TypeRef) -> TypeRef {
    match type_ref {
        TypeRef::List(inner) | TypeRef::Nullable(inner) | TypeRef::Map(inner) => element(api, *inner),
        TypeRef::Named(name) => match find(api, &name) {
            Some(Shape::Alias(target)) => element(api, target.clone()),
            _ => TypeRef::Named(name),
        },
        other => other,
    }
}

/// The target of aliases of a whole type.
pub fn resolved<'a>(api: &'a Api, type_ref: &'a TypeRef) -> &'a TypeRef {
    let mut resolved = type_ref;
    // A circle of aliases must end.
    for _ in 0..api.types.len() {
        match resolved {
            TypeRef::Named(name) if let Some(Shape::Alias(target)) = find(api, name) => resolved = target,
            _ => break,
        }
    }
    resolved
}

/// The shape of the type of this name.
pub fn find<'a>(api: &'a Api, name: &str) -> Option<&'a Shape> {
    api.type_named(name).map(|described| &described.shape)
}
