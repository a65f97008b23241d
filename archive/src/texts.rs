//! Texts by name in, the entries of their archive out. It reads no file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use crate::blocks::Attributes;
use crate::error::{Error, Result};
use crate::name::{entry_name, folders};
use crate::writer::ArchiveWriter;

/// Files that exist as text only, by their names in the archive.
///
/// The folders that the names imply are added too. A text that begins with `#!` can be executed.
///
/// ```
/// # use dockwright_archive::{ArchiveWriter, Result, Texts};
/// # fn main() -> Result<()> {
/// let mut texts = Texts::default();
/// texts.add("Dockerfile", "FROM busybox\nCOPY bin/start /\n")?;
/// texts.add("bin/start", "#!/bin/sh\necho hello\n")?;
/// let mut archive = Vec::new();
/// let mut writer = ArchiveWriter::new(&mut archive);
/// texts.add_to(&mut writer)?;
/// assert_eq!(writer.finish()?.files, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts<'a> {
    files: BTreeMap<String, &'a str>,
}

impl<'a> Texts<'a> {
    /// Adds a file of this name.
    ///
    /// # Errors
    /// [`Error::Name`] if it is not the name of a file below a folder, if there is a file of that name, or if a name
    /// would be both a file and a folder.
    pub fn add(&mut self, name: &str, text: &'a str) -> Result<()> {
        let plain = entry_name(name)?;
        let refuse = |name: &str, problem| Err(Error::Name { name: name.to_owned(), problem });
        if self.files.contains_key(&plain) {
            return refuse(name, "two files have this name");
        }
        let file_on_the_way = folders(&plain).find(|folder| self.files.contains_key(*folder));
        let below = format!("{plain}/");
        let has_files_below =
            self.files.range(below.clone()..).next().is_some_and(|(name, _)| name.starts_with(&below));
        if let Some(name) = file_on_the_way.or(has_files_below.then_some(plain.as_str())) {
            return refuse(name, "it cannot be both a file and a folder");
        }
        self.files.insert(plain, text);
        Ok(())
    }

    /// Returns true if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The bytes of all texts together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.files.values().map(|text| text.len()).sum()
    }

    /// Adds the texts to an archive, sorted by name, the folders before them.
    ///
    /// # Errors
    /// [`Error::Stream`] if the archive cannot be written.
    pub fn add_to(&self, archive: &mut ArchiveWriter<impl Write>) -> Result<()> {
        let modified = SystemTime::now();
        for folder in self.files.keys().flat_map(|name| folders(name)).collect::<BTreeSet<_>>() {
            archive.folder(format!("{folder}/").as_bytes(), Attributes { mode: 0o755, modified })?;
        }
        for (name, text) in &self.files {
            let attributes = Attributes { mode: if text.starts_with("#!") { 0o755 } else { 0o644 }, modified };
            let written = archive.file(name.as_bytes(), text.len() as u64, attributes, &mut text.as_bytes());
            written.map_err(|error| error.explain(Path::new(name), ""))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{Listing, list};

    fn pack(files: &[(&str, &str)]) -> Result<Listing> {
        let mut texts = Texts::default();
        files.iter().try_for_each(|(name, text)| texts.add(name, text))?;
        let mut archive = Vec::new();
        let mut writer = ArchiveWriter::new(&mut archive);
        texts.add_to(&mut writer)?;
        writer.finish()?;
        list(archive.as_slice(), usize::MAX)
    }

    #[test]
    fn bytes_in_memory_are_a_file_with_the_mode_that_is_given() {
        let mut archive = Vec::new();
        let mut writer = ArchiveWriter::new(&mut archive);
        writer.add_bytes("./a", b"\xFF\0", 0o100_640).unwrap();
        assert!(matches!(writer.add_bytes("..", b"", 0o644), Err(Error::Name { .. })));
        writer.finish().unwrap();
        let listing = list(archive.as_slice(), 9).unwrap();
        let [entry] = &listing.entries[..] else { panic!("one entry: {listing:?}") };
        assert_eq!((entry.name.as_str(), entry.mode, entry.size), ("a", 0o640, 2));
    }

    #[test]
    fn texts_have_their_folders_and_scripts_can_be_executed() {
        let listing = pack(&[("./b/run", "#!/bin/sh\n"), ("Dockerfile", "FROM a"), ("b/c//d", "é")]).unwrap();
        let entries: Vec<_> =
            listing.entries.iter().map(|entry| (entry.name.as_str(), entry.mode, entry.size)).collect();
        let expected =
            [("b/", 0o755, 0), ("b/c/", 0o755, 0), ("Dockerfile", 0o644, 6), ("b/c/d", 0o644, 2), ("b/run", 0o755, 10)];
        assert_eq!(entries, expected);
    }

    #[test]
    fn a_long_name_is_kept() {
        let name = "folder/".repeat(40) + "file";
        assert_eq!(pack(&[(&name, "")]).unwrap().entries.last().unwrap().name, name);
    }

    #[test]
    fn an_impossible_name_is_refused() {
        for (files, message) in [
            (&[("/etc/hosts", "")][..], "name `/etc/hosts`: the name must be relative"),
            (&[("a/../../b", "")], "name `a/../../b`: `..` would lead out of the archive"),
            (&[("", "")], "name ``: not the name of a file"),
            (&[("./", "")], "name `./`: not the name of a file"),
            (&[("a\0b", "")], "name `a\\u{0}b`: not the name of a file"),
            (&[("a", ""), ("./a", "")], "name `./a`: two files have this name"),
            (&[("a", ""), ("a/b/c", "")], "name `a`: it cannot be both a file and a folder"),
            (&[("a/b/c", ""), ("a/b", "")], "name `a/b`: it cannot be both a file and a folder"),
        ] {
            assert_eq!(pack(files).unwrap_err().to_string(), message);
        }
        assert_eq!(pack(&[("a.b", ""), ("a/b", ""), ("a0", "")]).unwrap().count, 4);
    }
}
