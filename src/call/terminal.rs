//! The question for a terminal, whose output is read differently: from the body of a call, or from another operation.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::Call;
use crate::body::Body;
use crate::error::{Error, Result};
use crate::operation::{Operation, Prepared, Terminal};

impl Call<'_> {
    /// Finds out if output comes from a terminal; `None` if only the answer can tell. A body that should say so, and
    /// does not, is completed: engines differ in whose word they take.
    pub(super) async fn terminal(&mut self) -> Result<Option<bool>> {
        match self.operation.terminal {
            None => Ok(None),
            Some(Terminal::Body { pointer, prepared }) => {
                let body = self.body.as_ref().and_then(Body::as_bytes).map_or(&b"null"[..], Bytes::as_ref);
                let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
                let is_true = |pointer| body.pointer(pointer).and_then(Value::as_bool);
                let has_output =
                    !self.operation.running.and_then(|running| running.unless).and_then(is_true).unwrap_or(false);
                match (is_true(pointer), prepared) {
                    (None, Some(Prepared { operation, pointer: at })) if has_output => {
                        let is_terminal = self.flag(operation, at).await?.unwrap_or(false);
                        if is_terminal && set(&mut body, pointer) {
                            self.body = Some(Body::from(body.to_string()));
                        }
                        Ok(Some(is_terminal))
                    }
                    (flag, _) => Ok(Some(flag.unwrap_or(false))),
                }
            }
            Some(Terminal::Operation { operation, pointer }) => self.flag(operation, pointer).await,
        }
    }

    /// A flag in the answer of another operation, called with the same path arguments; `None` if it refuses.
    async fn flag(&self, operation: &'static Operation, pointer: &str) -> Result<Option<bool>> {
        let argument = |name: &str| Some((name.to_owned(), self.arguments.get(name)?.clone()));
        let arguments = operation.path_parameters().filter_map(|parameter| argument(parameter.name)).collect();
        match self.engine.call(operation).arguments(arguments).send().await {
            Ok(reply) => {
                let answer: Value = reply.json().await?;
                Ok(Some(answer.pointer(pointer).and_then(Value::as_bool).unwrap_or(false)))
            }
            // The call itself will be refused for the same reason, under its own name.
            Err(Error::Api { .. } | Error::Argument { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Sets a flag of a body, which may be empty. Returns false if its place is not there.
fn set(body: &mut Value, pointer: &str) -> bool {
    if body.is_null() {
        *body = Value::Object(Map::new());
    }
    let Some((parent, name)) = pointer.rsplit_once('/') else { return false };
    let Some(parent) = body.pointer_mut(parent).and_then(Value::as_object_mut) else { return false };
    parent.insert(name.to_owned(), Value::Bool(true));
    true
}
