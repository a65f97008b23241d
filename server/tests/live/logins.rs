//! Stored logins for registries: private images without a password in the call, as after `docker login`. The rows are
//! those of the docker CLI: the keys of its file, the forms of a login, and helpers.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bench::{Leftover, text, trials, unique, until, variable};
use crate::plugin;
use crate::registry::{Named, in_registry};
use crate::service;
use crate::session::Session;
use crate::swarm;

/// `dock:wright` in base64.
const AUTH: &str = "ZG9jazp3cmlnaHQ=";

pub fn trials() -> Vec<Trial> {
    trials![
        a_stored_login_is_found_by_its_key_in_every_form,
        a_helper_is_asked_and_named_if_it_fails,
        an_image_is_pushed_pulled_and_built_from_without_a_password,
        a_service_runs_a_private_image,
        scaling_a_service_keeps_the_login_that_the_swarm_has_for_it,
        a_build_names_the_login_only_if_its_base_image_wants_one,
        a_private_plugin_is_pushed_and_pulled,
        without_credentials_nothing_is_sent,
    ]
}

fn a_stored_login_is_found_by_its_key_in_every_form(_: &Session) {
    let login = Logins::new();
    let session = login.session(&[]);
    let registry = variable("PRIVATE_REGISTRY");
    let inspect = || session.tried("distribution_inspect", json!({ "name": format!("{registry}/busybox:test") }));
    for (key, is_sent) in [
        (registry.clone(), true),
        (format!("http://{registry}"), true),
        (format!("https://{registry}/"), true),
        (format!("https://{registry}/v1/"), true),
        (format!("https://{registry}/v2/"), true),
        (format!("{registry}/busybox"), true),
        ("127.0.0.1".to_owned(), false),
        ("https://index.docker.io/v1/".to_owned(), false),
        (format!("localhost:{}", registry.rsplit(':').next().unwrap_or_default()), false),
    ] {
        login.write(&json!({ "auths": { &key: { "auth": AUTH } } }));
        match inspect() {
            Ok(found) => assert!(is_sent && found.contains("sha256:"), "{key}: {found}"),
            Err(failed) => {
                assert!(!is_sent && failed.contains("no stored login was sent"), "{key}: {failed}");
                assert!(failed.contains(&format!("run `docker login {registry}`")), "{failed}");
                assert!(!failed.contains(AUTH), "{failed}");
            }
        }
    }
    login.write(&json!({ "auths": { &registry: { "username": "dock", "password": "wright" } } }));
    inspect().expect("a user and a password are a login");
    for (form, words) in [
        (json!({ "auth": "@@@" }), "its `auth` is not `user:password` in base64"),
        (json!({ "registrytoken": "RT" }), "a stored login was sent"),
        (json!({ "username": "dock", "password": "hunter2" }), "a stored login was sent"),
    ] {
        login.write(&json!({ "auths": { &registry: form } }));
        let failed = inspect().expect_err("this is no login");
        assert!(failed.contains(words) && !failed.contains("hunter2"), "{failed}");
    }
}

fn a_helper_is_asked_and_named_if_it_fails(_: &Session) {
    let login = Logins::new();
    let session = login.session(&[]);
    let registry = variable("PRIVATE_REGISTRY");
    let inspect = || session.tried("distribution_inspect", json!({ "name": format!("{registry}/busybox:test") }));
    let asking = |script: &str| {
        login.helper("fake", script);
        inspect()
    };
    let answer = r#"IN=$(cat); printf '%s <%s>\n' "$1" "$IN" >> "${0%/*}/log"
        echo '{"ServerURL":"x","Username":"dock","Secret":"wright"}'"#;
    login.write(&json!({ "credsStore": "fake", "auths": { &registry: {} } }));
    asking(answer).expect("the helper has the login");
    login.write(&json!({ "credHelpers": { &registry: "fake" } }));
    asking(answer).expect("the helper has the login");
    assert_eq!(fs::read_to_string(login.0.path().join("log")).unwrap(), format!("get <{registry}>\n").repeat(2));
    for (script, words) in [
        ("echo 'the keychain is locked'; exit 1", "docker-credential-fake: the keychain is locked; "),
        ("echo wright", "docker-credential-fake: its answer is not the JSON of a helper; "),
        ("echo 'credentials not found in native keychain'; exit 1", "docker-credential-fake: no such login"),
        ("exec sleep 600", "docker-credential-fake: no answer within 10s; "),
    ] {
        let failed = asking(script).expect_err("there is no login");
        let words = format!("no stored login was sent; {words}");
        assert!(failed.contains(&words) && !failed.contains("wright;"), "{failed}");
        assert!(failed.contains(&format!("`docker login {registry}`")), "{failed}");
    }
    login.write(&json!({ "credsStore": "no-such", "auths": { &registry: { "auth": AUTH } } }));
    inspect().expect("without the program, the file counts");
}

