//! The work that a new description leaves to a person: words about something that changed, missing words, and parts of
//! the overlay that no longer fit. It goes to the terminal only, as it may quote upstream's text, which stays out of
//! the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::entry::{Entry, Rename};
use super::facts::Subject;
use crate::check::Missing;
use crate::ir::Api;
use crate::overlay::{Correction, OperationWords, Overlay, PartSentences, TypeWords};
use crate::problem::{Problem, Severity};

/// The work that is left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Todo {
    /// Unchanged words about facts that changed.
    pub rereads: Vec<Reread>,
    /// Removed type names that the overlay does not keep yet.
    pub former: Vec<Rename>,
    /// Items that lack a description.
    pub missing: Vec<Missing>,
    /// Items that lack full sentences for the documentation.
    pub sentences: Vec<Missing>,
    /// Parts of the overlay, corrections too, that no longer fit.
    pub problems: Vec<Problem>,
}

/// Words to read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread {
    /// Their file.
    pub file: String,
    /// Their subject: `ImageGet` or `HostConfig.Memory`.
    pub name: String,
    /// The words.
    pub words: String,
    /// The changes of the subject.
    pub changes: Vec<String>,
}

/// The kind of change in an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    New,
    Changed,
    Gone,
}

/// The words about the subjects of entries.
pub fn rereads(overlay: &Overlay, entries: [(State, &[Entry]); 3]) -> Vec<Reread> {
    let mut rereads: BTreeMap<(String, String), Reread> = BTreeMap::new();
    for (state, entry) in
        entries.into_iter().flat_map(|(state, entries)| entries.iter().map(move |entry| (state, entry)))
    {
        for OverlayText { name, file, text } in texts_about(overlay, entry, state) {
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

/// Words of the overlay and their subject.
struct OverlayText<'a> {
    name: String,
    file: &'a str,
    text: &'a str,
}

/// The words nearest to the subject of an entry. A new subject has none yet, or words written for it; the words of a
/// removed one are reported as a problem. The words around it may still mention it.
fn texts_about<'a>(overlay: &'a Overlay, entry: &Entry, state: State) -> Vec<OverlayText<'a>> {
    match &entry.subject {
        Subject::Property { owner, name } if state == State::Changed => {
            let words = |said: &'a TypeWords| {
                let text = said.properties.get(name).or_else(|| said.reference.get(name))?;
                Some(OverlayText { name: format!("{owner}.{name}"), file: &said.file, text })
            };
            let full = overlay.sentences.types.get(owner).and_then(|said| sentences_on(owner, name, said));
            overlay.types.get(owner).and_then(words).into_iter().chain(full).collect()
        }
        Subject::Member(owner) => {
            let words = |said: &'a TypeWords| {
                Some(OverlayText { name: owner.clone(), file: &said.file, text: said.words.as_ref()? })
            };
            overlay.types.get(owner).and_then(words).into_iter().collect()
        }
        Subject::Property { .. } => Vec::new(),
        Subject::Operation(_) if state != State::Changed => Vec::new(),
        subject => {
            let ids = entry.places.iter().map(|place| place.operation.as_str());
            let said = ids.filter_map(|id| Some((id, overlay.operations.get(id)?)));
            let short = said.filter_map(|(id, said)| operation_text(id, said, subject, state));
            let full = entry.places.iter().filter_map(|place| match subject {
                Subject::Parameter(name) if state == State::Changed => {
                    sentences_on(&place.operation, name, overlay.sentences.operations.get(&place.operation)?)
                }
                _ => None,
            });
            short.chain(full).collect()
        }
    }
}

/// The full sentences on a parameter or a property.
fn sentences_on<'a>(owner: &str, name: &str, said: &'a PartSentences) -> Option<OverlayText<'a>> {
    Some(OverlayText { name: format!("{owner}.{name}"), file: &said.file, text: said.parts.get(name)? })
}

fn operation_text<'a>(id: &str, said: &'a OperationWords, subject: &Subject, state: State) -> Option<OverlayText<'a>> {
    let parameter = match subject {
        Subject::Parameter(name) => said.parameters.get(name).map(|text| (name, text)),
        _ => None,
    };
    let file = &said.file;
    match parameter {
        Some((name, text)) if state == State::Changed => Some(OverlayText { name: format!("{id}.{name}"), file, text }),
        Some(_) if state == State::New => None,
        _ => Some(OverlayText { name: id.to_owned(), file, text: &said.summary }),
    }
}

/// Items that `lacking` finds, without those that lacked it before, unless the same version is read again.
pub fn missing(
    before: &Api,
    after: &Api,
    overlay: &Overlay,
    lacking: fn(&Api, &Overlay) -> Vec<Missing>,
) -> Vec<Missing> {
    let mut missing = lacking(after, overlay);
    if before.version != after.version {
        let had: BTreeSet<_> = lacking(before, overlay).into_iter().map(|missing| missing.name).collect();
        missing.retain(|missing| !had.contains(&missing.name));
    }
    missing
}

/// Renames that the overlay does not keep.
pub fn former(after: &Api, renamed: &[Rename]) -> Vec<Rename> {
    let is_kept = |rename: &&Rename| {
        let keeps = |now: &String| after.type_named(now).is_some_and(|named| named.formerly.contains(&rename.before));
        rename.now.iter().any(keeps)
    };
    renamed.iter().filter(|rename| !is_kept(rename)).cloned().collect()
}

/// Corrections whose versions end before this one.
pub fn ended_corrections(overlay: &Overlay, before: &str, version: &str) -> Vec<Problem> {
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
    let mut ended_corrections: Vec<_> = overlay.corrections.iter().filter(has_ended).map(problem).collect();
    ended_corrections.dedup();
    ended_corrections
}

/// True for problems whose items the report lists one by one.
pub fn is_about_missing(problem: &Problem) -> bool {
    [" a description", " lack full sentences"].iter().any(|lack| problem.what.ends_with(lack))
}

impl Todo {
    /// True if there is nothing to do.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Todo {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let sections = [
            ("Descriptions to read again, as the API changed", lines(&self.rereads)),
            ("Removed type names; `formerly` in the overlay keeps one as an alias", lines(&self.former)),
            ("Items without a description", lines(&self.missing)),
            ("Items without full sentences for the documentation", lines(&self.sentences)),
            ("Problems of the overlay", lines(&self.problems)),
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
