//! Words of the docker CLI, Compose and SDKs, and the arguments that mean them, from the overlay.

use dockwright::{Operation, tools};

/// The arguments that a word may mean, each a path, or an operation's name and a path.
pub(super) fn arguments(word: &str) -> &'static [&'static str] {
    tools::WORDS.iter().find(|row| is_alike(row.word, word)).map_or(&[], |row| row.arguments)
}

/// The answer to a value that an enumeration lacks.
pub(super) fn value(value: &str) -> Option<&'static str> {
    tools::VALUES.iter().find(|(known, _)| is_alike(known, value)).map(|(_, meaning)| *meaning)
}

/// The answer to a word that no argument means.
pub(super) fn absent(word: &str, operation: Option<&Operation>) -> Option<&'static str> {
    let is_it = |(known, _): &&(&'static str, &'static str)| match known.split_once(' ') {
        Some((id, known)) => is_alike(known, word) && operation.is_some_and(|operation| operation.id == id),
        None => is_alike(known, word),
    };
    tools::ABSENT.iter().find(is_it).map(|(_, answer)| *answer)
}

/// Returns true if two names differ in case, and in `_` and `-` between their words, at most.
pub(super) fn is_alike(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|letter| !matches!(letter, '_' | '-')).map(|letter| letter.to_ascii_lowercase())
}
