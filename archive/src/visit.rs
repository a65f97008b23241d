//! An archive in, its entries one by one to a function, which may read their contents. It holds one entry and writes
//! nothing.

use std::io::Read;

use crate::error::Result;
use crate::kind::EntryKind;
use crate::read::{EntryReader, RawEntry};

/// An entry of an archive. Its names are unchecked: they may hold control characters and lead anywhere. Characters that
/// are not Unicode are replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: EntryKind,
    /// The bytes of a file; 0 for other kinds.
    pub size: u64,
    /// Its permissions, with setuid, setgid and sticky.
    pub mode: u32,
    /// The target of a link.
    pub target: Option<String>,
}

impl Entry {
    fn new(entry: &RawEntry) -> Self {
        let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        let is_link = matches!(entry.kind, EntryKind::Symlink | EntryKind::HardLink);
        Entry {
            name: text(&entry.name),
            kind: entry.kind,
            size: entry.size,
            mode: entry.mode & 0o7777,
            target: is_link.then(|| text(&entry.target)),
        }
    }
}

/// The contents of an entry. Unread contents are skipped.
pub struct Contents<'a> {
    size: u64,
    read: &'a mut dyn FnMut(&mut [u8]) -> Result<usize>,
}

impl Contents<'_> {
    /// All bytes; `None` if there are more than `most`. Only files have any.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) and [`Error::Stream`](crate::Error::Stream), which end the visit.
    pub fn whole(self, most: usize) -> Result<Option<Vec<u8>>> {
        let Some(size) = usize::try_from(self.size).ok().filter(|size| *size <= most) else { return Ok(None) };
        let mut bytes = vec![0; size];
        let mut filled = 0;
        while filled < size {
            filled += (self.read)(&mut bytes[filled..])?;
        }
        Ok(Some(bytes))
    }
}

/// Reads an archive to its end and calls `each` for every entry. An error of `each` ends the visit.
///
/// ```
/// # use dockwright_archive::{Result, visit};
/// # fn example(tar: &[u8]) -> Result<()> {
/// visit(tar, |entry, contents| {
///     let text = contents.whole(1024)?.and_then(|bytes| String::from_utf8(bytes).ok());
///     println!("{}: {}", entry.name, text.unwrap_or_default());
///     Ok(())
/// })
/// # }
/// ```
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if the archive is incomplete, [`Error::Refused`](crate::Error::Refused)
/// for an entry of a kind that is not supported, [`Error::Stream`](crate::Error::Stream) if `tar` fails.
pub fn visit(tar: impl Read, mut each: impl FnMut(Entry, Contents<'_>) -> Result<()>) -> Result<()> {
    let mut archive = EntryReader::new(tar);
    while let Some(entry) = archive.next()? {
        let mut read = |piece: &mut [u8]| archive.contents(piece);
        each(Entry::new(&entry), Contents { size: entry.size, read: &mut read })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crafted::Crafted;
    use crate::error::Error;

    #[test]
    fn contents_are_read_whole_or_passed_over() {
        let archive = Crafted::new().folder("a/").file("a/b", b"four").file("c", &[b'x'; 2000]).file("d", b"").whole();
        let mut seen = Vec::new();
        let visited = visit(archive.as_slice(), |entry, contents| {
            seen.push((entry.name, contents.whole(4)?));
            Ok(())
        });
        visited.unwrap();
        let expected = [("a/", Some(&b""[..])), ("a/b", Some(b"four")), ("c", None), ("d", Some(b""))];
        assert_eq!(seen, expected.map(|(name, bytes)| (name.to_owned(), bytes.map(<[u8]>::to_vec))));
    }

    #[test]
    fn contents_that_are_cut_short_are_an_error_for_who_reads_them() {
        let archive = Crafted::new().file("a", &[b'x'; 600]).cut();
        let visited = visit(&archive[..1000], |_, contents| contents.whole(600).map(drop));
        assert!(matches!(visited, Err(Error::Damaged { .. })));
    }
}
