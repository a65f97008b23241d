//! An archive in, a folder and a summary out. It neither reads blocks nor decides which path is safe.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::blocks::PIECE;
use crate::error::{Error, Result};
use crate::place::{checked_path, link_target, metadata_at, relative_path};
use crate::read::{EntryKind, EntryReader, RawEntry};
use crate::skipped::SkippedFiles;
use crate::system::{permit_file, permit_folder, private_file, private_folder, symlink};

/// Limits on an archive. `None`, the default, is no limit. An archive is not compressed, so its files fill no more room
/// than it has bytes; a small archive may however name many folders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnpackLimits {
    /// The most bytes of all files together.
    pub bytes: Option<u64>,
    /// The most entries, counting folders that are only on the way to one.
    pub entries: Option<u64>,
}

impl UnpackLimits {
    /// Sets the most bytes of all files together.
    #[must_use]
    pub fn bytes(self, limit: impl Into<Option<u64>>) -> Self {
        UnpackLimits { bytes: limit.into(), ..self }
    }

    /// Sets the most entries.
    #[must_use]
    pub fn entries(self, limit: impl Into<Option<u64>>) -> Self {
        UnpackLimits { entries: limit.into(), ..self }
    }
}

/// The contents of an archive that was unpacked, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnpackSummary {
    /// The number of files.
    pub files: u64,
    /// The number of folders that are entries.
    pub folders: u64,
    /// The number of links, symbolic and hard.
    pub links: u64,
    /// The bytes of all files together.
    pub bytes: u64,
    /// Devices and pipes, which are not created, and hard links to them.
    pub skipped: SkippedFiles,
}

/// Unpacks an archive into a folder, which is created if it does not exist.
///
/// The archive is not trusted: its names and links cannot make anything outside the folder be written, changed or
/// linked to. An entry that would do so is an error, and so is an archive without its end. The folder itself is
/// trusted: nobody else may change its contents meanwhile.
///
/// * A file or a link replaces another file or link, but never a folder. A folder is merged with an existing folder.
/// * Symbolic links are created as they are, wherever they lead, and nothing is written through them, nor through links
///   that existed before. Only `into` itself may be a link.
/// * A leading `/` of a name is ignored. A hard link must lead to a file in the folder.
/// * Permissions are those of the archive without setuid, setgid and sticky, regardless of the umask; files have the
///   archive's time in whole seconds, folders too on Unix. Owners and extended attributes are not restored.
/// * Devices and pipes are skipped and listed.
///
/// After an error, complete files stay and an incomplete one is removed. New folders then belong to their owner alone.
///
/// # Errors
/// [`Error::Refused`] for an entry that is not safe or not supported; [`Error::Damaged`] for an incomplete archive;
/// [`Error::TooLarge`] at a limit; [`Error::File`] if something cannot be written; [`Error::Stream`] if `tar` fails.
pub fn unpack(tar: impl Read, into: &Path, limits: UnpackLimits) -> Result<UnpackSummary> {
    fs::create_dir_all(into).map_err(|error| Error::file(into, &error))?;
    let mut archive = EntryReader::new(tar);
    let mut target =
        Unpacker { into, limits, left: limits.entries, folders: BTreeMap::new(), unpacked: UnpackSummary::default() };
    while let Some(entry) = archive.next()? {
        target.entry(&entry, &mut archive)?;
    }
    target.finish()
}

struct Unpacker<'a> {
    into: &'a Path,
    limits: UnpackLimits,
    left: Option<u64>,
    /// The folders of the archive. Their permissions may forbid writing, so they are set at the end.
    folders: BTreeMap<PathBuf, (u32, SystemTime)>,
    unpacked: UnpackSummary,
}

