//! A learned policy as a file: sections in the order of the documentation, one line for each thing, with a note.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::counts::{Counts, times};
use super::lesson::{FREE_PORTS, Lesson};

/// The least number of folders that stand beside each other for their common one.
const NEIGHBOURS: usize = 3;

/// The first words of a file that was learned, by which it is known again.
pub const FIRST_WORDS: &str = "# Learned by dockwright";

pub(super) fn policy(lesson: &Lesson) -> String {
    let mut text = format!(
        "{FIRST_WORDS} from {} of {}.\n# What was not seen is denied. Read it before you use it; docs/policy.md \
         explains it.\n",
        if lesson.requests == 1 { "1 request".to_owned() } else { format!("{} requests", lesson.requests) },
        clients(&lesson.clients)
    );
    if lesson.missed > 0 {
        let _ = writeln!(text, "# {} more requests could not be looked up; nothing here is for them.", lesson.missed);
    }
    text.push_str("preset = \"observe\"\n");
    owner(&mut text, lesson);
    section(&mut text, "allow");
    list(&mut text, "operations", &lesson.operations);
    section(&mut text, "images");
    list(&mut text, "allow", &lesson.images);
    list(&mut text, "names", &lesson.names);
    let binds = folders(&lesson.binds);
    if !binds.is_empty() {
        section(&mut text, "binds");
        lines(&mut text, "allow", &binds, lesson.binds.is_cut);
    }
    if lesson.builds > 0 || lesson.registries.texts().next().is_some() {
        section(&mut text, "egress");
        list(&mut text, "registries", &lesson.registries);
        if lesson.builds > 0 {
            let _ = writeln!(
                text,
                "builds = true  # {}; a Dockerfile uses any image and any address",
                times(lesson.builds)
            );
        }
    }
    publish(&mut text, lesson);
    section(&mut text, "answers");
    text.push_str("environment = \"show\"  # \"hide\" hides the values of environment variables\n");
    let facets: Vec<_> = lesson.facets.texts().collect();
    if !facets.is_empty() {
        section(&mut text, "facets");
        for facet in facets {
            let _ = writeln!(text, "{facet} = \"allow\"  # {}", lesson.facets.note(facet));
        }
    }
    text
}

/// The names of the first clients.
fn clients(clients: &Counts) -> String {
    const MOST: usize = 5;
    let names: Vec<_> = clients.texts().collect();
    let more = if names.len() > MOST { " and others" } else { "" };
    names[..names.len().min(MOST)].join(", ") + more
}

/// Proposes an owner if one label was on everything that was made. It is not set: what was there before lacks it.
fn owner(text: &mut String, lesson: &Lesson) {
    let is_on_all =
        |label: &&str| lesson.labels.count(label) == lesson.made && label.parse::<crate::policy::OwnerLabel>().is_ok();
    if let Some(label) = lesson.labels.texts().find(is_on_all) {
        let _ = writeln!(
            text,
            "\n# Everything that was made has this label. With an owner, nothing else of the engine is seen or changed.\n\
             # [own]\n# label = {}",
            quoted(&comment(label))
        );
    }
}

fn publish(text: &mut String, lesson: &Lesson) {
    let mut ports: Vec<_> = lesson.ports.texts().collect();
    if ports.is_empty() {
        return;
    }
    // A request without a port gets one of the first range.
    ports.sort_by_key(|port| (*port != FREE_PORTS, port.split('-').next().and_then(|first| first.parse::<u16>().ok())));
    section(text, "publish");
    list(text, "addresses", &lesson.addresses);
    let _ = writeln!(text, "ports = {}", quoted(&ports.join(",")));
}

/// Folders without those that lie in another, and with one in the place of many neighbours; each with a note.
fn folders(binds: &Counts) -> Vec<(String, String)> {
    let mut parents: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for folder in binds.texts() {
        let parent = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        parents.entry(parent).or_default().push(folder);
    }
    // A folder of the root is no common one.
    let is_common = |parent: &str, folders: &[&str]| folders.len() >= NEIGHBOURS && parent.matches('/').count() >= 2;
    let mut chosen: Vec<(String, String)> = Vec::new();
    for (parent, folders) in parents {
        match is_common(parent, &folders) {
            true => chosen.push((parent.to_owned(), format!("for {} in it", folders.len()))),
            false => chosen.extend(folders.iter().map(|folder| ((*folder).to_owned(), binds.note(folder)))),
        }
    }
    chosen.sort();
    let covers = |other: &str, folder: &str| other != folder && crate::paths::is_within(folder, other);
    let all: Vec<_> = chosen.iter().map(|(folder, _)| folder.clone()).collect();
    chosen.retain(|(folder, _)| !all.iter().any(|other| covers(other, folder)));
    chosen.dedup_by(|one, other| one.0 == other.0);
    chosen
}

fn section(text: &mut String, name: &str) {
    let _ = writeln!(text, "\n[{name}]");
}

/// Writes a list of all that was seen.
fn list(text: &mut String, key: &str, counts: &Counts) {
    let items: Vec<_> = counts.texts().map(|item| (item.to_owned(), counts.note(item))).collect();
    lines(text, key, &items, counts.is_cut);
}

fn lines(text: &mut String, key: &str, items: &[(String, String)], is_cut: bool) {
    if is_cut {
        text.push_str("# There were more; add them by hand.\n");
    }
    if items.is_empty() {
        let _ = writeln!(text, "{key} = []");
        return;
    }
    let _ = writeln!(text, "{key} = [");
    for (item, note) in items {
        let _ = writeln!(text, "  {},  # {note}", quoted(item));
    }
    text.push_str("]\n");
}

/// A text in quotes. Letters that a reader may not see, or see elsewhere, are written as numbers.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter == ' ' || letter.is_ascii_graphic() || letter.is_alphanumeric() => quoted.push(letter),
            letter => _ = write!(quoted, "\\U{:08X}", u32::from(letter)),
        }
    }
    quoted + "\""
}

/// A text of a client for a comment, which ends with its line.
pub(super) fn comment(text: &str) -> String {
    const MOST: usize = 80;
    let plain = |letter: char| if letter.is_ascii_graphic() { letter } else { ' ' };
    text.chars().map(plain).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_and_shows_all_of_itself() {
        for (text, expected) in [
            ("/srv/pröj", "\"/srv/pröj\""),
            ("a\"b\\c", "\"a\\\"b\\\\c\""),
            ("a\u{202e}b\u{7f}", "\"a\\U0000202Eb\\U0000007F\""),
        ] {
            assert_eq!(quoted(text), expected);
            let read: toml::Table = toml::from_str(&format!("a = {}", quoted(text))).unwrap();
            assert_eq!(read["a"].as_str(), Some(text));
        }
        assert_eq!(comment("a\n[b]\u{202e}"), "a [b] ");
    }

    #[test]
    fn neighbours_become_their_folder_unless_it_is_one_of_the_root() {
        let mut binds = Counts::default();
        for folder in ["/a/b/1", "/a/b/2", "/a/b/3", "/a/b/3/x", "/srv/1", "/srv/2", "/srv/3", "/z"] {
            binds.add(folder, "");
        }
        let folders: Vec<_> = folders(&binds).into_iter().map(|(folder, _)| folder).collect();
        assert_eq!(folders, ["/a/b", "/srv/1", "/srv/2", "/srv/3", "/z"]);
    }
}
