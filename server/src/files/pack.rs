//! Archives of a call's arguments: texts by their names, or one open file of the host. Texts are checked for their size
//! and for secrets that were not shown.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use dockwright::tar::{self, ArchiveWriter, Error, Texts};
use serde_json::{Map, Value};

use super::PathError;
use crate::secrets::MARKER;

/// The most bytes of all texts together.
const TEXT_BYTES: usize = 16 << 20;

/// Makes the archive of these texts.
///
/// # Errors
/// [`PathError`] for a name that is not one below a folder, for a value that is not text, for no texts, and for more
/// than 16 MiB of them.
pub(super) fn texts(files: &Map<String, Value>) -> Result<Vec<u8>, PathError> {
    let texts = checked(files)?;
    let mut archive = Vec::new();
    let mut writer = ArchiveWriter::new(&mut archive);
    let written = texts.add_to(&mut writer).and_then(|()| writer.finish());
    written.map_err(|error| PathError::Unusable(error.to_string()))?;
    Ok(archive)
}

/// Writes the archive of one file under this name.
///
/// # Errors
/// Errors of the file, which name its path, and of `out`.
pub(super) fn file(file: &File, path: &Path, name: &str, out: &mut dyn Write) -> tar::Result<()> {
    let mut archive = ArchiveWriter::new(out);
    archive.add_open_file(name, file, path)?;
    archive.finish().map(drop)
}

/// Checks the texts, by their names in the archive.
fn checked(files: &Map<String, Value>) -> Result<Texts<'_>, PathError> {
    let mut texts = Texts::default();
    for (name, text) in files {
        let problem = |problem: &str| PathError::unfit(name, problem);
        let text = text.as_str().ok_or_else(|| problem("its value must be the text of the file"))?;
        if text.contains(MARKER) {
            return Err(problem(&format!("`{MARKER}` stands for a secret that was not shown; send its value")));
        }
        texts.add(name, text).map_err(|error| match error {
            Error::Name { name, problem } => PathError::unfit(&name, problem),
            error => PathError::Unusable(error.to_string()),
        })?;
    }
    match texts.bytes() {
        _ if texts.is_empty() => Err(PathError::Unusable("it names no files".to_owned())),
        0..=TEXT_BYTES => Ok(texts),
        bytes => Err(PathError::Unusable(format!(
            "{bytes} bytes of text, more than {TEXT_BYTES}; send a folder of the host"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use dockwright::tar::{Listing, list};
    use serde_json::json;

    use super::*;

    fn packed(files: &Value) -> Result<Listing, String> {
        let archive = texts(files.as_object().unwrap()).map_err(|refused| refused.to_string())?;
        Ok(list(archive.as_slice(), usize::MAX).unwrap())
    }

    #[test]
    fn texts_have_their_folders() {
        let listing = packed(&json!({"b/run": "#!/bin/sh\n", "Dockerfile": "FROM a"})).unwrap();
        let entries: Vec<_> = listing.entries.iter().map(|entry| (entry.name.as_str(), entry.mode)).collect();
        assert_eq!(entries, [("b/", 0o755), ("Dockerfile", 0o644), ("b/run", 0o755)]);
    }

    #[test]
    fn impossible_names_and_values_are_refused() {
        for (files, problem) in [
            (json!({}), "it names no files"),
            (json!({"/etc/hosts": ""}), "`/etc/hosts`: the name must be relative"),
            (json!({"a/../../b": ""}), "`a/../../b`: `..` would lead out of the archive"),
            (json!({"": ""}), "``: not the name of a file"),
            (json!({"a\0b": ""}), "`a\0b`: not the name of a file"),
            (json!({"a": 1}), "`a`: its value must be the text of the file"),
            (json!({"a": "", "./a": ""}), "`./a`: two files have this name"),
            (json!({"a": "", "a/b/c": ""}), "`a`: it cannot be both a file and a folder"),
            (json!({"a": format!("KEY={MARKER}")}), "stands for a secret that was not shown"),
            (json!({"a": "x".repeat(TEXT_BYTES), "b": "x"}), "16777217 bytes of text, more than 16777216"),
        ] {
            let refused = packed(&files).unwrap_err();
            assert!(refused.contains(problem), "{refused}");
        }
    }
}
