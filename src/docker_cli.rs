//! The files of the docker CLI: where they are, and JSON as the CLI reads it.

mod json;

use std::path::PathBuf;

pub(crate) use json::{CliJson, CliObject};

/// The directory of the CLI's configuration. `set` reads a variable; an empty one is not set.
pub(crate) fn directory<T: Into<PathBuf>>(set: &impl Fn(&str) -> Option<T>) -> Option<PathBuf> {
    set("DOCKER_CONFIG").map(Into::into).or_else(|| Some(home(set)?.join(".docker")))
}

/// The user's own folder.
pub(crate) fn home<T: Into<PathBuf>>(set: &impl Fn(&str) -> Option<T>) -> Option<PathBuf> {
    set(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(Into::into)
}
