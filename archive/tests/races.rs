//! Others who exchange files for links while a folder is read and written: nothing outside is reached at any moment.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use dockwright_archive::{ArchiveWriter, Context, Folder, Opened, UnpackLimits, save, unpack, unpack_into};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use tar::{Builder, EntryType, Header};
use tempfile::TempDir;

/// The tries of each race.
const TRIES: usize = 2_000;
/// A slow machine tries less often.
const LONGEST: Duration = Duration::from_secs(20);

/// A folder `in` that may be changed, and beside it `out` with a file `secret`, which must stay as it is.
struct Yard(TempDir);

impl Yard {
    fn new() -> Self {
        let yard = Yard(tempfile::tempdir().unwrap());
        for folder in ["in", "out", "out/folder"] {
            fs::create_dir(yard.at(folder)).unwrap();
        }
        for file in ["out/secret", "out/folder/secret"] {
            fs::write(yard.at(file), "outside").unwrap();
            fs::set_permissions(yard.at(file), PermissionsExt::from_mode(0o640)).unwrap();
        }
        yard
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn file(&self, path: &str) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), "inside").unwrap();
    }

    fn link(&self, path: &str, target: &str) {
        symlink(target, self.at(path)).unwrap();
    }

    /// Exchanges two entries over and over, while `attempt` is called until it has succeeded at least once.
    fn race(&self, one: &str, other: &str, mut attempt: impl FnMut() -> bool) {
        let (one, other) = (self.at(one), self.at(other));
        let (stop, exchanges) = (AtomicBool::new(false), AtomicUsize::new(0));
        let (tries, succeeded) = thread::scope(|scope| {
            scope.spawn(|| {
                let target = [&one, &other].iter().find_map(|path| fs::read_link(path).ok());
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let exchanged = renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE);
                    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|there| there.is_symlink());
                    if target.is_none() || is_link(&one) || is_link(&other) {
                        exchanges.fetch_add(usize::from(exchanged.is_ok()), Ordering::Relaxed);
                    } else if let Some(target) = &target {
                        // An attempt has replaced the link.
                        let _ = fs::rename(&other, self.at(&format!("in/trash-{number}")));
                        let _ = symlink(target, &other);
                    }
                    if exchanged.is_err() {
                        // An attempt has removed the folder.
                        let _ = fs::create_dir(&one);
                    }
                }
            });
            let started = Instant::now();
            let (mut tries, mut succeeded) = (0, 0);
            let enough =
                |tries, succeeded| tries >= TRIES && succeeded > 0 && exchanges.load(Ordering::Relaxed) >= TRIES;
            while started.elapsed() < LONGEST && !enough(tries, succeeded) {
                tries += 1;
                succeeded += usize::from(attempt());
            }
            stop.store(true, Ordering::Relaxed);
            (tries, succeeded)
        });
        let exchanges = exchanges.into_inner();
        assert!(exchanges > 0 && succeeded > 0, "{tries} tries, {succeeded} succeeded, {exchanges} exchanges");
        self.assert_unharmed();
    }

    #[track_caller]
    fn assert_unharmed(&self) {
        let names = |path: &str| {
            let mut names: Vec<_> =
                fs::read_dir(self.at(path)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(
            (names("out"), names("out/folder")),
            (vec!["folder".into(), "secret".into()], vec!["secret".into()])
        );
        for file in ["out/secret", "out/folder/secret"] {
            let metadata = self.at(file).symlink_metadata().unwrap();
            assert_eq!((metadata.mode() & 0o7777, metadata.nlink()), (0o640, 1), "{file}");
            assert_eq!(fs::read(self.at(file)).unwrap(), b"outside", "{file}");
        }
    }
}

/// An archive of entries with a name, a kind, a target and contents.
fn archive(entries: &[(&str, EntryType, &str, &str)]) -> Vec<u8> {
    let mut archive = Builder::new(Vec::new());
    for (name, kind, target, contents) in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_size(contents.len() as u64);
        header.set_mode(0o777);
        header.set_mtime(0);
        match target.is_empty() {
            true => archive.append_data(&mut header, name, contents.as_bytes()).unwrap(),
            false => archive.append_link(&mut header, name, target).unwrap(),
        }
    }
    archive.into_inner().unwrap()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn a_file_that_is_exchanged_for_a_link_is_read_inside_only() {
    for is_absolute in [true, false] {
        let yard = Yard::new();
        yard.file("in/app/file");
        let secret = yard.at("out/secret");
        yard.link("in/app/other", if is_absolute { secret.to_str().unwrap() } else { "../../out/secret" });
        let folder = Folder::open(yard.at("in")).unwrap();
        yard.race("in/app/file", "in/app/other", || match folder.open_at(Path::new("app/file")) {
            Ok(Opened::File(file)) => std::io::read_to_string(file).unwrap() == "inside" || panic!("read outside"),
            _ => false,
        });
    }
}

#[test]
fn a_context_whose_files_and_folders_are_exchanged_for_links_holds_nothing_of_outside() {
    for (one, other) in [("in/a/folder", "in/a/link"), ("in/a/file", "in/a/link"), ("in/a/file", "in/a/folder")] {
        let yard = Yard::new();
        yard.file("in/a/folder/secret");
        yard.file("in/a/file");
        yard.link("in/a/link", "../../out/folder");
        let folder = Folder::open(yard.at("in")).unwrap();
        yard.race(one, other, || {
            let mut out = Vec::new();
            let mut writer = ArchiveWriter::new(&mut out);
            let added = Context::all_of("").add_from(&folder, &mut writer);
            let finished = added.and_then(|()| writer.finish());
            assert!(!holds(&out, "outside"));
            finished.is_ok()
        });
    }
}

#[test]
fn an_ignore_file_that_is_exchanged_for_a_link_is_read_inside_only() {
    let yard = Yard::new();
    for file in ["in/Dockerfile", "in/outside", "in/inside"] {
        yard.file(file);
    }
    fs::write(yard.at("in/.dockerignore"), "inside").unwrap();
    yard.link("in/link", "../out/secret");
    let folder = Folder::open(yard.at("in")).unwrap();
    yard.race("in/.dockerignore", "in/link", || {
        let mut out = Vec::new();
        let mut writer = ArchiveWriter::new(&mut out);
        let packed = Context::new("").add_from(&folder, &mut writer).and_then(|()| writer.finish());
        // The pattern `outside` would leave that file out.
        assert!(packed.is_err() || holds(&out, "outside\0"));
        packed.is_ok()
    });
}

#[test]
fn an_archive_whose_folders_are_exchanged_for_links_is_unpacked_inside_only() {
    let tar = archive(&[
        ("a/folder/secret", EntryType::Regular, "", "written"),
        ("a/folder/new", EntryType::Regular, "", "written"),
        ("a/folder/link", EntryType::Symlink, "/", ""),
        ("a/folder/deep/", EntryType::Directory, "", ""),
        ("a/folder/hard", EntryType::Link, "a/folder/secret", ""),
    ]);
    // Without its end it fails, and removes what it has created.
    for (tar, whole) in [(&tar[..], true), (&tar[..tar.len() - 1024], false)] {
        let yard = Yard::new();
        yard.file("in/a/folder/secret");
        yard.link("in/a/other", "../../out/folder");
        yard.race("in/a/folder", "in/a/other", || {
            unpack(tar, &yard.at("in"), UnpackLimits::default()).is_ok() == whole
        });
    }
}

#[test]
fn an_archive_whose_parent_is_exchanged_for_a_link_is_saved_inside_only() {
    let yard = Yard::new();
    yard.file("in/a/file");
    yard.link("in/other", "../out/folder");
    let top = Folder::open(yard.at("in")).unwrap();
    let tar = archive(&[("file", EntryType::Regular, "", "written")]);
    yard.race("in/a", "in/other", || {
        let saved = top.deepest(Path::new("a")).and_then(|(folder, missing)| {
            save(tar.as_slice(), &folder.create(&missing)?, OsStr::new("secret"), UnpackLimits::default())
        });
        saved.is_ok()
    });
}

#[test]
fn two_archives_that_are_unpacked_at_once_do_not_lead_each_other_outside() {
    let yard = Yard::new();
    let link = archive(&[("a", EntryType::Symlink, "../out/folder", ""), ("b/a", EntryType::Symlink, "../../out", "")]);
    let files = archive(&[
        ("a/secret", EntryType::Regular, "", "written"),
        ("a/new", EntryType::Regular, "", "written"),
        ("b/a/secret", EntryType::Regular, "", "written"),
        ("a/hard", EntryType::Link, "a/secret", ""),
    ]);
    let folder = Folder::open(yard.at("in")).unwrap();
    let started = Instant::now();
    let unpack = |tar: &[u8]| {
        for _ in (0..TRIES).take_while(|_| started.elapsed() < LONGEST) {
            let _ = unpack_into(tar, &folder, UnpackLimits::default());
            for name in ["in/a", "in/b/a"] {
                let _ = fs::remove_dir_all(yard.at(name));
                let _ = fs::remove_file(yard.at(name));
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| unpack(&link));
        scope.spawn(|| unpack(&files));
        scope.spawn(|| unpack(&files));
    });
    yard.assert_unharmed();
}

#[test]
fn a_folder_that_is_renamed_after_it_was_opened_stays_the_same() {
    let yard = Yard::new();
    yard.file("in/file");
    let folder = Folder::open(yard.at("in")).unwrap();
    fs::rename(yard.at("in"), yard.at("moved")).unwrap();
    yard.link("in", "out");
    assert!(folder.file(Path::new("file")).is_ok() && folder.file(Path::new("secret")).is_err());
    assert!(folder.is_at(&yard.at("moved")) && !folder.is_at(&yard.at("in")));
    save(&archive(&[])[..], &folder, OsStr::new("a.tar"), UnpackLimits::default()).unwrap();
    assert!(yard.at("moved/a.tar").exists());
    let mut out = Vec::new();
    ArchiveWriter::new(&mut out).add_open_file("a", &folder.file(Path::new("file")).unwrap(), Path::new("a")).unwrap();
    out.flush().unwrap();
    assert!(holds(&out, "inside"));
    yard.assert_unharmed();
}
