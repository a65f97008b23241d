//! An open folder of this machine. A path below it comes in; an open file or folder goes out. The system never looks up
//! a path that leads out of the folder, so nobody can lead it elsewhere by changing a path in time.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cap_fs_ext::{DirExt, FollowSymlinks, MetadataExt, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

use crate::error::{Error, Result};
use crate::kind::EntryKind;

/// A folder that is opened once, and everything below it.
///
/// The folder is held open. If somebody renames or replaces it, it stays the folder that was opened. Everything below
/// is reached through it, with the system's protection against paths that lead out: links may lead anywhere inside, and
/// neither `..`, nor an absolute link, nor a link that somebody exchanges meanwhile leads outside. A folder of another
/// file system that is mounted inside counts as inside.
///
/// ```no_run
/// # use std::path::Path;
/// # use dockwright_archive::{Folder, Result, UnpackLimits, unpack_into};
/// # fn example(archive: &[u8]) -> Result<()> {
/// let downloads = Folder::open("downloads")?;
/// let (folder, missing) = downloads.deepest(Path::new("web/logs"))?;
/// unpack_into(archive, &folder.create(&missing)?, UnpackLimits::default())?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Folder {
    pub(crate) dir: Arc<Dir>,
    path: PathBuf,
}

/// A file or a folder that was opened below a folder.
#[derive(Debug)]
pub enum Opened {
    /// A regular file, open for reading.
    File(File),
    /// A folder.
    Folder(Folder),
}

impl Folder {
    /// Opens a folder of this machine. Its path is looked up this once, and may be a link.
    ///
    /// # Errors
    /// [`Error::File`] if it is missing or not a folder.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let place = if path.as_os_str().is_empty() { Path::new(".") } else { &path };
        let dir = Dir::open_ambient_dir(place, ambient_authority()).map_err(|error| Error::file(&path, &error))?;
        Ok(Folder { dir: Arc::new(dir), path })
    }

    /// The path that it was opened with, for messages.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns true if this path leads to the folder now, by whatever name.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        let identity = |dir: &Dir| dir.dir_metadata().map(|metadata| (metadata.dev(), metadata.ino()));
        let there = Dir::open_ambient_dir(path, ambient_authority()).and_then(|dir| identity(&dir));
        matches!((identity(&self.dir), there), (Ok(this), Ok(there)) if this == there)
    }

    /// Opens a file or a folder below it; `.` is the folder itself.
    ///
    /// # Errors
    /// [`Error::Outside`] if the path leads out; [`Error::File`] if nothing is there, or neither a folder nor a regular
    /// file. Nothing else is opened, because to open a pipe may be to wait for ever.
    pub fn open_at(&self, below: &Path) -> Result<Opened> {
        match self.folder(below) {
            Err(error) if error.kind() == ErrorKind::NotADirectory => self.file(below).map(Opened::File),
            opened => Ok(Opened::Folder(opened.map_err(|error| self.error(below, &error))?)),
        }
    }

    /// Opens a regular file below it for reading.
    ///
    /// # Errors
    /// Fails as [`open_at`](Folder::open_at) does.
    pub fn file(&self, below: &Path) -> Result<File> {
        let fail = |error: io::Error| self.error(below, &error);
        // A device is not opened, unless it takes the place of a file in this moment.
        let found = self.dir.metadata(below).map_err(fail)?;
        if !found.is_file() {
            return Err(not_regular(&self.path.join(below)));
        }
        let file = self.dir.open_with(below, &reading()).map_err(fail)?.into_std();
        match file.metadata().map_err(fail)?.is_file() {
            true => Ok(file),
            false => Err(not_regular(&self.path.join(below))),
        }
    }

    /// The kind of the entry of this name in the folder, without following a link; `None` if there is none.
    #[must_use]
    pub fn kind(&self, name: &OsStr) -> Option<EntryKind> {
        let found = self.dir.symlink_metadata(name).ok()?.file_type();
        Some(match found {
            _ if found.is_file() => EntryKind::File,
            _ if found.is_dir() => EntryKind::Folder,
            _ if found.is_symlink() => EntryKind::Symlink,
            _ => EntryKind::Device,
        })
    }

    /// Opens the deepest folder on the way to a path. The names below it that are missing come with it; none are if the
    /// path itself is a folder.
    ///
    /// # Errors
    /// [`Error::Outside`] if the path leads out; [`Error::File`] if a file or a dangling link is on the way, or if `..`
    /// follows a name that is missing.
    pub fn deepest(&self, below: &Path) -> Result<(Folder, PathBuf)> {
        for on_the_way in below.ancestors() {
            let folder = match self.folder(on_the_way) {
                Ok(folder) => folder,
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
                Err(error) => return Err(self.error(on_the_way, &error)),
            };
            let missing: PathBuf = below.components().skip(on_the_way.components().count()).collect();
            let Some(first) = missing.components().next() else { return Ok((folder, missing)) };
            let unfit = |path: &Path, problem: &str| Err(Error::unfit(path, ErrorKind::NotADirectory, problem));
            return match folder.dir.symlink_metadata(first.as_os_str()) {
                _ if !missing.components().all(|part| matches!(part, Component::Normal(_))) => {
                    unfit(&self.path.join(below), "`..` cannot follow a folder that does not exist")
                }
                Ok(there) if there.is_symlink() => unfit(&folder.path.join(first), "this link leads to no folder"),
                Ok(_) => unfit(&folder.path.join(first), "this is a file, not a folder"),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok((folder, missing)),
                Err(error) => Err(folder.error(first.as_ref(), &error)),
            };
        }
        Err(self.error(below, &ErrorKind::NotFound.into()))
    }

    /// Creates the folders of a path that has plain names only, one in the other. Folders that exist stay; links
    /// are not followed.
    ///
    /// # Errors
    /// [`Error::File`] if one cannot be created, or has another name than a folder can have.
    pub fn create(&self, names: &Path) -> Result<Folder> {
        let mut folder = self.clone();
        for name in names {
            let created = match folder.dir.create_dir(name) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
                _ => folder.dir.open_dir_nofollow(name),
            };
            let path = folder.path.join(name);
            folder = Folder { dir: Arc::new(created.map_err(|error| Error::file(&path, &error))?), path };
        }
        Ok(folder)
    }

    fn folder(&self, below: &Path) -> io::Result<Folder> {
        if below.as_os_str().is_empty() {
            return Ok(self.clone());
        }
        Ok(Folder { dir: Arc::new(self.dir.open_dir(below)?), path: self.path.join(below) })
    }

    pub(crate) fn error(&self, below: &Path, error: &io::Error) -> Error {
        let path = self.path.join(below);
        // The library has no other mark for a path that leads out.
        match error.kind() == ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
            true => Error::Outside { path },
            false => Error::file(&path, error),
        }
    }
}

/// Options to read a file without waiting, should it be a pipe.
pub(crate) fn reading() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).nonblock(true);
    options
}

/// Opens a file of this name in a folder, unless the name is a link.
pub(crate) fn open_nofollow(dir: &Dir, name: &OsStr) -> io::Result<File> {
    Ok(dir.open_with(name, reading().follow(FollowSymlinks::No))?.into_std())
}

pub(crate) fn not_regular(path: &Path) -> Error {
    Error::unfit(path, ErrorKind::InvalidInput, "not a regular file")
}

#[cfg(all(test, unix))]
mod tests;
