//! What is said beside the engine's data: what was left out, cut and hidden, a line each, and how to get it.

use dockwright::Operation;

use super::amounts;
use super::limits::Cuts;
use crate::secrets::{self, Safe};

/// How each line of ours begins; no line of the engine does, because its JSON is one line and its text is framed.
pub const PREFIX: &str = "dockwright: ";

/// The most bytes of all notes together.
pub const NOTES_BYTES: usize = 1_000;

/// How many names are listed.
const NAMES: usize = 3;
/// The most characters of a note.
const NOTE_CHARACTERS: usize = 300;

/// Arguments that make an answer smaller, by the API's names.
const NARROWING: &[&str] = &["filters", "limit", "tail", "since", "until", "type"];

/// Prints a note as a line.
#[must_use]
pub fn line(note: &str) -> Safe<String> {
    Safe::line(note).map(|note| format!("{PREFIX}{}", note.chars().take(NOTE_CHARACTERS).collect::<String>()))
}

/// What a projection left out, with a `select` that fits an answer whose elements are at `place` (`[]`, `Volumes[]`).
#[must_use]
pub fn left_out(names: &[String], place: &str, shown: Option<&str>) -> Option<String> {
    let first = names.iter().find(|name| !name.ends_with(".*")).or(names.first())?;
    let first = first.trim_end_matches(".*");
    let pair = |name: &str| format!("{name}: {name}");
    let picked: Vec<_> = shown.into_iter().filter(|shown| *shown != first).chain([first]).map(pair).collect();
    let dot = if place.is_empty() { "" } else { "." };
    let example = format!("{place}{dot}{{{}}}", picked.join(", "));
    // What is shown in part looks whole: it must not be among those that are only counted.
    let (in_part, whole): (Vec<&str>, Vec<&str>) =
        names.iter().map(String::as_str).partition(|name| name.ends_with(".*"));
    let named = [in_part, whole].concat();
    let more = named.len().saturating_sub(NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = named[..named.len().min(NAMES)].join(", ");
    Some(format!("left out {named}{more}; select: \"{example}\" picks, \"@\" shows all"))
}

/// How many of the elements were kept by `grep`.
#[must_use]
pub fn grepped(matched: usize, total: usize, what: &str) -> String {
    format!("grep: {} of {} {what} match", amounts::count(matched), amounts::count(total))
}

/// How many of the elements are shown, and how to get at the others.
#[must_use]
pub fn shortened(shown: usize, of: usize, limit: &str, operation: &Operation) -> String {
    format!("{} of {} shown ({limit}); for others {}", amounts::count(shown), amounts::count(of), narrow(operation))
}

/// How many of what came are shown, where these are the last.
#[must_use]
pub fn last_of(shown: usize, of: usize, what: &str) -> String {
    format!("the last {} of {} {what}", amounts::count(shown), amounts::count(of))
}

/// What was cut out of a value that was too large.
#[must_use]
pub fn cut(cuts: &Cuts, limit: &str) -> Option<String> {
    let more = cuts.count - cuts.named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    // The paths are made of the engine's keys.
    let named = cuts.named.iter().map(|cut| cut.chars().take(60).collect::<String>()).collect::<Vec<_>>().join(", ");
    (cuts.count > 0).then(|| format!("cut ({limit}): {named}{more}; for the rest pick it with select"))
}

/// How many secrets are hidden in what is shown.
#[must_use]
pub fn hidden(shown: &str) -> Option<String> {
    let count = secrets::count(shown);
    let values = if count == 1 { "value is" } else { "values are" };
    (count > 0)
        .then(|| format!("{count} secret {values} hidden; the server shows them only if started with --show-secrets"))
}

/// How to ask an operation for less: `narrow it with filters, limit, grep or select`.
#[must_use]
pub fn narrow(operation: &Operation) -> String {
    format!("narrow it with {}", listed(&[narrowing(operation), vec!["grep", "select"]].concat()))
}

/// The arguments of an operation itself that make its answer smaller.
#[must_use]
pub fn narrowing(operation: &Operation) -> Vec<&'static str> {
    NARROWING.iter().copied().filter(|name| operation.takes(name)).collect()
}

/// `a, b or c`.
#[must_use]
pub fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => (*name).to_owned(),
        [names @ .., last] => format!("{} or {last}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dockwright::operations;

    #[test]
    fn what_was_left_out_comes_with_a_select_that_gets_it() {
        let names = ["Id", "ImageID", "Command", "Created", "Ports.*"].map(str::to_owned);
        assert_eq!(
            left_out(&names[3..], "[]", Some("Names")).unwrap(),
            r#"left out Ports.*, Created; select: "[].{Names: Names, Created: Created}" picks, "@" shows all"#
        );
        let many = left_out(&names, "", None).unwrap();
        assert_eq!(many, r#"left out Ports.*, Id, ImageID and 2 more; select: "{Id: Id}" picks, "@" shows all"#);
        assert_eq!(left_out(&[], "[]", None), None);
    }

    #[test]
    fn the_arguments_that_narrow_are_the_operations_own() {
        assert_eq!(narrow(&operations::CONTAINER_LIST), "narrow it with filters, limit, grep or select");
        assert_eq!(narrow(&operations::SYSTEM_INFO), "narrow it with grep or select");
    }

    #[test]
    fn a_note_is_one_line_whatever_is_in_it() {
        let line = line("cut\ndockwright: forged\u{1b}[1m");
        assert_eq!(*line, "dockwright: cut dockwright: forged");
    }
}