fn an_image_is_pushed_pulled_and_built_from_without_a_password(_: &Session) {
    let registry = variable("PRIVATE_REGISTRY");
    let login = Logins::stored(&registry);
    let session = login.session(&[]);
    let image = in_registry(&session, &registry);
    session.call("image_push", json!({ "name": image.repository, "tag": "one" }));
    image.forget(&session);
    session.call("image_create", json!({ "fromImage": image.repository, "tag": "one" }));
    image.forget(&session);
    let built = unique("build");
    let _leftover = Leftover::new(format!("/images/{built}:latest?force=true"));
    let context = json!({ "Dockerfile": format!("FROM {}\nLABEL built=here\n", image.name) });
    session.output("image_build", json!({ "context": context, "t": [built], "networkmode": "none" }));
    let labels = session.call("image_inspect", json!({ "name": built, "select": "Config.Labels" }));
    assert_eq!(labels["built"], "here");

    // A header of the caller goes before a stored login: an empty one makes the call anonymous.
    let anonymous = json!({ "fromImage": image.repository, "tag": "one", "X-Registry-Auth": {} });
    assert!(session.refused("image_create", anonymous).contains("auth"));
    // Another host, though the same registry, gets no login.
    let other = image.name.replace("127.0.0.1", "localhost");
    let failed = session.refused("image_create", json!({ "fromImage": other }));
    assert!(failed.contains("`docker login localhost:") && failed.contains("no stored login was sent"), "{failed}");
}

/// A service of a private image, which its task has pulled: the image, the service's id, and its end.
fn private_service(session: &Session, registry: &str) -> (Named, String, Leftover) {
    swarm::node(session);
    let image = in_registry(session, registry);
    session.call("image_push", json!({ "name": image.repository, "tag": "one" }));
    image.forget(session);
    let container = json!({ "Image": image.name, "Command": ["sleep", "1000"], "Init": true });
    let (_, id, leftover) = service::create(session, container);
    service::running(session, &id, 1);
    (image, id, leftover)
}

fn no_container_of_service(session: &Session, id: &str) {
    until("its containers are gone", || {
        let label = format!("com.docker.swarm.service.id={id}");
        let left = session.call("container_list", json!({ "all": true, "filters": { "label": [label] } }));
        (left == json!([])).then_some(())
    });
}

fn a_service_runs_a_private_image(_: &Session) {
    let registry = variable("PRIVATE_REGISTRY");
    let login = Logins::stored(&registry);
    let session = login.session(&[]);
    let (_image, id, leftover) = private_service(&session, &registry);

    // An update with the login, or without one, keeps what its tasks need to pull.
    session.text("service_update", json!({ "id": id, "body": { "TaskTemplate": { "ForceUpdate": 1 } } }));
    login.write(&json!({}));
    until("the version is the newest", || {
        session
            .tried("service_update", json!({ "id": id, "body": { "Mode": { "Replicated": { "Replicas": 2 } } } }))
            .ok()
    });
    service::running(&session, &id, 2);
    drop(leftover);
    no_container_of_service(&session, &id);
}

fn scaling_a_service_keeps_the_login_that_the_swarm_has_for_it(_: &Session) {
    let registry = variable("PRIVATE_REGISTRY");
    let login = Logins::stored(&registry);
    let session = login.session(&[]);
    let (image, id, _leftover) = private_service(&session, &registry);

    let wrong = json!({ "username": "dock", "password": "hunter2" });
    login.write(&json!({ "auths": { &registry: &wrong } }));
    let update = |body: Value| service::update(&session, json!({ "id": id, "body": body }));
    let scale = |replicas: u8| update(json!({ "Mode": { "Replicated": { "Replicas": replicas } } }));
    let pull_again = || {
        no_container_of_service(&session, &id);
        image.forget(&session);
        scale(1);
    };
    scale(0);
    pull_again();
    service::running(&session, &id, 1);

    // A patch of the image sends the login that is stored now, and the swarm keeps that one.
    scale(0);
    update(json!({ "TaskTemplate": { "ContainerSpec": { "Image": image.name } } }));
    pull_again();
    until("the pull is refused", || {
        let tasks = session.call("task_list", json!({ "filters": { "service": id }, "select": "[].Status" }));
        let is_refused = |status: &Value| status["Err"].as_str().is_some_and(|error| error.contains("No such image"));
        tasks.as_array().is_some_and(|tasks| tasks.iter().any(is_refused)).then_some(())
    });
}

