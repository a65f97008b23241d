//! Entries in, an archive out: the one writer of archives. It checks that a file has as many bytes as were announced,
//! and decides about no folder.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use cap_std::fs::{Dir, Metadata};

use crate::blocks::{Attributes, Blocks, PIECE};
use crate::error::{Error, Result};
use crate::folder::{Folder, not_regular, open_nofollow};
use crate::name::entry_name;
use crate::skipped::SkippedFiles;
use crate::system::{mode, same_file};

/// An archive that is being written. Folders and texts add themselves: [`Context::add_to`](crate::Context::add_to),
/// [`Texts::add_to`](crate::Texts::add_to).
///
/// An archive may hold an entry twice, and the last one counts when it is unpacked. Without
/// [`finish`](ArchiveWriter::finish) it lacks its end, and a reader takes it for damaged.
///
/// ```no_run
/// # use std::path::Path;
/// # use dockwright_archive::{ArchiveWriter, Context, Result};
/// # fn example() -> Result<()> {
/// let mut archive = Vec::new();
/// let mut writer = ArchiveWriter::new(&mut archive);
/// Context::all_of("site").add_to(&mut writer)?;
/// writer.add_file("nginx.conf", Path::new("/etc/nginx/nginx.conf"))?;
/// let summary = writer.finish()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "without `finish` the archive lacks its end"]
pub struct ArchiveWriter<W: Write> {
    blocks: Blocks<W>,
    pub(crate) summary: PackSummary,
}

/// The contents of an archive that was written, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackSummary {
    /// The number of files.
    pub files: u64,
    /// The number of folders.
    pub folders: u64,
    /// The number of symbolic links.
    pub links: u64,
    /// The bytes of all files together.
    pub bytes: u64,
    /// Sockets, pipes and devices that were left out.
    pub skipped: SkippedFiles,
}

/// Why the contents of a file were not written.
pub(crate) enum CopyError {
    Unreadable(io::Error),
    /// Another file took its place between looking and opening.
    Replaced,
    Grew,
    Shrank,
    /// Writing failed.
    Archive(Error),
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins an archive.
    pub fn new(out: W) -> Self {
        ArchiveWriter { blocks: Blocks::new(out), summary: PackSummary::default() }
    }

    /// Adds one file of this machine as `name`, with its permissions and time. Bytes that are added to it meanwhile are
    /// left out.
    ///
    /// # Errors
    /// [`Error::Name`] for a name that no file can have; [`Error::File`] if it is not a regular file, cannot be read or
    /// shrinks; [`Error::Stream`] if the archive cannot be written.
    pub fn add_file(&mut self, name: &str, path: &Path) -> Result<()> {
        let (Some(parent), Some(file_name)) = (path.parent(), path.file_name()) else { return Err(not_regular(path)) };
        let folder = Folder::open(parent)?;
        let found = folder.dir.symlink_metadata(file_name).map_err(|error| Error::file(path, &error))?;
        // Opening a pipe would wait for its other end.
        if !found.is_file() {
            return Err(not_regular(path));
        }
        let (file, _) = open(&folder.dir, file_name, &found).map_err(|error| error.explain(path, ""))?;
        self.add_open_file(name, &file, path)
    }

    /// Adds an open file from its beginning, as [`add_file`](ArchiveWriter::add_file) does. `path` stands in errors.
    ///
    /// # Errors
    /// Fails as [`add_file`](ArchiveWriter::add_file) does.
    pub fn add_open_file(&mut self, name: &str, mut file: &File, path: &Path) -> Result<()> {
        let name = entry_name(name)?;
        let metadata = Metadata::from_file(file).map_err(|error| Error::file(path, &error))?;
        if !metadata.is_file() {
            return Err(not_regular(path));
        }
        file.rewind().map_err(|error| Error::file(path, &error))?;
        let size = metadata.len();
        let copied = self.file(name.as_bytes(), size, attributes(&metadata), &mut file.take(size));
        copied.map_err(|error| error.explain(path, ""))
    }

