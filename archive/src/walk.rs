//! The walk through the folder of a context: entries in the order of their names, without excluded ones, to a writer.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, Metadata};

use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::ignore::{Ignore, Verdict};
use crate::place::LEVELS;
use crate::system::archive_name;
use crate::writer::{ArchiveWriter, CopyError, attributes, open};

/// A walk from the top of a folder down. Each folder is opened from the one that it is in, and none through a link.
pub(crate) struct Walk<'a, W: Write> {
    root: &'a Folder,
    ignore: &'a Ignore,
    archive: &'a mut ArchiveWriter<W>,
    /// The excluded folders that the walk is in, outermost first. They are written with the first entry in them.
    unwritten: Vec<(PathBuf, Metadata)>,
    /// Another remedy for a file that is in the way: ` or exclude it`.
    alternative: &'static str,
}

impl<'a, W: Write> Walk<'a, W> {
    pub(crate) fn new(
        root: &'a Folder,
        ignore: &'a Ignore,
        archive: &'a mut ArchiveWriter<W>,
        alternative: &'static str,
    ) -> Self {
        Walk { root, ignore, archive, unwritten: Vec::new(), alternative }
    }

    /// Writes all of the context.
    pub(crate) fn all(&mut self) -> Result<()> {
        let root = self.root;
        self.folder(&root.dir, Path::new(""), &Verdict::default())
    }

    /// Writes one file or folder of the context.
    pub(crate) fn only(&mut self, name: &OsStr) -> Result<()> {
        let root = self.root;
        self.child(&root.dir, Path::new(name), &Verdict::default())
    }

    /// Writes the contents of a folder; `relative` is empty for the context itself.
    fn folder(&mut self, dir: &Dir, relative: &Path, verdict: &Verdict) -> Result<()> {
        let path = self.path(relative);
        if relative.components().count() > LEVELS {
            let problem = format!("more than {LEVELS} folders are one in the other{}", self.alternative);
            return Err(Error::unfit(&path, io::ErrorKind::InvalidInput, problem));
        }
        let names: io::Result<Vec<_>> =
            dir.entries().and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
        let mut names = names.map_err(|error| self.unreadable(&path, error))?;
        names.sort_unstable();
        for name in names {
            self.child(dir, &relative.join(name), verdict)?;
        }
        Ok(())
    }

    /// Writes a file, a link or a whole folder in `dir`, unless it is excluded. `parent` is the verdict on `dir`.
    fn child(&mut self, dir: &Dir, relative: &Path, parent: &Verdict) -> Result<()> {
        let name = relative.file_name().unwrap_or_default();
        let path = self.path(relative);
        let metadata = dir.symlink_metadata(name).map_err(|error| Error::file(&path, &error))?;
        let text = text(relative);
        let verdict = self.ignore.verdict(&text, parent);
        if metadata.is_dir() {
            if verdict.excluded && !self.ignore.may_include_below(&text) {
                return Ok(());
            }
            let folder = dir.open_dir_nofollow(name).map_err(|error| self.unreadable(&path, error))?;
            let depth = self.unwritten.len();
            self.unwritten.push((relative.to_owned(), metadata));
            if !verdict.excluded {
                self.write_folders()?;
            }
            self.folder(&folder, relative, &verdict)?;
            self.unwritten.truncate(depth);
            return Ok(());
        }
        if verdict.excluded {
            return Ok(());
        }
        if metadata.is_symlink() {
            self.write_folders()?;
            self.symlink(dir, relative, &metadata)
        } else if metadata.is_file() {
            self.write_folders()?;
            self.file(dir, relative, &metadata)
        } else {
            self.archive.summary.skipped.add(&text);
            Ok(())
        }
    }

    /// Writes the folders that the walk is in and that are not written yet.
    fn write_folders(&mut self) -> Result<()> {
        for (relative, metadata) in std::mem::take(&mut self.unwritten) {
            let mut name = self.stored(&relative, &self.path(&relative))?;
            name.push(b'/');
            self.archive.folder(&name, attributes(&metadata))?;
        }
        Ok(())
    }

    fn symlink(&mut self, dir: &Dir, relative: &Path, metadata: &Metadata) -> Result<()> {
        let path = self.path(relative);
        let target = dir.read_link_contents(relative.file_name().unwrap_or_default());
        let target = target.map_err(|error| self.unreadable(&path, error))?;
        let (name, target) = (self.stored(relative, &path)?, self.stored(&target, &path)?);
        self.archive.symlink(&name, &target, attributes(metadata))
    }

    fn file(&mut self, dir: &Dir, relative: &Path, found: &Metadata) -> Result<()> {
        let (path, alternative) = (self.path(relative), self.alternative);
        let opened = open(dir, relative.file_name().unwrap_or_default(), found);
        let (mut file, metadata) = opened.map_err(|error| error.explain(&path, alternative))?;
        let name = self.stored(relative, &path)?;
        let copied = self.archive.file(&name, metadata.len(), attributes(&metadata), &mut file);
        copied.map_err(|error| error.explain(&path, alternative))
    }

    fn path(&self, relative: &Path) -> PathBuf {
        self.root.path().join(relative)
    }

    /// A name for the archive; an error names `path`.
    fn stored(&self, relative: &Path, path: &Path) -> Result<Vec<u8>> {
        let problem = || format!("its name is not Unicode; rename it{}", self.alternative);
        archive_name(relative).ok_or_else(|| Error::unfit(path, io::ErrorKind::InvalidData, problem()))
    }

    fn unreadable(&self, path: &Path, error: io::Error) -> Error {
        CopyError::Unreadable(error).explain(path, self.alternative)
    }
}

/// A path in the context as patterns see it. Characters that are not Unicode become one that no pattern means.
fn text(relative: &Path) -> String {
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
