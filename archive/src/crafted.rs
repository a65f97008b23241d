//! Archives for tests, made block by block, so that a test can make them wrong in any way.

use tar::{EntryType, Header};

/// An archive that is being made.
pub(crate) struct Crafted(Vec<u8>);

impl Crafted {
    pub(crate) fn new() -> Self {
        Crafted(Vec::new())
    }

    pub(crate) fn folder(self, name: &str) -> Self {
        self.entry(EntryType::Directory, name.as_bytes(), b"", b"", 0o755)
    }

    pub(crate) fn file(self, name: &str, contents: &[u8]) -> Self {
        self.entry(EntryType::Regular, name.as_bytes(), b"", contents, 0o644)
    }

    pub(crate) fn symlink(self, name: &str, target: &str) -> Self {
        self.entry(EntryType::Symlink, name.as_bytes(), target.as_bytes(), b"", 0o777)
    }

    pub(crate) fn hard_link(self, name: &str, target: &str) -> Self {
        self.entry(EntryType::Link, name.as_bytes(), target.as_bytes(), b"", 0o644)
    }

    /// Any entry whose names fit a header; they are stored as they are.
    pub(crate) fn entry(self, kind: EntryType, name: &[u8], target: &[u8], contents: &[u8], mode: u32) -> Self {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(contents.len() as u64);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(1_000_000_000);
        let gnu = header.as_gnu_mut().unwrap();
        gnu.name[..name.len()].copy_from_slice(name);
        gnu.linkname[..target.len()].copy_from_slice(target);
        header.set_cksum();
        self.raw(header.as_bytes()).padded(contents)
    }

    /// A PAX header for the entry after it.
    pub(crate) fn pax(self, records: &[(&str, &[u8])]) -> Self {
        let contents = pax_records(records);
        self.entry(EntryType::XHeader, b"pax", b"", &contents, 0)
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn padded(self, bytes: &[u8]) -> Self {
        let padding = vec![0; bytes.len().next_multiple_of(512) - bytes.len()];
        self.raw(bytes).raw(&padding)
    }

    /// The archive with its end.
    pub(crate) fn whole(self) -> Vec<u8> {
        self.raw(&[0; 1024]).0
    }

    /// The archive without its end, as if the transfer had stopped.
    pub(crate) fn cut(self) -> Vec<u8> {
        self.0
    }
}

/// PAX records, each with its length before it, which counts itself.
pub(crate) fn pax_records(records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut contents = Vec::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let length = (rest..).find(|length| length.to_string().len() + rest == *length).unwrap();
        contents.extend_from_slice(format!("{length} {key}=").as_bytes());
        contents.extend_from_slice(value);
        contents.push(b'\n');
    }
    contents
}
