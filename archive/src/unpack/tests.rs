//! Archives as the engine sends them, and archives that try to leave their folder.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use tar::EntryType;
use tempfile::TempDir;

use super::*;
use crate::crafted::Crafted;

/// A folder `target` to unpack into, beside a folder `outside` with a `canary` that must stay as it is.
struct Yard(TempDir);

impl Yard {
    fn new() -> Self {
        let yard = Yard(tempfile::tempdir().unwrap());
        fs::create_dir(yard.at("outside")).unwrap();
        fs::create_dir(yard.at("target")).unwrap();
        fs::write(yard.at("outside/canary"), "alive").unwrap();
        yard
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn unpack(&self, archive: Crafted) -> Result<UnpackSummary> {
        unpack(archive.whole().as_slice(), &self.at("target"), UnpackLimits::default())
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at("target").join(path)).unwrap()
    }

    fn mode(&self, path: &str) -> u32 {
        self.at("target").join(path).symlink_metadata().unwrap().permissions().mode() & 0o7777
    }

    #[track_caller]
    fn refuses(&self, archive: Crafted, message: &str) {
        let error = self.unpack(archive).unwrap_err();
        assert!(matches!(error, Error::Refused { .. }) && error.to_string().contains(message), "{error}");
        self.is_unharmed();
    }

    #[track_caller]
    fn is_unharmed(&self) {
        let names = |path| -> Vec<_> { fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect() };
        assert_eq!(names(self.at("outside")), ["canary"]);
        assert_eq!(names(self.at("")).len(), 2);
        let canary = self.at("outside/canary");
        assert_eq!(fs::read_to_string(&canary).unwrap(), "alive");
        assert_eq!(canary.metadata().unwrap().nlink(), 1);
    }

    fn outside(&self) -> String {
        self.at("outside").to_str().unwrap().to_owned()
    }
}

#[test]
fn what_docker_cp_sends_is_unpacked() {
    let yard = Yard::new();
    let archive = Crafted::new()
        .entry(EntryType::Directory, b"app/", b"", b"", 0o750)
        .file("app/main", b"binary")
        .entry(EntryType::Regular, b"app/run", b"", b"#!", 0o4755)
        .symlink("app/latest", "main")
        .hard_link("app/again", "app/main");
    let unpacked = yard.unpack(archive).unwrap();
    let expected = UnpackSummary { files: 2, folders: 1, links: 2, bytes: 8, ..UnpackSummary::default() };
    assert_eq!(unpacked, expected);
    assert_eq!((yard.text("app/latest"), yard.text("app/again")), ("binary".into(), "binary".into()));
    assert_eq!((yard.mode("app"), yard.mode("app/main"), yard.mode("app/run")), (0o750, 0o644, 0o755));
    let modified = |path: &str| yard.at("target").join(path).metadata().unwrap().mtime();
    assert_eq!((modified("app"), modified("app/main")), (1_000_000_000, 1_000_000_000));
}

#[test]
fn what_docker_export_sends_is_unpacked() {
    let yard = Yard::new();
    let archive = Crafted::new()
        .file(".dockerenv", b"")
        .symlink("bin", "usr/bin")
        .folder("dev/")
        .entry(EntryType::Char, b"dev/console", b"", b"", 0o620)
        .entry(EntryType::Fifo, b"dev/initctl", b"", b"", 0o600)
        .hard_link("dev/again", "dev/console")
        .symlink("etc/mtab", "/proc/mounts")
        .symlink("etc/up", "../../../up")
        .entry(EntryType::Directory, b"proc/", b"", b"", 0o555)
        .entry(EntryType::Directory, b"tmp/", b"", b"", 0o1777)
        .file("usr/bin/sh", b"sh");
    let unpacked = yard.unpack(archive).unwrap();
    assert_eq!(unpacked.skipped.names, ["dev/console", "dev/initctl", "dev/again"]);
    assert_eq!((unpacked.files, unpacked.folders, unpacked.links, unpacked.skipped.count), (2, 3, 3, 3));
    assert_eq!(fs::read_link(yard.at("target/etc/mtab")).unwrap(), Path::new("/proc/mounts"));
    assert_eq!((yard.mode("tmp"), yard.mode("proc"), yard.text("bin/sh")), (0o777, 0o555, "sh".into()));
}

#[test]
fn the_root_of_a_container_comes_with_slashes_before_its_names() {
    let yard = Yard::new();
    fs::set_permissions(yard.at("target"), PermissionsExt::from_mode(0o700)).unwrap();
    yard.unpack(Crafted::new().folder("/").folder("./").file("/etc/hosts", b"hosts")).unwrap();
    assert_eq!((yard.text("etc/hosts"), yard.mode("")), ("hosts".into(), 0o700));
}