impl Unpacker<'_> {
    fn entry(&mut self, entry: &RawEntry, archive: &mut EntryReader<impl Read>) -> Result<()> {
        self.count()?;
        let relative = relative_path(&entry.name)?;
        if relative.as_os_str().is_empty() {
            // The folder that is unpacked into is the caller's and keeps its permissions.
            let problem = "this is the folder that is unpacked into";
            return if entry.kind == EntryKind::Folder { Ok(()) } else { Err(Error::refused(&entry.name, problem)) };
        }
        if entry.kind == EntryKind::Device {
            self.unpacked.skipped.add(&relative.to_string_lossy());
            return Ok(());
        }
        let path = checked_path(self.into, &relative, &entry.name, |folder| {
            self.count()?;
            fs::create_dir(folder).map_err(|error| Error::file(folder, &error))
        })?;
        match entry.kind {
            EntryKind::Folder => self.folder(path, entry),
            EntryKind::File => self.file(&path, entry, archive),
            EntryKind::Symlink => self.symlink(&path, entry),
            EntryKind::HardLink => self.hard_link(&path, entry),
            EntryKind::Device => Ok(()),
        }
    }

    fn count(&mut self) -> Result<()> {
        let Some(left) = &mut self.left else { return Ok(()) };
        let limit = self.limits.entries.unwrap_or_default();
        *left = left.checked_sub(1).ok_or(Error::TooLarge { limit, unit: "entries" })?;
        Ok(())
    }

    fn folder(&mut self, path: PathBuf, entry: &RawEntry) -> Result<()> {
        match metadata_at(&path)? {
            Some(metadata) if metadata.is_dir() => {}
            there => {
                if there.is_some() {
                    fs::remove_file(&path).map_err(|error| Error::file(&path, &error))?;
                }
                private_folder(&path).map_err(|error| Error::file(&path, &error))?;
            }
        }
        self.folders.insert(path, (entry.mode, entry.modified));
        self.unpacked.folders += 1;
        Ok(())
    }

    fn file(&mut self, path: &Path, entry: &RawEntry, archive: &mut EntryReader<impl Read>) -> Result<()> {
        let bytes = self.unpacked.bytes.checked_add(entry.size);
        if let Some(limit) = self.limits.bytes
            && bytes.is_none_or(|bytes| bytes > limit)
        {
            return Err(Error::TooLarge { limit, unit: "bytes" });
        }
        make_room(path, &entry.name)?;
        let mut file = private_file(path).map_err(|error| Error::file(path, &error))?;
        let filled = fill(&mut file, path, entry, archive);
        if filled.is_err() {
            // An incomplete file under its final name would pass for a complete one.
            drop(file);
            let _ = fs::remove_file(path);
        }
        filled?;
        self.unpacked.files += 1;
        self.unpacked.bytes = bytes.unwrap_or(u64::MAX);
        Ok(())
    }

    fn symlink(&mut self, path: &Path, entry: &RawEntry) -> Result<()> {
        let target = link_target(&entry.name, &entry.target)?;
        make_room(path, &entry.name)?;
        symlink(&target, path).map_err(|error| Error::file(path, &error))?;
        self.unpacked.links += 1;
        Ok(())
    }

    fn hard_link(&mut self, path: &Path, entry: &RawEntry) -> Result<()> {
        let first = relative_path(&entry.target)
            .map_err(|_| Error::refused(&entry.name, "the hard link leads outside the folder"))?;
        let no_file = || Error::refused(&entry.name, "the hard link does not lead to a file in the folder");
        let original = checked_path(self.into, &first, &entry.name, |_| Err(no_file()))?;
        match metadata_at(&original)? {
            Some(_) if original == path => return Err(Error::refused(&entry.name, "the hard link leads to itself")),
            Some(metadata) if metadata.is_file() => {}
            None if self.unpacked.skipped.names.iter().any(|name| *name == first.to_string_lossy()) => {
                self.unpacked.skipped.add(&String::from_utf8_lossy(&entry.name));
                return Ok(());
            }
            _ => return Err(no_file()),
        }
        make_room(path, &entry.name)?;
        fs::hard_link(&original, path).map_err(|error| Error::file(path, &error))?;
        self.unpacked.links += 1;
        Ok(())
    }

    /// Gives the folders their permissions and times, the inner ones first.
    fn finish(self) -> Result<UnpackSummary> {
        for (path, (mode, modified)) in self.folders.iter().rev() {
            // Some file systems keep no such times.
            if cfg!(unix) {
                let _ = File::open(path).and_then(|folder| folder.set_modified(*modified));
            }
            permit_folder(path, *mode).map_err(|error| Error::file(path, &error))?;
        }
        Ok(self.unpacked)
    }
}

/// Writes the contents of an entry into its file.
fn fill(file: &mut File, path: &Path, entry: &RawEntry, archive: &mut EntryReader<impl Read>) -> Result<()> {
    let mut piece = vec![0; usize::try_from(entry.size).map_or(PIECE, |size| size.min(PIECE))];
    loop {
        let read = archive.contents(&mut piece)?;
        if read == 0 {
            break;
        }
        file.write_all(&piece[..read]).map_err(|error| Error::file(path, &error))?;
    }
    let _ = file.set_modified(entry.modified);
    permit_file(file, entry.mode).map_err(|error| Error::file(path, &error))
}

/// Removes a file or a link at the path of an entry. A folder is never removed.
fn make_room(path: &Path, name: &[u8]) -> Result<()> {
    match metadata_at(path)? {
        None => Ok(()),
        Some(metadata) if metadata.is_dir() => Err(Error::refused(name, "a folder has this name")),
        Some(_) => fs::remove_file(path).map_err(|error| Error::file(path, &error)),
    }
}

#[cfg(all(test, unix))]
mod tests;
