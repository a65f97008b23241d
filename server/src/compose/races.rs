//! A project's folder in which somebody exchanges files for links while calls copy it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::json;

use super::contexts::copied;
use super::model::Model;
use super::plugin::Workspace;
use super::project::Project;
use super::request::ProjectRequest;
use crate::files::AllowedFolders;
use crate::settings::Settings;

const CALLS: usize = 300;
const COMPOSE: &str = "services: {a: {image: x, env_file: app/env, build: app}}";

/// Returns true if a file below a folder holds these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).any(|entry| match entry.file_type().unwrap() {
        kind if kind.is_dir() => holds(&entry.path(), bytes),
        kind if kind.is_file() => fs::read(entry.path()).unwrap().windows(bytes.len()).any(|part| part == bytes),
        // A link is copied as a link.
        _ => false,
    })
}

#[test]
fn compose_sees_nothing_of_outside() {
    let host = tempfile::tempdir().unwrap();
    let at = |path: &str| host.path().canonicalize().unwrap().join(path);
    for (folder, text) in [("in/app", "A=inside"), ("out", "A=outside")] {
        fs::create_dir_all(at(folder)).unwrap();
        fs::write(at(folder).join("env"), text).unwrap();
        fs::write(at(folder).join("Dockerfile"), "FROM x").unwrap();
    }
    fs::write(at("in/compose.yaml"), COMPOSE).unwrap();
    symlink(at("out"), at("in/link")).unwrap();
    let settings = Settings { allow_path: vec![at("in")], ..Settings::default() };
    let allowed = AllowedFolders::new(&settings).unwrap();
    let model = json!({ "services": { "a": { "build": { "context": at("in/app"), "dockerfile": "Dockerfile" } } } });
    let stop = AtomicBool::new(false);
    let copies = thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let _ = renameat_with(CWD, at("in/app"), CWD, at("in/link"), RenameFlags::EXCHANGE);
            }
        });
        let copies = (0..CALLS).filter(|_| {
            let request = ProjectRequest {
                name: "x".to_owned(),
                path: Some(at("in").display().to_string()),
                ..ProjectRequest::default()
            };
            let Ok(project) = Project::prepare(request, &allowed, Workspace::new().unwrap()) else { return false };
            let model = Model::parse(model.to_string().as_bytes()).unwrap();
            let copied = copied(&model, &project).is_ok();
            assert!(!holds(&project.workspace.path(""), b"outside"), "a file of outside was copied");
            copied
        });
        let copies = copies.count();
        stop.store(true, Ordering::Relaxed);
        copies
    });
    assert!(copies > 0, "none of {CALLS} calls succeeded");
}