#[test]
fn a_folder_that_forbids_writing_is_filled_before() {
    let yard = Yard::new();
    let closed = |archive: Crafted, name: &[u8]| archive.entry(EntryType::Directory, name, b"", b"", 0o500);
    yard.unpack(closed(closed(Crafted::new(), b"a/"), b"a/b/").file("a/b/c", b"c")).unwrap();
    assert_eq!((yard.text("a/b/c"), yard.mode("a"), yard.mode("a/b")), ("c".into(), 0o500, 0o500));
}

#[test]
fn files_and_links_are_replaced_and_folders_merged() {
    let yard = Yard::new();
    yard.unpack(Crafted::new().file("a/old", b"old").file("a/b", b"before").symlink("c", "a").symlink("d", "a"))
        .unwrap();
    yard.unpack(Crafted::new().folder("a").file("a/b", b"after").file("c", b"file").folder("d")).unwrap();
    assert_eq!((yard.text("a/old"), yard.text("a/b"), yard.text("c")), ("old".into(), "after".into(), "file".into()));
    assert!(yard.at("target/d").symlink_metadata().unwrap().is_dir());
    yard.refuses(Crafted::new().file("a", b""), "`a`: a folder has this name");
    yard.refuses(Crafted::new().symlink("a", "b"), "a folder has this name");
    yard.refuses(Crafted::new().file("a/b/c", b""), "`a/b` on the way is not a folder");
}

#[test]
fn a_file_with_another_name_outside_is_replaced_and_not_written() {
    let yard = Yard::new();
    fs::hard_link(yard.at("outside/canary"), yard.at("target/a")).unwrap();
    yard.unpack(Crafted::new().file("a", b"new")).unwrap();
    assert_eq!(yard.text("a"), "new");
    yard.is_unharmed();
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in ["../outside/canary", "a/../../outside/canary", "..", "/../outside/x", "./..", "a/.."] {
        for kind in [EntryType::Regular, EntryType::Directory, EntryType::Symlink, EntryType::Link, EntryType::Char] {
            let yard = Yard::new();
            yard.refuses(Crafted::new().entry(kind, name.as_bytes(), b"x", b"", 0o644), "lead out");
        }
    }
    let yard = Yard::new();
    yard.refuses(Crafted::new().pax(&[("path", b"../outside/canary")]).file("a", b""), "lead out");
    yard.refuses(Crafted::new().pax(&[("path", b"a\0../b")]).file("a", b""), "zero byte");
    yard.refuses(Crafted::new().file(".", b""), "the folder that is unpacked into");
    let absolute = format!("{}/canary", yard.outside());
    yard.unpack(Crafted::new().pax(&[("path", absolute.as_bytes())]).file("a", b"below")).unwrap();
    assert_eq!(yard.text(&absolute[1..]), "below");
    yard.is_unharmed();
}

#[test]
fn nothing_is_written_through_a_link_of_the_archive() {
    let outside = Yard::new().outside();
    for target in ["../outside", outside.as_str(), ".", "nowhere"] {
        let link = || Crafted::new().symlink("a", target);
        Yard::new().refuses(link().file("a/canary", b"dead"), "`a/canary`: `a` on the way is a symbolic link");
        Yard::new().refuses(link().folder("a/new"), "symbolic link");
        Yard::new().refuses(link().symlink("a/canary", "x"), "symbolic link");
        Yard::new().refuses(link().file("./a//./canary", b"dead"), "symbolic link");
        Yard::new().refuses(link().hard_link("b", "a/canary"), "symbolic link");
        Yard::new().refuses(link().file("f", b"").hard_link("a/canary", "f"), "symbolic link");
    }
}

#[test]
fn nothing_is_written_through_a_chain_of_links() {
    let chain = || Crafted::new().symlink("a", "b").symlink("b", "../outside");
    Yard::new().refuses(chain().file("a/canary", b"dead"), "symbolic link");
    let yard = Yard::new();
    yard.unpack(Crafted::new().symlink("a", "../outside/canary").file("a", b"mine")).unwrap();
    assert_eq!(yard.text("a"), "mine");
    yard.is_unharmed();
    let steps = Crafted::new().folder("d").symlink("d/up", "..").symlink("e", "d/up/../outside");
    Yard::new().refuses(steps.file("e/canary", b"dead"), "symbolic link");
}

#[test]
fn nothing_is_written_through_a_link_that_was_there_before() {
    let yard = Yard::new();
    symlink("../outside", yard.at("target/a")).unwrap();
    symlink("../outside/canary", yard.at("target/b")).unwrap();
    yard.refuses(Crafted::new().file("a/canary", b"dead"), "symbolic link");
    yard.unpack(Crafted::new().file("b", b"mine").entry(EntryType::Directory, b"a", b"", b"", 0o711)).unwrap();
    assert_eq!((yard.text("b"), yard.mode("a")), ("mine".into(), 0o711));
    yard.is_unharmed();
}

