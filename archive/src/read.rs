//! The bytes of an archive in, its entries out, one after the other, and the contents of each in pieces. It trusts
//! nothing: an incomplete archive is an error. It knows no files.
//!
//! The headers are the `tar` crate's. Its reader of entries is not used: it accepts a stream that ends between two
//! entries, holds names of any length, and splits PAX records at newlines that may be part of a name.

use std::io::{self, Read};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tar::{EntryType, Header};

use crate::blocks::{BLOCK, PIECE, padding};
use crate::error::{Error, Result, shown};
use crate::kind::EntryKind;
use crate::pax::Pax;

/// The most bytes that may describe an entry before its header. Names of 4 KiB and extended attributes fit many times.
const DESCRIPTION: u64 = 1024 * 1024;

/// The most bytes that may follow the end of an archive. Some writers fill up a record of 10 KiB or more.
const TRAILER: usize = 1024 * 1024;

/// An entry without its contents. Its names are unchecked.
#[derive(Debug, Clone)]
pub(crate) struct RawEntry {
    pub(crate) name: Vec<u8>,
    pub(crate) kind: EntryKind,
    pub(crate) size: u64,
    pub(crate) mode: u32,
    pub(crate) modified: SystemTime,
    pub(crate) target: Vec<u8>,
}

/// An archive that is being read.
pub(crate) struct EntryReader<R> {
    stream: R,
    /// The unread bytes of the entry's contents.
    left: u64,
    padding: usize,
}

impl<R: Read> EntryReader<R> {
    pub(crate) fn new(stream: R) -> Self {
        EntryReader { stream, left: 0, padding: 0 }
    }

    /// The next entry. Unread contents of the one before are skipped. `None` at the end of a whole archive.
    pub(crate) fn next(&mut self) -> Result<Option<RawEntry>> {
        let mut described = ExtendedHeader::default();
        loop {
            self.pass_over()?;
            let Some(header) = self.header()? else {
                return if described.is_empty() {
                    Ok(None)
                } else {
                    Err(Error::damaged("a name is not followed by an entry"))
                };
            };
            let size = header.entry_size().map_err(|error| field(&header, &error))?;
            match header.entry_type() {
                EntryType::GNULongName => self.describe(&mut described.name, size)?,
                EntryType::GNULongLink => self.describe(&mut described.target, size)?,
                EntryType::XHeader => self.describe(&mut described.pax, size)?,
                // The engine skips it too. Writers put a comment there.
                EntryType::XGlobalHeader => self.begin(size),
                _ => return self.entry(&header, size, described).map(Some),
            }
        }
    }

