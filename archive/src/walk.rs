//! The walk through the folder of a context: entries in the order of their names, without excluded ones, to a writer.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ignore::{Ignore, Verdict};
use crate::system::archive_name;
use crate::writer::{ArchiveWriter, CopyError, attributes, open};

/// A walk from the top of a folder down.
pub(crate) struct Walk<'a, W: Write> {
    root: &'a Path,
    ignore: &'a Ignore,
    archive: &'a mut ArchiveWriter<W>,
    /// The excluded folders that the walk is in, outermost first. They are written with the first entry in them.
    unwritten: Vec<(PathBuf, Metadata)>,
    /// Another remedy for a file that is in the way: ` or exclude it`.
    alternative: &'static str,
}

impl<'a, W: Write> Walk<'a, W> {
    pub(crate) fn new(
        root: &'a Path,
        ignore: &'a Ignore,
        archive: &'a mut ArchiveWriter<W>,
        alternative: &'static str,
    ) -> Self {
        Walk { root, ignore, archive, unwritten: Vec::new(), alternative }
    }

    /// Writes the contents of a folder; `relative` is empty for the context itself.
    pub(crate) fn folder(&mut self, relative: &Path, verdict: &Verdict) -> Result<()> {
        let path = self.root.join(relative);
        let names: io::Result<Vec<_>> =
            fs::read_dir(&path).and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
        let mut names = names.map_err(|error| self.unreadable(&path, error))?;
        names.sort_unstable();
        for name in names {
            self.child(&relative.join(name), verdict)?;
        }
        Ok(())
    }

    /// Writes a file, a link or a whole folder, unless it is excluded. `parent` is the verdict on the folder it is in.
    pub(crate) fn child(&mut self, relative: &Path, parent: &Verdict) -> Result<()> {
        let path = self.root.join(relative);
        let metadata = path.symlink_metadata().map_err(|error| Error::file(&path, &error))?;
        let text = text(relative);
        let verdict = self.ignore.verdict(&text, parent);
        if metadata.is_dir() {
            if verdict.excluded && !self.ignore.may_include_below(&text) {
                return Ok(());
            }
            let depth = self.unwritten.len();
            self.unwritten.push((relative.to_owned(), metadata));
            if !verdict.excluded {
                self.write_folders()?;
            }
            self.folder(relative, &verdict)?;
            self.unwritten.truncate(depth);
            return Ok(());
        }
        if verdict.excluded {
            return Ok(());
        }
        if metadata.is_symlink() {
            self.write_folders()?;
            self.symlink(relative, &path, &metadata)
        } else if metadata.is_file() {
            self.write_folders()?;
            self.file(relative, &path, &metadata)
        } else {
            self.archive.summary.skipped.add(&text);
            Ok(())
        }
    }

    /// Writes the folders that the walk is in and that are not written yet.
    fn write_folders(&mut self) -> Result<()> {
        for (relative, metadata) in std::mem::take(&mut self.unwritten) {
            let mut name = self.stored(&relative, &self.root.join(&relative))?;
            name.push(b'/');
            self.archive.folder(&name, attributes(&metadata))?;
        }
        Ok(())
    }

    fn symlink(&mut self, relative: &Path, path: &Path, metadata: &Metadata) -> Result<()> {
        let target = fs::read_link(path).map_err(|error| self.unreadable(path, error))?;
        let (name, target) = (self.stored(relative, path)?, self.stored(&target, path)?);
        self.archive.symlink(&name, &target, attributes(metadata))
    }

    fn file(&mut self, relative: &Path, path: &Path, found: &Metadata) -> Result<()> {
        let alternative = self.alternative;
        let (mut file, metadata) = open(path, found).map_err(|error| error.explain(path, alternative))?;
        let name = self.stored(relative, path)?;
        let copied = self.archive.file(&name, metadata.len(), attributes(&metadata), &mut file);
        copied.map_err(|error| error.explain(path, alternative))
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
