//! Folders that are packed, and the archives that they become.

use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::UNIX_EPOCH;

use tempfile::TempDir;

use super::*;
use crate::blocks::{Attributes, Blocks};
use crate::limits::UnpackLimits;
use crate::list::list;
use crate::unpack::unpack;

/// A context on disk; a path that ends in `/` is a folder.
fn context(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, contents) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    folder
}

fn packed(context: &Context) -> (Vec<String>, PackSummary) {
    let mut archive = Vec::new();
    let packed = context.write(&mut archive).unwrap();
    let listing = list(archive.as_slice(), usize::MAX).unwrap();
    (listing.entries.into_iter().map(|entry| entry.name).collect(), packed)
}

#[track_caller]
fn holds(context: &Context, names: &[&str]) {
    assert_eq!(packed(context).0, names);
}

#[test]
fn a_context_is_sorted_and_the_same_each_time() {
    let folder = context(&[("Dockerfile", "FROM x"), ("b/2", "2"), ("b/1", "1"), ("a", ""), ("b.c", "")]);
    let context = Context::new(folder.path());
    holds(&context, &["Dockerfile", "a", "b/", "b/1", "b/2", "b.c"]);
    let write = || {
        let mut archive = Vec::new();
        context.write(&mut archive).unwrap();
        archive
    };
    assert_eq!(write(), write());
    let expected = PackSummary { files: 5, folders: 1, bytes: 8, ..PackSummary::default() };
    assert_eq!(packed(&context).1, expected);
}

#[test]
fn one_file_or_folder_is_packed_under_its_own_name() {
    let folder = context(&[(".dockerignore", "*"), ("site.conf", "listen"), ("site/index", ""), ("other", "")]);
    holds(&Context::only(folder.path().join("site.conf")), &["site.conf"]);
    holds(&Context::only(folder.path().join("site")), &["site/", "site/index"]);
    let error = Context::only(folder.path().join("no-such")).write(Vec::new()).unwrap_err();
    assert!(error.to_string().contains("no-such"), "{error}");
}

#[test]
fn a_path_without_a_name_stands_for_what_is_in_it() {
    let folder = context(&[("deep/file", ""), ("other", "")]);
    let path = folder.path().join("deep/..");
    assert_eq!(Context::only(&path), Context::all_of(&path));
    holds(&Context::only(&path), &["deep/", "deep/file", "other"]);
}

#[test]
fn what_is_excluded_stays_out_but_for_what_the_engine_reads() {
    let folder = context(&[
        (".dockerignore", "*\n!src/**/*.rs\n"),
        ("Dockerfile", ""),
        ("README", ""),
        ("src/a.rs", ""),
        ("src/deep/b.rs", ""),
        ("src/empty/c.txt", ""),
    ]);
    let context = Context::new(folder.path());
    let expected = [".dockerignore", "Dockerfile", "src/", "src/a.rs", "src/deep/", "src/deep/b.rs"];
    holds(&context, &expected);
    assert_eq!(packed(&context.ignore_file(false)).0.len(), 9);
}

#[test]
fn what_is_no_build_needs_no_dockerfile_and_heeds_no_ignore_file() {
    let folder = context(&[(".dockerignore", "*"), ("a/b", "")]);
    holds(&Context::all_of(folder.path()), &[".dockerignore", "a/", "a/b"]);
}

#[test]
fn the_dockerfile_may_bring_its_own_ignore_file() {
    let folder = context(&[
        (".dockerignore", "a"),
        ("docker/web", ""),
        ("docker/web.dockerignore", "**"),
        ("docker/other", ""),
        ("a", ""),
        ("b", ""),
    ]);
    holds(
        &Context::new(folder.path()).dockerfile("./docker/web"),
        &["docker/", "docker/web", "docker/web.dockerignore"],
    );
    let expected = [".dockerignore", "b", "docker/", "docker/other", "docker/web", "docker/web.dockerignore"];
    holds(&Context::new(folder.path()).dockerfile("docker/other"), &expected);
}

#[test]
fn the_dockerfile_may_be_outside_or_be_named_by_its_whole_path() {
    let folder = context(&[("app/a", ""), ("app/docker/web", ""), ("web", "FROM outside")]);
    let app = folder.path().join("app");
    let inside = Context::new(&app).dockerfile(app.join("docker/web").to_str().unwrap());
    assert_eq!(inside.dockerfile_name().as_deref(), Some("docker/web"));
    holds(&inside, &["a", "docker/", "docker/web"]);
    for outside in ["../web".to_owned(), folder.path().join("web").to_str().unwrap().to_owned()] {
        let context = Context::new(&app).dockerfile(outside);
        let name = context.dockerfile_name().unwrap();
        holds(&context, &["a", "docker/", "docker/web", &name]);
        // A folder that was opened holds all that may be read.
        let mut archive = ArchiveWriter::new(Vec::new());
        assert!(context.add_from(&Folder::open(&app).unwrap(), &mut archive).is_err());
    }
}