    /// Reads a piece of the entry's contents. Returns 0 at their end.
    pub(crate) fn contents(&mut self, piece: &mut [u8]) -> Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(piece.len());
        if most == 0 {
            return Ok(0);
        }
        let read = self.read(&mut piece[..most])?;
        if read == 0 {
            return Err(Error::damaged("it ends within the contents of an entry; the transfer was cut short"));
        }
        self.left -= read as u64;
        Ok(read)
    }

    fn entry(&mut self, header: &Header, size: u64, described: ExtendedHeader) -> Result<RawEntry> {
        let pax = Pax::parse(&described.pax.unwrap_or_default())?;
        let name = described.name.map(until_zero).or(pax.path).unwrap_or_else(|| header.path_bytes().into_owned());
        let target = described.target.map(until_zero).or(pax.target);
        let target = target.unwrap_or_else(|| header.link_name_bytes().unwrap_or_default().into_owned());
        let size = pax.size.unwrap_or(size);
        let kind = match header.entry_type() {
            _ if pax.sparse => return Err(Error::refused(&name, "sparse files are not supported")),
            EntryType::Regular | EntryType::Continuous if name.ends_with(b"/") && size == 0 => EntryKind::Folder,
            EntryType::Regular | EntryType::Continuous => EntryKind::File,
            EntryType::Directory => EntryKind::Folder,
            EntryType::Symlink => EntryKind::Symlink,
            EntryType::Link => EntryKind::HardLink,
            EntryType::Char | EntryType::Block | EntryType::Fifo => EntryKind::Device,
            other => {
                let problem = format!("entries of type `{}` are not supported", other.as_byte().escape_ascii());
                return Err(Error::refused(&name, problem));
            }
        };
        // Some readers skip such contents and others do not, so two of them would see different archives.
        if kind != EntryKind::File && size != 0 {
            return Err(Error::refused(&name, "only a file has contents"));
        }
        let mode = header.mode().map_err(|error| field(header, &error))?;
        let seconds = header.mtime().map_err(|error| field(header, &error))?;
        let modified = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH);
        self.begin(size);
        Ok(RawEntry { name, kind, size, mode, modified, target })
    }

    fn begin(&mut self, size: u64) {
        self.left = size;
        self.padding = padding(size);
    }

    fn pass_over(&mut self) -> Result<()> {
        if self.left > 0 {
            let mut piece = vec![0; PIECE];
            while self.contents(&mut piece)? > 0 {}
        }
        let padding = std::mem::take(&mut self.padding);
        let mut block = [0; BLOCK];
        match self.fill(&mut block[..padding])? == padding {
            true => Ok(()),
            false => Err(Error::damaged("it ends within an entry; the transfer was cut short")),
        }
    }

    /// Stores contents that describe the entry after them.
    fn describe(&mut self, slot: &mut Option<Vec<u8>>, size: u64) -> Result<()> {
        if size > DESCRIPTION {
            return Err(Error::damaged(format!("{size} bytes describe one entry, more than {DESCRIPTION}")));
        }
        if slot.is_some() {
            return Err(Error::damaged("an entry is described twice"));
        }
        self.begin(size);
        let mut contents = vec![0; size as usize];
        let mut filled = 0;
        while filled < contents.len() {
            filled += self.contents(&mut contents[filled..])?;
        }
        *slot = Some(contents);
        Ok(())
    }

    /// The next header, or `None` at the end.
    fn header(&mut self) -> Result<Option<Header>> {
        let mut header = Header::new_old();
        match self.fill(header.as_mut_bytes())? {
            0 => return Err(Error::damaged("it has no end; the transfer was cut short")),
            BLOCK => {}
            _ => return Err(Error::damaged("it ends within a header; the transfer was cut short")),
        }
        if header.as_bytes().iter().all(|byte| *byte == 0) {
            return self.end().map(|()| None);
        }
        let checksum = header.as_bytes().iter().enumerate().fold(0, |sum, (index, byte)| {
            // The checksum's own field counts as if it held spaces.
            sum + u32::from(if (148..156).contains(&index) { b' ' } else { *byte })
        });
        if header.cksum().ok() != Some(checksum) {
            return Err(Error::damaged("a header has a wrong checksum; this may not be a tar archive"));
        }
        Ok(Some(header))
    }

    /// Reads to the end of the stream, after the first of the two empty blocks that end an archive.
    fn end(&mut self) -> Result<()> {
        let mut block = [0; BLOCK];
        let mut trailer = 0;
        loop {
            let filled = self.fill(&mut block)?;
            if block[..filled].iter().any(|byte| *byte != 0) {
                return Err(Error::damaged("data follows its end"));
            }
            match (filled, trailer) {
                (filled, 0) if filled < BLOCK => {
                    return Err(Error::damaged("its end is incomplete; the transfer was cut short"));
                }
                (filled, _) if filled < BLOCK => return Ok(()),
                (_, trailer) if trailer > TRAILER => return Err(Error::damaged("its end is too long")),
                _ => trailer += BLOCK,
            }
        }
    }

    /// Reads until the buffer is full or the stream ends. Returns the number of bytes read.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        Ok(filled)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match self.stream.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map_err(Error::Stream),
            }
        }
    }
}

/// The attributes that stand before the header of an entry.
#[derive(Default)]
struct ExtendedHeader {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    pax: Option<Vec<u8>>,
}

impl ExtendedHeader {
    fn is_empty(&self) -> bool {
        self.name.is_none() && self.target.is_none() && self.pax.is_none()
    }
}

/// GNU's long names end in a zero byte.
fn until_zero(mut name: Vec<u8>) -> Vec<u8> {
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
    name.truncate(end);
    name
}

fn field(header: &Header, error: &io::Error) -> Error {
    Error::damaged(format!("the header of `{}`: {error}", shown(&header.path_bytes())))
}

#[cfg(test)]
mod tests;
