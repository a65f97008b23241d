//! An archive of the engine in, files of the host out: unpacked into a folder, or as the archive it is. Where that may be is
//! asked before the engine is.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use dockwright::tar::{Error, SkippedFiles, UnpackLimits, visit};
use dockwright::{ByteStream, Result};
use serde_json::json;

use super::{Allowed, Refused};
use crate::reply::{ReplyOptions, ToolReply};
use crate::secrets::Safe;

/// Where an archive goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Into this file, as it is.
    Archive(PathBuf),
    /// Unpacked, into this folder.
    Folder(PathBuf),
}

/// The place that the argument `to` means: a file if it ends in `.tar`, else a folder. Neither need be there.
///
/// # Errors
/// [`Refused`], also if there is a folder where a file goes, or the other way round.
pub fn destination(to: &str, allowed: &Allowed) -> Result<Destination, Refused> {
    let place = allowed.to_write(to)?;
    let there = place.metadata().ok().map(|there| there.file_type());
    let is_archive = Path::new(to).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tar"));
    match is_archive {
        true if there.is_some_and(|there| !there.is_file()) => {
            Err(Refused::unfit(to, "what ends in .tar is saved as a file, and this is none"))
        }
        true => Ok(Destination::Archive(place)),
        false if there.is_some_and(|there| !there.is_dir()) => {
            Err(Refused::unfit(to, "what does not end in .tar is a folder to unpack into, and this is none"))
        }
        false => Ok(Destination::Folder(place)),
    }
}

/// Saves an archive, and says what was written. An archive appears under its name only when all of it has come; folders
/// are filled as it arrives, with nothing written outside of them, and keep what came before a failure.
///
/// # Errors
/// Those of [`ByteStream::read_with`].
pub async fn save(archive: ByteStream, to: &Destination, options: &ReplyOptions) -> Result<ToolReply> {
    match to {
        Destination::Folder(folder) => {
            let unpacked = archive.unpack(folder, UnpackLimits::default()).await?;
            let saved = json!({
                "saved": folder.display().to_string(),
                "files": unpacked.files,
                "folders": unpacked.folders,
                "links": unpacked.links,
                "bytes": unpacked.bytes,
            });
            Ok(ToolReply::data(Safe::ours(saved), skipped(&unpacked.skipped), options))
        }
        Destination::Archive(path) => {
            let path = path.clone();
            let file = path.clone();
            let (entries, bytes) = archive.read_with(move |tar| save_whole(tar, &file)).await?;
            let saved = json!({ "saved": path.display().to_string(), "entries": entries, "bytes": bytes });
            Ok(ToolReply::data(Safe::ours(saved), None, options))
        }
    }
}

fn skipped(skipped: &SkippedFiles) -> Option<String> {
    let names = skipped.names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    let more = if skipped.count > 3 { ", …" } else { "" };
    (skipped.count > 0).then(|| format!("{} devices or pipes are not saved: {names}{more}", skipped.count))
}

/// Saves an archive under its name once it is known to be whole; how many entries and bytes it has.
fn save_whole(tar: &mut dyn Read, path: &Path) -> Result<(u64, u64), Error> {
    let mut saving = Saving::beside(path).map_err(|error| Error::Stream(unwritable(path, &error)))?;
    let mut entries = 0;
    visit(Copied { tar, saving: &mut saving }, |_, _| {
        entries += 1;
        Ok(())
    })?;
    let bytes = saving.finish(path).map_err(|error| Error::Stream(unwritable(path, &error)))?;
    Ok((entries, bytes))
}

/// A file under a name for the meantime, which is removed unless it is finished.
struct Saving {
    file: BufWriter<File>,
    path: PathBuf,
    bytes: u64,
}

impl Saving {
    /// Like what `docker save` makes, it is its owner's alone: an archive holds whatever there is.
    fn beside(path: &Path) -> io::Result<Self> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::IsADirectory.into());
        };
        fs::create_dir_all(folder)?;
        let number = RandomState::new().hash_one(path) >> 32;
        let path = folder.join(format!(".{}.{number:08x}.part", name.display()));
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Saving { file: BufWriter::new(options.open(&path)?), path, bytes: 0 })
    }

    fn finish(mut self, path: &Path) -> io::Result<u64> {
        self.file.flush()?;
        fs::rename(&self.path, path)?;
        Ok(self.bytes)
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        // What is finished is no longer there.
        let _ = fs::remove_file(&self.path);
    }
}

/// A reader whose bytes are saved as they are read.
struct Copied<'a> {
    tar: &'a mut dyn Read,
    saving: &'a mut Saving,
}

impl Read for Copied<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.tar.read(into)?;
        let Saving { file, path, bytes } = self.saving;
        file.write_all(&into[..read]).map_err(|error| unwritable(path, &error))?;
        *bytes += read as u64;
        Ok(read)
    }
}

fn unwritable(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(all(test, unix))]
mod tests;
