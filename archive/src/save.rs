//! An archive in, the archive as a file out, once all of it has been read and found whole.

use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::blocks::PIECE;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::holes::HoleWriter;
use crate::limits::{Budget, UnpackLimits};
use crate::system::private_file;
use crate::visit::visit;

/// An archive that was saved, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SaveSummary {
    /// The number of entries.
    pub entries: u64,
    /// The bytes of the file, holes included.
    pub bytes: u64,
}

/// Saves an archive as a file in a folder. Only its owner can read the file, as with `docker save`: an archive may hold
/// secrets.
///
/// The file appears under its name only once the archive is complete, and replaces a file or a link there. Until then
/// it has a random name that ends in `.part`. Runs of zero bytes become holes. After an error nothing is left.
///
/// # Errors
/// [`Error::Damaged`] for an incomplete archive; [`Error::Refused`] for an entry that is not supported;
/// [`Error::TooLarge`] at a limit; [`Error::File`] if the file cannot be written; [`Error::Stream`] if `tar` fails.
pub fn save(tar: impl Read, folder: &Folder, name: &OsStr, limits: UnpackLimits) -> Result<SaveSummary> {
    let path = folder.path().join(name);
    let mut copy =
        CopyingReader { tar, file: PartialFile::create(folder, name)?, budget: Budget::new(limits), failure: None };
    let mut entries = 0;
    let mut budget = Budget::new(limits);
    let visited = visit(&mut copy, |entry, _| {
        entries += 1;
        budget.entry(entry.name.as_bytes())?;
        // A file that is too large is refused before its contents are written.
        budget.bytes(entry.size)
    });
    match copy.failure {
        Some(error) => return Err(error),
        None => visited?,
    }
    let bytes = copy.file.finish(name).map_err(|error| Error::file(&path, &error))?;
    Ok(SaveSummary { entries, bytes })
}

/// A file under a temporary name, which is removed unless it is finished.
struct PartialFile<'a> {
    writer: Option<BufWriter<HoleWriter>>,
    folder: &'a Folder,
    name: OsString,
    path: PathBuf,
}

impl<'a> PartialFile<'a> {
    fn create(folder: &'a Folder, name: &OsStr) -> Result<Self> {
        let path = folder.path().join(name);
        if Path::new(name).file_name() != Some(name) {
            return Err(Error::unfit(&path, io::ErrorKind::InvalidInput, "not the name of a file"));
        }
        let partial = OsString::from(format!(".dockwright.{:016x}.part", RandomState::new().hash_one(name)));
        let file = private_file(&folder.dir, &partial).map_err(|error| Error::file(&path, &error))?;
        let writer = Some(BufWriter::with_capacity(PIECE, HoleWriter::new(file)));
        Ok(PartialFile { writer, folder, name: partial, path })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), |writer| writer.write_all(bytes))
    }

    fn finish(mut self, name: &OsStr) -> io::Result<u64> {
        let Some(writer) = self.writer.take() else { return Ok(0) };
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        let bytes = file.bytes();
        file.finish()?;
        self.folder.dir.rename(&self.name, &self.folder.dir, name)?;
        Ok(bytes)
    }
}

impl Drop for PartialFile<'_> {
    fn drop(&mut self) {
        // Bytes that wait are not worth writing.
        if let Some(writer) = self.writer.take() {
            drop(writer.into_parts());
        }
        // Fails for a finished file, which has its final name.
        let _ = self.folder.dir.remove_file(&self.name);
    }
}

/// A reader that copies its bytes to a file as they are read.
struct CopyingReader<'a, R> {
    tar: R,
    file: PartialFile<'a>,
    budget: Budget,
    /// The reason why copying failed. A reader can only tell of it in words.
    failure: Option<Error>,
}

impl<R: Read> Read for CopyingReader<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.tar.read(into)?;
        let counted = self.budget.bytes(read as u64);
        let copied = counted
            .and_then(|()| self.file.write_all(&into[..read]).map_err(|error| Error::file(&self.file.path, &error)));
        copied.map(|()| read).map_err(|error| {
            self.failure = Some(error);
            io::ErrorKind::Other.into()
        })
    }
}

#[cfg(all(test, unix))]
mod tests;
