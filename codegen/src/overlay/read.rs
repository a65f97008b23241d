//! Reads the files of an overlay: two for each tag, one about the whole, the history, and the corrections.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::names::check_type_name;
use super::{
    ALWAYS_FILE, Correction, FacetFacts, LifetimeOverride, Names, OperationWords, Overlay, PartSentences, TypeWords,
    UnitFacts, Units,
};
use crate::parse;
use crate::problem::{Problem, Problems};

/// Reads the overlay in a folder: `overlay.yaml`, a file per tag, `always.yaml`, `history.yaml`, `facets.yaml`,
/// `names.yaml`, `units.yaml`, `words.yaml`, `docs/` and `corrections/`.
pub fn read(folder: &Path, problems: &mut Problems) -> Overlay {
    let mut overlay = Overlay::default();
    for path in yaml_files(folder, problems) {
        let name = path.display().to_string();
        read_words(&path, &name, &mut overlay, problems);
    }
    // Not every overlay has documentation to write.
    let sentences = folder.join("docs");
    let sentences = if sentences.is_dir() { yaml_files(&sentences, problems) } else { Vec::new() };
    for path in sentences {
        let name = path.display().to_string();
        if let Some(tag) = read_file::<TagSentences>(&path, &name, problems) {
            let Overlay { sentences, .. } = &mut overlay;
            add_sentences(tag.operations, &tag.tag, &name, &mut sentences.operations, problems);
            add_sentences(tag.types, &tag.tag, &name, &mut sentences.types, problems);
        }
    }
    for path in yaml_files(&folder.join("corrections"), problems) {
        let name = path.display().to_string();
        for mut correction in read_rows::<Correction>(&path, &name, problems) {
            correction.file = name.clone();
            // A removal needs no test: it fails if there is nothing to remove.
            let untested = correction.patch.iter().any(|step| step["op"] != "remove");
            if untested && !correction.patch.iter().any(|step| step["op"] == "test") {
                let what = format!("a correction changes a value without a `test` ({})", correction.reason);
                problems.push(Problem::with_file(&name, what, "begin its patch with a `test` of the value"));
            }
            overlay.corrections.push(correction);
        }
    }
    overlay
}

/// Adds a file of the overlay's own folder, whose name says what it holds. Every other name is that of a tag.
fn read_words(path: &Path, name: &str, overlay: &mut Overlay, problems: &mut Problems) {
    match path.file_name().and_then(|file| file.to_str()) {
        Some("overlay.yaml") => {
            if let Some(about) = read_file::<About>(path, name, problems) {
                overlay.title = about.title;
                overlay.slashes = about.slashes;
                overlay.no_slashes = about.no_slashes;
                overlay.engine_methods = about.engine_methods;
            }
        }
        Some("history.yaml") => overlay
            .history
            .extend(read_rows(path, name, problems).map(|row| LifetimeOverride { file: name.to_owned(), ..row })),
        Some("facets.yaml") => overlay
            .facets
            .extend(read_rows(path, name, problems).map(|row| FacetFacts { file: name.to_owned(), ..row })),
        Some("names.yaml") => {
            let names = read_file(path, name, problems).unwrap_or_default();
            overlay.names = Names { file: name.to_owned(), ..names };
            overlay.names.check(problems);
        }
        Some("units.yaml") => {
            let facts = read_file::<Vec<UnitFacts>>(path, name, problems).unwrap_or_default();
            overlay.units = Units::gather(facts, name, problems);
        }
        Some(ALWAYS_FILE) => overlay.always = read_file(path, name, problems).unwrap_or_default(),
        Some("words.yaml") => overlay.vocabulary = read_file(path, name, problems).unwrap_or_default(),
        _ => {
            if let Some(tag) = read_file::<TagWords>(path, name, problems) {
                add_tag(tag, name, overlay, problems);
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    title: String,
    #[serde(default)]
    slashes: Vec<String>,
    #[serde(default)]
    no_slashes: Vec<String>,
    #[serde(default)]
    engine_methods: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TagWords {
    tag: String,
    operations: BTreeMap<String, OperationWords>,
    #[serde(default)]
    types: BTreeMap<String, TypeWords>,
}

/// The full sentences of a tag.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TagSentences {
    tag: String,
    #[serde(default)]
    operations: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    types: BTreeMap<String, BTreeMap<String, String>>,
}

fn add_sentences(
    said: BTreeMap<String, BTreeMap<String, String>>,
    tag: &str,
    file: &str,
    all: &mut BTreeMap<String, PartSentences>,
    problems: &mut Problems,
) {
    for (name, parts) in said {
        if let Some(first) = all.get(&name) {
            let what = format!("`{name}` is also in {}", first.file);
            problems.push(Problem::with_file(file, what, "keep one of the two"));
        }
        all.insert(name, PartSentences { parts, file: file.to_owned(), tag: tag.to_owned() });
    }
}

fn add_tag(tag: TagWords, file: &str, overlay: &mut Overlay, problems: &mut Problems) {
    for (id, mut words) in tag.operations {
        words.file = file.to_owned();
        words.tag = tag.tag.clone();
        if let Some(first) = overlay.operations.get(&id) {
            let what = format!("`{id}` is also in {}", first.file);
            problems.push(Problem::with_file(file, what, "keep one of the two"));
        }
        overlay.operations.insert(id, words);
    }
    for (name, mut words) in tag.types {
        words.file = file.to_owned();
        words.formerly.iter().for_each(|former| check_type_name(&name, former, file, problems));
        if let Some(first) = overlay.types.get(&name) {
            let what = format!("the type `{name}` is also in {}", first.file);
            problems.push(Problem::with_file(file, what, "keep one of the two"));
        }
        overlay.types.insert(name, words);
    }
}

fn read_file<T: serde::de::DeserializeOwned>(path: &Path, name: &str, problems: &mut Problems) -> Option<T> {
    match parse::read(path, name).and_then(|text| parse::parse_into(name, &text)) {
        Ok(value) => Some(value),
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

/// The rows of a file that is a list.
fn read_rows<T: serde::de::DeserializeOwned>(
    path: &Path,
    name: &str,
    problems: &mut Problems,
) -> impl Iterator<Item = T> + use<T> {
    read_file::<Vec<T>>(path, name, problems).into_iter().flatten()
}

fn yaml_files(folder: &Path, problems: &mut Problems) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let name = folder.display().to_string();
            problems.push(Problem::with_file(
                &name,
                format!("cannot be read: {error}"),
                "run from the repository's root",
            ));
            return Vec::new();
        }
    };
    let mut files: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    files
}
