//! An archive in, a list of its entries without their contents out. It writes nothing.

use std::io::Read;

use crate::error::Result;
use crate::visit::{Entry, visit};

/// The entries of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// The first entries, up to the number that was asked for.
    pub entries: Vec<Entry>,
    /// The number of all entries.
    pub count: u64,
    /// The bytes of all files together.
    pub bytes: u64,
}

/// Reads an archive to its end and lists its first `most` entries.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if the archive is incomplete, [`Error::Refused`](crate::Error::Refused)
/// for an entry of a kind that is not supported, [`Error::Stream`](crate::Error::Stream) if `tar` fails.
pub fn list(tar: impl Read, most: usize) -> Result<Listing> {
    let mut listing = Listing::default();
    visit(tar, |entry, _| {
        listing.count += 1;
        listing.bytes = listing.bytes.saturating_add(entry.size);
        if listing.entries.len() < most {
            listing.entries.push(entry);
        }
        Ok(())
    })?;
    Ok(listing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crafted::Crafted;

    #[test]
    fn lists_the_first_entries_and_counts_all() {
        let archive =
            Crafted::new().folder("a/").file("a/b", b"four").symlink("c", "/etc").hard_link("d", "a/b").whole();
        let listing = list(archive.as_slice(), 3).unwrap();
        assert_eq!((listing.count, listing.bytes), (4, 4));
        let line = |listed: &Entry| format!("{:?} {} {} {:?}", listed.kind, listed.name, listed.size, listed.target);
        let lines: Vec<_> = listing.entries.iter().map(line).collect();
        assert_eq!(lines, ["Folder a/ 0 None", "File a/b 4 None", "Symlink c 0 Some(\"/etc\")"]);
        assert_eq!(listing.entries[1].mode, 0o644);
    }

    #[test]
    fn lists_names_that_would_not_be_unpacked() {
        let archive = Crafted::new().file("../../etc/passwd", b"").whole();
        assert_eq!(list(archive.as_slice(), 9).unwrap().entries[0].name, "../../etc/passwd");
    }
}
