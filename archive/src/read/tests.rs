//! Archives that are incomplete or misleading.

use super::*;
use crate::crafted::Crafted;

fn read(bytes: &[u8]) -> Result<Vec<RawEntry>> {
    let mut archive = EntryReader::new(bytes);
    let mut entries = Vec::new();
    while let Some(entry) = archive.next()? {
        entries.push(entry);
    }
    Ok(entries)
}

#[track_caller]
fn damaged(bytes: &[u8], problem: &str) {
    let error = read(bytes).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }) && error.to_string().contains(problem), "{error}");
}

#[test]
fn an_archive_that_is_cut_anywhere_is_damaged() {
    let name = "x".repeat(150);
    let whole = Crafted::new().pax(&[("path", name.as_bytes())]).file("x", b"contents").folder("y").whole();
    assert_eq!(read(&whole).unwrap().len(), 2);
    for length in 0..whole.len() {
        assert!(matches!(read(&whole[..length]), Err(Error::Damaged { .. })), "cut after {length} bytes");
    }
}

#[test]
fn a_cut_between_entries_and_within_the_end_is_noticed() {
    damaged(&Crafted::new().file("a", b"1").cut(), "it has no end");
    damaged(&Crafted::new().file("a", b"1").raw(&[0; 512]).cut(), "its end is incomplete");
    damaged(b"", "it has no end");
}

#[test]
fn zeros_may_follow_the_end_but_nothing_else() {
    let whole = Crafted::new().file("a", b"1").whole();
    assert!(read(&[&whole[..], &[0; 9216]].concat()).is_ok());
    damaged(&[&whole[..], b"x"].concat(), "data follows its end");
    let mut archive = EntryReader::new(whole.chain(io::repeat(0)));
    archive.next().unwrap();
    assert!(archive.next().unwrap_err().to_string().contains("its end is too long"));
}

#[test]
fn what_is_no_archive_is_said_to_be_none() {
    damaged(&[b'x'; 2048], "not be a tar archive");
    damaged(br#"{"message":"no such container"}"#, "ends within a header");
}

#[test]
fn a_description_is_bounded_and_belongs_to_one_entry() {
    let huge = Crafted::new().entry(EntryType::GNULongName, b"n", b"", &vec![b'x'; 2 << 20], 0).file("a", b"").whole();
    damaged(&huge, "describe one entry");
    damaged(&Crafted::new().pax(&[]).pax(&[]).file("a", b"").whole(), "described twice");
    damaged(&Crafted::new().pax(&[("path", b"a")]).whole(), "a name is not followed by an entry");
}

#[test]
fn names_come_from_where_the_writer_put_them() {
    let long = [b'l'; 200];
    let archive = Crafted::new()
        .entry(EntryType::GNULongName, b"n", b"", &[&long[..], b"\0junk"].concat(), 0)
        .file("short", b"")
        .pax(&[("path", b"a\nb"), ("linkpath", b"\xff"), ("mtime", b"1.5")])
        .symlink("short", "short")
        .entry(EntryType::XGlobalHeader, b"g", b"", b"14 path=evil\n", 0)
        .file("plain", b"");
    let entries = read(&archive.whole()).unwrap();
    assert_eq!(entries[0].name, long);
    assert_eq!((&entries[1].name[..], &entries[1].target[..]), (&b"a\nb"[..], &b"\xff"[..]));
    assert_eq!(entries[2].name, b"plain");
}

#[test]
fn a_pax_size_replaces_that_of_the_header() {
    let archive = Crafted::new().pax(&[("size", b"3")]).entry(EntryType::Regular, b"a", b"", b"", 0o644);
    let archive = archive.raw(b"abc").raw(&[0; 509]).file("b", b"").whole();
    let entries = read(&archive).unwrap();
    assert_eq!((entries.len(), entries[0].size), (2, 3));
}

#[test]
fn a_sparse_file_and_a_folder_with_contents_are_refused() {
    for archive in [
        Crafted::new().pax(&[("GNU.sparse.major", b"1")]).file("a", b""),
        Crafted::new().entry(EntryType::GNUSparse, b"a", b"", b"", 0o644),
        Crafted::new().entry(EntryType::Directory, b"a", b"", b"contents", 0o755),
        Crafted::new().entry(EntryType::Symlink, b"a", b"b", b"contents", 0o777),
        Crafted::new().entry(EntryType::new(b'V'), b"a", b"", b"", 0o644),
    ] {
        let error = read(&archive.whole()).unwrap_err();
        assert!(error.to_string().starts_with("archive entry `a`: "), "{error}");
    }
}

#[test]
fn a_stream_that_fails_is_reported_as_it_failed() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::new(io::ErrorKind::ConnectionReset, "gone"))
        }
    }
    let begin = Crafted::new().file("a", &[1; 600]).cut();
    for length in [0, 100, 512, 700, 1536] {
        let mut archive = EntryReader::new(begin[..length].chain(Failing));
        let error = loop {
            if let Err(error) = archive.next() {
                break error;
            }
        };
        assert!(matches!(&error, Error::Stream(error) if error.kind() == io::ErrorKind::ConnectionReset), "{error}");
    }
}
