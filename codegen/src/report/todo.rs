//! What a new description leaves to a person: words that speak of something that changed, words that are missing, and what of
//! the overlay does not fit any more. It is for the terminal, as it may quote upstream's text, which the repository does not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::entry::{Entry, Rename};
use super::facts::Subject;
use crate::check::{self, Missing};
use crate::ir::Api;
use crate::overlay::{Correction, OperationWords, Overlay, TypeWords};
use crate::problem::{Problem, Severity};

/// What is left to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Todo {
    /// Words of ours that stand unchanged beside facts that changed.
    pub rereads: Vec<Reread>,
    /// Names of types that are gone and that the overlay does not keep yet.
    pub former: Vec<Rename>,
    /// What has no words.
    pub missing: Vec<Missing>,
    /// What of the overlay does not fit any more, corrections among it.
    pub problems: Vec<Problem>,
}

/// Words to read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread {
    /// The file that they stand in.
    pub file: String,
    /// What they speak of: `ImageGet` or `HostConfig.Memory`.
    pub name: String,
    /// What they say.
    pub words: String,
    /// What changed of it.
    pub changes: Vec<String>,
}

/// What became of what an entry tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    New,
    Changed,
    Gone,
}

/// The words that speak of what entries tell.
pub fn rereads(overlay: &Overlay, entries: [(State, &[Entry]); 3]) -> Vec<Reread> {
    let mut rereads: BTreeMap<(String, String), Reread> = BTreeMap::new();
    for (state, entry) in
        entries.into_iter().flat_map(|(state, entries)| entries.iter().map(move |entry| (state, entry)))
    {
        for Said { name, file, text } in said_of(overlay, entry, state) {
            let reread =
                || Reread { file: file.to_owned(), name: name.clone(), words: text.to_owned(), changes: Vec::new() };
            rereads.entry((file.to_owned(), name.clone())).or_insert_with(reread).changes.push(change(entry, state));
        }
    }
    rereads.into_values().collect()
}

fn change(entry: &Entry, state: State) -> String {
    let what = match &entry.subject {
        Subject::Member(_) => &entry.detail,
        subject => &subject.to_string(),
    };
    match state {
        State::New => format!("{what} is new"),
        State::Gone => format!("{what} is gone"),
        State::Changed => format!("{what}: {}", entry.detail),
    }
}

/// Words of ours and what they speak of.
struct Said<'a> {
    name: String,
    file: &'a str,
    text: &'a str,
}

/// The words nearest to the subject of an entry. What is new has none yet, or they were written for it; those of what is gone
/// are a problem that is told. What stands around it may speak of it all the same.
fn said_of<'a>(overlay: &'a Overlay, entry: &Entry, state: State) -> Vec<Said<'a>> {
    match &entry.subject {
        Subject::Property { owner, name } if state == State::Changed => {
            let words = |said: &'a TypeWords| {
                let text = said.properties.get(name).or_else(|| said.reference.get(name))?;
                Some(Said { name: format!("{owner}.{name}"), file: &said.file, text })
            };
            overlay.types.get(owner).and_then(words).into_iter().collect()
        }
        Subject::Member(owner) => {
            let words =
                |said: &'a TypeWords| Some(Said { name: owner.clone(), file: &said.file, text: said.words.as_ref()? });
            overlay.types.get(owner).and_then(words).into_iter().collect()
        }
        Subject::Property { .. } => Vec::new(),
        Subject::Operation(_) if state != State::Changed => Vec::new(),
        subject => {
            let ids = entry.places.iter().map(|place| place.operation.as_str());
            let said = ids.filter_map(|id| Some((id, overlay.operations.get(id)?)));
            said.filter_map(|(id, said)| said_of_operation(id, said, subject, state)).collect()
        }
    }
}

fn said_of_operation<'a>(id: &str, said: &'a OperationWords, subject: &Subject, state: State) -> Option<Said<'a>> {
    let parameter = match subject {
        Subject::Parameter(name) => said.parameters.get(name).map(|text| (name, text)),
        _ => None,
    };
    let file = &said.file;
    match parameter {
        Some((name, text)) if state == State::Changed => Some(Said { name: format!("{id}.{name}"), file, text }),
        Some(_) if state == State::New => None,
        _ => Some(Said { name: id.to_owned(), file, text: &said.summary }),
    }
}

/// What has no words. What had none before is no news, unless the same version is read again to see what is left.
pub fn missing(before: &Api, after: &Api, overlay: &Overlay) -> Vec<Missing> {
    let mut missing = check::missing(after, overlay);
    if before.version != after.version {
        let had: BTreeSet<_> = check::missing(before, overlay).into_iter().map(|missing| missing.name).collect();
        missing.retain(|missing| !had.contains(&missing.name));
    }
    missing
}

/// Renames that the overlay does not know of.
pub fn former(after: &Api, renamed: &[Rename]) -> Vec<Rename> {
    let is_kept = |rename: &&Rename| {
        let keeps = |now: &String| after.type_named(now).is_some_and(|named| named.formerly.contains(&rename.before));
        rename.now.iter().any(keeps)
    };
    renamed.iter().filter(|rename| !is_kept(rename)).cloned().collect()
}

/// Corrections whose versions end before this one.
pub fn ended(overlay: &Overlay, before: &str, version: &str) -> Vec<Problem> {
    let has_ended =
        |correction: &&Correction| correction.versions.contains(before) && !correction.versions.contains(version);
    let problem = |correction: &Correction| Problem {
        severity: Severity::Warning,
        ..Problem::with_file(
            &correction.file,
            format!("a correction ends with {before} ({})", correction.reason),
            format!("widen its `versions` if {version} is wrong there too"),
        )
    };
    let mut ended: Vec<_> = overlay.corrections.iter().filter(has_ended).map(problem).collect();
    ended.dedup();
    ended
}

/// What has no words is told one by one.
pub fn is_of_missing(problem: &Problem) -> bool {
    problem.what.ends_with(" no words")
}

impl Todo {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Todo {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let sections = [
            ("What changed under words that did not; read them again", lines(&self.rereads)),
            ("Names that are gone; `formerly` of the type in the overlay keeps one as an alias", lines(&self.former)),
            ("What has no words", lines(&self.missing)),
            ("What does not fit any more", lines(&self.problems)),
        ];
        for (title, lines) in sections.iter().filter(|(_, lines)| !lines.is_empty()) {
            writeln!(out, "{title} ({}):\n  {}\n", lines.len(), lines.join("\n  "))?;
        }
        Ok(())
    }
}

fn lines(all: &[impl fmt::Display]) -> Vec<String> {
    all.iter().map(|one| one.to_string()).collect()
}

/// `image.yaml: ImageGet.platform: "Only this platform." (list of string, was string)`
impl fmt::Display for Reread {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let Self { file, name, words, changes } = self;
        write!(out, "{file}: {name}: \"{words}\" ({})", changes.join("; "))
    }
}
