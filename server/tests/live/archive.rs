//! Files on their way into containers and out of them, and images on their way through an archive.

use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bench::{
    Container, IMAGE, Leftover, and, created, exit_code, running, shell, started, text, trials, unique, variable,
};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        texts_that_are_put_into_a_container_are_listed_with_their_contents,
        files_of_the_host_go_into_a_container_and_come_back,
        a_single_file_is_saved_under_the_name_of_the_destination,
        an_export_holds_what_was_written,
        an_import_is_an_image,
        an_image_that_was_saved_is_loaded_with_its_id,
        several_images_are_saved_as_one_archive,
        missing_paths_and_containers_are_refused,
        without_the_options_no_path_of_the_host_is_used,
        under_read_only_no_path_of_the_host_is_used,
        paths_outside_of_the_allowed_folders_are_refused,
    ]
}

fn texts_that_are_put_into_a_container_are_listed_with_their_contents(session: &Session) {
    let container = created(session, shell("true"));
    let files = json!({ "folder/one": "1\n", "folder/deep/two": "two\n" });
    session.done("put_container_archive", json!({ "id": container.id, "path": "/", "context": files }));
    let list =
        |more: Value| session.call("container_archive", and(json!({ "id": container.id, "path": "/folder" }), more));
    let listed = list(json!({}));
    let one = json!({ "name": "folder/one", "size": 2, "text": "1\n" });
    let two = json!({ "name": "folder/deep/two", "size": 4, "text": "two\n" });
    let entries = listed["entries"].as_array().expect("it is a list");
    assert!(entries.contains(&one) && entries.contains(&two), "{listed}");
    assert!(entries.iter().any(|entry| entry["kind"] == "folder"), "{listed}");
    assert_eq!((&listed["count"], &listed["bytes"]), (&json!(4), &json!(6)));
    assert_eq!(list(json!({ "grep": "TWO" }))["entries"], json!([two]));
    assert_eq!(list(json!({ "limit_items": 1 }))["entries"].as_array().map(Vec::len), Some(1));

    // A folder cannot take the place of a file.
    let over = json!({ "id": container.id, "path": "/", "context": { "folder/one/deeper": "" } });
    let failed = session.fail("put_container_archive", and(over, json!({ "noOverwriteDirNonDir": true })));
    assert!(failed.starts_with("put_container_archive: PUT /containers/{id}/archive: "), "{failed}");
    assert_eq!(list(json!({}))["count"], 4);
}

fn files_of_the_host_go_into_a_container_and_come_back(_: &Session) {
    let (folder, session) = host();
    write(&folder, "sent/one", "1");
    write(&folder, "sent/.dockerignore", "*");
    write(&folder, "alone", "not in a folder");
    let container = created(&session, shell("true"));
    let put = |context: &str| {
        let arguments = json!({ "id": container.id, "path": "/root", "context": path(&folder, context) });
        session.done("put_container_archive", arguments);
    };
    put("sent");
    put("alone");
    let get = |to: &str| {
        session.call("container_archive", json!({ "id": container.id, "path": "/root", "to": path(&folder, to) }))
    };
    let saved = get("came");
    assert_eq!(
        (&saved["saved"], &saved["files"], &saved["bytes"]),
        (&json!(path(&folder, "came")), &json!(3), &json!(17))
    );
    assert_eq!(read(&folder, "came/root/one"), "1");
    assert_eq!(read(&folder, "came/root/.dockerignore"), "*", "only a build leaves out what is ignored");
    assert_eq!(read(&folder, "came/root/alone"), "not in a folder");

    let saved = get("came.tar");
    let bytes = folder.path().join("came.tar").metadata().expect("it was saved").len();
    assert_eq!((&saved["entries"], &saved["bytes"]), (&json!(4), &json!(bytes)));
    // An archive of the host is sent as it is.
    put("came.tar");
    let again = session.call("container_archive", json!({ "id": container.id, "path": "/root/root/one" }));
    assert_eq!(again["entries"], json!([{ "name": "one", "size": 1, "text": "1" }]));
}

fn a_single_file_is_saved_under_the_name_of_the_destination(_: &Session) {
    let (folder, session) = host();
    let container = created(&session, shell("true"));
    let files = json!({ "folder/one": "1\n" });
    session.done("put_container_archive", json!({ "id": container.id, "path": "/", "context": files }));
    let get = |from: &str, to: &str| json!({ "id": container.id, "path": from, "to": path(&folder, to) });
    let saved = session.call("container_archive", get("/folder/one", "mine.txt"));
    assert_eq!((&saved["saved"], &saved["files"]), (&json!(path(&folder, "mine.txt")), &json!(1)));
    assert_eq!(read(&folder, "mine.txt"), "1\n");
    session.call("container_archive", get("/folder", "mine"));
    assert_eq!(read(&folder, "mine/folder/one"), "1\n");
    session.call("container_archive", get("/folder/one", "mine"));
    assert_eq!(read(&folder, "mine/one"), "1\n");
    let refused = session.refused("container_archive", get("/folder", "mine.tar.gz"));
    assert!(refused.contains("must end in .tar, or be a folder"), "{refused}");
}

