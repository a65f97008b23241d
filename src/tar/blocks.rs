//! What an entry of an archive is in, its blocks out. It opens no file and decides nothing: who calls it sends as many bytes
//! of contents as it announced.

use std::io::{BufWriter, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use tar::{EntryType, Header};

use super::error::{Error, Result};

/// All of an archive is a multiple of this.
pub(super) const BLOCK: usize = 512;

/// How much is collected before it is written, and how much of a file is held at once.
pub(super) const PIECE: usize = 64 * 1024;

/// What an entry says of itself besides its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) mode: u32,
    pub(super) modified: SystemTime,
}

/// An archive that is being written. Unless [`finish`](Blocks::finish) is called it lacks its end and so is no whole archive,
/// which is how a reader learns that something failed.
pub(super) struct Blocks<W: Write> {
    out: BufWriter<W>,
    unpadded: u64,
}

impl<W: Write> Blocks<W> {
    pub(super) fn new(out: W) -> Self {
        Blocks { out: BufWriter::with_capacity(PIECE, out), unpadded: 0 }
    }

    /// Writes a folder; `name` ends in `/`.
    pub(super) fn folder(&mut self, name: &[u8], about: About) -> Result<()> {
        self.header(EntryType::Directory, name, b"", 0, about)
    }

    /// Writes a symbolic link.
    pub(super) fn symlink(&mut self, name: &[u8], target: &[u8], about: About) -> Result<()> {
        self.header(EntryType::Symlink, name, target, 0, about)
    }

    /// Begins a file, of which `size` bytes must follow, and then [`pad`](Blocks::pad).
    pub(super) fn file(&mut self, name: &[u8], size: u64, about: About) -> Result<()> {
        self.header(EntryType::Regular, name, b"", size, about)
    }

    /// Writes a piece of the contents.
    pub(super) fn contents(&mut self, piece: &[u8]) -> Result<()> {
        self.unpadded += piece.len() as u64;
        self.out.write_all(piece).map_err(Error::Stream)
    }

    /// Ends the contents.
    pub(super) fn pad(&mut self) -> Result<()> {
        let padding = padding(std::mem::take(&mut self.unpadded));
        self.out.write_all(&[0; BLOCK][..padding]).map_err(Error::Stream)
    }

    /// Writes the end of the archive.
    pub(super) fn finish(mut self) -> Result<()> {
        self.out.write_all(&[0; 2 * BLOCK]).and_then(|()| self.out.flush()).map_err(Error::Stream)
    }

    fn header(&mut self, kind: EntryType, name: &[u8], target: &[u8], size: u64, about: About) -> Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(about.mode);
        // What was changed before 1970 was changed in 1970.
        header.set_mtime(about.modified.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()));
        // Every build has the same owner, whoever runs it: that is what the docker CLI sends.
        header.set_uid(0);
        header.set_gid(0);
        self.long(EntryType::GNULongLink, target)?;
        self.long(EntryType::GNULongName, name)?;
        if let Some(gnu) = header.as_gnu_mut() {
            put(&mut gnu.name, name);
            put(&mut gnu.linkname, target);
        }
        header.set_cksum();
        self.out.write_all(header.as_bytes()).map_err(Error::Stream)
    }

    /// Writes a name that does not fit a header as the contents of an entry before it. GNU's way is taken as it allows any
    /// bytes, and every engine reads it.
    fn long(&mut self, kind: EntryType, name: &[u8]) -> Result<()> {
        let mut header = Header::new_gnu();
        if let Some(gnu) = header.as_gnu_mut() {
            if name.len() <= gnu.name.len() {
                return Ok(());
            }
            put(&mut gnu.name, b"././@LongLink");
        }
        header.set_entry_type(kind);
        header.set_size(name.len() as u64 + 1);
        header.set_mode(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_cksum();
        self.out.write_all(header.as_bytes()).map_err(Error::Stream)?;
        self.contents(name)?;
        self.contents(b"\0")?;
        self.pad()
    }
}

/// How many bytes follow contents of this size, up to the next block.
pub(super) fn padding(size: u64) -> usize {
    let over = (size % BLOCK as u64) as usize;
    (BLOCK - over) % BLOCK
}

/// Puts as much of a name into a field as fits there.
fn put(field: &mut [u8; 100], name: &[u8]) {
    let length = name.len().min(field.len());
    field[..length].copy_from_slice(&name[..length]);
}
