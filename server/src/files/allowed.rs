//! The folders of the host that calls may use: a path as a caller wrote it comes in, the place that it really means goes
//! out, or why it is refused. Links are followed before a place is judged. A link that somebody else puts in the way between
//! the judgement and the use is not seen: whoever can do that has a hand on the host already.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::Refused;
use crate::settings::Settings;

const READ: &str = "--allow-path";
const WRITE: &str = "--allow-write";

/// Which folders of the host may be read, and which may be written to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    read_only: bool,
    read: Vec<PathBuf>,
    write: Vec<PathBuf>,
}

impl Allowed {
    /// What the settings allow.
    ///
    /// # Errors
    /// If they name what is not there, or is no folder.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        Ok(Allowed {
            read_only: settings.read_only,
            read: folders(&settings.allow_path, READ)?,
            write: folders(&settings.allow_write, WRITE)?,
        })
    }

    /// The place of a file or a folder that is there and may be read.
    ///
    /// # Errors
    /// [`Refused`]. What is outside is refused in the same words whether it is there or not.
    pub fn to_read(&self, path: &str) -> Result<PathBuf, Refused> {
        let place = self.place(path, &self.read, READ)?;
        if place.missing.as_os_str().is_empty() {
            return Ok(place.there);
        }
        let problem =
            Path::new(path).canonicalize().err().map_or_else(|| "try again".to_owned(), |error| error.to_string());
        Err(Refused::unfit(path, problem))
    }

    /// The place of a file or a folder that may be written, whether it is there or not.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn to_write(&self, path: &str) -> Result<PathBuf, Refused> {
        let Place { there, missing } = self.place(path, &self.write, WRITE)?;
        let Some(first) = missing.components().next() else { return Ok(there) };
        if !there.is_dir() {
            return Err(Refused::unfit(path, "a file is where a folder should be"));
        }
        // What has a name and no place is a link to nowhere, or in a circle: writing there would write elsewhere.
        let first = there.join(first);
        if first.symlink_metadata().is_ok() {
            let problem = first.canonicalize().err().map_or_else(|| "try again".to_owned(), |error| error.to_string());
            return Err(Refused::unfit(path, format!("a link or a folder on the way cannot be followed: {problem}")));
        }
        match missing.components().all(|part| matches!(part, Component::Normal(_))) {
            true => Ok(there.join(missing)),
            false => Err(Refused::unfit(path, "`..` cannot leave a folder that is not there")),
        }
    }

    fn place(&self, path: &str, folders: &[PathBuf], flag: &'static str) -> Result<Place, Refused> {
        if self.read_only {
            return Err(Refused::ReadOnly);
        }
        if folders.is_empty() {
            return Err(Refused::Off { flag });
        }
        if !Path::new(path).is_absolute() {
            return Err(Refused::Relative(path.to_owned()));
        }
        let outside = || Refused::Outside { path: path.to_owned(), flag, folders: folders.to_vec() };
        Place::of(Path::new(path)).filter(|place| folders.iter().any(|folder| place.is_in(folder))).ok_or_else(outside)
    }
}

/// Where a path leads.
struct Place {
    /// The deepest part of it that is there, without links.
    there: PathBuf,
    /// The names below that, which are not there.
    missing: PathBuf,
}

impl Place {
    fn of(path: &Path) -> Option<Self> {
        path.ancestors().find_map(|ancestor| {
            let there = ancestor.canonicalize().ok()?;
            Some(Place { there, missing: path.strip_prefix(ancestor).ok()?.to_owned() })
        })
    }

    fn is_in(&self, folder: &Path) -> bool {
        // By whole names: `/allowed-not` does not begin with `/allowed`.
        self.there.starts_with(folder)
    }
}

fn folders(named: &[PathBuf], flag: &str) -> Result<Vec<PathBuf>, String> {
    let folder = |path: &PathBuf| {
        let wrong = |problem: &str| format!("{flag} {}: {problem}", path.display());
        let folder = fs::canonicalize(path).map_err(|error| wrong(&error.to_string()))?;
        if folder.is_dir() { Ok(folder) } else { Err(wrong("it is no folder")) }
    };
    named.iter().map(folder).collect()
}

#[cfg(all(test, unix))]
mod tests;
