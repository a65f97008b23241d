//! Archives that are saved, and the files left after a failure.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;
use crate::crafted::Crafted;

fn saved(folder: &TempDir, tar: &[u8], limits: UnpackLimits) -> Result<SaveSummary> {
    save(tar, &Folder::open(folder.path()).unwrap(), OsStr::new("a.tar"), limits)
}

fn names(folder: &TempDir) -> Vec<OsString> {
    fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect()
}

#[test]
fn an_archive_is_saved_unchanged_and_replaces_a_file_or_a_link() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kept"), "kept").unwrap();
    symlink("kept", folder.path().join("a.tar")).unwrap();
    let tar = Crafted::new().file("a", b"text").file("b", &[b'x'; 100_000]).whole();
    for _ in 0..2 {
        let summary = saved(&folder, &tar, UnpackLimits::default()).unwrap();
        assert_eq!(summary, SaveSummary { entries: 2, bytes: tar.len() as u64 });
    }
    assert!(fs::read(folder.path().join("a.tar")).unwrap() == tar);
    assert_eq!(fs::read(folder.path().join("kept")).unwrap(), b"kept");
    assert_eq!(names(&folder).len(), 2);
    let mode = folder.path().join("a.tar").symlink_metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
}

#[test]
fn zeros_take_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let tar = Crafted::new().file("a", &vec![0; 4 << 20]).file("b", b"b").whole();
    saved(&folder, &tar, UnpackLimits::default()).unwrap();
    assert!(fs::read(folder.path().join("a.tar")).unwrap() == tar);
    assert!(folder.path().join("a.tar").metadata().unwrap().blocks() * 512 < 200_000);
}

#[test]
fn nothing_is_left_of_an_archive_that_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let two = || Crafted::new().file("a", b"text").file("b", &[1; 100_000]);
    let limits = UnpackLimits::default();
    for (tar, limits, message) in [
        (two().cut(), limits, "the transfer was cut short"),
        (two().whole(), limits.bytes(50_000), "the archive holds more than 50000 bytes"),
        (two().whole(), limits.bytes(100_100), "the archive holds more than 100100 bytes"),
        (two().whole(), limits.entries(1), "the archive holds more than 1 entries"),
    ] {
        let error = saved(&folder, &tar, limits).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert_eq!(names(&folder).len(), 0, "{message}");
    }
    fs::create_dir(folder.path().join("a.tar")).unwrap();
    assert!(matches!(saved(&folder, &two().whole(), limits), Err(Error::File { .. })));
    assert_eq!(names(&folder), ["a.tar"]);
    for name in ["", ".", "..", "a/b", "../a", "/a"] {
        let saved = save(two().whole().as_slice(), &Folder::open(folder.path()).unwrap(), OsStr::new(name), limits);
        assert!(matches!(saved, Err(Error::File { .. })), "{name}");
    }
}