fn a_build_names_the_login_only_if_its_base_image_wants_one(_: &Session) {
    let login = Logins::new();
    let session = login.session(&[]);
    login.write(&json!({}));
    let build = |dockerfile: &str| {
        session.refused("image_build", json!({ "context": { "Dockerfile": dockerfile }, "networkmode": "none" }))
    };
    let private = format!("{}/busybox:test", variable("PRIVATE_REGISTRY"));
    for dockerfile in [format!("FROM {private}\n"), format!("FROM busybox:test\nCOPY --from={private} /bin/sh /copy\n")]
    {
        let failed = build(&dockerfile);
        assert!(failed.contains("run `docker login` as the server's user"), "{failed}");
    }
    for line in
        ["RUN echo Access denied for root; exit 1", "COPY unauthorized /x", "RUN [\"pull access denied for x\"]"]
    {
        let failed = build(&format!("FROM busybox:test\n{line}\n"));
        assert!(!failed.contains("docker login"), "{failed}");
    }
}

fn a_private_plugin_is_pushed_and_pulled(_: &Session) {
    let registry = variable("PRIVATE_REGISTRY");
    let login = Logins::stored(&registry);
    let session = login.session(&[]);
    let (remote, _leftover) = plugin::pushed(&session, &registry);
    let granted = session.call("get_plugin_privileges", json!({ "remote": remote }));
    let name = format!("{}:local", unique("pulled"));
    let _leftover = Leftover::new(format!("/plugins/{name}?force=true"));
    let pull = json!({ "remote": remote, "name": name, "body": granted });
    session.text("plugin_pull", pull);
    assert_eq!(session.call("plugin_inspect", json!({ "name": name }))["PluginReference"], json!(remote));
    session.text("plugin_upgrade", json!({ "name": name, "remote": remote, "body": granted }));
    // An id may be of any registry.
    let id = text(&session.call("plugin_inspect", json!({ "name": name, "select": "@" }))["Id"]);
    let failed = session.refused("plugin_push", json!({ "name": &id[..12] }));
    assert!(!failed.contains("a stored login was sent"), "{failed}");
}

fn without_credentials_nothing_is_sent(_: &Session) {
    let registry = variable("PRIVATE_REGISTRY");
    let login = Logins::stored(&registry);
    let session = login.session(&["--no-credentials"]);
    let failed = session.fail("distribution_inspect", json!({ "name": format!("{registry}/busybox:test") }));
    assert!(failed.contains("this server's settings withhold (--no-credentials): ask its operator"), "{failed}");
    assert!(!failed.contains("X-Registry-Auth") && !failed.contains("docker login"), "{failed}");
    for builder in ["buildkit", "classic"] {
        let context = json!({ "Dockerfile": format!("FROM {registry}/busybox:test\n") });
        let failed = session.refused("image_build", json!({ "context": context, "builder": builder }));
        assert!(failed.contains("settings withhold (--no-credentials): ask its operator"), "{failed}");
        assert!(!failed.contains("X-Registry-Auth") && !failed.contains("docker login"), "{failed}");
    }
}

/// A user's folder with the docker CLI's `config.json`, which is on `PATH` as well.
struct Logins(TempDir);

impl Logins {
    fn new() -> Self {
        Logins(tempfile::tempdir().expect("a temporary folder"))
    }

    /// With the login for this registry.
    fn stored(registry: &str) -> Self {
        let logins = Logins::new();
        logins.write(&json!({ "auths": { registry: { "auth": AUTH } } }));
        logins
    }

    fn write(&self, config: &Value) {
        fs::write(self.0.path().join("config.json"), config.to_string()).expect("a temporary file");
    }

    /// Puts a helper of this name on the path. It is moved there whole, as a program that is written cannot be run.
    fn helper(&self, name: &str, script: &str) {
        let new = self.0.path().join("new");
        fs::write(&new, format!("#!/bin/sh\n{script}\n")).expect("a temporary file");
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).expect("it is ours");
        fs::rename(&new, self.0.path().join(format!("docker-credential-{name}"))).expect("it is ours");
    }

    fn session(&self, options: &[&str]) -> Session {
        let folder = self.0.path();
        let path = std::env::join_paths([folder, Path::new("/usr/bin"), Path::new("/bin")]).expect("no colons");
        let variables = [("DOCKER_CONFIG", folder.as_os_str()), ("PATH", &path)];
        Session::in_environment(&variable("HOST"), &variables, options)
    }
}
