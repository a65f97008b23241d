//! Reports the changes of a new description, for the changelog, and the work that they leave. Takes two APIs and the
//! problems of the second; knows no files. Like the history, it compares by operation and path on the wire.

mod changes;
mod entry;
mod facts;
mod sentences;
mod todo;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

pub use entry::{Entry, Rename, Side};
pub use facts::Subject;
use todo::State;
pub use todo::{RenamedWords, Reread, Todo};

use crate::check;
use crate::ir::Api;
use crate::overlay::Overlay;
use crate::problem::Problem;

/// The changes of a description. It prints as Markdown, as an entry for the changelog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The version of the description.
    pub version: String,
    /// The version that it is compared with: its own if it replaces an earlier text, `None` if all others are newer.
    pub before: Option<String>,
    /// The version that is built, where that is a newer one.
    pub newest: Option<String>,
    /// The additions.
    pub added: Vec<Entry>,
    /// The changes of existing parts.
    pub changed: Vec<Entry>,
    /// The renames.
    pub renamed: Vec<Rename>,
    /// The removals.
    pub removed: Vec<Entry>,
    /// The work for a person.
    pub todo: Todo,
}

/// Compares `before` and `after`, and finds the work that the changes leave in the overlay. `newest` is the version
/// that is built, if it is newer; `problems` are those that `before` did not have.
pub fn report(
    before: Option<&Api>,
    after: &Api,
    newest: Option<&str>,
    overlay: &Overlay,
    problems: Vec<Problem>,
) -> Report {
    let version = before.map(|before| before.version.clone());
    let before = before.unwrap_or(after);
    let operations = renamed_operations(before, after);
    let before = with_renamed_ids(before, &operations);
    let changes::Changes { added, changed, removed, types, followers } = changes::changes(&before, after);
    let entries = [(State::New, &added[..]), (State::Changed, &changed), (State::Gone, &removed)];
    let ended = todo::ended_corrections(overlay, &before.version, &after.version).into_iter();
    let todo = match newest {
        None => {
            let mut renamed = todo::renamed(overlay, &types);
            let causes = renamed.len();
            renamed.extend(todo::renamed(overlay, &followers));
            let mut missing = todo::missing(&before, after, overlay, check::missing);
            let has_words = |name: &str, part: Option<&str>| todo::has_words(overlay, name, part);
            missing.retain(|missing| !todo::waits_for_name(missing, &renamed, has_words));
            let mut sentences = todo::missing(&before, after, overlay, check::missing_sentences);
            let has_sentences = |name: &str, part: Option<&str>| todo::has_sentences(overlay, name, part);
            sentences.retain(|missing| !todo::waits_for_name(missing, &renamed, has_sentences));
            let is_left = |problem: &Problem| {
                !todo::is_about_missing(problem) && !todo::is_about_renamed(problem, overlay, &renamed)
            };
            let problems = ended.chain(problems.into_iter().filter(is_left)).collect();
            renamed.truncate(causes);
            Todo {
                rereads: todo::rereads(overlay, entries),
                former: todo::former(after, &types),
                answers: todo::answers(&before, after, overlay),
                filters: Vec::new(),
                facets: todo::facets(&before, after),
                tags: todo::tags(&before, after, overlay),
                missing,
                sentences,
                problems,
                renamed,
            }
        }
        // The overlay describes the newest version only.
        Some(_) => Todo { problems, ..Todo::default() },
    };
    let renamed = operations.into_iter().chain(types).collect();
    let newest = newest.map(str::to_owned);
    Report { version: after.version.clone(), before: version, newest, added, changed, renamed, removed, todo }
}

/// Operations that have another id at the same path.
fn renamed_operations(before: &Api, after: &Api) -> Vec<Rename> {
    let lacks = |api: &Api, id: &str| api.operations.iter().all(|operation| operation.id != id);
    let gone = before.operations.iter().filter(|operation| lacks(after, &operation.id));
    let renamed = gone.filter_map(|gone| {
        let mut here = after.operations.iter().filter(|is| (&is.verb, &is.template) == (&gone.verb, &gone.template));
        let is = here.next().filter(|is| lacks(before, &is.id))?;
        Some(Rename { before: gone.id.clone(), now: vec![is.id.clone()] })
    });
    renamed.collect()
}

fn with_renamed_ids<'a>(api: &'a Api, renamed: &[Rename]) -> Cow<'a, Api> {
    let ids: BTreeMap<_, _> = renamed.iter().map(|rename| (&rename.before, &rename.now[0])).collect();
    let mut api = Cow::Borrowed(api);
    if !ids.is_empty() {
        for operation in &mut api.to_mut().operations {
            operation.id = ids.get(&operation.id).map_or_else(|| operation.id.clone(), |id| (*id).clone());
        }
    }
    api
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        writeln!(out, "### API {}\n", self.version)?;
        match &self.before {
            Some(before) if *before == self.version => write!(out, "Compared with its text before.")?,
            Some(before) => write!(out, "Compared with {before}.")?,
            None => write!(out, "The oldest that is known, and what the client speaks from now on.")?,
        }
        match &self.newest {
            Some(newest) => writeln!(out, " {newest} is newer and stays what is built.")?,
            None => writeln!(out)?,
        }
        if self.before.is_none() {
            return Ok(());
        }
        let renamed = self.renamed.iter().map(Rename::to_string).collect();
        let sections = [
            ("Added", lines(&self.added)),
            ("Changed", lines(&self.changed)),
            ("Renamed", renamed),
            ("Removed", lines(&self.removed)),
        ];
        if sections.iter().all(|(_, lines)| lines.is_empty()) {
            return writeln!(out, "\nNo operation, parameter, property, member or status differs.");
        }
        for (title, lines) in sections.iter().filter(|(_, lines)| !lines.is_empty()) {
            writeln!(out, "\n{title}:\n\n- {}", lines.join("\n- "))?;
        }
        Ok(())
    }
}

/// A line for each entry, but one line for the properties of a type in the same places.
fn lines(entries: &[Entry]) -> Vec<String> {
    let mut types: BTreeMap<_, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        if let Subject::Property { owner, .. } = &entry.subject {
            types.entry((owner, &entry.places)).or_default().push(entry);
        }
    }
    let line = |entry: &Entry| {
        let Subject::Property { owner, .. } = &entry.subject else { return Some(entry.to_string()) };
        match &types[&(owner, &entry.places)][..] {
            [_] => Some(entry.to_string()),
            [first, ..] if *first != entry => None,
            together => Some(format!("properties of `{owner}`{}: {}", entry.sides(), parts(together))),
        }
    };
    entries.iter().filter_map(line).collect()
}

/// `Bridge` (string), `Gateway` (string)
fn parts(properties: &[&Entry]) -> String {
    let part = |entry: &&Entry| match (&entry.subject, entry.detail.as_str()) {
        (Subject::Property { name, .. }, "") => format!("`{name}`"),
        (Subject::Property { name, .. }, detail) => format!("`{name}` ({detail})"),
        _ => String::new(),
    };
    properties.iter().map(part).collect::<Vec<_>>().join(", ")
}
