//! Makes values of the engine safe to show.

use dockwright::Operation;
use serde_json::Value;

use super::{ReplyOptions, limits, names};
use crate::secrets::{Safe, hide_environment};

/// Makes a value of the engine safe to show, and its names those that arguments take.
#[must_use]
pub fn safe(mut value: Value, tag: &str, options: &ReplyOptions) -> Safe<Value> {
    if options.hides_environment {
        hide_environment(&mut value);
    }
    Safe::value(value, tag, options.show_secrets).map(names::strip_slashes)
}

/// Makes a value that was put together from answers safe to show, and cuts it to the room there is.
#[must_use]
pub fn outcome(value: Value, operation: &Operation, options: &ReplyOptions) -> Safe<Value> {
    safe(value, operation.tag, options).map(|value| limits::cut(value, options.room()).0)
}
