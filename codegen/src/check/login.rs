//! Checks `login` in the overlay: a header that takes JSON in base64url, and the part of the request that names the
//! registry.

use super::lookup::at;
use crate::ir::{Api, Encoding, Kind, LoginHeader, LoginRegistry, Operation, Place, TypeRef};

/// The problem of `login` of an operation, if it has one.
pub fn problem(api: &Api, operation: &Operation) -> Option<String> {
    let LoginHeader { parameter, registry, unless } = operation.login.as_ref()?;
    let find = |name: &str| operation.parameters.iter().find(|parameter| parameter.name == name);
    let is_header = |name: &str| {
        find(name).is_some_and(|header| header.place == Place::Header && header.encoding == Encoding::Base64Json)
    };
    if !is_header(parameter) {
        return Some(format!("no header `{parameter}` that takes a login"));
    }
    if let Some(exception) = unless.iter().find(|exception| find(&exception.argument).is_none()) {
        return Some(format!("no parameter `{}`", exception.argument));
    }
    match registry {
        LoginRegistry::Argument(name) | LoginRegistry::ArgumentOrId(name) => {
            let is_text = find(name).is_some_and(|parameter| parameter.kind == Kind::String);
            (!is_text).then(|| format!("no parameter `{name}` that is text"))
        }
        LoginRegistry::Body(pointer) => {
            let body = operation.body.as_ref().and_then(|body| body.json.as_ref());
            let keys = pointer.strip_prefix('/').map(|keys| keys.split('/'));
            let is_text = keys.is_some_and(|keys| at(api, body, keys) == Some(TypeRef::String));
            (!is_text).then(|| format!("the body has no text at `{pointer}`"))
        }
        LoginRegistry::All => None,
    }
}
