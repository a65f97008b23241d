//! Archives that are saved, and the files left after a failure.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use ::tar::EntryType;
use dockwright::operations;
use tempfile::TempDir;

use super::*;
use crate::reply::archive::samples::{add, files, sent};
use crate::settings::Settings;

/// A folder of the host that may be written to.
fn host() -> (TempDir, AllowedFolders) {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { allow_write: vec![folder.path().into()], ..Settings::default() };
    (folder, AllowedFolders::new(&settings).unwrap())
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().canonicalize().unwrap().join(name).display().to_string()
}

async fn saved(bytes: Vec<u8>, to: &str, allowed: &AllowedFolders) -> Result<ToolReply> {
    saved_within(UnpackLimits::default(), bytes, to, allowed).await
}

async fn saved_within(limits: UnpackLimits, bytes: Vec<u8>, to: &str, allowed: &AllowedFolders) -> Result<ToolReply> {
    let to = destination(to, false, allowed).unwrap();
    save(sent(bytes).await, &operations::CONTAINER_ARCHIVE, to, limits, &ReplyOptions::default()).await
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn an_archive_is_saved_unchanged_and_replaces_an_older_one() {
    let (folder, allowed) = host();
    let bytes = files(&[("a", b"text"), ("b", &[b'x'; 100_000])]).into_inner().unwrap();
    let to = path(&folder, "new/web.tar");
    for _ in 0..2 {
        let reply = saved(bytes.clone(), &to, &allowed).await.unwrap();
        let expected = json!({"saved": to, "entries": 2, "bytes": bytes.len()});
        assert_eq!((reply.to_string(), reply.clone().into_structured()), (expected.to_string(), Some(expected)));
        assert_eq!(fs::read(&to).unwrap(), bytes);
    }
    assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 1);
    assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_truncated_archive_is_not_saved() {
    let (folder, allowed) = host();
    let mut bytes = files(&[("a", b"text")]).into_inner().unwrap();
    bytes.truncate(1024);
    let error = saved(bytes, &path(&folder, "web.tar"), &allowed).await.unwrap_err();
    assert!(error.to_string().contains("the transfer was cut short"), "{error}");
    assert_eq!(names(&folder), [""; 0]);
}

#[tokio::test]
async fn a_path_that_cannot_be_written_is_named() {
    let (folder, allowed) = host();
    let to = destination(&path(&folder, "new/web.tar"), true, &allowed).unwrap();
    fs::write(folder.path().join("new"), "").unwrap();
    let archive = sent(files(&[]).into_inner().unwrap()).await;
    let options = ReplyOptions::default();
    let saved = save(archive, &operations::CONTAINER_ARCHIVE, to, UnpackLimits::default(), &options).await;
    let error = saved.unwrap_err().to_string();
    assert!(error.contains(&format!("{}: ", path(&folder, "new"))), "{error}");
}

#[tokio::test]
async fn a_limit_names_the_argument_that_raises_it_and_leaves_nothing() {
    let (folder, allowed) = host();
    let bytes = || files(&[("a", b"text"), ("b", &[b'x'; 100_000])]).into_inner().unwrap();
    let limits = UnpackLimits::default();
    for name in ["web", "web.tar"] {
        for (limits, message) in [
            (
                limits.bytes(100_003),
                "the archive holds more than 100003 bytes; a larger `limit_bytes` lets it be saved",
            ),
            (limits.entries(1), "the archive holds more than 1 entries; a larger `limit_items` lets it be saved"),
        ] {
            let error = saved_within(limits, bytes(), &path(&folder, name), &allowed).await.unwrap_err().to_string();
            assert_eq!(error, format!("container_archive: {message}"));
        }
        let is_left = fs::read_dir(folder.path().join(name)).map_or(0, Iterator::count) > 0;
        assert!(!is_left && !folder.path().join(name).is_file(), "{name}");
        let enough = limits.bytes(1 << 20).entries(2);
        assert!(saved_within(enough, bytes(), &path(&folder, name), &allowed).await.is_ok());
    }
}

#[tokio::test]
async fn an_archive_is_unpacked_into_a_folder() {
    let (folder, allowed) = host();
    let mut archive = files(&[("etc/hosts", b"text")]);
    add(&mut archive, EntryType::Symlink, "etc/link", "/etc", b"");
    add(&mut archive, EntryType::Directory, "empty/", "", b"");
    for device in ["null", "zero", "full", "tty"] {
        add(&mut archive, EntryType::Char, &format!("dev/{device}"), "", b"");
    }
    let to = path(&folder, "new");
    let reply = saved(archive.into_inner().unwrap(), &to, &allowed).await.unwrap();
    let expected = json!({"saved": to, "files": 1, "folders": 1, "links": 1, "bytes": 4});
    let note = "dockwright: 4 devices or pipes were not saved: dev/null, dev/zero, dev/full, …";
    assert_eq!(reply.to_string(), format!("{expected}\n{note}"));
    assert_eq!(fs::read(folder.path().join("new/etc/hosts")).unwrap(), b"text");
}

#[tokio::test]
async fn nothing_is_written_through_a_link_of_the_archive() {
    let (folder, allowed) = host();
    let mut archive = files(&[]);
    add(&mut archive, EntryType::Symlink, "out", "..", b"");
    add(&mut archive, EntryType::Regular, "out/file", "", b"text");
    let error = saved(archive.into_inner().unwrap(), &path(&folder, "new"), &allowed).await.unwrap_err();
    assert!(error.to_string().contains("is a symbolic link"), "{error}");
    assert_eq!(names(&folder), ["new"]);
}

#[test]
fn a_destination_matches_an_existing_file_or_folder() {
    let (folder, allowed) = host();
    fs::create_dir(folder.path().join("folder.tar")).unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    symlink("file", folder.path().join("link.TAR")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.tar")).status().unwrap();
    assert!(made.success());
    let resolve = |name: &str| -> Result<(String, Option<String>), PathError> {
        let Destination { folder: at, missing, form } = destination(&path(&folder, name), false, &allowed)?;
        let at = at.path().strip_prefix(folder.path().canonicalize().unwrap()).unwrap().join(missing);
        let name = match form {
            Form::Archive(name) => Some(name.into_string().unwrap()),
            form => (form != Form::Folder).then(|| unreachable!("{form:?}")),
        };
        Ok((at.display().to_string(), name))
    };
    let archive = |folder: &str, name: &str| Ok((folder.to_owned(), Some(name.to_owned())));
    assert_eq!(resolve("a/b.tar"), archive("a", "b.tar"));
    assert_eq!(resolve("link.TAR"), archive("", "link.TAR"));
    assert_eq!(resolve(""), Ok((String::new(), None)));
    for name in ["folder.tar", "pipe.tar", "file", "file/below", "file/below.tar"] {
        assert!(matches!(resolve(name), Err(PathError::Unfit { .. })), "{name}: {:?}", resolve(name));
    }
    for to in ["/elsewhere.tar", "/elsewhere/a.tar", "/elsewhere/a"] {
        let error = destination(to, true, &allowed).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{to}` is not in a folder allowed by --allow-write: ")), "{error}");
    }
    assert_eq!(destination("a.tar", true, &allowed).unwrap_err(), PathError::Relative("a.tar".to_owned()));
}

/// Saves an archive of one path.
async fn saved_as_named(bytes: Vec<u8>, to: &str, allowed: &AllowedFolders) -> Result<ToolReply> {
    let to = destination(to, true, allowed).unwrap();
    let limits = UnpackLimits::default();
    save(sent(bytes).await, &operations::CONTAINER_ARCHIVE, to, limits, &ReplyOptions::default()).await
}

#[tokio::test]
async fn a_file_gets_the_name_of_the_destination() {
    let (folder, allowed) = host();
    fs::create_dir(folder.path().join("there")).unwrap();
    fs::write(folder.path().join("old"), "old").unwrap();
    let file = files(&[("hosts", b"text")]).into_inner().unwrap();
    for (to, at) in
        [("new", "new"), ("a/b/new", "a/b/new"), ("old", "old"), ("there", "there/hosts"), ("c/", "c/hosts")]
    {
        let reply = saved_as_named(file.clone(), &path(&folder, to), &allowed).await.unwrap();
        assert_eq!(fs::read(folder.path().join(at)).unwrap(), b"text", "{to}: {reply}");
        assert_eq!(reply.value().unwrap()["files"], 1);
    }
    let mut archive = files(&[]);
    add(&mut archive, EntryType::Directory, "etc/", "", b"");
    add(&mut archive, EntryType::Regular, "etc/hosts", "", b"text");
    let archive = archive.into_inner().unwrap();
    saved_as_named(archive.clone(), &path(&folder, "folder"), &allowed).await.unwrap();
    assert_eq!(fs::read(folder.path().join("folder/etc/hosts")).unwrap(), b"text");
    assert!(saved_as_named(archive, &path(&folder, "old"), &allowed).await.is_err(), "a file is no folder");
    let two = files(&[("a", b"1"), ("b", b"2")]).into_inner().unwrap();
    let error = saved_as_named(two, &path(&folder, "two"), &allowed).await.unwrap_err().to_string();
    assert!(error.contains("expected alone") && !folder.path().join("two").exists(), "{error}");
}
