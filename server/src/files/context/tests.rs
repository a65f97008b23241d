//! Paths and texts that become bodies, and what is refused before anything is sent.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use dockwright::http;
use dockwright::tar::{Listing, list};
use dockwright::{Engine, tar};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::settings::Settings;

/// A folder of the host that may be read, with these files.
fn host(files: &[(&str, &str)]) -> (TempDir, AllowedFolders) {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    let settings = Settings { allow_path: vec![folder.path().into()], ..Settings::default() };
    (folder, AllowedFolders::new(&settings).unwrap())
}

/// The bytes that an engine receives.
async fn sent(body: Body) -> Vec<u8> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let engine = Engine::canned(move |request| {
        sender.send(request.into_body()).unwrap();
        http::Response::default()
    });
    engine.raw(http::Request::new(body)).await.unwrap();
    receiver.recv().unwrap().to_vec()
}

async fn packed(
    folder: &TempDir,
    name: &str,
    allowed: &AllowedFolders,
    packing: Packing<'_>,
) -> Result<Vec<u8>, PathError> {
    let path = folder.path().join(name).display().to_string();
    Ok(sent(body(&json!(path), allowed, packing).await?).await)
}

fn names(archive: &[u8]) -> Vec<String> {
    let Listing { entries, .. } = list(archive, usize::MAX).unwrap();
    entries.into_iter().map(|entry| entry.name).collect()
}

const BUILD: Packing<'_> = Packing::Build { dockerfile: None };

#[tokio::test]
async fn a_build_heeds_the_ignore_file_and_plain_files_do_not() {
    let (folder, allowed) = host(&[("app/.dockerignore", "*.log"), ("app/Dockerfile", "FROM a"), ("app/x.log", "")]);
    let built = packed(&folder, "app", &allowed, BUILD).await.unwrap();
    assert_eq!(names(&built), [".dockerignore", "Dockerfile"]);
    let plain = packed(&folder, "app", &allowed, Packing::Plain).await.unwrap();
    assert_eq!(names(&plain), [".dockerignore", "Dockerfile", "x.log"]);
}

#[tokio::test]
async fn a_build_needs_its_dockerfile_and_plain_files_need_none() {
    let (folder, allowed) = host(&[("app/docker/web", "FROM a")]);
    let refused = packed(&folder, "app", &allowed, BUILD).await.unwrap_err().to_string();
    assert!(refused.contains("app/Dockerfile: there is no Dockerfile; name the one to build"), "{refused}");
    let named = Packing::Build { dockerfile: Some("docker/web") };
    assert_eq!(names(&packed(&folder, "app", &allowed, named).await.unwrap()), ["docker/", "docker/web"]);
    assert!(packed(&folder, "app", &allowed, Packing::Plain).await.is_ok());
    let outside = Packing::Build { dockerfile: Some("../web") };
    assert!(packed(&folder, "app/docker", &allowed, outside).await.is_err());
}

#[tokio::test]
async fn an_archive_is_sent_as_it_is_and_another_file_as_the_one_in_its_archive() {
    let (folder, allowed) = host(&[("a.TGZ", "not looked into"), ("run", "echo")]);
    let as_it_is = packed(&folder, "a.TGZ", &allowed, Packing::Plain).await.unwrap();
    assert_eq!(as_it_is, b"not looked into");
    fs::set_permissions(folder.path().join("run"), fs::Permissions::from_mode(0o751)).unwrap();
    symlink("run", folder.path().join("other")).unwrap();
    let archive = packed(&folder, "other", &allowed, Packing::Plain).await.unwrap();
    let listing = list(archive.as_slice(), 9).unwrap();
    let entry = &listing.entries[0];
    assert_eq!((entry.name.as_str(), entry.kind, entry.mode, entry.size), ("other", tar::EntryKind::File, 0o751, 4));
}

#[tokio::test]
async fn texts_are_packed_by_name() {
    let files = json!({"Dockerfile": "FROM a", "src/a.rs": ""});
    let body = body(&files, &AllowedFolders::default(), BUILD).await.unwrap();
    assert_eq!(names(&sent(body).await), ["src/", "Dockerfile", "src/a.rs"]);
}

#[tokio::test]
async fn much_is_packed_while_it_is_sent() {
    let (folder, allowed) = host(&[("a", ""), ("b", "")]);
    let file = fs::File::options().write(true).open(folder.path().join("a")).unwrap();
    file.set_len(AHEAD_BYTES as u64).unwrap();
    for name in ["", "a"] {
        let archive = packed(&folder, name, &allowed, Packing::Plain).await.unwrap();
        assert_eq!(list(archive.as_slice(), 0).unwrap().bytes, AHEAD_BYTES as u64);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_anything_is_sent() {
    let (folder, allowed) = host(&[("app/Dockerfile", ""), ("secret/key", "!")]);
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let refused = packed(&folder, "socket", &allowed, Packing::Plain).await.unwrap_err().to_string();
    assert!(refused.ends_with("socket`: not a regular file"), "{refused}");
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("secret/pipe")).status().unwrap();
    assert!(made.success());
    let refused = packed(&folder, "secret/pipe", &allowed, Packing::Plain).await.unwrap_err().to_string();
    assert!(refused.ends_with("pipe`: not a regular file"), "{refused}");
    let refused = body(&json!(["a"]), &allowed, Packing::Plain).await.unwrap_err().to_string();
    assert_eq!(refused, "neither an absolute path of the host nor an object of texts by name");
    fs::write(folder.path().join("app/.dockerignore"), "[").unwrap();
    let refused = packed(&folder, "app", &allowed, BUILD).await.unwrap_err().to_string();
    assert!(refused.contains(".dockerignore:1: pattern `[`"), "{refused}");
    let outside = Settings { allow_path: vec![folder.path().join("app")], ..Settings::default() };
    fs::remove_file(folder.path().join("app/.dockerignore")).unwrap();
    symlink("../secret/key", folder.path().join("app/.dockerignore")).unwrap();
    let refused = packed(&folder, "app", &AllowedFolders::new(&outside).unwrap(), BUILD).await.unwrap_err();
    assert!(refused.to_string().contains(".dockerignore: it leads out of the folder"), "{refused}");
}
