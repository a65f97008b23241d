//! Saves an archive of the engine on the host, unpacked into a folder or as an archive. The destination is checked
//! before the engine is called.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use dockwright::tar::{Error, SkippedFiles, UnpackLimits, visit};
use dockwright::{ByteStream, Result};
use serde_json::json;

use super::{AllowedFolders, PathError};
use crate::reply::{ReplyOptions, ToolReply};
use crate::secrets::Safe;

/// The destination of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Saved as this file.
    Archive(PathBuf),
    /// Unpacked into this folder.
    Folder(PathBuf),
}

/// Resolves the argument `to`: a file if it ends in `.tar`, else a folder. Neither need exist.
///
/// # Errors
/// [`PathError`], also if a folder is where the file goes, or the other way round.
pub fn destination(to: &str, allowed: &AllowedFolders) -> Result<Destination, PathError> {
    let path = allowed.to_write(to)?;
    let existing = path.metadata().ok().map(|metadata| metadata.file_type());
    let is_archive = Path::new(to).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tar"));
    match is_archive {
        true if existing.is_some_and(|existing| !existing.is_file()) => {
            Err(PathError::unfit(to, "a path that ends in .tar is saved as a file, and this is not one"))
        }
        true => Ok(Destination::Archive(path)),
        false if existing.is_some_and(|existing| !existing.is_dir()) => Err(PathError::unfit(
            to,
            "a path that does not end in .tar is a folder to unpack into, and this is not one",
        )),
        false => Ok(Destination::Folder(path)),
    }
}

/// Saves an archive, and reports the number of files and bytes written. A file appears under its name only once the
/// archive is complete. A folder is filled as the archive arrives, and keeps the files that came before a failure;
/// nothing is written outside of it.
///
/// # Errors
/// Fails as [`ByteStream::read_with`] does.
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
            Ok(ToolReply::data(Safe::trusted(saved), skipped_note(&unpacked.skipped), options))
        }
        Destination::Archive(path) => {
            let path = path.clone();
            let file = path.clone();
            let (entries, bytes) = archive.read_with(move |tar| save_complete(tar, &file)).await?;
            let saved = json!({ "saved": path.display().to_string(), "entries": entries, "bytes": bytes });
            Ok(ToolReply::data(Safe::trusted(saved), None, options))
        }
    }
}

fn skipped_note(skipped: &SkippedFiles) -> Option<String> {
    let names = skipped.names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    let more = if skipped.count > 3 { ", …" } else { "" };
    (skipped.count > 0).then(|| format!("{} devices or pipes were not saved: {names}{more}", skipped.count))
}

/// Saves an archive under its name once it is complete, and returns the number of its entries and bytes.
fn save_complete(tar: &mut dyn Read, path: &Path) -> Result<(u64, u64), Error> {
    let mut file = TemporaryFile::create(path).map_err(|error| Error::Stream(unwritable(path, &error)))?;
    let mut entries = 0;
    visit(CopyingReader { tar, file: &mut file }, |_, _| {
        entries += 1;
        Ok(())
    })?;
    let bytes = file.finish(path).map_err(|error| Error::Stream(unwritable(path, &error)))?;
    Ok((entries, bytes))
}

/// A file under a temporary name, which is removed unless it is finished.
struct TemporaryFile {
    writer: BufWriter<File>,
    path: PathBuf,
    bytes: u64,
}

impl TemporaryFile {
    /// Creates the file next to `path`. Only its owner can read it, as with `docker save`: an archive may hold secrets.
    fn create(path: &Path) -> io::Result<Self> {
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
        Ok(TemporaryFile { writer: BufWriter::new(options.open(&path)?), path, bytes: 0 })
    }

    fn finish(mut self, path: &Path) -> io::Result<u64> {
        self.writer.flush()?;
        fs::rename(&self.path, path)?;
        Ok(self.bytes)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // Fails for a finished file, which has its final name.
        let _ = fs::remove_file(&self.path);
    }
}

/// A reader that copies its bytes to a file as they are read.
struct CopyingReader<'a> {
    tar: &'a mut dyn Read,
    file: &'a mut TemporaryFile,
}

impl Read for CopyingReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.tar.read(into)?;
        let TemporaryFile { writer, path, bytes } = self.file;
        writer.write_all(&into[..read]).map_err(|error| unwritable(path, &error))?;
        *bytes += read as u64;
        Ok(read)
    }
}

fn unwritable(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(all(test, unix))]
mod tests;