#[test]
fn a_target_folder_that_is_a_link_is_followed() {
    let yard = Yard::new();
    fs::create_dir(yard.at("target/real")).unwrap();
    symlink("real", yard.at("target/link")).unwrap();
    let archive = Crafted::new().folder("./").file("a/b", b"b").whole();
    unpack(archive.as_slice(), &yard.at("target/link"), UnpackLimits::default()).unwrap();
    assert_eq!(yard.text("real/a/b"), "b");
}

#[test]
fn hard_links_stay_in_the_folder() {
    let yard = Yard::new();
    let canary = format!("{}/canary", yard.outside());
    yard.refuses(Crafted::new().hard_link("a", "../outside/canary"), "`a`: the hard link leads outside the folder");
    yard.refuses(Crafted::new().hard_link("a", &canary), "not lead to a file in the folder");
    yard.refuses(Crafted::new().hard_link("a", "none"), "not lead to a file in the folder");
    yard.refuses(Crafted::new().hard_link("a", ""), "not lead to a file in the folder");
    yard.refuses(Crafted::new().symlink("l", &canary).hard_link("a", "l"), "not lead to a file in the folder");
    yard.refuses(Crafted::new().folder("f").hard_link("a", "f"), "not lead to a file in the folder");
    yard.refuses(Crafted::new().file("s", b"").hard_link("s", "./s"), "the hard link leads to itself");
}

#[test]
fn limits_are_kept_before_anything_is_written_beyond_them() {
    let yard = Yard::new();
    let with = |archive: Crafted, limits| unpack(archive.whole().as_slice(), &yard.at("target"), limits);
    let limits = UnpackLimits::default();
    let two = || Crafted::new().file("a", b"12345").file("b", b"12345");
    assert_eq!(with(two(), limits.bytes(10).entries(2)).unwrap().bytes, 10);
    let error = with(two(), limits.bytes(9)).unwrap_err();
    assert_eq!(error.to_string(), "the archive holds more than 9 bytes");
    let error = with(two(), limits.entries(1)).unwrap_err();
    assert_eq!(error.to_string(), "the archive holds more than 1 entries");
    let error = with(Crafted::new().file("x/y/z/f", b""), limits.entries(3)).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }) && !yard.at("target/x/y/z").exists());
    let huge = Crafted::new().pax(&[("size", b"18446744073709551615")]).file("h", b"").pax(&[("size", b"1")]);
    assert!(matches!(with(huge, limits.bytes(u64::MAX - 1)), Err(Error::TooLarge { .. })));
}

#[test]
fn an_archive_that_is_cut_leaves_no_half_file() {
    let yard = Yard::new();
    let archive = Crafted::new().file("a", b"whole").file("b", &[1; 5000]).whole();
    let error = unpack(&archive[..2000], &yard.at("target"), UnpackLimits::default()).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
    assert_eq!(fs::read_dir(yard.at("target")).unwrap().count(), 0);
}

#[test]
fn only_what_was_there_before_is_left_after_an_error() {
    let yard = Yard::new();
    fs::create_dir(yard.at("target/old")).unwrap();
    fs::write(yard.at("target/old/file"), "old").unwrap();
    let archive = Crafted::new()
        .folder("new/")
        .file("new/deep/file", b"")
        .symlink("new/link", "../../outside")
        .hard_link("old/hard", "new/deep/file")
        .file("old/new", b"")
        .folder("old/");
    let error = unpack(archive.cut().as_slice(), &yard.at("target"), UnpackLimits::default()).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
    let names =
        |path| -> Vec<_> { fs::read_dir(yard.at(path)).unwrap().map(|entry| entry.unwrap().file_name()).collect() };
    assert_eq!((names("target"), names("target/old")), (vec!["old".into()], vec!["file".into()]));
    yard.is_unharmed();
}

#[test]
fn a_file_of_zeros_takes_no_room() {
    let yard = Yard::new();
    let mut zeros = vec![0; 8 << 20];
    zeros[4 << 20] = 1;
    yard.unpack(Crafted::new().file("a", &zeros)).unwrap();
    assert!(fs::read(yard.at("target/a")).unwrap() == zeros);
    assert!(yard.at("target/a").metadata().unwrap().blocks() * 512 < 200_000);
}

#[test]
fn names_that_are_not_unicode_are_kept() {
    use std::os::unix::ffi::OsStrExt;
    let yard = Yard::new();
    yard.unpack(Crafted::new().entry(EntryType::Regular, b"\xff/\xfe", b"", b"x", 0o644)).unwrap();
    assert_eq!(fs::read(yard.at("target").join(std::ffi::OsStr::from_bytes(b"\xff/\xfe"))).unwrap(), b"x");
}

#[test]
fn a_long_list_of_devices_is_counted_and_cut() {
    let yard = Yard::new();
    let device = |archive: Crafted, number: u32| {
        archive.entry(EntryType::Block, format!("d{number}").as_bytes(), b"", b"", 0o600)
    };
    let skipped = yard.unpack((0..150).fold(Crafted::new(), device)).unwrap().skipped;
    assert_eq!((skipped.count, skipped.names.len()), (150, 100));
}
