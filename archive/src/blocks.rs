//! The attributes of an entry in, its blocks out. It opens no file and checks no size: its caller sends as many bytes
//! of contents as it announced.

use std::io::{BufWriter, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use tar::{EntryType, Header};

use crate::error::{Error, Result};

/// Every part of an archive is a multiple of this.
pub(crate) const BLOCK: usize = 512;

/// The most bytes that are collected before they are written, and that are held of a file.
pub(crate) const PIECE: usize = 64 * 1024;

/// The attributes of an entry besides its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attributes {
    pub(crate) mode: u32,
    pub(crate) modified: SystemTime,
}

/// The blocks of an archive that is being written. Without [`finish`](Blocks::finish) it lacks its end, which is how a
/// reader learns that something failed.
pub(crate) struct Blocks<W: Write> {
    out: BufWriter<W>,
    unpadded: u64,
}

impl<W: Write> Blocks<W> {
    pub(crate) fn new(out: W) -> Self {
        Blocks { out: BufWriter::with_capacity(PIECE, out), unpadded: 0 }
    }

    /// Writes a folder; `name` ends in `/`.
    pub(crate) fn folder(&mut self, name: &[u8], attributes: Attributes) -> Result<()> {
        self.header(EntryType::Directory, name, b"", 0, attributes)
    }

    /// Writes a symbolic link.
    pub(crate) fn symlink(&mut self, name: &[u8], target: &[u8], attributes: Attributes) -> Result<()> {
        self.header(EntryType::Symlink, name, target, 0, attributes)
    }

    /// Begins a file, of which `size` bytes must follow, and then [`pad`](Blocks::pad).
    pub(crate) fn file(&mut self, name: &[u8], size: u64, attributes: Attributes) -> Result<()> {
        self.header(EntryType::Regular, name, b"", size, attributes)
    }

    /// Writes a piece of the contents.
    pub(crate) fn contents(&mut self, piece: &[u8]) -> Result<()> {
        self.unpadded += piece.len() as u64;
        self.out.write_all(piece).map_err(Error::Stream)
    }

    /// Ends the contents.
    pub(crate) fn pad(&mut self) -> Result<()> {
        let padding = padding(std::mem::take(&mut self.unpadded));
        self.out.write_all(&[0; BLOCK][..padding]).map_err(Error::Stream)
    }

    /// Writes the end of the archive.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.out.write_all(&[0; 2 * BLOCK]).and_then(|()| self.out.flush()).map_err(Error::Stream)
    }

    fn header(&mut self, kind: EntryType, name: &[u8], target: &[u8], size: u64, attributes: Attributes) -> Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(attributes.mode);
        // Clamps earlier times to the epoch.
        header.set_mtime(attributes.modified.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()));
        // The docker CLI sends the same owner whoever runs it.
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

    /// Writes a name that does not fit a header as the contents of an entry before it. GNU's format allows any bytes,
    /// and every engine reads it.
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

/// The number of bytes between contents of this size and the next block.
pub(crate) fn padding(size: u64) -> usize {
    let over = (size % BLOCK as u64) as usize;
    (BLOCK - over) % BLOCK
}

/// Puts as much of a name into a field as fits there.
fn put(field: &mut [u8; 100], name: &[u8]) {
    let length = name.len().min(field.len());
    field[..length].copy_from_slice(&name[..length]);
}
