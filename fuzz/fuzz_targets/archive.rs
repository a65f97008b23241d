//! The fuzzer's choice in, an archive out: entries that try to leave their folder, written in every style, raw bytes
//! between them, and bytes that change after the checksums were made.

use std::path::Path;

use arbitrary::Arbitrary;
use tar::{EntryType, Header};

#[derive(Debug, Arbitrary)]
pub struct Archive {
    items: Vec<Item>,
    /// Changes to bytes of the whole archive, after its checksums were made.
    mutations: Vec<(u16, u8)>,
    cut: Option<u16>,
    pub tight: bool,
}

#[derive(Debug, Arbitrary)]
enum Item {
    Entry { kind: Kind, name: Name, target: Name, style: Style, contents: Vec<u8>, mode: u16, announce: Option<u8> },
    Raw(Vec<u8>),
    Zeros,
}

#[derive(Debug, Arbitrary)]
enum Kind {
    File,
    Folder,
    Symlink,
    HardLink,
    Device,
    Other(u8),
}

#[derive(Debug, Arbitrary)]
enum Style {
    Plain,
    Ustar,
    GnuLong,
    Pax,
}

#[derive(Debug, Arbitrary)]
struct Name {
    absolute: Absolute,
    parts: Vec<Part>,
    slash_after: bool,
}

#[derive(Debug, Arbitrary)]
enum Absolute {
    No,
    Slash,
    Yard,
}

#[derive(Debug, Arbitrary)]
enum Part {
    Up,
    Here,
    Empty,
    A,
    B,
    Outside,
    Canary,
    Target,
    Link,
    Bytes([u8; 2]),
}

impl Archive {
    /// The archive, for a folder whose path absolute names begin with.
    pub fn bytes(&self, yard: &Path) -> Vec<u8> {
        let mut bytes = Vec::new();
        for item in self.items.iter().take(40) {
            item.write(yard, &mut bytes);
        }
        bytes.extend_from_slice(&[0; 1024]);
        let length = bytes.len();
        for (place, byte) in self.mutations.iter().take(20) {
            bytes[usize::from(*place) % length] = *byte;
        }
        if let Some(cut) = self.cut {
            bytes.truncate(usize::from(cut) % length);
        }
        bytes
    }

    /// The raw bytes alone.
    pub fn raw(&self) -> Vec<u8> {
        let raw = |item: &Item| if let Item::Raw(bytes) = item { bytes.clone() } else { Vec::new() };
        self.items.iter().flat_map(raw).collect()
    }
}

impl Name {
    fn bytes(&self, yard: &Path) -> Vec<u8> {
        let mut parts: Vec<&[u8]> = Vec::new();
        for part in self.parts.iter().take(12) {
            parts.push(match part {
                Part::Up => b"..",
                Part::Here => b".",
                Part::Empty => b"",
                Part::A => b"a",
                Part::B => b"b",
                Part::Outside => b"outside",
                Part::Canary => b"canary",
                Part::Target => b"target",
                Part::Link => b"link",
                Part::Bytes(bytes) => bytes,
            });
        }
        let begin = match self.absolute {
            Absolute::No => String::new(),
            Absolute::Slash => "/".into(),
            Absolute::Yard => format!("{}/", yard.display()),
        };
        [begin.as_bytes(), &parts.join(&b'/'), if self.slash_after { b"/" } else { b"" }].concat()
    }
}

impl Item {
    fn write(&self, yard: &Path, out: &mut Vec<u8>) {
        let (kind, name, target, style, contents, mode, announce) = match self {
            Item::Raw(bytes) => return padded(bytes, out),
            Item::Zeros => return out.extend_from_slice(&[0; 512]),
            Item::Entry { kind, name, target, style, contents, mode, announce } => {
                (kind, name.bytes(yard), target.bytes(yard), style, contents, mode, announce)
            }
        };
        let kind = match kind {
            Kind::File => EntryType::Regular,
            Kind::Folder => EntryType::Directory,
            Kind::Symlink => EntryType::Symlink,
            Kind::HardLink => EntryType::Link,
            Kind::Device => EntryType::Char,
            Kind::Other(byte) => EntryType::new(*byte),
        };
        let contents = if matches!(kind, EntryType::Regular) { contents.as_slice() } else { b"" };
        match style {
            Style::Plain | Style::Ustar => {}
            Style::GnuLong => {
                header(EntryType::GNULongName, b"n", b"", name.len() as u64, 0, false, out);
                padded(&name, out);
                header(EntryType::GNULongLink, b"n", b"", target.len() as u64, 0, false, out);
                padded(&target, out);
            }
            Style::Pax => {
                let records = [record("path", &name), record("linkpath", &target)].concat();
                header(EntryType::XHeader, b"n", b"", records.len() as u64, 0, true, out);
                padded(&records, out);
            }
        }
        let long = !matches!(style, Style::Plain | Style::Ustar);
        let (name, target) = if long { (&b"short"[..], &b"short"[..]) } else { (&name[..], &target[..]) };
        let size = contents.len() as u64 + u64::from(announce.unwrap_or(0));
        header(kind, name, target, size, u32::from(*mode), matches!(style, Style::Ustar), out);
        padded(contents, out);
    }
}

fn header(kind: EntryType, name: &[u8], target: &[u8], size: u64, mode: u32, ustar: bool, out: &mut Vec<u8>) {
    let mut header = if ustar { Header::new_ustar() } else { Header::new_gnu() };
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header.set_mtime(1);
    let bytes = header.as_mut_bytes();
    let length = name.len().min(100);
    bytes[..length].copy_from_slice(&name[..length]);
    let length = target.len().min(100);
    bytes[157..157 + length].copy_from_slice(&target[..length]);
    header.set_cksum();
    out.extend_from_slice(header.as_bytes());
}

fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let length = (rest..).find(|length| length.to_string().len() + rest == *length).unwrap();
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}

fn padded(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(bytes);
    out.resize(out.len().next_multiple_of(512), 0);
}
