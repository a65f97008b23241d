//! The folders of the host that calls may use, each opened once at the start. A path as a caller wrote it comes in; an
//! open file or folder below one of them goes out, or an error.
//!
//! Nothing below an allowed folder is looked up by its path, so nobody who can change files there, such as a container
//! that has the folder mounted, can lead a call outside.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use dockwright::tar::{Error, Folder, Opened};

use super::PathError;
use crate::settings::Settings;

const READ: &str = "--allow-path";
const WRITE: &str = "--allow-write";

/// The longest path that any system takes.
const LONGEST: usize = 32 << 10;

/// The folders of the host that calls may read, and those they may write to. Clones share the open folders.
#[derive(Debug, Clone, Default)]
pub struct AllowedFolders {
    read_only: bool,
    read: Vec<Folder>,
    write: Vec<Folder>,
}

impl AllowedFolders {
    /// Opens the folders that the settings allow.
    ///
    /// # Errors
    /// If a path is missing or not a folder. None is created, and one that appears later is not used.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        Ok(AllowedFolders {
            read_only: settings.read_only,
            read: open(&settings.allow_path, READ)?,
            write: open(&settings.allow_write, WRITE)?,
        })
    }

    /// Shares the open folders. Nothing in them may be used if `read_only`.
    #[must_use]
    pub fn read_only(&self, read_only: bool) -> Self {
        AllowedFolders { read_only, ..self.clone() }
    }

    /// Opens an existing file or folder that may be read.
    ///
    /// # Errors
    /// [`PathError`]. The error for a path outside does not tell if it exists.
    pub fn to_read(&self, path: &str) -> Result<Opened, PathError> {
        let allowed = self.find(path, &self.read, READ)?;
        allowed.folder.open_at(&allowed.below).map_err(|error| allowed.error(error))
    }

    /// Opens the deepest folder on the way to a file or folder that may be written. The names below it, which are
    /// missing, come with it.
    ///
    /// # Errors
    /// [`PathError`].
    pub fn to_write(&self, path: &Path) -> Result<(Folder, PathBuf), PathError> {
        let allowed = self.find(path, &self.write, WRITE)?;
        allowed.folder.deepest(&allowed.below).map_err(|error| allowed.error(error))
    }

    /// Finds the allowed folder that a path leads through.
    fn find<'a>(
        &self,
        path: &'a (impl AsRef<Path> + ?Sized),
        folders: &'a [Folder],
        flag: &'static str,
    ) -> Result<AllowedPath<'a>, PathError> {
        let path = path.as_ref();
        if self.read_only {
            return Err(PathError::ReadOnly);
        }
        if folders.is_empty() {
            return Err(PathError::Off { flag });
        }
        if !path.is_absolute() {
            return Err(PathError::Relative(path.display().to_string()));
        }
        if path.as_os_str().len() > LONGEST {
            return Err(PathError::Unusable(format!("a path of more than {LONGEST} bytes")));
        }
        // From the root down, so that no part of the path below an allowed folder is looked up.
        let ancestors: Vec<_> = path.ancestors().collect();
        let found = ancestors.iter().rev().find_map(|at| Some((*at, folders.iter().find(|folder| folder.is_at(at))?)));
        if let Some((at, folder)) = found {
            let below = path.strip_prefix(at).unwrap_or(Path::new("")).to_owned();
            return Ok(AllowedPath { path, folder, below, folders, flag });
        }
        match folders.iter().find(|folder| path.starts_with(folder.path())) {
            Some(folder) => Err(PathError::Replaced { flag, folder: folder.path().to_owned() }),
            None => Err(outside(path, folders, flag)),
        }
    }
}

/// A path of a caller, in an allowed folder.
struct AllowedPath<'a> {
    path: &'a Path,
    folder: &'a Folder,
    /// The rest of the path.
    below: PathBuf,
    folders: &'a [Folder],
    flag: &'static str,
}

impl AllowedPath<'_> {
    fn error(&self, error: Error) -> PathError {
        match error {
            Error::Outside { .. } => outside(self.path, self.folders, self.flag),
            Error::File { path, problem, .. } => PathError::unfit(&path, problem),
            error => PathError::unfit(self.path, error),
        }
    }
}

fn outside(path: &Path, folders: &[Folder], flag: &'static str) -> PathError {
    let folders = folders.iter().map(|folder| folder.path().to_owned()).collect();
    PathError::Outside { path: path.display().to_string(), flag, folders }
}

fn open(paths: &[PathBuf], flag: &str) -> Result<Vec<Folder>, String> {
    let folder = |path: &PathBuf| {
        let message = |problem: &str| format!("{flag} {}: {problem}", path.display());
        let whole = fs::canonicalize(path).map_err(|error| message(&error.to_string()))?;
        Folder::open(whole).map_err(|error| match error {
            Error::File { kind: ErrorKind::NotADirectory, .. } => message("not a folder"),
            error => message(&error.to_string()),
        })
    };
    paths.iter().map(folder).collect()
}

#[cfg(all(test, unix))]
mod tests;
