//! The entries that were created below a folder, which are removed again unless all of them are kept.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::folder::Folder;
use crate::place::open_folder;

/// Files, links and folders, in the order in which they were created.
pub(crate) struct Created<'a> {
    into: &'a Folder,
    entries: Vec<(PathBuf, Removal)>,
}

/// The way to remove an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Removal {
    File,
    /// Only if it is empty.
    Folder,
}

impl<'a> Created<'a> {
    pub(crate) fn new(into: &'a Folder) -> Self {
        Created { into, entries: Vec::new() }
    }

    /// Remembers a file or a link.
    pub(crate) fn file(&mut self, relative: &Path) {
        self.entries.push((relative.to_owned(), Removal::File));
    }

    pub(crate) fn folder(&mut self, relative: &Path) {
        self.entries.push((relative.to_owned(), Removal::Folder));
    }

    /// Forgets all of them, so that they stay.
    pub(crate) fn keep(mut self) {
        self.entries.clear();
    }
}

impl Drop for Created<'_> {
    /// Removes them, the newest first. A file that somebody else has put in the place of one is removed too, and a
    /// folder stays if somebody else has filled it.
    fn drop(&mut self) {
        for (path, removal) in self.entries.drain(..).rev() {
            let (parent, name) = (path.parent().unwrap_or(Path::new("")), path.file_name().unwrap_or(OsStr::new("")));
            let missing = |_: &_, _: &Path| Err(Error::damaged("removed already"));
            let Ok(dir) = open_folder(self.into, parent, b"", missing) else { continue };
            let _ = match removal {
                Removal::File => dir.remove_file(name),
                Removal::Folder => dir.remove_dir(name),
            };
        }
    }
}
