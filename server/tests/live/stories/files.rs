//! "Copy this file into the container", "get that file out of it".

use std::fs;
use std::path::PathBuf;

use libtest_mimic::Trial;
use serde_json::json;

use super::{docker, stories};
use crate::bench::{created, running, shell, unique, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    stories![a_file_of_the_host_is_copied_in_and_back_out, a_text_is_copied_in_and_out_without_the_host,]
}

fn a_file_of_the_host_is_copied_in_and_back_out(session: &Session) {
    let folder = Folder::new();
    let (source, target) = (folder.0.join("settings.ini"), folder.0.join("out"));
    let contents = "colour = green\n".repeat(3_000);
    fs::write(&source, &contents).expect("it is ours");
    let container = running(session, "sleep 1000");
    let copy_in = json!({ "id": container.name, "path": "/root", "context": source });
    let copy_out = json!({ "id": container.name, "path": "/root/settings.ini", "to": target });
    assert!(session.refused("put_container_archive", copy_in.clone()).contains("--allow-path"));

    let place = folder.0.to_str().expect("it is text");
    let allowed = Session::with(&variable("HOST"), &["--allow-path", place, "--allow-write", place]);
    allowed.done("put_container_archive", copy_in);
    assert_eq!(docker(&["exec", &container.name, "cat", "/root/settings.ini"]), contents.trim_end());
    assert!(session.refused("container_archive", copy_out.clone()).contains("--allow-write"));
    let saved = allowed.call("container_archive", copy_out);
    assert_eq!((&saved["files"], &saved["bytes"]), (&json!(1), &json!(contents.len())), "{saved}");
    assert_eq!(fs::read_to_string(target.join("settings.ini")).ok(), Some(contents.clone()));
    let check = folder.0.join("check");
    docker(&["cp", &format!("{}:/root/settings.ini", container.name), check.to_str().expect("it is text")]);
    assert_eq!(fs::read_to_string(check).ok(), Some(contents));
}

fn a_text_is_copied_in_and_out_without_the_host(session: &Session) {
    let container = created(session, shell("cat /etc/greeting"));
    let texts = json!({ "greeting": "hello\n", "more/deep.txt": "deep\n" });
    session.done("put_container_archive", json!({ "id": container.name, "path": "/etc", "context": texts }));
    assert_eq!(docker(&["start", "--attach", &container.name]), "hello");
    let file = session.call("container_archive", json!({ "id": container.name, "path": "/etc/greeting" }));
    assert_eq!(file["entries"], json!([{ "name": "greeting", "size": 6, "text": "hello\n" }]));
    let folder = session.call("container_archive", json!({ "id": container.name, "path": "/etc/more" }));
    assert!(folder["entries"].as_array().is_some_and(|all| all.iter().any(|one| one["text"] == "deep\n")), "{folder}");
    let missed = session.fail("container_archive", json!({ "id": container.name, "path": "/etc/greetings" }));
    assert!(missed.contains("/etc/greetings") && missed.contains("is not in the container"), "{missed}");
    let nowhere = json!({ "id": container.name, "path": "/etc/nowhere", "context": { "greeting": "hello\n" } });
    let nowhere = session.fail("put_container_archive", nowhere);
    assert!(nowhere.contains("unpack into an existing folder"), "{nowhere}");
}

/// A folder of the host that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(unique("folder"));
        fs::create_dir(&folder).expect("a temporary folder");
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
