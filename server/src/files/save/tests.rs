//! Archives that are saved, and the files left after a failure.

use std::os::unix::fs::{PermissionsExt, symlink};

use ::tar::EntryType;
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
    let to = destination(to, allowed).unwrap();
    save(sent(bytes).await, &to, &ReplyOptions::default()).await
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
    let to = path(&folder, "new/web.tar");
    let destination = destination(&to, &allowed).unwrap();
    fs::write(folder.path().join("new"), "").unwrap();
    let archive = sent(files(&[]).into_inner().unwrap()).await;
    let error = save(archive, &destination, &ReplyOptions::default()).await.unwrap_err().to_string();
    assert!(error.contains(&format!("{to}: ")), "{error}");
}

#[test]
fn an_abandoned_call_leaves_no_file() {
    let (folder, _) = host();
    let mut file = TemporaryFile::create(&folder.path().join("web.tar")).unwrap();
    file.writer.write_all(b"half").unwrap();
    assert_eq!(names(&folder).len(), 1);
    drop(file);
    assert_eq!(names(&folder), [""; 0]);
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
    let resolve = |name: &str| destination(&path(&folder, name), &allowed);
    assert_eq!(resolve("a/b.tar"), Ok(Destination::Archive(path(&folder, "a/b.tar").into())));
    assert_eq!(resolve("link.TAR"), Ok(Destination::Archive(path(&folder, "file").into())));
    assert_eq!(resolve(""), Ok(Destination::Folder(path(&folder, "").into())));
    for name in ["folder.tar", "file", "file/below", "file/below.tar"] {
        assert!(matches!(resolve(name), Err(PathError::Unfit { .. })), "{name}: {:?}", resolve(name));
    }
}
