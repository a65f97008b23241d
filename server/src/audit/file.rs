//! Opens the file of an audit trail: one that calls cannot replace, and that only its owner can read if it is new.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

/// Opens a file to append lines to it, unless it lies in one of these folders.
pub(super) fn open(path: &Path, folders: &[&PathBuf]) -> Result<File, String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    refuse_below(folder, folders)?;
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| error.to_string())?;
    // The path may be a link into one of the folders.
    refuse_below(path, folders)?;
    Ok(file)
}

fn refuse_below(path: &Path, folders: &[&PathBuf]) -> Result<(), String> {
    // A pipe that a descriptor's path stands for has no place of its own.
    let Ok(place) = fs::canonicalize(path) else { return Ok(()) };
    let folder = folders.iter().find(|folder| fs::canonicalize(folder).is_ok_and(|folder| place.starts_with(folder)));
    match folder {
        None => Ok(()),
        Some(folder) => Err(format!(
            "calls may use {}, and could read or replace the file; choose a place outside of it",
            folder.display()
        )),
    }
}
