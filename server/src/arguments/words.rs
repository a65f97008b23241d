//! Words of the docker CLI, Compose and SDKs, and the arguments that mean them, from the overlay.

use dockwright::tools;

/// The arguments that a word may mean, each a path, or an operation's name and a path.
pub(super) fn arguments(word: &str) -> &'static [&'static str] {
    tools::WORDS.iter().find(|row| is_alike(row.word, word)).map_or(&[], |row| row.arguments)
}

/// The answer to a value that an enumeration lacks.
pub(super) fn value(value: &str) -> Option<&'static str> {
    tools::VALUES.iter().find(|(known, _)| is_alike(known, value)).map(|(_, meaning)| *meaning)
}

/// Returns true if two names differ in case, and in `_` and `-` between their words, at most.
pub(super) fn is_alike(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|letter| !matches!(letter, '_' | '-')).map(|letter| letter.to_ascii_lowercase())
}
