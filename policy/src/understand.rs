//! Turns a raw request into a call of an operation, or refuses it. Nothing of the client's bytes is kept: names are
//! those of the row, values are decoded once, and a body is JSON of which every key is known to the operation's schema.

mod fields;
mod form;
mod json;
mod query;
mod refuse;
mod target;
mod versions;

use dockwright::operation::{Operation, Place};
use dockwright::{Value, Version};
use serde_json::Map;

pub use fields::Header;
pub use form::Form;

use crate::facets::means_nothing;
use crate::refusal::Refusal;
use crate::request::{BODY, Change, Request, UnfitChange};
use refuse::{refusal, refuse};
use target::Target;

/// The most bytes of a body that is judged.
pub const MOST_BODY_BYTES: usize = 4 << 20;

/// A request before its body is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The row of the operation.
    pub operation: &'static Operation,
    /// The API version that the client speaks.
    pub version: Version,
    arguments: Map<String, Value>,
}

/// A request that is understood, to be judged and sent anew.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// The row of the operation.
    pub operation: &'static Operation,
    /// The API version that the client speaks.
    pub version: Version,
    /// The arguments of path, query and headers, by their names in the description.
    pub arguments: Map<String, Value>,
    /// The body, if it is JSON.
    pub body: Option<Value>,
}

impl Head {
    /// Understands method, target and headers of a request. `newest` is the version of a target without one.
    ///
    /// # Errors
    /// If no operation is meant, or if something in it could be taken in another meaning.
    pub fn read(method: &str, target: &str, headers: &[Header<'_>], newest: Version) -> Result<Self, Refusal> {
        fields::check(headers)?;
        let Target { operation, version, mut arguments, query } = Target::read(method, target, newest)?;
        query::read(operation, query, &mut arguments)?;
        fields::read(operation, headers, &mut arguments)?;
        // A parameter without a text is one that is not given.
        arguments.retain(|_, value| !value.is_null());
        let is_missing = |name: &str| !arguments.contains_key(name);
        let given = operation.parameters.iter().filter(|parameter| parameter.place != Place::Path);
        if let Some(missing) = given.filter(|parameter| parameter.required).find(|one| is_missing(one.name)) {
            return refuse(format!("`{}` is missing", missing.name));
        }
        fields::check_media_type(operation, headers)?;
        Ok(Head { operation, version, arguments })
    }

    /// Returns true if the body is an archive, which passes unread.
    #[must_use]
    pub fn streams(&self) -> bool {
        self.operation.body.is_some_and(|body| !body.json)
    }

    /// Understands the body, all of it. Of an archive, give nothing.
    ///
    /// # Errors
    /// If it is too large, not JSON, holds a key twice or one that the operation does not know, or if the spoken
    /// version does not know a part of the request.
    pub fn with_body(self, body: &[u8]) -> Result<Call, Refusal> {
        let Head { operation, version, mut arguments } = self;
        if body.len() > MOST_BODY_BYTES {
            return refuse(format!("the body has more than {MOST_BODY_BYTES} bytes"));
        }
        let form = Form::of(operation);
        for (name, value) in &mut arguments {
            form.argument(name).map_or(Ok(()), |form| form.hold(value, name)).map_err(refusal)?;
        }
        let mut body = read_body(operation, form, body)?;
        versions::hold(operation, &mut arguments, &mut body, version)?;
        Ok(Call { operation, version, arguments, body })
    }
}

fn read_body(operation: &Operation, form: &Form, bytes: &[u8]) -> Result<Option<Value>, Refusal> {
    let is_blank = bytes.iter().all(u8::is_ascii_whitespace);
    match operation.body {
        Some(body) if !body.json => match is_blank {
            true => Ok(None),
            false => refuse("the body is an archive, and is not read"),
        },
        Some(body) if is_blank && body.required => refuse("the body is missing"),
        _ if is_blank => Ok(None),
        Some(_) => {
            let mut value = json::parse(bytes).map_err(|words| refusal(format!("the body {words}")))?;
            let form = form.argument(BODY);
            // Members that some version reads are held against the spoken one.
            let is_read = |name: &&str| form.is_some_and(|form| form.member(name).is_some());
            let unread = operation.facets.unread.iter().filter_map(|path| path.strip_prefix("body."));
            if let Some(members) = value.as_object_mut() {
                unread.filter(|name| !is_read(name)).for_each(|name| _ = members.shift_remove(name));
            }
            form.map_or(Ok(()), |form| form.hold(&mut value, BODY)).map_err(refusal)?;
            Ok(Some(value).filter(|value| !value.is_null()))
        }
        None => {
            let value = json::parse(bytes).map_err(|words| refusal(format!("the body {words}")))?;
            if means_nothing(&value) { Ok(None) } else { refuse(format!("{} takes no body", operation.name)) }
        }
    }
}

impl Call {
    /// The facts that a decision is made on.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        Request { operation: self.operation, arguments: &self.arguments, body: self.body.as_ref() }
    }

    /// The call with the changes of a decision.
    ///
    /// # Errors
    /// If one does not fit; the call must not pass then.
    pub fn with_changes(&self, changes: &[Change<'_>]) -> Result<Call, UnfitChange> {
        let mut call = self.clone();
        changes.iter().try_for_each(|change| change.apply(&mut call.arguments, &mut call.body))?;
        Ok(call)
    }
}

#[cfg(test)]
mod tests;
