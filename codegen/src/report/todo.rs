//! The work that a new description leaves to a person: words about something that changed, missing words, and parts of
//! the overlay that no longer fit. It goes to the terminal only, as it may quote upstream's text, which stays out of
//! the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::entry::{Entry, Rename};
use super::facts::Subject;
use crate::check::{self, Missing};
use crate::features;
use crate::ir::{Answer, Api, Operation};
use crate::overlay::{ALWAYS_FILE, Correction, OperationWords, Overlay, PartSentences, TypeWords, Units};
use crate::problem::{Problem, Severity, join};

/// The work that is left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Todo {
    /// Unchanged words about facts that changed.
    pub rereads: Vec<Reread>,
    /// Removed type names that the overlay does not keep yet.
    pub former: Vec<Rename>,
    /// Types of the overlay that have another name now.
    pub renamed: Vec<RenamedWords>,
    /// Operations whose kind of answer was derived, and what the overlay may have to say of it.
    pub answers: Vec<String>,
    /// Keys of filters that the prose lists and the overlay lacks.
    pub filters: Vec<String>,
    /// Parts of requests that nothing judges yet, by the keys of the history.
    pub facets: Vec<String>,
    /// Tags that have no words yet.
    pub tags: Vec<String>,
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

/// Words of the overlay about a type that has another name now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedWords {
    /// Their file.
    pub file: String,
    /// The rename.
    pub rename: Rename,
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

/// Types that the overlay knows by the name before only: their words, their units, and what is always in them.
pub fn renamed(overlay: &Overlay, renamed: &[Rename]) -> Vec<RenamedWords> {
    let known = |name: &String| {
        let words = overlay.types.get(name).map(|said| said.file.as_str());
        let always = overlay.always.contains_key(name).then_some(ALWAYS_FILE);
        let units = overlay.units.has(name).then_some(overlay.units.file.as_str());
        words.into_iter().chain(always).chain(units).collect::<Vec<_>>()
    };
    let waiting = |rename: &Rename| {
        let now: Vec<_> = rename.now.iter().flat_map(known).collect();
        let files = known(&rename.before).into_iter().filter(move |file| !now.contains(file));
        files.map(|file| RenamedWords { file: file.to_owned(), rename: rename.clone() }).collect::<Vec<_>>()
    };
    renamed.iter().flat_map(waiting).collect()
}

/// True for an item whose words, or full sentences, only wait for the new name of their type. `has` tells whether
/// there are some on the name before, or on a part of it.
pub fn waits_for_name(missing: &Missing, renamed: &[RenamedWords], has: impl Fn(&str, Option<&str>) -> bool) -> bool {
    let (owner, part) =
        missing.name.split_once('.').map_or((&*missing.name, None), |(owner, part)| (owner, Some(part)));
    let of_owner = renamed.iter().filter(|words| words.rename.now.iter().any(|now| now == owner));
    of_owner.map(|words| words.rename.before.as_str()).any(|before| has(before, part))
}

/// True if the overlay has words on a type or one of its parts.
pub fn has_words(overlay: &Overlay, name: &str, part: Option<&str>) -> bool {
    let has = |said: &TypeWords, part| {
        [&said.properties, &said.reference, &said.members].into_iter().any(|words| words.contains_key(part))
    };
    overlay.types.get(name).is_some_and(|said| part.is_none_or(|part| has(said, part)))
}

/// True if the overlay has full sentences on a property of a type.
pub fn has_sentences(overlay: &Overlay, name: &str, part: Option<&str>) -> bool {
    part.is_some_and(|part| overlay.sentences.of_property(name, part).is_some())
}

/// True for a problem with words or sentences that only wait for the new name of their type.
pub fn is_about_renamed(problem: &Problem, overlay: &Overlay, renamed: &[RenamedWords]) -> bool {
    renamed.iter().any(|words| {
        let before = &words.rename.before;
        let sentences = overlay.sentences.types.get(before).map(|said| &said.file);
        let is_theirs = problem.file == words.file || sentences == Some(&problem.file);
        is_theirs && [join("/types", before), join("", before)].contains(&problem.pointer)
            || problem.file == words.file && is_about_unit(problem, &overlay.units, &words.rename)
    })
}

/// True for a problem with a unit that only waits for the new name of its type.
fn is_about_unit(problem: &Problem, units: &Units, rename: &Rename) -> bool {
    let named = problem.what.split('`').nth(1).and_then(|name| name.split_once('.'));
    problem.file == units.file
        && named.is_some_and(|(owner, part)| {
            let is_new = rename.now.iter().any(|now| now == owner);
            owner == rename.before || is_new && units.of(&rename.before, part).is_some()
        })
}

/// Operations without words whose answer is not JSON, text or nothing, or is nothing for want of a schema.
pub fn answers(before: &Api, after: &Api, overlay: &Overlay) -> Vec<String> {
    let is_new = |operation: &&Operation| {
        !overlay.operations.contains_key(&operation.id)
            && (before.version == after.version || before.operations.iter().all(|known| known.id != operation.id))
    };
    let said = |operation: &Operation| {
        let kind = match operation.answer {
            Answer::JsonStream => {
                "JSON values one after another; say `waits` if they come late, and `item` if its type is unknown"
            }
            Answer::LogStream => "output of a process; say `terminal`, `running` and `waits`",
            Answer::Upgrade => {
                "the connection becomes a raw channel; say `protocol`, `terminal` and `running`, or `answer: websocket`"
            }
            Answer::Tar => "bytes; say `answer` if they are something else",
            Answer::Empty if !operation.undescribed.is_empty() => "no schema, read as nothing; say `answer`",
            _ => return None,
        };
        Some(format!("{}: {kind}", operation.id))
    };
    after.operations.iter().filter(is_new).filter_map(said).collect()
}

/// Parts of requests that neither have a facet nor are harmless, without those of before, unless the same version is
/// read again.
pub fn facets(before: &Api, after: &Api) -> Vec<String> {
    let mut unclaimed = check::unclaimed(after);
    if before.version != after.version {
        let had: BTreeSet<_> = check::unclaimed(before).into_iter().collect();
        unclaimed.retain(|key| !had.contains(key));
    }
    unclaimed
}

/// Tags that no operation had before.
pub fn tags(before: &Api, after: &Api, overlay: &Overlay) -> Vec<String> {
    let is_known = |tag: &str| match before.version == after.version {
        true => overlay.operations.values().any(|said| said.tag == tag),
        false => before.operations.iter().any(|operation| operation.tag == tag),
    };
    let tags: BTreeSet<_> = after.operations.iter().map(|operation| operation.tag.as_str()).collect();
    tags.into_iter().filter(|tag| !is_known(tag)).map(str::to_owned).collect()
}

/// `Lap: …`
fn tag_line(tag: &String) -> String {
    let (feature, name) = (features::feature(tag), features::tag_name(tag));
    format!("{tag}: its feature is `{feature}`; its words go to a file of their own, {name}.yaml, after `tag: {tag}`")
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
            ("Tags that are new", self.tags.iter().map(tag_line).collect()),
            ("Types of the overlay to rename, with all their words", lines(&self.renamed)),
            ("Answers whose kind the media types tell", lines(&self.answers)),
            ("Parts of requests to state in facets.yaml", self.facets.clone()),
            ("Keys of filters that upstream lists", lines(&self.filters)),
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

/// `image.yaml: Port is PortSummary`
impl fmt::Display for RenamedWords {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}: {}", self.file, self.rename)
    }
}
