//! Names of engines: those that the docker CLI allows for contexts, so that a name needs no quotes anywhere and `*` can
//! stand for all.

use std::sync::Arc;

/// The most characters of a name. The docker CLI has no limit for contexts.
const CHARACTERS: usize = 255;

/// The characters of an odd name that are shown.
const SHOWN: usize = 64;

/// Splits `NAME=ADDRESS`.
///
/// # Errors
/// If one of them is missing, or the name is odd. The address is not quoted, because it may hold a secret.
pub(super) fn split(engine: &str) -> Result<(Arc<str>, String), String> {
    let Some((name, address)) = engine.split_once('=') else {
        return Err("--engine: write NAME=ADDRESS, such as nas=tcp://10.0.0.2:2376".to_owned());
    };
    let name = check(name.trim()).map_err(|problem| format!("--engine: {problem}"))?;
    match address.trim() {
        "" => Err(format!("--engine: `{name}` has no address; write {name}=tcp://10.0.0.2:2376")),
        address => Ok((name, address.to_owned())),
    }
}

/// Checks a name.
///
/// # Errors
/// If it has other characters than names of contexts.
pub(super) fn check(name: &str) -> Result<Arc<str>, String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_.+-".contains(letter);
    let begins = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    if begins && name.chars().all(is_plain) && name.len() <= CHARACTERS {
        return Ok(name.into());
    }
    let shown: String = name.chars().take(SHOWN).collect();
    Err(format!(
        "{shown:?} cannot be an engine's name: it begins with a letter or digit, and has these, `_`, `.`, `+` and `-`, \
         {CHARACTERS} at most"
    ))
}
