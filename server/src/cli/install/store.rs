//! Writes a configuration file in one step, and keeps it as it was beside it.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::cli::client::{Scope, read_text};

/// Writes a file, through a link to the file behind it. Owner and mode stay. Returns the backup, unless the file is
/// new.
///
/// # Errors
/// If it cannot be written, or has changed since it was read. It is as it was then.
pub(in crate::cli) fn store(
    path: &Path,
    before: Option<&str>,
    after: &str,
    scope: Scope,
) -> Result<Option<PathBuf>, String> {
    let path = target(path)?;
    let folder = path.parent().ok_or("no folder")?;
    let Some(before) = before else {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let file = new_file(folder, scope).and_then(|file| filled(file, after)).map_err(|error| error.to_string())?;
        file.persist_noclobber(&path).map_err(|error| error.error.to_string())?;
        return Ok(None);
    };
    let metadata = fs::metadata(&path).map_err(|error| error.to_string())?;
    if metadata.permissions().readonly() {
        return Err("the file is read-only: make it writable, or write the entry of --print yourself".to_owned());
    }
    let like_it = |text: &str| new_file(folder, scope).and_then(|file| filled(with_mode(file, &metadata)?, text));
    let backup = backup_of(&path);
    let kept = like_it(before).map_err(|error| error.to_string())?;
    let changed = like_it(after).map_err(|error| error.to_string())?;
    if read_text(&path)?.as_deref() != Some(before) {
        return Err("another program has just changed the file: run this again".to_owned());
    }
    kept.persist(&backup).map_err(|error| format!("{}: {}", backup.display(), error.error))?;
    changed.persist(&path).map_err(|error| error.error.to_string())?;
    Ok(Some(backup))
}

/// The backup of a file: its text before the last change.
pub(in crate::cli) fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".before-dockwright");
    PathBuf::from(name)
}

/// The file behind links.
///
/// # Errors
/// If a link leads to nothing.
pub(in crate::cli) fn target(path: &Path) -> Result<PathBuf, String> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => path.canonicalize().map_err(|error| {
            let target = fs::read_link(path).unwrap_or_default();
            format!("a link to {}: {error}: create that file, or remove the link", target.display())
        }),
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Err(error.to_string()),
        _ => Ok(path.to_owned()),
    }
}

/// The problem of a file whose group its new text cannot have.
#[cfg(unix)]
const OTHER_GROUP: &str = "its group is not one of yours: give it one of yours with `chgrp`, or write the entry of \
                           --print yourself";

/// A new file, which only its user reads unless it belongs to a project.
fn new_file(folder: &Path, scope: Scope) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".dockwright-");
    #[cfg(unix)]
    if scope == Scope::Project {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = scope;
    builder.tempfile_in(folder)
}

/// Gives a file the owner and the mode of another one, before it holds anything.
fn with_mode(file: NamedTempFile, other: &Metadata) -> io::Result<NamedTempFile> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let own = file.as_file().metadata()?;
        if (own.uid(), own.gid()) != (other.uid(), other.gid()) {
            fchown(file.as_file(), Some(other.uid()), Some(other.gid())).map_err(|error| match error.kind() {
                // In another group it would have other readers.
                ErrorKind::PermissionDenied if own.uid() == other.uid() => io::Error::new(error.kind(), OTHER_GROUP),
                _ => error,
            })?;
        }
    }
    file.as_file().set_permissions(other.permissions())?;
    Ok(file)
}

fn filled(mut file: NamedTempFile, text: &str) -> io::Result<NamedTempFile> {
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}
