//! Saves an archive of the engine on the host, unpacked into a folder or as an archive. The destination is checked
//! before the engine is called, and stays open until the archive is saved.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use dockwright::tar::{self, Folder, SkippedFiles, UnpackLimits, unpack_as, unpack_into};
use dockwright::{ByteStream, Error, Operation, Result};
use serde_json::{Value, json};

use super::{AllowedFolders, PathError};
use crate::reply::{ReplyOptions, ToolReply};
use crate::secrets::Safe;

/// The destination of an archive.
#[derive(Debug, Clone)]
pub struct Destination {
    /// The deepest folder that exists.
    folder: Folder,
    /// The folders in it that are missing.
    missing: PathBuf,
    form: Form,
}

/// The form in which an archive is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Unpacked into the folder.
    Folder,
    /// Unpacked under this name: what is a file gets it, what is a folder goes into a folder of this name.
    Named(OsString),
    /// Saved as an archive of this name.
    Archive(OsString),
}

/// Checks the argument `to`: a file if it ends in `.tar`, else a folder. Neither need exist. An archive that
/// `is_of_path` may be of one file, which then gets the name of a folder that does not exist.
///
/// # Errors
/// [`PathError`], also if a folder is where the file goes, or the other way round.
pub fn destination(to: &str, is_of_path: bool, allowed: &AllowedFolders) -> Result<Destination, PathError> {
    let path = Path::new(to);
    let name = path.file_name().filter(|_| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("tar")));
    let (Some(name), Some(parent)) = (name, path.parent()) else {
        let found = allowed.to_write(path);
        let exists = found.as_ref().is_ok_and(|(_, missing)| missing.as_os_str().is_empty());
        let named = if exists || !is_of_path || to.ends_with('/') { None } else { named(path, allowed) };
        return named
            .map_or_else(|| found.map(|(folder, missing)| Destination { folder, missing, form: Form::Folder }), Ok);
    };
    let (folder, missing) = allowed.to_write(parent).map_err(|error| error.for_path(to))?;
    if missing.as_os_str().is_empty() && !can_be_replaced(&folder, name) {
        return Err(PathError::unfit(to, "a path that ends in .tar is saved as a file, and this is not one"));
    }
    Ok(Destination { folder, missing, form: Form::Archive(name.to_owned()) })
}

/// The destination of what gets this name in its folder, if it can have it.
fn named(path: &Path, allowed: &AllowedFolders) -> Option<Destination> {
    let name = path.file_name()?;
    let (folder, missing) = allowed.to_write(path.parent()?).ok()?;
    let is_free = !missing.as_os_str().is_empty() || can_be_replaced(&folder, name);
    is_free.then(|| Destination { folder, missing, form: Form::Named(name.to_owned()) })
}

/// Returns true if a file, a link or nothing has this name.
fn can_be_replaced(folder: &Folder, name: &OsStr) -> bool {
    folder.kind(name).is_none_or(|kind| matches!(kind, tar::EntryKind::File | tar::EntryKind::Symlink))
}

/// Saves an archive, and reports the number of files and bytes written. A file appears under its name only once the
/// archive is complete. A folder is filled as the archive arrives. After an error nothing is left but new folders on
/// the way; files that were replaced do not come back. Nothing is written outside of the allowed folder.
///
/// # Errors
/// Fails as [`ByteStream::read_with`] does. At a limit, the error names the argument that raises it.
pub async fn save(
    archive: ByteStream,
    operation: &Operation,
    to: Destination,
    limits: UnpackLimits,
    options: &ReplyOptions,
) -> Result<ToolReply> {
    // A limit is kept apart from other failures, because its argument is known here.
    let saved = archive.read_with(move |tar| match to.write(tar, limits) {
        Err(tar::Error::TooLarge { limit, unit }) => Ok(Err((limit, unit))),
        saved => saved.map(Ok),
    });
    let (saved, skipped) = saved.await?.map_err(|(limit, unit)| {
        let argument = if unit == "bytes" { "limit_bytes" } else { "limit_items" };
        let reason = format!("the archive holds more than {limit} {unit}; a larger `{argument}` lets it be saved");
        Error::Archive { operation: operation.name, reason }
    })?;
    Ok(ToolReply::data(Safe::trusted(saved), skipped_note(&skipped), options))
}

impl Destination {
    fn write(&self, tar: &mut dyn std::io::Read, limits: UnpackLimits) -> tar::Result<(Value, SkippedFiles)> {
        let folder = self.folder.create(&self.missing)?;
        let path = folder.path();
        let (unpacked, path) = match &self.form {
            Form::Folder => (unpack_into(tar, &folder, limits)?, path.to_owned()),
            Form::Named(name) => (unpack_as(tar, &folder, name, limits)?, path.join(name)),
            Form::Archive(name) => {
                let saved = tar::save(tar, &folder, name, limits)?;
                let path = path.join(name).display().to_string();
                let saved = json!({ "saved": path, "entries": saved.entries, "bytes": saved.bytes });
                return Ok((saved, SkippedFiles::default()));
            }
        };
        let saved = json!({
            "saved": path.display().to_string(),
            "files": unpacked.files,
            "folders": unpacked.folders,
            "links": unpacked.links,
            "bytes": unpacked.bytes,
        });
        Ok((saved, unpacked.skipped))
    }
}

fn skipped_note(skipped: &SkippedFiles) -> Option<String> {
    let names = skipped.names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    let more = if skipped.count > 3 { ", …" } else { "" };
    (skipped.count > 0).then(|| format!("{} devices or pipes were not saved: {names}{more}", skipped.count))
}

#[cfg(all(test, unix))]
mod tests;
