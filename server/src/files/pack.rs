//! Archives of what is no folder: texts by their names, or one file of the host. Names are checked here; whether a file may
//! be read is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};
use tar::{Builder, EntryType, Header};

use super::Refused;
use crate::secrets::MARKER;

/// The most bytes of all texts together.
const TEXT_BYTES: usize = 16 << 20;

/// The archive of these texts, with the folders that their names imply. A text that begins with `#!` can be run.
///
/// # Errors
/// [`Refused`] for a name that is not one below a folder, for what is no text, and for more than 16 MiB.
pub(super) fn texts(files: &Map<String, Value>) -> Result<Vec<u8>, Refused> {
    let texts = checked(files)?;
    let pack = || -> io::Result<Vec<u8>> {
        let mut archive = Builder::new(Vec::new());
        for folder in texts.keys().flat_map(|name| folders(name)).collect::<BTreeSet<_>>() {
            let mut header = header(EntryType::Directory, 0, 0o755);
            archive.append_data(&mut header, format!("{folder}/"), io::empty())?;
        }
        for (name, text) in &texts {
            let mode = if text.starts_with("#!") { 0o755 } else { 0o644 };
            let mut header = header(EntryType::Regular, text.len() as u64, mode);
            archive.append_data(&mut header, name, text.as_bytes())?;
        }
        archive.into_inner()
    };
    pack().map_err(|error| Refused::Unusable(error.to_string()))
}

/// Writes the archive of one file under this name.
///
/// # Errors
/// Those of the file, which are named by its path, and those of `out`.
pub(super) fn file(path: &Path, name: &str, out: &mut dyn Write) -> io::Result<()> {
    let unreadable = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let mut header = Header::new_gnu();
    header.set_metadata(&metadata);
    // Who owns a file here says nothing there, and its kind has a field of its own.
    header.set_mode(header.mode()? & 0o7777);
    header.set_uid(0);
    header.set_gid(0);
    let mut archive = Builder::new(out);
    archive.append_data(&mut header, name, Exactly { file, path, left: metadata.len() })?;
    archive.finish()
}

/// As many bytes of a file as were announced, or an error: a file may change while it is read.
struct Exactly<'a> {
    file: File,
    path: &'a Path,
    left: u64,
}

impl Read for Exactly<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = (&self.file).take(self.left).read(into)?;
        self.left -= read as u64;
        match read {
            0 if self.left > 0 && !into.is_empty() => {
                Err(io::Error::other(format!("{}: the file shrank while it was read", self.path.display())))
            }
            read => Ok(read),
        }
    }
}

/// The texts by their names in the archive.
fn checked(files: &Map<String, Value>) -> Result<BTreeMap<String, &str>, Refused> {
    let mut texts = BTreeMap::new();
    let mut bytes = 0_usize;
    for (name, text) in files {
        let problem = |problem: &str| Refused::unfit(name, problem);
        let text = text.as_str().ok_or_else(|| problem("its value must be the text of the file"))?;
        if text.contains(MARKER) {
            return Err(problem(&format!("`{MARKER}` stands for a secret that was not shown; send its value")));
        }
        bytes = bytes.saturating_add(text.len());
        if texts.insert(plain(name).map_err(problem)?, text).is_some() {
            return Err(problem("there are two files of this name"));
        }
    }
    if let Some(name) = texts.keys().flat_map(|name| folders(name)).find(|folder| texts.contains_key(*folder)) {
        return Err(Refused::unfit(name, "it cannot be a file and a folder"));
    }
    match bytes {
        _ if texts.is_empty() => Err(Refused::Unusable("it names no files".to_owned())),
        0..=TEXT_BYTES => Ok(texts),
        _ => {
            Err(Refused::Unusable(format!("{bytes} bytes of text, more than {TEXT_BYTES}; send a folder of the host")))
        }
    }
}

/// A name without what means nothing in it.
fn plain(name: &str) -> Result<String, &'static str> {
    if name.starts_with('/') {
        return Err("the name must be relative");
    }
    if name.ends_with('/') || name.contains('\0') {
        return Err("this is no name of a file");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    match parts.as_slice() {
        [] => Err("this is no name of a file"),
        parts if parts.contains(&"..") => Err("`..` would lead out of the archive"),
        parts => Ok(parts.join("/")),
    }
}

/// The folders on the way to a name, outermost first.
fn folders(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').map(|(at, _)| &name[..at])
}

fn header(kind: EntryType, size: u64, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()));
    header
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
    fn texts_have_their_folders_and_scripts_can_be_run() {
        let listing = packed(&json!({"./b/run": "#!/bin/sh\n", "Dockerfile": "FROM a", "b/c//d": "é"})).unwrap();
        let entries: Vec<_> =
            listing.entries.iter().map(|entry| (entry.name.as_str(), entry.mode, entry.size)).collect();
        let expected =
            [("b/", 0o755, 0), ("b/c/", 0o755, 0), ("Dockerfile", 0o644, 6), ("b/c/d", 0o644, 2), ("b/run", 0o755, 10)];
        assert_eq!(entries, expected);
    }

    #[test]
    fn a_long_name_is_kept() {
        let name = "folder/".repeat(40) + "file";
        assert_eq!(packed(&json!({ &name: "" })).unwrap().entries.last().unwrap().name, name);
    }

    #[test]
    fn what_is_no_name_and_no_text_is_refused() {
        for (files, problem) in [
            (json!({}), "it names no files"),
            (json!({"/etc/hosts": ""}), "`/etc/hosts`: the name must be relative"),
            (json!({"a/../../b": ""}), "`a/../../b`: `..` would lead out of the archive"),
            (json!({"": ""}), "``: this is no name of a file"),
            (json!({"./": ""}), "`./`: this is no name of a file"),
            (json!({"a\0b": ""}), "`a\0b`: this is no name of a file"),
            (json!({"a": 1}), "`a`: its value must be the text of the file"),
            (json!({"a": "", "./a": ""}), "`./a`: there are two files of this name"),
            (json!({"a": "", "a/b/c": ""}), "`a`: it cannot be a file and a folder"),
            (json!({"a": format!("KEY={MARKER}")}), "stands for a secret that was not shown"),
            (json!({"a": "x".repeat(TEXT_BYTES), "b": "x"}), "16777217 bytes of text, more than 16777216"),
        ] {
            let refused = packed(&files).unwrap_err();
            assert!(refused.contains(problem), "{refused}");
        }
    }

    #[test]
    fn a_file_that_shrinks_is_an_error_and_no_archive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "four").unwrap();
        let mut reader = Exactly { file: File::open(&path).unwrap(), path: &path, left: 5 };
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err().to_string();
        assert!(error.ends_with("log: the file shrank while it was read"), "{error}");
    }
}
