//! The host files that Compose reads while it resolves a project: each must lie in the project's own folder. The
//! project's files come in before Compose sees them; the texts that it may read go out, or the first problem.
//!
//! Compose reads the files that `include`, `extends`, `env_file` and `label_file` name, wherever the key stands: an
//! anchor may carry it from any place to any other. So all texts below such a key are paths here, at any depth. A
//! path has no variable, because its value is known to Compose alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::files::ProjectFiles;

/// The file with variables.
pub(super) const VARIABLES: &str = ".env";
/// The most bytes of all texts together.
pub(super) const TEXT_BYTES: usize = 16 << 20;
/// The most files that lead to each other.
const MOST_FILES: usize = 200;

/// Keys whose values are paths of files with more of the project.
const LEADING: [&str; 2] = ["include", "extends"];
/// Keys whose values are paths of files with variables or labels.
const VALUES: [&str; 2] = ["env_file", "label_file"];
/// Members below these keys whose texts are no paths.
const WORDS: [&str; 3] = ["service", "format", "required"];

/// Parts of YAML by which a key may look like another, and that no file of Compose needs.
const DISGUISES: [&str; 4] = ["!!binary", "!<", "%TAG", "tag:yaml.org"];

/// Reads and checks all files to which these lead. Returns their texts by their paths.
pub(super) fn read(files: &ProjectFiles, entries: &[PathBuf]) -> Result<BTreeMap<String, String>, String> {
    let mut reading = Reading { files, seen: BTreeSet::new(), texts: BTreeMap::new() };
    entries.iter().try_for_each(|entry| reading.file(entry, &[PathBuf::new()]))?;
    Ok(reading.texts)
}

/// Checks that a path leads nowhere but below the folder that it starts from.
///
/// # Errors
/// Words about the path.
pub(super) fn check_path(path: &str) -> Result<&Path, String> {
    let problem = |problem: &str| Err(format!("`{path}` {problem}"));
    let is_remote = path.contains("://") || path.contains('@') || path.contains('#') || path.starts_with("github.com/");
    if path.contains('$') {
        return problem("holds a variable, which is not allowed in a path that Compose reads while it resolves files");
    }
    if is_remote || path.starts_with('~') {
        return problem("is not a path in the folder of the project");
    }
    let path = Path::new(path);
    match path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        true => Ok(path),
        false => problem("leads out of the folder of the project"),
    }
}

/// A character that ends a line for Compose's parser alone, or which parsers take in different ways: behind one, a
/// comment could hold a key that is seen by Compose and not here.
fn odd_letter(text: &str) -> Option<char> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let is_odd = |letter: &char| match letter {
        '\t' | '\n' => false,
        '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        letter => letter.is_control(),
    };
    text.chars().find(is_odd)
}

/// The files that are read.
struct Reading<'a> {
    files: &'a ProjectFiles,
    /// The files that have been read, with the folders that their paths may start from.
    seen: BTreeSet<(PathBuf, Vec<PathBuf>)>,
    /// The texts so far, by path.
    texts: BTreeMap<String, String>,
}