#[test]
fn a_folder_that_is_excluded_is_not_read() {
    let folder = context(&[("Dockerfile", ""), (".dockerignore", "closed\n!open/x"), ("closed/a", "")]);
    let closed = folder.path().join("closed");
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o000)).unwrap();
    holds(&Context::new(folder.path()), &[".dockerignore", "Dockerfile"]);
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_is_named() {
    // Not even root reads it.
    let unreadable = Context::only("/proc/self/mem");
    let failed = |context: &Context| context.write(Vec::new()).unwrap_err().to_string();
    let error = failed(&unreadable);
    assert!(error.starts_with("/proc/self/mem: ") && error.ends_with("; make it readable"), "{error}");
    let error = failed(&unreadable.ignore_file(true));
    assert!(error.ends_with("; make it readable or exclude it with an ignore file"), "{error}");
}

#[test]
fn what_is_packed_comes_out_the_same() {
    let folder = context(&[("Dockerfile", "FROM x"), ("run", "#!/bin/sh"), ("d/empty", "")]);
    let long = "n".repeat(120);
    let deep = format!("{long}/{long}");
    fs::create_dir_all(folder.path().join(&long)).unwrap();
    fs::write(folder.path().join(&deep), vec![7; 200_000]).unwrap();
    fs::set_permissions(folder.path().join("run"), PermissionsExt::from_mode(0o751)).unwrap();
    fs::set_permissions(folder.path().join("d"), PermissionsExt::from_mode(0o500)).unwrap();
    let strange = std::ffi::OsStr::from_bytes(b"caf\xe9 \n");
    fs::write(folder.path().join(strange), "strange").unwrap();
    symlink(format!("/{deep}"), folder.path().join("link")).unwrap();

    let mut archive = Vec::new();
    Context::new(folder.path()).write(&mut archive).unwrap();
    let out = tempfile::tempdir().unwrap();
    unpack(archive.as_slice(), out.path(), UnpackLimits::default()).unwrap();
    let mode = |path: &str| out.path().join(path).metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("run"), mode("d")), (0o751, 0o500));
    assert_eq!(fs::read(out.path().join(&deep)).unwrap(), vec![7; 200_000]);
    assert_eq!(fs::read(out.path().join(strange)).unwrap(), b"strange");
    assert_eq!(fs::read_link(out.path().join("link")).unwrap(), Path::new(&format!("/{deep}")));
    let modified = |path: &Path| path.join("run").metadata().unwrap().modified().unwrap();
    let lost = modified(folder.path()).duration_since(modified(out.path())).unwrap();
    assert!(lost.as_secs() == 0, "{lost:?}");
}

#[test]
fn links_are_not_followed() {
    let folder = context(&[("Dockerfile", "")]);
    symlink("..", folder.path().join("up")).unwrap();
    symlink(".", folder.path().join("self")).unwrap();
    symlink("/etc/passwd", folder.path().join("passwd")).unwrap();
    let (names, packed) = packed(&Context::new(folder.path()));
    assert_eq!(names, ["Dockerfile", "passwd", "self", "up"]);
    assert_eq!((packed.links, packed.bytes), (3, 0));
}

#[test]
fn sockets_and_pipes_are_skipped_and_counted() {
    let folder = context(&[("Dockerfile", "")]);
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
    assert!(made.success());
    let (names, packed) = packed(&Context::new(folder.path()));
    assert_eq!(names, ["Dockerfile"]);
    assert_eq!((packed.skipped.count, packed.skipped.names), (2, vec!["pipe".to_owned(), "socket".to_owned()]));
}

#[test]
fn a_dockerfile_that_is_not_there_is_an_error() {
    let folder = context(&[("Containerfile", "")]);
    let error = Context::new(folder.path()).write(Vec::new()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("/Dockerfile: there is no Dockerfile; name the one to build, by its path in the context")
    );
    for outside in ["../Dockerfile", "/Dockerfile", ".", "a/../.."] {
        let context = Context::new(folder.path()).dockerfile(outside);
        let error = context.write(Vec::new()).unwrap_err();
        assert!(matches!(error, Error::File { .. }), "it is no file: {error}");
        let opened = Folder::open(folder.path()).unwrap();
        let error = context.add_from(&opened, &mut ArchiveWriter::new(Vec::new())).unwrap_err();
        assert!(error.to_string().contains("by its path in the context"), "{error}");
    }
}

