//! The walk through the folder of a context: entries in the order of their names, without excluded ones, to a sink.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, Metadata};

use crate::error::{Error, Result};
use crate::filter::{Filter, Verdicts};
use crate::folder::Folder;
use crate::place::LEVELS;
use crate::system::archive_name;
use crate::writer::{ArchiveWriter, CopyError, attributes, open};

/// The receiver of the entries of a walk. Names are relative to the folder, with `/`.
pub(crate) trait Sink {
    /// Called for each entry that is looked at, excluded ones too. An error ends the walk.
    fn visit(&mut self) -> Result<()> {
        Ok(())
    }
    fn folder(&mut self, name: Vec<u8>, metadata: &Metadata) -> Result<()>;
    fn symlink(&mut self, name: Vec<u8>, target: Vec<u8>, metadata: &Metadata) -> Result<()>;
    fn file(&mut self, name: Vec<u8>, file: FoundFile<'_>) -> Result<(), CopyError>;
    /// A socket, a pipe or a device, which no build can use.
    fn skip(&mut self, name: &str);
}

/// A regular file that was found in an open folder, and is not open itself.
pub(crate) struct FoundFile<'a> {
    pub(crate) dir: &'a Dir,
    pub(crate) name: &'a OsStr,
    pub(crate) metadata: &'a Metadata,
}

/// A walk from the top of a folder down. Each folder is opened from the one that it is in, and none through a link.
pub(crate) struct Walk<'a, S: Sink> {
    root: &'a Folder,
    filter: &'a Filter,
    sink: &'a mut S,
    /// The excluded folders that the walk is in, outermost first. They are written with the first entry in them.
    unwritten: Vec<(PathBuf, Metadata)>,
    /// Another remedy for a file that is in the way: ` or exclude it`.
    alternative: &'static str,
}

impl<'a, S: Sink> Walk<'a, S> {
    pub(crate) fn new(root: &'a Folder, filter: &'a Filter, sink: &'a mut S, alternative: &'static str) -> Self {
        Walk { root, filter, sink, unwritten: Vec::new(), alternative }
    }

    /// Writes all of the context.
    pub(crate) fn all(&mut self) -> Result<()> {
        let root = self.root;
        self.folder(&root.dir, Path::new(""), &Verdicts::default())
    }

    /// Writes one file or folder of the context.
    pub(crate) fn only(&mut self, name: &OsStr) -> Result<()> {
        let root = self.root;
        self.child(&root.dir, Path::new(name), &Verdicts::default())
    }

    /// Writes the contents of a folder; `relative` is empty for the context itself.
    fn folder(&mut self, dir: &Dir, relative: &Path, verdict: &Verdicts) -> Result<()> {
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
    fn child(&mut self, dir: &Dir, relative: &Path, parent: &Verdicts) -> Result<()> {
        self.sink.visit()?;
        let name = relative.file_name().unwrap_or_default();
        let path = self.path(relative);
        let metadata = dir.symlink_metadata(name).map_err(|error| Error::file(&path, &error))?;
        let text = text(relative);
        let verdict = self.filter.verdicts(&text, parent);
        if metadata.is_dir() {
            if verdict.excluded && !self.filter.may_include_below(&text, &verdict) {
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
            self.sink.skip(&text);
            Ok(())
        }
    }

    /// Writes the folders that the walk is in and that are not written yet.
    fn write_folders(&mut self) -> Result<()> {
        for (relative, metadata) in std::mem::take(&mut self.unwritten) {
            let name = self.stored(&relative, &self.path(&relative))?;
            self.sink.folder(name, &metadata)?;
        }
        Ok(())
    }

    fn symlink(&mut self, dir: &Dir, relative: &Path, metadata: &Metadata) -> Result<()> {
        let path = self.path(relative);
        let target = dir.read_link_contents(relative.file_name().unwrap_or_default());
        let target = target.map_err(|error| self.unreadable(&path, error))?;
        let (name, target) = (self.stored(relative, &path)?, self.stored(&target, &path)?);
        self.sink.symlink(name, target, metadata)
    }

    fn file(&mut self, dir: &Dir, relative: &Path, metadata: &Metadata) -> Result<()> {
        let (path, alternative) = (self.path(relative), self.alternative);
        let name = self.stored(relative, &path)?;
        let found = FoundFile { dir, name: relative.file_name().unwrap_or_default(), metadata };
        self.sink.file(name, found).map_err(|error| error.explain(&path, alternative))
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

impl<W: Write> Sink for ArchiveWriter<W> {
    fn folder(&mut self, mut name: Vec<u8>, metadata: &Metadata) -> Result<()> {
        name.push(b'/');
        self.folder(&name, attributes(metadata))
    }

    fn symlink(&mut self, name: Vec<u8>, target: Vec<u8>, metadata: &Metadata) -> Result<()> {
        self.symlink(&name, &target, attributes(metadata))
    }

    fn file(&mut self, name: Vec<u8>, file: FoundFile<'_>) -> Result<(), CopyError> {
        let (mut file, metadata) = open(file.dir, file.name, file.metadata)?;
        self.file(&name, metadata.len(), attributes(&metadata), &mut file)
    }

    fn skip(&mut self, name: &str) {
        self.summary.skipped.add(name);
    }
}

/// A path in the context as patterns see it. Characters that are not Unicode become one that no pattern means.
fn text(relative: &Path) -> String {
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
