//! Projects in a folder of the host: what Compose reads there, and what it never sees.

use std::fs;
use std::os::unix::fs::symlink;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{trials, variable};
use crate::compose_tools::down;
use crate::session::Session;
use crate::stories::world::World;

pub fn trials() -> Vec<Trial> {
    trials![a_folder_of_the_host_stays_in_its_bounds, a_folder_means_what_it_means_on_a_command_line]
}

fn a_folder_of_the_host_stays_in_its_bounds(_: &Session) {
    let world = World::new();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("it exists");
    let session = Session::with(&variable("HOST"), &["--allow-path", &path.display().to_string()]);
    let project = json!({ "project": world.fill("{shop}"), "path": path });
    let config = |text: &str| {
        fs::write(path.join("compose.yaml"), text).expect("it is written");
        project.clone()
    };
    fs::write(path.join("own.env"), "A=own").expect("it is written");
    let shown = session.call("compose_config", config("services: {a: {image: x, env_file: own.env}}"));
    assert_eq!(shown["services"]["a"]["environment"]["A"], "own");
    symlink("/etc/os-release", path.join("link")).expect("a link");
    symlink("/etc", path.join("etc")).expect("a link");
    for text in [
        "services: {a: {image: x, env_file: link}}",
        "services: {a: {image: x, env_file: etc/os-release}}",
        "services: {a: {image: x, label_file: link}}",
        "include: [link]",
        "services: {a: {image: x, build: etc}}",
        "services: {a: {image: x, build: {context: ., dockerfile: link}}}",
        "services: {a: {image: x, build: /etc}}",
        "services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {file: link}}",
        "services: {a: {image: x, configs: [c]}}\nconfigs: {c: {file: ../x}}",
    ] {
        let failure = session.refused("compose_config", config(text));
        assert!(!failure.contains("PRETTY_NAME") && !failure.contains("Debian"), "{text}: {failure}");
    }
    fs::remove_file(path.join("compose.yaml")).expect("it is removed");
    symlink("/etc/os-release", path.join(".env")).expect("a link");
    session.refused("compose_config", config("services: {a: {image: 'x:${PRETTY_NAME}'}}"));
}

fn a_folder_means_what_it_means_on_a_command_line(_: &Session) {
    let world = World::new();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("it exists").join("project");
    for (name, text) in [
        (
            "compose.yaml",
            "include: [more/b.yaml]\nservices:\n  a:\n    build: {context: app, dockerfile: ../docker/web}\n    init: true\n    command: sleep 1000\n    env_file: app/a.env\n    volumes: ['./data:/data:ro', '../beside:/beside']\n",
        ),
        ("more/b.yaml", "services: {b: {build: ., init: true, command: sleep 1000, environment: {B: '${B}'}}}"),
        ("more/.env", "B=beside the included file\n"),
        ("more/Dockerfile", "FROM busybox:test\nCOPY b.env /\n"),
        ("docker/web", "FROM busybox:test\nCOPY . /app\n"),
        ("app/a.env", "A=1\n"),
        ("more/b.env", ""),
        ("app/.dockerignore", "*.log\n"),
        ("app/x.log", "left out"),
        ("data/file", "mounted"),
    ] {
        let file = path.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("it is made");
        fs::write(file, text).expect("it is written");
    }
    fs::create_dir(path.with_file_name("beside")).expect("it is made");
    let session = Session::with(&variable("HOST"), &["--allow-path", &path.display().to_string()]);
    let project = json!({ "project": world.fill("{shop}"), "path": path });
    session.call("compose_up", project.clone());
    assert_eq!(world.shell("docker exec {shop}-a-1 ls -A /app"), ".dockerignore\na.env\n");
    assert_eq!(world.shell("docker exec {shop}-a-1 cat /data/file"), "mounted");
    assert_eq!(world.shell("docker exec {shop}-b-1 sh -c 'echo $B; ls /*.env'"), "beside the included file\n/b.env\n");
    let sources = world.shell("docker inspect {shop}-a-1 --format '{{range .Mounts}}{{.Source}} {{end}}'");
    for mounted in [path.join("data"), path.with_file_name("beside")] {
        assert!(sources.contains(&mounted.display().to_string()), "{sources}");
    }
    // The hashes agree, so neither side would change anything.
    assert_eq!(session.call("compose_diff", project)["services"], Value::Null);
    let changes = world.shell(&format!(
        "docker compose --project-directory {} --project-name {{shop}} up --detach --no-build --dry-run 2>&1",
        path.display()
    ));
    assert!(changes.contains("Running") && !changes.contains("Recreate"), "{changes}");
    down(&session, &world);
    world.shell("docker image rm --force {shop}-a {shop}-b");
}
