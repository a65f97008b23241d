//! Plain words: comments begin with a noun or a verb, and names that were given up stay so.

use crate::files::{self, File};
use crate::reach::lines_with_a_word;
use crate::text::Comment;

/// Openers that hide the subject of a sentence.
const OPENERS: [&str; 8] = ["What", "Whether", "The same", "That of", "Those", "How", "Since when", "In which"];

/// Names that nobody may use again, each with the one that took its place.
const RETIRED: [(&str, &str); 20] = [
    ("Asked", "RequestLabel, RunRequest or PruneRequest"),
    ("Convenience", "Composed"),
    ("Door", "Access, or the function dispatch::call"),
    ("Era", "LifetimeOverride"),
    ("HandedOver", "Upgraded"),
    ("Held", "CountedConnection"),
    ("Joined", "ChunkCoalescer"),
    ("Manner", "Presentation"),
    ("Newer", "Versioned"),
    ("Own", "ExtraArguments"),
    ("Shaped", "ToolReply"),
    ("Told", "a noun, such as Notification"),
    ("Wanted", "ReplyOptions"),
    ("contained", "panics"),
    ("conveniences", "composed"),
    ("door", "dispatch or access"),
    ("given_up", "when_abandoned"),
    ("manner", "presentation"),
    ("unlisted", "hidden"),
    ("ways", "route"),
];

#[test]
fn comments_begin_with_a_noun_or_a_verb() {
    let files = files::hand_written();
    let found: Vec<_> = files.iter().flat_map(hidden_subjects).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn retired_names_are_not_used() {
    let found: Vec<_> = files::hand_written().iter().flat_map(retired).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// The sentences of comments that begin with one of the openers.
fn hidden_subjects(file: &File) -> Vec<String> {
    let (mut found, mut before, mut is_start, mut is_code) = (Vec::new(), None, true, false);
    for comment in &file.text.comments {
        if !continues(before, comment) {
            (is_start, is_code) = (true, false);
        }
        before = Some(comment);
        if comment.text.starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        found.extend(sentences(&comment.text, is_start).filter_map(|sentence| {
            let opener = OPENERS.into_iter().find(|opener| begins_with(sentence, opener))?;
            Some(format!("{}:{}: {opener}: {}", file.path, comment.line, comment.text))
        }));
        is_start = comment.text.ends_with(['.', '?', '!']);
    }
    found
}

/// The sentences that begin in a line; its first words do only where one `is_start`.
fn sentences(line: &str, is_start: bool) -> impl Iterator<Item = &str> {
    let ends = line.match_indices(['.', '?', '!']).filter(|(place, _)| line[place + 1..].starts_with(' '));
    let starts = ends.map(|(place, _)| place + 2);
    is_start.then_some(0).into_iter().chain(starts).map(|start| line[start..].trim_start_matches(['-', '*', ' ']))
}

fn begins_with(sentence: &str, opener: &str) -> bool {
    sentence.strip_prefix(opener).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// A comment goes on in the next line, unless that is a paragraph or an entry of a list.
fn continues(before: Option<&Comment>, comment: &Comment) -> bool {
    let is_next = |before: &Comment| before.line + 1 == comment.line && before.marker == comment.marker;
    let is_new = comment.is_trailing || comment.text.is_empty() || comment.text.starts_with(['-', '*', '#', '|']);
    before.is_some_and(|before| is_next(before) && !before.text.is_empty() && !before.is_trailing) && !is_new
}

/// The retired names in the code of a file, each where it stands first.
fn retired(file: &File) -> Vec<String> {
    let found = RETIRED.iter().filter_map(|(name, instead)| {
        let (line, _) = lines_with_a_word(&file.text.words, &[name]).next()?;
        Some(format!("{}:{line}: `{name}` is now {instead}", file.path))
    });
    found.collect()
}

#[test]
fn hidden_subjects_are_found_where_a_sentence_begins() {
    let text = "\
        //! Whether it is so. That of others.\n\
        //! What follows. However, this is fine. And\n\
        //! How this goes on is fine too.\n\
        let a = \"// What\"; // Those count.\n\
        // - The same, as an entry\n\
        // ```\n\
        // What is code\n\
        // ```\n";
    let found = hidden_subjects(&File::new("a.rs", text));
    let lines: Vec<_> = found.iter().map(|found| found.split(": ").take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["a.rs:1 Whether", "a.rs:1 That of", "a.rs:2 What", "a.rs:4 Those", "a.rs:5 The same"]);
}

#[test]
fn a_retired_name_is_found_as_a_whole_word_of_code() {
    let text = "use crate::door::Door;\nstruct Shape; // Shaped\nlet doors = \"door\";\n";
    let found = retired(&File::new("a.rs", text));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("a.rs:1: `Door` is now Access"), "{found:#?}");
}