fn an_export_holds_what_was_written(_: &Session) {
    let (folder, session) = host();
    let container = running(&session, "echo hello > /greeting");
    assert_eq!(exit_code(&session, &container.id), 0);
    let found = session.call("container_export", json!({ "id": container.id, "grep": "greeting" }));
    assert_eq!(found["entries"], json!([{ "name": "greeting", "size": 6, "text": "hello\n" }]));
    session.call("container_export", json!({ "id": container.id, "to": path(&folder, "exported") }));
    assert_eq!(read(&folder, "exported/greeting"), "hello\n");

    // The engine's own export goes back to it.
    let archive = path(&folder, "exported.tar");
    session.call("container_export", json!({ "id": container.id, "to": archive }));
    let (name, _leftover) = import(&session, json!(archive));
    let command = json!({ "Image": name, "Cmd": ["/bin/grep", "hello", "/greeting"] });
    let again = started(&session, and(shell(""), command));
    assert_eq!(exit_code(&session, &again.id), 0);
}

fn an_import_is_an_image(session: &Session) {
    let (name, _leftover) = import(session, json!({ "etc/greeting": "hello\n" }));
    let image = session.call("image_inspect", json!({ "name": name }));
    assert_eq!(image["Config"]["Env"], json!(["ADDED=1"]));
    let container = created(session, and(shell("true"), json!({ "Image": name })));
    let file = session.call("container_archive", json!({ "id": container.id, "path": "/etc/greeting" }));
    assert_eq!(file["entries"][0]["text"], "hello\n");
}

fn an_image_that_was_saved_is_loaded_with_its_id(_: &Session) {
    let (folder, session) = host();
    let (name, id, _leftover) = image(&session);
    let listed = session.call("image_get", json!({ "name": name, "grep": "manifest.json" }));
    let manifest = listed["entries"].as_array().into_iter().flatten().find(|entry| entry["name"] == "manifest.json");
    assert!(manifest.is_some_and(|entry| text(&entry["text"]).contains(&name)), "{listed}");

    let archive = path(&folder, "image.tar");
    session.call("image_get", json!({ "name": name, "to": archive }));
    session.call("image_delete", json!({ "name": name }));
    assert!(session.fail("image_inspect", json!({ "name": id })).contains("404"));
    let loaded = session.call("image_load", json!({ "context": archive }));
    assert_eq!(loaded["result"], format!("Loaded image: {name}"));
    assert_eq!(session.call("image_inspect", json!({ "name": name }))["Id"], json!(id));
}

fn several_images_are_saved_as_one_archive(_: &Session) {
    let (folder, session) = host();
    let (name, _, _leftover) = image(&session);
    let tags = |manifest: &str| {
        let manifest: Value = serde_json::from_str(manifest).expect("it is JSON");
        let images = manifest.as_array().into_iter().flatten();
        images.map(|image| text(&image["RepoTags"][0])).collect::<Vec<_>>()
    };
    let names = json!([name, IMAGE]);
    let listed = session.call("image_get_all", json!({ "names": names, "grep": "manifest.json" }));
    let manifest = listed["entries"].as_array().into_iter().flatten().find(|entry| entry["name"] == "manifest.json");
    let listed = tags(&text(&manifest.expect("it is in it")["text"]));
    session.call("image_get_all", json!({ "names": names, "to": path(&folder, "images") }));
    let saved = tags(&read(&folder, "images/manifest.json"));
    for tags in [listed, saved] {
        assert!(tags.len() == 2 && tags.contains(&name) && tags.iter().any(|tag| tag == IMAGE), "{tags:?}");
    }
}

fn missing_paths_and_containers_are_refused(session: &Session) {
    let container = created(session, shell("true"));
    let failed = session.fail("container_archive", json!({ "id": container.id, "path": "/no/such" }));
    assert!(failed.contains("404"), "{failed}");
    let put = json!({ "id": container.id, "path": "/no/such", "context": { "file": "" } });
    assert!(session.fail("put_container_archive", put).contains("404"));
    assert!(session.fail("container_export", json!({ "id": "no-such" })).contains("404"));
    assert!(session.fail("image_get", json!({ "name": "no-such" })).contains("404"));
}

