//! An archive that tries to leave its folder: nothing outside changes, whatever the archive holds, limits are kept, and
//! its listing agrees with the unpacked files.

#![no_main]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use dockwright_archive::{Error, Result, UnpackLimits, UnpackSummary, list, unpack};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

use archive::Archive;

mod archive;

/// The number of entries in the folder before anything is unpacked.
const BEFORE: u64 = 2;
/// Limits that archives of this size exceed.
const BYTES: u64 = 64;
const ENTRIES: u64 = 8;

fuzz_target!(|archive: Archive| {
    let yard = yard();
    let (outside, target) = (yard.path().join("outside"), yard.path().join("target"));
    let before = snapshot(&outside);
    let limits = UnpackLimits::default();
    let limits = if archive.tight { limits.bytes(BYTES).entries(ENTRIES) } else { limits };

    let bytes = archive.bytes(yard.path());
    let result = unpack(bytes.as_slice(), &target, limits);
    assert_eq!(before, snapshot(&outside), "something outside changed");
    assert_eq!(fs::read_dir(yard.path()).unwrap().count(), 2, "something beside the target");
    let found = open_and_count(&target);
    if let Ok(unpacked) = &result {
        assert!(!archive.tight || (unpacked.bytes <= BYTES && found <= ENTRIES + BEFORE));
    }
    list_agrees(&bytes, result);

    // Only the raw bytes of the same input, without entries.
    let _ = unpack(archive.raw().as_slice(), &target, UnpackLimits::default());
    assert_eq!(before, snapshot(&outside), "raw bytes changed something outside");
    open_and_count(&target);
});

/// A folder `outside` with files and links, and a folder `target` with a link to it and a file.
fn yard() -> TempDir {
    let yard = TempDir::new().unwrap();
    let at = |path: &str| yard.path().join(path);
    fs::create_dir_all(at("outside/b")).unwrap();
    fs::write(at("outside/canary"), "alive").unwrap();
    fs::write(at("outside/b/canary"), "alive").unwrap();
    symlink("canary", at("outside/link")).unwrap();
    fs::create_dir(at("target")).unwrap();
    symlink("../outside", at("target/link")).unwrap();
    fs::write(at("target/b"), "before").unwrap();
    yard
}

fn list_agrees(archive: &[u8], result: Result<UnpackSummary>) {
    match (result, list(archive, usize::MAX)) {
        (Ok(unpacked), Ok(listing)) => {
            assert_eq!(unpacked.bytes, listing.bytes);
            assert!(unpacked.files + unpacked.folders + unpacked.links + unpacked.skipped.count <= listing.count);
        }
        (Ok(_), Err(error)) => panic!("unpacked but not listed: {error}"),
        // A stream of bytes in memory does not fail.
        (Err(Error::Stream(error)), _) => panic!("{error}"),
        (Err(error), _) => assert!(!error.to_string().contains(|character: char| character.is_control()), "{error:?}"),
    }
}

/// Everything at and below a folder that must not change: kind, permissions, number of names, times, contents or
/// target.
fn snapshot(path: &Path) -> BTreeMap<String, String> {
    let metadata = path.symlink_metadata().unwrap();
    let contents = if metadata.is_file() { fs::read(path).unwrap() } else { Vec::new() };
    let seen = format!(
        "{:o} {} {} {}.{} {:?} {contents:?}",
        metadata.mode(),
        metadata.nlink(),
        metadata.ino(),
        metadata.mtime(),
        metadata.mtime_nsec(),
        fs::read_link(path).ok(),
    );
    let mut all = BTreeMap::from([(path.display().to_string(), seen)]);
    if metadata.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            all.extend(snapshot(&entry.unwrap().path()));
        }
    }
    all
}

/// Makes folders writable so that they can be removed, and counts what there is.
fn open_and_count(folder: &Path) -> u64 {
    let _ = fs::set_permissions(folder, PermissionsExt::from_mode(0o700));
    let mut found = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found += 1;
        if path.symlink_metadata().unwrap().is_dir() {
            found += open_and_count(&path);
        }
    }
    found
}