#[test]
fn a_malformed_ignore_file_is_named() {
    let folder = context(&[("Dockerfile", ""), (".dockerignore", "ok\n[")]);
    let error = Context::new(folder.path()).write(Vec::new()).unwrap_err();
    assert!(error.to_string().contains("/.dockerignore:2: pattern `[`: "), "{error}");
}

#[test]
fn an_ignore_file_is_a_regular_file_of_at_most_a_mebibyte_in_the_folder() {
    let folder = context(&[("app/Dockerfile", ""), ("app/shared", "other"), ("app/other", ""), ("outside", "")]);
    let app = folder.path().join("app");
    let path = app.join(".dockerignore");
    let failure = || Context::new(&app).write(Vec::new()).unwrap_err().to_string();
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    assert!(failure().ends_with("/.dockerignore: not a regular file"));
    fs::remove_file(&path).unwrap();
    // The file takes no room on the disk.
    fs::File::create(&path).unwrap().set_len(3 << 30).unwrap();
    assert!(failure().ends_with("/.dockerignore: an ignore file has at most 1048576 bytes"));
    fs::remove_file(&path).unwrap();
    symlink("../outside", &path).unwrap();
    assert!(failure().ends_with("/.dockerignore: it leads out of the folder, by `..` or by a link"));
    fs::remove_file(&path).unwrap();
    symlink("shared", &path).unwrap();
    holds(&Context::new(&app), &[".dockerignore", "Dockerfile", "shared"]);
}

#[test]
fn a_context_that_is_too_deep_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let deep = |levels: usize| folder.path().join("d/".repeat(levels));
    fs::create_dir_all(deep(256)).unwrap();
    assert_eq!(Context::all_of(folder.path()).write(Vec::new()).unwrap().folders, 256);
    fs::create_dir(deep(257)).unwrap();
    let error = Context::all_of(folder.path()).write(Vec::new()).unwrap_err().to_string();
    assert!(error.ends_with(": more than 256 folders are one in the other"), "{error}");
}

#[test]
fn an_archive_that_is_not_finished_has_no_end() {
    /// Takes so many bytes, then breaks.
    struct Breaking(usize, usize);
    impl Write for Breaking {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 += 1;
            match self.0.checked_sub(bytes.len()) {
                Some(left) => self.0 = left,
                None => return Err(io::ErrorKind::BrokenPipe.into()),
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let folder = context(&[("Dockerfile", ""), ("big", &"x".repeat(1 << 20))]);
    let mut out = Breaking(300_000, 0);
    let error = Context::new(folder.path()).write(&mut out).unwrap_err();
    assert!(matches!(&error, Error::Stream(error) if error.kind() == io::ErrorKind::BrokenPipe), "{error}");
    assert!(out.1 < 9, "{} writes after {} bytes", out.1, 300_000 - out.0);
}

/// Writes to a file as soon as the archive reaches it: its header is out before its contents are read.
struct Meddling<F: FnMut()>(F, Vec<u8>);

impl<F: FnMut()> Write for Meddling<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0)();
        self.1.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_file_that_grows_or_shrinks_is_an_error_and_ends_the_archive() {
    for (size, problem) in
        [(2 << 20, "the file grew while it was read"), (100_000, "the file shrank while it was read")]
    {
        let folder = context(&[("Dockerfile", ""), ("log", &"x".repeat(1 << 20))]);
        let log = folder.path().join("log");
        let mut out =
            Meddling(|| fs::File::options().write(true).open(&log).unwrap().set_len(size).unwrap(), Vec::new());
        let error = Context::new(folder.path()).write(&mut out).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: {problem}", log.display())), "{error}");
        assert!(list(out.1.as_slice(), 0).is_err());
    }
}

#[test]
fn a_file_larger_than_eight_gibibytes_has_a_header_that_says_so() {
    let mut blocks = Blocks::new(Vec::new());
    blocks.file(b"huge", 9 << 30, Attributes { mode: 0o644, modified: UNIX_EPOCH }).unwrap();
    blocks.folder(b"x/", Attributes { mode: 0o755, modified: UNIX_EPOCH }).unwrap();
    let mut archive = Vec::new();
    let mut huge = Blocks::new(&mut archive);
    huge.file(b"huge", 9 << 30, Attributes { mode: 0o644, modified: UNIX_EPOCH }).unwrap();
    drop(huge);
    let entries = io::repeat(0).take(9 << 30);
    let listing = list(archive.chain(entries).chain(&[0; 1024][..]), 1).unwrap();
    assert_eq!((listing.bytes, listing.entries[0].size), (9 << 30, 9 << 30));
}