fn without_the_options_no_path_of_the_host_is_used(session: &Session) {
    let (folder, _) = host();
    write(&folder, "file", "kept here");
    let container = created(session, shell("true"));
    let refused = session.refused("put_container_archive", into(&container, &path(&folder, "file")));
    assert!(refused.contains("argument `context`") && refused.contains("started with --allow-path DIR"), "{refused}");
    let refused = session.refused("container_archive", out_of(&container, &path(&folder, "saved")));
    assert!(refused.contains("argument `to`") && refused.contains("started with --allow-write DIR"), "{refused}");
    assert!(!folder.path().join("saved").exists());
    assert!(session.fail("container_archive", json!({ "id": container.id, "path": "/root/file" })).contains("404"));
}

fn under_read_only_no_path_of_the_host_is_used(session: &Session) {
    let (folder, _) = host();
    let container = created(session, shell("true"));
    let options = ["--allow-path", "--allow-write"].map(|option| [option, folder.path().to_str().expect("it is text")]);
    let read_only = Session::with(&variable("HOST"), &[&["--read-only"], options.as_flattened()].concat());
    let refused = read_only.refused("container_archive", out_of(&container, &path(&folder, "saved")));
    assert!(refused.contains("argument `to`") && refused.contains("started with --read-only"), "{refused}");
    assert!(!folder.path().join("saved").exists());
    let refused = read_only.refused("put_container_archive", into(&container, &path(&folder, "")));
    assert!(refused.contains("not exposed: the server runs read-only"), "{refused}");
    let listed = read_only.call("container_archive", json!({ "id": container.id, "path": "/etc/passwd" }));
    assert_eq!(listed["count"], 1);
}

fn paths_outside_of_the_allowed_folders_are_refused(_: &Session) {
    let (folder, session) = host();
    let outside = tempfile::tempdir().expect("a temporary folder");
    write(&outside, "file", "not for the engine");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).expect("a temporary link");
    let container = created(&session, shell("true"));
    for place in [path(&outside, "file"), path(&folder, "link/file"), path(&folder, "../no-such")] {
        let refused = session.refused("put_container_archive", into(&container, &place));
        assert!(refused.contains(&format!("`{place}` is not in a folder")), "{refused}");
        assert!(refused.contains("allowed by --allow-path"), "{refused}");
    }
    for place in [path(&outside, "saved"), path(&folder, "link/saved"), path(&folder, "link/saved.tar")] {
        let refused = session.refused("container_archive", out_of(&container, &place));
        assert!(refused.contains("allowed by --allow-write"), "{refused}");
    }
    let refused = session.refused("container_archive", out_of(&container, "saved"));
    assert!(refused.contains("`saved` is not an absolute path of the host"), "{refused}");
    let left: Vec<_> = outside.path().read_dir().expect("it is there").collect();
    assert_eq!(left.len(), 1, "nothing was written there: {left:?}");
}

/// An image with a layer like no other: its name, its id.
pub fn image(session: &Session) -> (String, String, Leftover) {
    let repository = unique("image");
    let container = created(session, shell("true"));
    let file = json!({ "id": container.id, "path": "/", "context": { "name": repository } });
    session.done("put_container_archive", file);
    let committed = json!({ "container": container.id, "repo": repository, "tag": "one" });
    let id = text(&session.call("image_commit", committed)["Id"]);
    let name = format!("{repository}:one");
    (name.clone(), id, Leftover::new(format!("/images/{name}?force=true")))
}

/// An image of files: its name.
fn import(session: &Session, files: Value) -> (String, Leftover) {
    let repository = unique("import");
    let arguments = json!({ "fromSrc": "-", "repo": repository, "tag": "one", "changes": ["ENV ADDED=1"] });
    let imported = session.call("image_create", and(arguments, json!({ "context": files })));
    let name = format!("{repository}:one");
    let id = session.call("image_inspect", json!({ "name": name }))["Id"].clone();
    assert_eq!(imported["status"], json!([id]));
    (name.clone(), Leftover::new(format!("/images/{name}?force=true")))
}

/// A folder of the host, and a session that may read it and write to it.
fn host() -> (TempDir, Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path().to_string_lossy();
    let session = Session::with(&variable("HOST"), &["--allow-path", &place, "--allow-write", &place]);
    (folder, session)
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_string_lossy().into_owned()
}

fn write(folder: &TempDir, name: &str, content: &str) {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a temporary folder");
    std::fs::write(path, content).expect("a temporary file");
}

fn read(folder: &TempDir, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).expect("it is here")
}

fn into(container: &Container, place: &str) -> Value {
    json!({ "id": container.id, "path": "/root", "context": place })
}

fn out_of(container: &Container, place: &str) -> Value {
    json!({ "id": container.id, "path": "/etc", "to": place })
}
