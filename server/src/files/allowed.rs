//! The folders of the host that calls may use. A path as a caller wrote it comes in; its real path goes out, or an
//! error. Links are followed before a path is checked. A link that somebody creates between the check and the use goes
//! unnoticed, but only a user of the host can do that.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::PathError;
use crate::settings::Settings;

const READ: &str = "--allow-path";
const WRITE: &str = "--allow-write";

/// The folders of the host that calls may read, and those they may write to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedFolders {
    read_only: bool,
    read: Vec<PathBuf>,
    write: Vec<PathBuf>,
}

impl AllowedFolders {
    /// The folders that the settings allow.
    ///
    /// # Errors
    /// If a path is missing or not a folder.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        Ok(AllowedFolders {
            read_only: settings.read_only,
            read: canonicalize(&settings.allow_path, READ)?,
            write: canonicalize(&settings.allow_write, WRITE)?,
        })
    }

    /// Resolves the path of an existing file or folder that may be read.
    ///
    /// # Errors
    /// [`PathError`]. The error for a path outside does not tell if it exists.
    pub fn to_read(&self, path: &str) -> Result<PathBuf, PathError> {
        let resolved = self.resolve(path, &self.read, READ)?;
        if resolved.missing.as_os_str().is_empty() {
            return Ok(resolved.existing);
        }
        let problem =
            Path::new(path).canonicalize().err().map_or_else(|| "try again".to_owned(), |error| error.to_string());
        Err(PathError::unfit(path, problem))
    }

    /// Resolves the path of a file or folder that may be written; it need not exist.
    ///
    /// # Errors
    /// [`PathError`].
    pub fn to_write(&self, path: &str) -> Result<PathBuf, PathError> {
        let ResolvedPath { existing, missing } = self.resolve(path, &self.write, WRITE)?;
        let Some(first) = missing.components().next() else { return Ok(existing) };
        if !existing.is_dir() {
            return Err(PathError::unfit(path, "a parent of this path is a file, not a folder"));
        }
        // An entry that cannot be resolved is a dangling or circular link: writing through it would write elsewhere.
        let first = existing.join(first);
        if first.symlink_metadata().is_ok() {
            let problem = first.canonicalize().err().map_or_else(|| "try again".to_owned(), |error| error.to_string());
            return Err(PathError::unfit(path, format!("a link or folder in this path cannot be followed: {problem}")));
        }
        match missing.components().all(|part| matches!(part, Component::Normal(_))) {
            true => Ok(existing.join(missing)),
            false => Err(PathError::unfit(path, "`..` cannot follow a folder that does not exist")),
        }
    }

    fn resolve(&self, path: &str, folders: &[PathBuf], flag: &'static str) -> Result<ResolvedPath, PathError> {
        if self.read_only {
            return Err(PathError::ReadOnly);
        }
        if folders.is_empty() {
            return Err(PathError::Off { flag });
        }
        if !Path::new(path).is_absolute() {
            return Err(PathError::Relative(path.to_owned()));
        }
        let outside = || PathError::Outside { path: path.to_owned(), flag, folders: folders.to_vec() };
        let resolved = ResolvedPath::new(Path::new(path));
        resolved.filter(|path| folders.iter().any(|folder| path.is_in(folder))).ok_or_else(outside)
    }
}

/// A path with its links resolved.
struct ResolvedPath {
    /// The deepest part that exists, without links.
    existing: PathBuf,
    /// The names below that, which do not exist.
    missing: PathBuf,
}

impl ResolvedPath {
    fn new(path: &Path) -> Option<Self> {
        path.ancestors().find_map(|ancestor| {
            let existing = ancestor.canonicalize().ok()?;
            Some(ResolvedPath { existing, missing: path.strip_prefix(ancestor).ok()?.to_owned() })
        })
    }

    fn is_in(&self, folder: &Path) -> bool {
        // Compares whole names: `/allowed-not` is not in `/allowed`.
        self.existing.starts_with(folder)
    }
}

fn canonicalize(paths: &[PathBuf], flag: &str) -> Result<Vec<PathBuf>, String> {
    let folder = |path: &PathBuf| {
        let message = |problem: &str| format!("{flag} {}: {problem}", path.display());
        let folder = fs::canonicalize(path).map_err(|error| message(&error.to_string()))?;
        if folder.is_dir() { Ok(folder) } else { Err(message("not a folder")) }
    };
    paths.iter().map(folder).collect()
}

#[cfg(all(test, unix))]
mod tests;
