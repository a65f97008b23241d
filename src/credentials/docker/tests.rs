use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

/// A folder with this `config.json`.
fn store(config: &Value) -> (DockerStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    let from_folder = DockerStore::from_folder(folder.path().into());
    let store = DockerStore { search_path: Some(OsString::new()), asks_platform: true, ..from_folder };
    (store, folder)
}

fn login(user: &str) -> Value {
    json!({"username": user, "password": "p"})
}

async fn user(store: &DockerStore, key: &str) -> Option<String> {
    Some(store.find(key).await.login()?["username"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_login_is_sent_with_the_key_as_it_is_written() {
    let (store, _folder) = store(&json!({"auths": {"http://a:1/v2/": login("a"), HUB_KEY: login("hub")}}));
    let expected = json!({"username": "a", "password": "p", "serveraddress": "http://a:1/v2/"});
    assert_eq!(store.find("a:1").await.login(), Some(expected));
    assert_eq!(user(&store, HUB_KEY).await.as_deref(), Some("hub"));
    assert_eq!(user(&store, "b:2").await, None);
    let account = store.find("b:2").await.account();
    assert_eq!(account, format!("no stored login was sent; {}: no such login", store.file_name()));
}

#[tokio::test]
async fn the_variable_goes_before_the_file_by_its_exact_key() {
    let (store, _folder) = store(&json!({"auths": {"a:1": login("file"), "b:2": login("file")}}));
    let variable = Some(r#"{"auths":{"a:1":{"auth":"dmFyOnA="},"https://b:2":{"auth":"dmFyOnA="}}}"#.to_owned());
    let with = DockerStore { variable, ..store.clone() };
    assert_eq!(user(&with, "a:1").await.as_deref(), Some("var"));
    assert_eq!(user(&with, "b:2").await.as_deref(), Some("file"));
    assert!(with.find("a:1").await.account().contains("DOCKER_AUTH_CONFIG: found"));

    let broken = DockerStore { variable: Some(r#"{"auths":{"a:1":{"auth":"dmFyOnA=","email":"e"}}}"#.into()), ..store };
    let search = broken.find("a:1").await;
    assert_eq!(search.login().unwrap()["username"], "file");
    assert!(search.account().contains("DOCKER_AUTH_CONFIG: ignored, a login with another key than `auth`"));
}

#[tokio::test]
async fn a_file_that_is_missing_has_none_and_one_that_cannot_be_read_is_told() {
    let (store, folder) = store(&json!({}));
    let file = folder.path().join("config.json");
    let account = async || store.find("a:1").await.account();
    std::fs::write(&file, "{\"auths\": {\"a:1\": {\"password\": \"hunter2").unwrap();
    let told = account().await;
    assert!(told.contains("config.json: not readable, EOF") && !told.contains("hunter2"), "{told}");
    std::fs::remove_file(&file).unwrap();
    assert!(account().await.ends_with("config.json: no such login"));
    std::fs::create_dir(&file).unwrap();
    assert!(account().await.contains(": not readable, not a file"));
    let homeless = DockerStore { folder: None, ..store };
    assert!(homeless.find("a:1").await.login().is_none());
}

#[cfg(unix)]
mod with_helpers {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A folder with this `config.json` and the helper of the trials: it has a login for `a:1` and for Docker Hub, is
    /// locked for `locked`, prints nonsense for `nonsense` and hangs for `silent`.
    fn with_helper(config: &Value) -> (DockerStore, TempDir) {
        const HELPER: &str = r#"IN=$(/bin/cat); printf '%s <%s>\n' "$1" "$IN" >> "${0%/*}/log"
case "$1:$IN" in
  get:a:1) echo '{"ServerURL":"a:1","Username":"alice","Secret":"wonder"}';;
  get:https://index.docker.io/v1/) echo '{"ServerURL":"x","Username":"<token>","Secret":"idt"}';;
  get:locked*) echo 'the keychain is locked'; exit 1;;
  get:nonsense*) echo 'wonder';;
  get:silent*) exec /bin/sleep 600;;
  get:*) echo 'credentials not found in native keychain'; exit 1;;
  list:*) echo '{"a:1":"alice","https://index.docker.io/v1/":"<token>","gone:9":"x"}';;
  *) exit 1;;
esac
"#;
        let (store, folder) = store(config);
        for name in ["fake", "other"] {
            program(&folder, &format!("docker-credential-{name}"), HELPER);
        }
        let search_path = Some(folder.path().as_os_str().to_owned());
        (DockerStore { search_path, helper_limit: Duration::from_millis(500), ..store }, folder)
    }

    /// Puts a program on the path. Another process writes it, as the text of a running program is not to be written.
    fn program(folder: &TempDir, name: &str, script: &str) {
        let text = folder.path().join("program.txt");
        std::fs::write(&text, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&text, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(std::process::Command::new("cp").args([&text, &folder.path().join(name)]).status().unwrap().success());
    }

    fn log(folder: &TempDir) -> String {
        std::fs::read_to_string(folder.path().join("log")).unwrap_or_default()
    }

    #[tokio::test]
    async fn the_helper_of_a_registry_goes_before_the_default_one_and_both_before_the_file() {
        let (store, folder) = with_helper(&json!({
            "credHelpers": {"a:1": "fake", "plain:5": "", "https://b:2": "fake", "b": "fake"},
            "auths": {"a:1": login("file"), "plain:5": login("file"), "b:2": login("file")},
        }));
        let expected = json!({"username": "alice", "password": "wonder", "serveraddress": "a:1"});
        assert_eq!(store.find("a:1").await.login(), Some(expected));
        assert_eq!(user(&store, "plain:5").await.as_deref(), Some("file"), "an empty name is no helper");
        assert_eq!(user(&store, "b:2").await.as_deref(), Some("file"), "a key of helpers is exact");
        assert_eq!(log(&folder), "get <a:1>\n");

        let (store, folder) = with_helper(&json!({
            "credsStore": "fake", "credHelpers": {"own:3": "other"},
            "auths": {"a:1": {}, "b:2": login("file"), HUB_KEY: {}},
        }));
        assert_eq!(user(&store, "a:1").await.as_deref(), Some("alice"));
        let expected = json!({"identitytoken": "idt", "serveraddress": HUB_KEY});
        assert_eq!(store.find(HUB_KEY).await.login(), Some(expected));
        let search = store.find("b:2").await;
        assert_eq!(search.login(), None, "the helper is asked and has none, so the file does not count");
        assert_eq!(search.account(), "no stored login was sent; docker-credential-fake: no such login");
        assert_eq!(log(&folder), format!("get <a:1>\nget <{HUB_KEY}>\nget <b:2>\n"));
    }

    #[tokio::test]
    async fn a_helper_that_fails_is_told_and_the_file_is_used() {
        let keys = ["locked:1", "nonsense:1", "silent:1", "missing:1"];
        let auths: Value = keys[1..].iter().map(|key| ((*key).to_owned(), login("file"))).collect();
        let (store, _folder) =
            with_helper(&json!({"credsStore": "fake", "credHelpers": {"missing:1": "gone"}, "auths": auths}));
        let search = store.find("locked:1").await;
        assert_eq!(search.login(), None);
        let file = store.file_name();
        let account =
            format!("no stored login was sent; docker-credential-fake: the keychain is locked; {file}: no such login");
        assert_eq!(search.account(), account);
        for (key, words) in [
            ("nonsense:1", "docker-credential-fake: its answer is not the JSON of a helper"),
            ("silent:1", "docker-credential-fake: no answer within 500ms"),
            ("missing:1", "docker-credential-gone: no such program on PATH"),
        ] {
            let search = store.find(key).await;
            assert_eq!(search.login().unwrap()["username"], "file", "{key}");
            let account = format!("a stored login was sent; {words}; `{key}` of {file}: found");
            assert_eq!(search.account(), account);
        }
    }

    #[tokio::test]
    async fn all_logins_are_those_of_the_helpers_and_the_variable_or_of_the_file() {
        let (store, folder) = with_helper(&json!({
            "credsStore": "fake", "credHelpers": {"locked:1": "other", "a:1": "gone"}, "auths": {"b:2": login("file")},
        }));
        let variable = Some(r#"{"auths":{"v:4":{"auth":"dmFyOnA="}}}"#.to_owned());
        let search = DockerStore { variable, ..store }.all().await;
        let all = search.all().unwrap();
        assert_eq!(all.as_object().unwrap().keys().collect::<Vec<_>>(), ["a:1", HUB_KEY, "v:4"]);
        assert_eq!(all["a:1"], json!({"username": "alice", "password": "wonder", "serveraddress": "a:1"}));
        let account = search.account();
        assert!(account.contains("docker-credential-other: the keychain is locked"), "{account}");
        assert!(
            account.contains("docker-credential-gone: no such program on PATH") && !account.contains("wonder"),
            "{account}"
        );
        assert_eq!(log(&folder).lines().next(), Some("list <unused>"));

        let (store, _folder) = with_helper(
            &json!({"auths": {"b:2": login("file"), "http://c:3": login("file"), "d:4": {}, "e:5": {"auth": "@"}}}),
        );
        let search = store.all().await;
        assert_eq!(search.all().unwrap().as_object().unwrap().keys().collect::<Vec<_>>(), ["b:2", "http://c:3"]);
        assert!(search.account().contains("`e:5` of "), "{}", search.account());

        let (store, _folder) = with_helper(&json!({"credsStore": "gone", "auths": {"b:2": login("file")}}));
        assert_eq!(store.all().await.all().unwrap()["b:2"]["username"], "file", "without its helper, the file counts");
    }

    #[tokio::test]
    async fn no_login_on_stderr_is_a_failure_as_for_the_docker_cli() {
        let (store, folder) = with_helper(&json!({"credsStore": "words", "auths": {"a:1": login("file")}}));
        let words = "echo 'credentials not found in native keychain' >&2; exit 1";
        program(&folder, "docker-credential-words", words);
        assert_eq!(user(&store, "a:1").await.as_deref(), Some("file"));
        assert_eq!(store.all().await.all().unwrap()["a:1"]["username"], "file");
    }

    #[tokio::test]
    async fn a_registry_token_of_the_file_goes_with_the_answer_of_a_helper() {
        let filed = json!({"username": "file", "password": "p", "registrytoken": "rt"});
        let (store, _folder) = with_helper(&json!({
            "credsStore": "fake",
            "auths": {"a:1": filed, "https://index.docker.io/v1/": filed, "https://b:2/v1/": filed},
        }));
        let alice = json!({"username": "alice", "password": "wonder", "registrytoken": "rt", "serveraddress": "a:1"});
        assert_eq!(store.find("a:1").await.login(), Some(alice.clone()));
        let hub = json!({"identitytoken": "idt", "registrytoken": "rt", "serveraddress": HUB_KEY});
        assert_eq!(store.find(HUB_KEY).await.login(), Some(hub.clone()));
        let search = store.find("b:2").await;
        assert_eq!(search.login(), Some(json!({"registrytoken": "rt", "serveraddress": "b:2"})));
        assert_eq!(
            search.account(),
            format!(
                "a stored login was sent; docker-credential-fake: no such login; `registrytoken` of {}: found",
                store.file_name()
            )
        );
        assert_eq!(store.all().await.all(), Some(json!({"a:1": alice, HUB_KEY: hub})));

        let (store, _folder) = with_helper(&json!({
            "credHelpers": {"b:2": "fake", "c:3": "fake", "locked:4": "fake"},
            "auths": {"b:2": filed, "c:3": login("file"), "d:5": login("file"), "locked:4": login("file")},
        }));
        let all = store.all().await.all().unwrap();
        assert_eq!(all["b:2"], json!({"registrytoken": "rt", "serveraddress": "b:2"}));
        let keys: Vec<_> = all.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["b:2", "d:5", "locked:4"], "a helper without a login takes that of the file away");
    }

    #[tokio::test]
    async fn only_the_environment_means_the_helper_of_the_platform() {
        for content in ["", "{}", r#"{"auths": {}}"#, r#"{"currentContext": "a"}"#, "{"] {
            let (store, folder) = with_helper(&json!({}));
            std::fs::write(folder.path().join("config.json"), content).unwrap();
            for name in ["pass", "secretservice", "osxkeychain"] {
                program(
                    &folder,
                    &format!("docker-credential-{name}"),
                    "exec \"${0%/*}/docker-credential-fake\" \"$@\"",
                );
            }
            assert_eq!(user(&store, "a:1").await.as_deref(), Some("alice"), "{content}");
            let runs = log(&folder);
            let only = DockerStore {
                search_path: store.search_path.clone(),
                ..DockerStore::from_folder(folder.path().to_owned())
            };
            assert_eq!(only.find("a:1").await.login(), None, "{content}");
            assert_eq!(only.all().await.all(), None, "{content}");
            std::fs::remove_file(folder.path().join("config.json")).unwrap();
            assert_eq!(only.find("a:1").await.login(), None, "{content}");
            assert_eq!(log(&folder), runs, "no program was run");
        }
    }

    #[tokio::test]
    async fn logins_beyond_the_most_that_are_sent_are_told() {
        let own: Value = (0..101).map(|number| (format!("own:{number}"), json!("many"))).collect();
        let (store, folder) = with_helper(&json!({"credsStore": "many", "credHelpers": own}));
        let list: Value = (0..150).map(|number| (format!("a:{number}"), json!("u"))).collect();
        let script =
            format!("case $1 in list) echo '{list}';; *) echo '{{\"Username\":\"u\",\"Secret\":\"p\"}}';; esac");
        program(&folder, "docker-credential-many", &script);
        let store = DockerStore { helper_limit: Duration::from_secs(10), ..store };
        let search = store.all().await;
        assert_eq!(search.all().unwrap().as_object().unwrap().len(), 200);
        assert_eq!(
            search.account(),
            "a stored login was sent; docker-credential-many: 100 of 150 logins are sent; credHelpers: 100 of 101 logins are sent"
        );
    }

    #[tokio::test]
    async fn a_helper_that_does_not_answer_is_asked_once() {
        let keys: Value = (0..20).map(|number| (format!("silent:{number}"), json!("fake"))).collect();
        let (store, folder) = with_helper(&json!({"credHelpers": keys, "auths": {"b:2": login("file")}}));
        let search = store.all().await;
        assert_eq!(search.all().unwrap().as_object().unwrap().len(), 1);
        assert_eq!(log(&folder).lines().count(), 1);
        assert!(search.account().contains("no answer within"), "{}", search.account());
    }
}