    /// Adds a file that is in memory as `name`, with the permissions `mode` and the time of this moment.
    ///
    /// # Errors
    /// [`Error::Name`] for a name that no file can have; [`Error::Stream`] if the archive cannot be written.
    pub fn add_bytes(&mut self, name: &str, contents: &[u8], mode: u32) -> Result<()> {
        let attributes = Attributes { mode: mode & 0o7777, modified: SystemTime::now() };
        let written = self.file(entry_name(name)?.as_bytes(), contents.len() as u64, attributes, &mut { contents });
        written.map_err(|error| error.explain(Path::new(name), ""))
    }

    /// Writes the end of the archive.
    ///
    /// # Errors
    /// [`Error::Stream`] if it cannot be written.
    pub fn finish(self) -> Result<PackSummary> {
        self.blocks.finish()?;
        Ok(self.summary)
    }

    /// Adds a folder; `name` ends in `/`.
    pub(crate) fn folder(&mut self, name: &[u8], attributes: Attributes) -> Result<()> {
        self.blocks.folder(name, attributes)?;
        self.summary.folders += 1;
        Ok(())
    }

    pub(crate) fn symlink(&mut self, name: &[u8], target: &[u8], attributes: Attributes) -> Result<()> {
        self.blocks.symlink(name, target, attributes)?;
        self.summary.links += 1;
        Ok(())
    }

    /// Adds a file: exactly `size` bytes of `contents`, or an error.
    pub(crate) fn file(
        &mut self,
        name: &[u8],
        size: u64,
        attributes: Attributes,
        contents: &mut impl Read,
    ) -> Result<(), CopyError> {
        self.blocks.file(name, size, attributes).map_err(CopyError::Archive)?;
        // One byte more than a small file has, so that its growth is seen.
        let mut piece = vec![0; usize::try_from(size).map_or(PIECE, |size| PIECE.min(size.saturating_add(1)))];
        let mut left = size;
        loop {
            let read = read(contents, &mut piece).map_err(CopyError::Unreadable)?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or(CopyError::Grew)?;
            self.blocks.contents(&piece[..read]).map_err(CopyError::Archive)?;
        }
        if left > 0 {
            return Err(CopyError::Shrank);
        }
        self.blocks.pad().map_err(CopyError::Archive)?;
        self.summary.files += 1;
        self.summary.bytes += size;
        Ok(())
    }
}

impl CopyError {
    /// The error for the file at `path`. `alternative` is another remedy: ` or exclude it`.
    pub(crate) fn explain(self, path: &Path, alternative: &str) -> Error {
        let changed = |change: &str| {
            let advice = format!("try again when nothing writes to it{alternative}");
            Error::unfit(path, io::ErrorKind::InvalidData, format!("the file {change} while it was read; {advice}"))
        };
        match self {
            CopyError::Unreadable(error) => {
                Error::unfit(path, error.kind(), format!("{error}; make it readable{alternative}"))
            }
            CopyError::Replaced => changed("was replaced"),
            CopyError::Grew => changed("grew"),
            CopyError::Shrank => changed("shrank"),
            CopyError::Archive(error) => error,
        }
    }
}

/// Opens a file that was found in a folder.
pub(crate) fn open(dir: &Dir, name: &OsStr, found: &Metadata) -> Result<(File, Metadata), CopyError> {
    let file = match open_nofollow(dir, name) {
        // A link took its place.
        Err(_) if dir.symlink_metadata(name).is_ok_and(|there| there.is_symlink()) => return Err(CopyError::Replaced),
        opened => opened.map_err(CopyError::Unreadable)?,
    };
    let metadata = Metadata::from_file(&file).map_err(CopyError::Unreadable)?;
    if same_file(found, &metadata) { Ok((file, metadata)) } else { Err(CopyError::Replaced) }
}

/// The attributes that a file of this machine has in an archive.
pub(crate) fn attributes(metadata: &Metadata) -> Attributes {
    let modified = metadata.modified().map_or(UNIX_EPOCH, |modified| modified.into_std());
    Attributes { mode: mode(metadata), modified }
}

fn read(contents: &mut impl Read, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match contents.read(piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