impl Reading<'_> {
    /// Checks one file. A missing one is Compose's to tell about.
    fn file(&mut self, path: &Path, bases: &[PathBuf]) -> Result<(), String> {
        let mut bases = bases.to_vec();
        let own = path.parent().unwrap_or(Path::new("")).to_owned();
        if !bases.contains(&own) {
            bases.push(own);
        }
        if !self.seen.insert((path.to_owned(), bases.clone())) {
            return Ok(());
        }
        if self.seen.len() > MOST_FILES {
            return Err(format!("more than {MOST_FILES} files include each other"));
        }
        // An included file has variables of its own beside it.
        self.text(&path.with_file_name(VARIABLES))?;
        let Some(text) = self.text(path)? else { return Ok(()) };
        let problem = |problem: &str| format!("{}: {problem}", path.display());
        if let Some(disguise) = DISGUISES.iter().find(|disguise| text.contains(**disguise)) {
            return Err(problem(&format!("`{disguise}` is not allowed")));
        }
        if let Some(letter) = odd_letter(&text) {
            return Err(problem(&format!("the character {} is not allowed", letter.escape_unicode())));
        }
        let documents: Vec<Value> = serde_saphyr::from_multiple(&text).map_err(|error| problem(&first_line(&error)))?;
        documents.iter().try_for_each(|document| self.value(document, &bases)).map_err(|words| problem(&words))
    }

    /// Reads and keeps the text of a file, which is read once.
    fn text(&mut self, path: &Path) -> Result<Option<String>, String> {
        let name = path.display().to_string();
        if let Some(text) = self.texts.get(&name) {
            return Ok(Some(text.clone()));
        }
        let text = self.files.read(path)?;
        self.texts.extend(text.clone().map(|text| (name, text)));
        match self.texts.values().map(String::len).sum::<usize>() <= TEXT_BYTES {
            true => Ok(text),
            false => Err(format!("the files are more than {TEXT_BYTES} bytes together")),
        }
    }

    fn value(&mut self, value: &Value, bases: &[PathBuf]) -> Result<(), String> {
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.value(item, bases)),
            Value::Object(members) => members.iter().try_for_each(|(key, member)| match key.as_str() {
                // A text here is the name of a service in the same file.
                "extends" if member.is_string() => Ok(()),
                key if LEADING.contains(&key) => self.paths(member, bases, true),
                key if VALUES.contains(&key) => self.paths(member, bases, false),
                _ => self.value(member, bases),
            }),
            _ => Ok(()),
        }
    }

    /// Checks all texts of a value as paths, and the files that they lead to.
    fn paths(&mut self, value: &Value, bases: &[PathBuf], leads: bool) -> Result<(), String> {
        match value {
            Value::String(path) => self.path(path, bases, leads),
            Value::Array(items) => items.iter().try_for_each(|item| self.paths(item, bases, leads)),
            Value::Object(members) => members.iter().try_for_each(|(key, member)| {
                let leads = leads && !VALUES.contains(&key.as_str());
                match key.as_str() {
                    // Paths of the included file would start from there.
                    "project_directory" => Err("`project_directory` of `include` is not allowed".to_owned()),
                    key if WORDS.contains(&key) && !member.is_object() && !member.is_array() => Ok(()),
                    _ => self.paths(member, bases, leads),
                }
            }),
            _ => Ok(()),
        }
    }

    fn path(&mut self, path: &str, bases: &[PathBuf], leads: bool) -> Result<(), String> {
        let path = check_path(path)?;
        for base in bases {
            let path: PathBuf = base.join(path).components().filter(|part| *part != Component::CurDir).collect();
            match leads {
                true => self.file(&path, bases)?,
                false => drop(self.text(&path)?),
            }
        }
        Ok(())
    }
}

fn first_line(error: &impl ToString) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(files: &[(&str, &str)]) -> Result<(), String> {
        let texts = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        read(&ProjectFiles::Texts(texts), &["compose.yaml".into()]).map(drop)
    }

    #[test]
    fn files_below_the_folder_pass() {
        let files = [
            (
                "compose.yaml",
                "include: [sub/a.yaml]\nservices: {a: {extends: {file: b.yaml, service: x}, env_file: .env}}",
            ),
            (
                "sub/a.yaml",
                "services: {c: {env_file: [{path: ./c.env, required: false}], ports: [80], labels: {1: x}}}",
            ),
            ("b.yaml", "services: {x: {image: y, extends: z}, z: {image: y, command: !reset null}}\n---\nservices: {}"),
        ];
        assert_eq!(checked(&files), Ok(()));
    }

    #[test]
    fn every_way_out_of_the_folder_is_refused() {
        for text in [
            "include: [/etc/passwd]",
            "include: /etc/passwd",
            "include: [{path: [../x.yaml]}]",
            "include: [{path: a.yaml, env_file: /etc/passwd}]",
            "include: [{path: a.yaml, project_directory: /}]",
            "\"incl\\u0075de\": [/etc/passwd]",
            "include: ['https://github.com/x/y.git']",
            "include: ['git@github.com:x/y.git']",
            "include: [github.com/x/y]",
            "include: ['oci://x/y']",
            "services: {a: {extends: {file: /etc/passwd, service: a}}}",
            "x: &x {file: /etc/passwd}\nservices: {a: {extends: {<<: *x, service: a}}}",
            "x: &x {env_file: /etc/passwd}\nservices: {a: {<<: *x}}",
            "services: {a: {env_file: ['${X}']}}",
            "services: {a: {env_file: [{path: ~/x}]}}",
            "services: {a: {env_file: a/../../x}}",
            "services: {a: {label_file: /etc/passwd}}",
            "services: {}\n---\ninclude: [/etc/passwd]",
            "!!binary aW5jbHVkZQ==: [/etc/passwd]",
            "? !<tag:yaml.org,2002:binary> aW5jbHVkZQ==\n: [/etc/passwd]",
            "services: {} # \u{85}include: [/etc/passwd]",
            "services:\n  a: # \u{2028}    env_file: /etc/passwd",
            "services:\n  a: # \u{2029}    env_file: /etc/passwd",
            "services:\n  a: # \r    env_file: /etc/passwd",
            "services: {}\n...\ninclude: [/etc/passwd]",
            "include: [b.yaml]",
        ] {
            let files = [("compose.yaml", text), ("b.yaml", "services: {a: {env_file: /etc/passwd}}")];
            assert!(checked(&files).is_err(), "{text}");
        }
    }

    #[test]
    fn files_that_include_each_other_end() {
        let files = [("compose.yaml", "include: [b.yaml]"), ("b.yaml", "include: [compose.yaml]")];
        assert_eq!(checked(&files), Ok(()));
    }
}
