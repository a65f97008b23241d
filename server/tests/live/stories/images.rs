//! "Show all images", "pull this image", "remove unused images", "build this folder and run it".

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{ask_docker, docker, docker_lines, inspected, stories, strings};
use crate::bench::{IMAGE, Leftover, and, created, shell, text, unique, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    stories![
        all_images_are_shown,
        an_image_is_pulled_from_a_registry_with_a_password,
        unused_images_are_removed_as_the_preview_said,
        a_folder_is_built_and_its_image_runs,
    ]
}

fn all_images_are_shown(session: &Session) {
    let tag = format!("{}:one", unique("shown"));
    let _leftover = Leftover::new(format!("/images/{tag}"));
    docker(&["tag", IMAGE, &tag]);
    let list = session.call("image_list", json!({}));
    let images = list.as_array().expect("it is a list");
    // Other trials make images without a name, whose list of names is null.
    let mut named = images.iter().filter(|image| image["RepoTags"].is_array());
    let image = named.find(|image| strings(&image["RepoTags"]).contains(&IMAGE)).expect("it is listed");
    assert!(strings(&image["RepoTags"]).contains(&&*tag), "{image}");
    let known = inspected(IMAGE, "{{.Id}} {{.Size}}");
    assert_eq!(format!("{} {}", text(&image["Id"]), image["Size"]), known);
}

fn an_image_is_pulled_from_a_registry_with_a_password(session: &Session) {
    let registry = variable("PRIVATE_REGISTRY");
    let repository = format!("{registry}/{}", unique("pulled"));
    let image = format!("{repository}:1.0");
    let id = commit(session, json!({ "repo": repository, "tag": "1.0", "changes": ["CMD [\"cat\", \"/written\"]"] }));
    let _leftover = Leftover::new(format!("/images/{image}?force=true"));
    let login = |password: &str| json!({ "username": "dock", "password": password, "serveraddress": registry });
    session.shown("image_push", json!({ "name": repository, "tag": "1.0", "X-Registry-Auth": login("wright") }));
    docker(&["rmi", &image]);

    let pull = |login: Value| json!({ "fromImage": image, "X-Registry-Auth": login });
    let without = session.refused("image_create", json!({ "fromImage": image }));
    assert!(without.contains("X-Registry-Auth"), "what is missing is told: {without}");
    let wrong = session.refused("image_create", pull(login("hunter2")));
    assert!(wrong.contains("refused this one: X-Registry-Auth") && !wrong.contains("hunter2"), "{wrong}");
    assert!(!ask_docker(&["image", "inspect", &image]).0, "it is not there yet");
    let pulled = session.shown("image_create", pull(login("wright")));
    assert!(pulled.contains("Downloaded newer image"), "{pulled}");
    assert_eq!(inspected(&image, "{{.Id}}"), id);
    assert_eq!(docker(&["run", "--rm", "--network", "none", &image]), "written");
}

fn unused_images_are_removed_as_the_preview_said(session: &Session) {
    let label = unique("unused");
    let image = |options: Value| commit(session, and(options, json!({ "changes": [format!("LABEL {label}=1")] })));
    let (nameless, named) = (image(json!({})), image(json!({ "repo": label, "tag": "named" })));
    let used = image(json!({ "repo": label, "tag": "used" }));
    let _leftovers = [&nameless, &named, &used].map(|id| Leftover::new(format!("/images/{id}?force=true")));
    let container = created(session, and(shell("true"), json!({ "Image": format!("{label}:used") })));
    let left = || docker_lines(&["images", "--no-trunc", "--quiet", "--filter", &format!("label={label}")]);
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };

    let filters = json!({ "label": label, "dangling": false });
    let told = session.call("image_prune", json!({ "preview": true, "filters": filters }));
    let going = told["would_delete"].as_array().expect("it is a list").iter().map(|image| text(&image["Id"])).collect();
    assert_eq!((sorted(going), &told["count"]), (sorted(vec![nameless.clone(), named.clone()]), &json!(2)));
    assert_eq!(left().len(), 3, "nothing has gone yet");
    // Without that filter only the one without a name goes.
    let told = session.call("image_prune", json!({ "preview": true, "filters": { "label": label } }));
    assert_eq!((&told["would_delete"][0]["Id"], &told["count"]), (&json!(nameless), &json!(1)));

    let pruned = session.call("image_prune", json!({ "filters": filters }));
    let gone = pruned["ImagesDeleted"].as_array().expect("it is a list").iter();
    let gone: Vec<_> = gone.filter_map(|image| image["Deleted"].as_str()).collect();
    assert!(gone.contains(&&*nameless) && gone.contains(&&*named), "{pruned}");
    assert_eq!(left(), [used]);
    drop(container);
}

fn a_folder_is_built_and_its_image_runs(session: &Session) {
    let name = unique("built");
    let folder = std::env::temp_dir().join(&name);
    let _leftover = Leftover::new(format!("/images/{name}:1.0?force=true"));
    std::fs::create_dir_all(folder.join("site")).expect("a temporary folder");
    let dockerfile =
        format!("FROM {IMAGE}\nCOPY site /site\nRUN tr a-z A-Z </site/greeting >/loud\nCMD [\"cat\", \"/loud\"]\n");
    std::fs::write(folder.join("Dockerfile"), dockerfile).expect("it is ours");
    std::fs::write(folder.join("site/greeting"), "hello from the folder\n").expect("it is ours");
    let path = folder.to_str().expect("it is text");
    let build = json!({ "context": path, "t": [format!("{name}:1.0")] });

    let refused = session.refused("image_build", build.clone());
    assert!(refused.contains("--allow-path"), "what to do is told: {refused}");
    let allowed = Session::with(&variable("HOST"), &["--allow-path", path]);
    let built = allowed.shown("image_build", build.clone());
    let id = inspected(&format!("{name}:1.0"), "{{.Id}}");
    assert!(built.contains(&id[..19]), "the image is told: {built}");
    let body = json!({ "Image": format!("{name}:1.0"), "HostConfig": { "NetworkMode": "none" } });
    let ran = allowed.shown("container_run", json!({ "remove": true, "body": body }));
    assert!(ran.contains("HELLO FROM THE FOLDER") && ran.contains(r#""StatusCode":0"#), "{ran}");
    assert_eq!(docker(&["run", "--rm", "--network", "none", &format!("{name}:1.0")]), "HELLO FROM THE FOLDER");

    std::fs::write(folder.join("Dockerfile"), format!("FROM {IMAGE}\nRUN echo because; exit 9\n")).expect("it is ours");
    let failed = allowed.refused("image_build", build);
    assert!(failed.contains("because") && failed.contains("returned a non-zero code: 9"), "{failed}");
    std::fs::remove_dir_all(folder).expect("it is ours");
}

/// An image of a container that has written a file: its id.
fn commit(session: &Session, options: Value) -> String {
    let container = created(session, shell("echo written > /written"));
    docker(&["start", "--attach", &container.name]);
    let body = json!({ "container": container.id, "body": {} });
    text(&session.call("image_commit", and(body, options))["Id"])
}
