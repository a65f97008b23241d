//! An archive in, a folder and a summary out. It neither reads blocks nor decides which path is safe.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cap_std::fs::Dir;

use crate::blocks::PIECE;
use crate::created::Created;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::holes::HoleWriter;
use crate::kind::EntryKind;
use crate::limits::{Budget, UnpackLimits};
use crate::place::{link_target, metadata_at, open_folder, relative_path};
use crate::read::{EntryReader, RawEntry};
use crate::skipped::SkippedFiles;
use crate::system::{permit_file, permit_folder, private_file, private_folder, symlink};

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
/// Neither the archive nor anybody who changes the folder meanwhile is trusted. Nothing outside the folder is written,
/// changed, linked to or removed, even if its contents are exchanged for links at any moment, or several archives are
/// unpacked into it at once. `into` is opened once, by its path, which may be a link; everything below is reached from
/// there, name by name and through no link. Rely on nothing else while others write to the folder: a file may then be
/// one of theirs, or be missing. Only who may move folders out of it can have files written in those.
///
/// * A file or a link replaces another file or link, but never a folder. A folder is merged with an existing folder.
/// * Symbolic links are created as they are, wherever they lead: who opens one of them afterwards follows it. Windows
///   refuses links to absolute paths.
/// * A leading `/` of a name is ignored. A hard link must lead to a file in the folder.
/// * Permissions are those of the archive without setuid, setgid and sticky, regardless of the umask; files have the
///   archive's time in whole seconds, folders too on Unix. Owners and extended attributes are not restored: everything
///   belongs to the user who unpacks.
/// * Devices and pipes are skipped and listed.
/// * Runs of zero bytes become holes, which take no room on the disk.
///
/// After an error, a full disk among them, everything that was created is removed again. Files that were replaced do
/// not come back, and `into` stays.
///
/// # Errors
/// [`Error::Refused`] for an entry that is not safe or not supported; [`Error::Damaged`] for an incomplete archive;
/// [`Error::TooLarge`] at a limit; [`Error::File`] if something cannot be written; [`Error::Stream`] if `tar` fails.
pub fn unpack(tar: impl Read, into: &Path, limits: UnpackLimits) -> Result<UnpackSummary> {
    fs::create_dir_all(into).map_err(|error| Error::file(into, &error))?;
    unpack_into(tar, &Folder::open(into)?, limits)
}

/// Unpacks an archive into an open folder, as [`unpack`] does.
///
/// # Errors
/// Fails as [`unpack`] does.
pub fn unpack_into(tar: impl Read, into: &Folder, limits: UnpackLimits) -> Result<UnpackSummary> {
    let mut target = Unpacker::new(into, limits);
    target.all(&mut EntryReader::new(tar)).and_then(|()| target.finish())
}

/// Unpacks an archive of one path under a name of the caller's, as [`unpack`] does. If the path is a file or a link, it
/// gets this name, and replaces a file or a link. A folder is unpacked into a folder of this name.
///
/// # Errors
/// Fails as [`unpack`] does, and with [`Error::Refused`] if anything follows the file.
pub fn unpack_as(tar: impl Read, into: &Folder, name: &OsStr, limits: UnpackLimits) -> Result<UnpackSummary> {
    let mut archive = EntryReader::new(tar);
    let first = archive.next()?;
    if let Some(alone) = first.as_ref().filter(|first| first.kind != EntryKind::Folder) {
        let mut target = Unpacker::new(into, limits);
        let alone = RawEntry { name: name.as_encoded_bytes().to_vec(), ..alone.clone() };
        target.entry(&alone, &mut archive)?;
        return match archive.next()? {
            None => target.finish(),
            Some(more) => Err(Error::refused(&more.name, "a file was expected alone in the archive")),
        };
    }
    let folder = into.create(Path::new(name))?;
    let mut target = Unpacker::new(&folder, limits);
    first.map_or(Ok(()), |first| target.entry(&first, &mut archive))?;
    target.all(&mut archive).and_then(|()| target.finish())
}

