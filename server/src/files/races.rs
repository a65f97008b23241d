//! Two thousand calls against somebody who exchanges files and links in an allowed folder.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use dockwright::tar::{EntryKind, TreeSelection, UnpackLimits};
use dockwright::{Body, Engine, http, operations};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{AllowedFolders, Packing, body, destination, save, tree};
use crate::reply::ReplyOptions;
use crate::reply::archive::samples::{files, sent};
use crate::settings::Settings;

const CALLS: usize = 2_000;
/// A slow machine makes fewer.
const LONGEST: Duration = Duration::from_secs(20);

/// A folder `in`, which is allowed, and beside it `out` with a file, which must stay as it is.
struct Host {
    folder: TempDir,
    allowed: AllowedFolders,
}

impl Host {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("in", "inside"), ("out", "outside")] {
            fs::create_dir_all(folder.path().join(name).join("app")).unwrap();
            fs::write(folder.path().join(name).join("app/file"), text).unwrap();
        }
        let allow = || vec![folder.path().join("in")];
        let settings = Settings { allow_path: allow(), allow_write: allow(), ..Settings::default() };
        let allowed = AllowedFolders::new(&settings).unwrap();
        Host { folder, allowed }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn text(&self, path: &str) -> String {
        self.at(path).display().to_string()
    }

    /// Makes calls by number while two entries are exchanged over and over.
    fn race(&self, one: &str, link: &str, target: &str, mut call: impl AsyncFnMut(usize) -> bool) {
        symlink(target, self.at(link)).unwrap();
        let (one, other, stop) = (self.at(one), self.at(link), AtomicBool::new(false));
        let (calls, succeeded) = thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let _ = renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE);
                    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|there| there.is_symlink());
                    if !is_link(&one) && !is_link(&other) {
                        // A call has replaced the link.
                        let _ = fs::rename(&other, self.at(&format!("in/trash-{number}")));
                        let _ = symlink(target, &other);
                    }
                }
            });
            let (begun, mut calls, mut succeeded) = (Instant::now(), 0, 0);
            Runtime::new().unwrap().block_on(async {
                while begun.elapsed() < LONGEST && (calls < CALLS || succeeded == 0) {
                    succeeded += usize::from(call(calls).await);
                    calls += 1;
                }
            });
            stop.store(true, Ordering::Relaxed);
            (calls, succeeded)
        });
        assert!(succeeded > 0, "none of {calls} calls succeeded");
        let names: Vec<_> = fs::read_dir(self.at("out/app")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["file"]);
        assert_eq!(fs::read(self.at("out/app/file")).unwrap(), b"outside");
    }
}

/// Sends a body and returns true if it was sent whole. Nothing of outside may be in it.
async fn sends_nothing_of_outside(body: Body) -> bool {
    let is_outside = Arc::new(AtomicBool::new(false));
    let seen = is_outside.clone();
    let engine = Engine::canned(move |request| {
        seen.fetch_or(request.body().windows(7).any(|part| part == b"outside"), Ordering::Relaxed);
        http::Response::default()
    });
    let sent = engine.raw(http::Request::new(body)).await;
    assert!(!is_outside.load(Ordering::Relaxed), "a file of outside was sent");
    sent.is_ok()
}

#[test]
fn a_context_holds_no_byte_of_outside() {
    for (one, target) in [("in/app", "../out/app"), ("in/app/file", "../out/app/file")] {
        let host = Host::new();
        let contexts = ["in", "in/app", "in/app/file"].map(|path| json!(host.text(path)));
        host.race(one, "in/link", target, async |call| {
            let context = &contexts[call % contexts.len()];
            match body(context, &host.allowed, Packing::Plain).await {
                Ok(body) => sends_nothing_of_outside(body).await,
                Err(_) => false,
            }
        });
    }
}

#[test]
fn a_folder_that_is_read_by_need_gives_no_byte_of_outside() {
    for (one, target) in [("in/app", "../out/app"), ("in/app/file", "../out/app/file")] {
        let host = Host::new();
        fs::write(host.at("in/Dockerfile"), "FROM a").unwrap();
        host.race(one, "in/link", target, async |_| {
            let Ok(Some((tree, _))) = tree(&host.text("in"), &host.allowed, None) else { return false };
            let mut paths = Vec::new();
            let listed = tree.list(&TreeSelection::default(), |entry| {
                paths.extend((entry.kind == EntryKind::File).then_some(entry.path));
                Ok(())
            });
            let texts: Vec<_> =
                paths.iter().filter_map(|path| io::read_to_string(tree.file(path).ok()?).ok()).collect();
            assert!(!texts.iter().any(|text| text.contains("outside")), "a file of outside was given");
            listed.is_ok() && texts.len() == paths.len()
        });
    }
}

#[test]
fn an_archive_is_saved_nowhere_outside() {
    let host = Host::new();
    let archive = files(&[("app/file", b"written"), ("app/new", b"written")]).into_inner().unwrap();
    let to = ["in", "in/app", "in/app/file.tar"].map(|path| host.text(path));
    host.race("in/app", "in/link", "../out/app", async |call| {
        let Ok(to) = destination(&to[call % to.len()], false, &host.allowed) else { return false };
        let archive = sent(archive.clone()).await;
        let options = ReplyOptions::default();
        save(archive, &operations::CONTAINER_ARCHIVE, to, UnpackLimits::default(), &options).await.is_ok()
    });
}
