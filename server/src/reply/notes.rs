//! Notes below the engine's data: a line each about members left out, cut and hidden, and the arguments that show them.

use dockwright::Operation;

use super::amounts;
use super::limits::Cuts;
use crate::grep::Grep;
use crate::secrets::{self, Safe};

/// The beginning of each line of the server's. No line of the engine's has it: JSON is one line, and text is framed.
pub const PREFIX: &str = "dockwright: ";

/// The most bytes of all notes together.
pub const NOTES_BYTES: usize = 1_000;

/// The most names that a note lists.
const NAMES: usize = 3;
/// The most characters of a note.
const NOTE_CHARACTERS: usize = 300;

/// Arguments that make an answer smaller, by the API's names.
const NARROWING: &[&str] = &["filters", "limit", "tail", "since", "until", "type"];

/// Says that elements match in a member that the reply does not show.
#[must_use]
pub fn hidden_matches(count: usize, member: &str) -> String {
    let elements = if count == 1 { "element matches" } else { "elements match" };
    format!("{} more {elements} only in `{member}`, which is not shown: select it to search it", amounts::count(count))
}

/// Names the operation that shows all of one object of a list.
#[must_use]
pub fn inspecting(list: &Operation) -> Option<String> {
    let shows_one = |operation: &&&Operation| {
        let is_whole = operation.resource.is_some_and(|resource| resource.part.is_none());
        is_whole && operation.list.is_some_and(|other| other.name == list.name)
    };
    let inspect = dockwright::operations::ALL.iter().find(shows_one)?;
    Some(format!("{} shows more of one", inspect.name))
}

/// Prints a note as a line.
#[must_use]
pub fn line(note: &str) -> Safe<String> {
    Safe::line(note).map(|note| format!("{PREFIX}{}", note.chars().take(NOTE_CHARACTERS).collect::<String>()))
}

/// Names the members that a projection left out, with an example of `select` for elements at `place` (`[]`,
/// `Volumes[]`).
#[must_use]
pub fn omissions(names: &[String], place: &str, shown: Option<&str>) -> Option<String> {
    let first = names.iter().find(|name| !name.ends_with(".*")).or(names.first())?;
    let first = first.trim_end_matches(".*");
    let pair = |name: &str| format!("{name}: {name}");
    let picked: Vec<_> = shown.into_iter().filter(|shown| *shown != first).chain([first]).map(pair).collect();
    let dot = if place.is_empty() { "" } else { "." };
    let example = format!("{place}{dot}{{{}}}", picked.join(", "));
    // A member shown in part looks whole, so it comes first and is not merely counted.
    let (in_part, whole): (Vec<&str>, Vec<&str>) =
        names.iter().map(String::as_str).partition(|name| name.ends_with(".*"));
    let named = [in_part, whole].concat();
    let more = named.len().saturating_sub(NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = named[..named.len().min(NAMES)].join(", ");
    Some(format!("left out {named}{more}; select: \"{example}\" picks, \"@\" shows all"))
}

/// Counts the matches of `grep`.
#[must_use]
pub fn matches(grep: &Grep, matched: usize, total: usize, what: &str) -> String {
    let doubt = grep.doubt().filter(|_| matched == 0 && total > 0);
    let doubt = doubt.map(|doubt| format!("; {doubt}")).unwrap_or_default();
    format!("grep: {} of {} {what} match{doubt}", amounts::count(matched), amounts::count(total))
}

/// Counts the elements that are shown, and names the arguments that show others.
#[must_use]
pub fn shown_count(shown: usize, of: usize, limit: &str, operation: &Operation) -> String {
    format!("{} of {} shown ({limit}); for the others {}", amounts::count(shown), amounts::count(of), narrow(operation))
}

/// Counts the last elements, if only these are shown.
#[must_use]
pub fn last_count(shown: usize, of: usize, what: &str) -> String {
    format!("the last {} of {} {what}", amounts::count(shown), amounts::count(of))
}

/// Names the parts that were cut out of a value that was too large.
#[must_use]
pub fn cuts(cuts: &Cuts, limit: &str) -> Option<String> {
    let more = cuts.count - cuts.named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    // A path consists of the engine's keys, which may be long.
    let named = cuts.named.iter().map(|cut| cut.chars().take(60).collect::<String>()).collect::<Vec<_>>().join(", ");
    (cuts.count > 0).then(|| format!("cut ({limit}): {named}{more}; select picks the rest"))
}

/// Counts the secrets that are hidden in a reply.
#[must_use]
pub fn hidden_secrets(shown: &str) -> Option<String> {
    let count = secrets::count(shown);
    let values = if count == 1 { "value is" } else { "values are" };
    (count > 0)
        .then(|| format!("{count} secret {values} hidden; the server shows them only if started with --show-secrets"))
}

/// Names the arguments for a smaller answer: `narrow it with filters, limit, grep or select`.
#[must_use]
pub fn narrow(operation: &Operation) -> String {
    format!("narrow it with {}", alternatives(&[narrowing_arguments(operation), vec!["grep", "select"]].concat()))
}

/// The API's arguments of an operation that make its answer smaller.
#[must_use]
pub fn narrowing_arguments(operation: &Operation) -> Vec<&'static str> {
    NARROWING.iter().copied().filter(|name| operation.takes(name)).collect()
}

/// Prints alternatives: `a, b or c`.
#[must_use]
pub fn alternatives(names: &[&str]) -> String {
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
    fn omissions_come_with_a_select_that_shows_them() {
        let names = ["Id", "ImageID", "Command", "Created", "Ports.*"].map(str::to_owned);
        assert_eq!(
            omissions(&names[3..], "[]", Some("Names")).unwrap(),
            r#"left out Ports.*, Created; select: "[].{Names: Names, Created: Created}" picks, "@" shows all"#
        );
        let many = omissions(&names, "", None).unwrap();
        assert_eq!(many, r#"left out Ports.*, Id, ImageID and 2 more; select: "{Id: Id}" picks, "@" shows all"#);
        assert_eq!(omissions(&[], "[]", None), None);
    }

    #[test]
    fn only_arguments_that_the_operation_has_are_named() {
        assert_eq!(narrow(&operations::CONTAINER_LIST), "narrow it with filters, limit, grep or select");
        assert_eq!(narrow(&operations::SYSTEM_INFO), "narrow it with grep or select");
    }

    #[test]
    fn a_note_is_always_one_line() {
        let line = line("cut\ndockwright: forged\u{1b}[1m");
        assert_eq!(*line, "dockwright: cut dockwright: forged");
    }
}