struct Unpacker<'a> {
    into: &'a Folder,
    budget: Budget,
    /// The folder of the entry before, which most entries share.
    parent: Option<(PathBuf, Dir)>,
    /// The folders of the archive. Their permissions may forbid writing, so they are set at the end.
    folders: BTreeMap<PathBuf, (u32, SystemTime)>,
    created: Created<'a>,
    unpacked: UnpackSummary,
}

/// The name that an entry gets, in its open folder.
#[derive(Clone, Copy)]
struct Place<'a> {
    dir: &'a Dir,
    name: &'a OsStr,
    /// The path relative to the folder that is unpacked into.
    relative: &'a Path,
    /// The whole path, for messages.
    path: &'a Path,
}

impl<'a> Unpacker<'a> {
    fn new(into: &'a Folder, limits: UnpackLimits) -> Self {
        Unpacker {
            into,
            budget: Budget::new(limits),
            parent: None,
            folders: BTreeMap::new(),
            created: Created::new(into),
            unpacked: UnpackSummary::default(),
        }
    }

    fn all(&mut self, archive: &mut EntryReader<impl Read>) -> Result<()> {
        while let Some(entry) = archive.next()? {
            self.entry(&entry, archive)?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &RawEntry, archive: &mut EntryReader<impl Read>) -> Result<()> {
        self.budget.entry(&entry.name)?;
        let relative = relative_path(&entry.name)?;
        let Some(name) = relative.file_name() else {
            // The folder that is unpacked into is the caller's and keeps its permissions.
            let problem = "this is the folder that is unpacked into";
            return if entry.kind == EntryKind::Folder { Ok(()) } else { Err(Error::refused(&entry.name, problem)) };
        };
        if entry.kind == EntryKind::Device {
            self.unpacked.skipped.add(&relative.to_string_lossy());
            return Ok(());
        }
        let parent = relative.parent().unwrap_or(Path::new(""));
        let (at, dir) = match self.parent.take().filter(|(at, _)| at == parent) {
            Some(same) => same,
            None => (parent.to_owned(), self.open_parent(parent, &entry.name)?),
        };
        let path = self.into.path().join(&relative);
        let place = Place { dir: &dir, name, relative: &relative, path: &path };
        match entry.kind {
            EntryKind::Folder => self.folder(place, entry),
            EntryKind::File => self.file(place, entry, archive),
            EntryKind::Symlink => self.symlink(place, entry),
            EntryKind::HardLink => self.hard_link(place, entry),
            EntryKind::Device => Ok(()),
        }?;
        self.parent = Some((at, dir));
        Ok(())
    }

    /// Opens the folder of an entry, and creates it if it is missing.
    fn open_parent(&mut self, parent: &Path, entry: &[u8]) -> Result<Dir> {
        let Unpacker { into, budget, created, .. } = self;
        open_folder(into, parent, entry, |dir, folder| {
            budget.entry(folder.as_os_str().as_encoded_bytes())?;
            let made = dir.create_dir(folder.file_name().unwrap_or_default());
            made.map_err(|error| Error::file(&into.path().join(folder), &error))?;
            created.folder(folder);
            Ok(())
        })
    }

    fn folder(&mut self, place: Place<'_>, entry: &RawEntry) -> Result<()> {
        match metadata_at(place.dir, place.path)? {
            Some(metadata) if metadata.is_dir() => {}
            there => {
                if there.is_some() {
                    place.dir.remove_file(place.name).map_err(|error| Error::file(place.path, &error))?;
                }
                private_folder(place.dir, place.name).map_err(|error| Error::file(place.path, &error))?;
                self.created.folder(place.relative);
            }
        }
        self.folders.insert(place.relative.to_owned(), (entry.mode, entry.modified));
        self.unpacked.folders += 1;
        Ok(())
    }

    fn file(&mut self, place: Place<'_>, entry: &RawEntry, archive: &mut EntryReader<impl Read>) -> Result<()> {
        self.budget.bytes(entry.size)?;
        make_room(place, &entry.name)?;
        let file = private_file(place.dir, place.name).map_err(|error| Error::file(place.path, &error))?;
        self.created.file(place.relative);
        fill(file, place.path, entry, archive)?;
        self.unpacked.files += 1;
        self.unpacked.bytes += entry.size;
        Ok(())
    }

    fn symlink(&mut self, place: Place<'_>, entry: &RawEntry) -> Result<()> {
        let target = link_target(&entry.name, &entry.target)?;
        make_room(place, &entry.name)?;
        symlink(&target, place.dir, place.name).map_err(|error| Error::file(place.path, &error))?;
        self.created.file(place.relative);
        self.unpacked.links += 1;
        Ok(())
    }

    fn hard_link(&mut self, place: Place<'_>, entry: &RawEntry) -> Result<()> {
        let first = relative_path(&entry.target)
            .map_err(|_| Error::refused(&entry.name, "the hard link leads outside the folder"))?;
        let no_file = || Error::refused(&entry.name, "the hard link does not lead to a file in the folder");
        let folder = first.parent().ok_or_else(no_file)?;
        let folder = open_folder(self.into, folder, &entry.name, |_, _| Err(no_file()))?;
        match metadata_at(&folder, &first)? {
            Some(_) if first == place.relative => {
                return Err(Error::refused(&entry.name, "the hard link leads to itself"));
            }
            Some(metadata) if metadata.is_file() => {}
            None if self.unpacked.skipped.names.iter().any(|name| *name == first.to_string_lossy()) => {
                self.unpacked.skipped.add(&String::from_utf8_lossy(&entry.name));
                return Ok(());
            }
            _ => return Err(no_file()),
        }
        make_room(place, &entry.name)?;
        let linked = folder.hard_link(first.file_name().unwrap_or_default(), place.dir, place.name);
        linked.map_err(|error| Error::file(place.path, &error))?;
        self.created.file(place.relative);
        self.unpacked.links += 1;
        Ok(())
    }

    /// Gives the folders their permissions and times, the inner ones first.
    fn finish(self) -> Result<UnpackSummary> {
        for (path, (mode, modified)) in self.folders.iter().rev() {
            let whole = self.into.path().join(path);
            let name = path.as_os_str().as_encoded_bytes();
            let dir = open_folder(self.into, path, name, |_, _| {
                Err(Error::unfit(&whole, std::io::ErrorKind::NotFound, "the folder was removed meanwhile"))
            })?;
            permit_folder(&dir, *mode, *modified).map_err(|error| Error::file(&whole, &error))?;
        }
        self.created.keep();
        Ok(self.unpacked)
    }
}

/// Writes the contents of an entry into its file.
fn fill(file: File, path: &Path, entry: &RawEntry, archive: &mut EntryReader<impl Read>) -> Result<()> {
    let unwritable = |error: std::io::Error| Error::file(path, &error);
    let mut file = HoleWriter::new(file);
    let mut piece = vec![0; usize::try_from(entry.size).map_or(PIECE, |size| size.min(PIECE))];
    loop {
        let read = archive.contents(&mut piece)?;
        if read == 0 {
            break;
        }
        file.write_all(&piece[..read]).map_err(unwritable)?;
    }
    let file = file.finish().map_err(unwritable)?;
    let _ = file.set_modified(entry.modified);
    permit_file(&file, entry.mode).map_err(unwritable)
}

/// Removes a file or a link at the place of an entry. A folder is never removed.
fn make_room(place: Place<'_>, name: &[u8]) -> Result<()> {
    match metadata_at(place.dir, place.path)? {
        None => Ok(()),
        Some(metadata) if metadata.is_dir() => Err(Error::refused(name, "a folder has this name")),
        Some(_) => place.dir.remove_file(place.name).map_err(|error| Error::file(place.path, &error)),
    }
}

#[cfg(all(test, unix))]
mod tests;
