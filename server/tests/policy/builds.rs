//! Builds by BuildKit under policies: a build that is refused opens no session, and one that passes gives the session
//! nothing that the policy denies.

use std::sync::{Arc, Mutex};

use dockwright::{Engine, bytes::Bytes, http};
use dockwright_server::settings::Settings;
use serde_json::{Value, json};

use super::support::{Client, session, settings, text};
use super::{failed, file};

const BUILDS: &str = "preset = \"open\"\n";

/// The policy that lets builds pass, and nothing that reaches further.
const NARROW: &str = r#"
preset = "develop"
[own]
label = "owner=me"
[allow]
operations = ["image_build"]
[egress]
builds = true
"#;

/// An engine with BuildKit that notes the requests, and opens no sessions.
#[derive(Clone, Default)]
struct Builder(Arc<Mutex<Vec<String>>>);

impl Builder {
    fn engine(&self) -> Engine {
        let requests = Arc::clone(&self.0);
        Engine::canned(move |request| {
            let path = request.uri().path();
            if path == "/_ping" {
                return http::Response::builder().header("builder-version", "2").body(Bytes::new()).unwrap();
            }
            let status = if path == "/build" { 200 } else { 404 };
            requests.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
            http::Response::builder().status(status).body(Bytes::from("{}")).unwrap()
        })
    }

    /// The requests that are no questions, since the last time.
    fn posts(&self) -> Vec<String> {
        let requests = std::mem::take(&mut *self.0.lock().unwrap());
        requests.into_iter().filter(|request| request.starts_with("POST")).collect()
    }

    /// A session under a policy, with the secret `word`.
    async fn under(&self, policy: &str) -> Client {
        let file = file(policy);
        let settings = settings(|settings| {
            settings.policy = Some(file.path().to_owned());
            settings.build_secret = vec!["id=word,env=PATH".parse().unwrap()];
        });
        session(settings, self.engine()).await
    }
}

fn build(more: Value) -> Value {
    let mut arguments = json!({ "context": { "Dockerfile": "FROM a" } });
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    arguments
}

#[tokio::test]
async fn a_build_that_is_refused_opens_no_session() {
    let builder = Builder::default();
    let mut client = builder.under(NARROW).await;
    for (more, expected) in [
        (json!({ "networkmode": "host" }), "host_namespaces: "),
        (json!({ "networkmode": "container:abc" }), "No such container"),
        (json!({ "remote": "https://evil.test/x.git" }), "egress: "),
        (json!({ "session": "of-somebody-else" }), "opaque: "),
        (json!({ "outputs": [{ "Type": "local", "Attrs": { "dest": "/etc" } }] }), "egress: "),
        (json!({ "extrahosts": ["h:host-gateway"] }), "egress: "),
        (json!({ "labels": { "owner": "them" } }), "own: "),
    ] {
        for secrets in [json!([]), json!(["word"])] {
            let mut arguments = build(more.clone());
            arguments["secrets"] = secrets;
            let refused = failed(&mut client, "image_build", arguments).await;
            assert!(refused.contains(expected), "{more}: {refused}");
            assert_eq!(builder.posts(), Vec::<String>::new(), "{more}");
        }
    }
}

#[tokio::test]
async fn a_build_that_cannot_have_its_secret_is_not_begun() {
    let builder = Builder::default();
    let mut client = builder.under(BUILDS).await;
    let many: Vec<_> = (0..10_000).map(|number| format!("no-{number}")).collect();
    for (more, expected) in [
        (json!({ "secrets": ["other"] }), "no `other`; this server has these secrets for builds: `word`"),
        (json!({ "secrets": ["word", "a\nb\u{1b}[2J"] }), "no `a"),
        (json!({ "secrets": many }), "no `no-0`"),
        (json!({ "secrets": [""] }), "no ``"),
        (json!({ "secrets": ["x".repeat(100_000)] }), "no `xxxx"),
        (json!({ "ssh": ["default"] }), "no `default`; this server was started without ssh agents for builds"),
        (json!({ "secrets": ["word"], "builder": "classic" }), "argument `secrets`: only BuildKit takes it"),
        (json!({ "secrets": ["word"], "memory": 1 << 30 }), "only the classic builder heeds `memory`"),
        (json!({ "ssh": ["x"], "networkmode": "bridge" }), "only the classic builder heeds `networkmode`"),
        (json!({ "builder": "buildkit", "memory": 1 << 30 }), "argument `memory`: BuildKit does not heed it"),
        (json!({ "platform": "linux/amd64,linux/arm64" }), "for one platform at a time"),
    ] {
        let refused = failed(&mut client, "image_build", build(more.clone())).await;
        assert!(refused.contains(expected), "{more}: {refused}");
        assert!(refused.lines().count() == 1 && refused.chars().count() < 500, "{refused}");
        assert_eq!(builder.posts(), Vec::<String>::new(), "{more}");
    }
    // This engine opens no session, without which a build that names secrets fails, and any other goes on.
    failed(&mut client, "image_build", build(json!({ "secrets": ["word"] }))).await;
    assert!(builder.posts().iter().all(|post| post.starts_with("POST /session")));
    let built = client.call("image_build", build(json!({}))).await;
    assert_eq!(built["isError"], false, "{built}");
    let posts = builder.posts();
    assert!(posts.len() == 2 && posts[1].starts_with("POST /build?") && posts[1].contains("version=2"), "{posts:?}");
}

#[tokio::test]
async fn a_limit_that_a_policy_sets_is_held_by_the_builder_that_heeds_it() {
    let builder = Builder::default();
    let mut client = builder.under(&format!("{NARROW}[set]\nmemory = \"1g\"\n")).await;
    let built = client.call("image_build", build(json!({}))).await;
    assert_eq!(built["isError"], false, "{}", text(&built));
    let posts = builder.posts();
    assert!(posts.len() == 1 && posts[0].contains("memory=1073741824") && !posts[0].contains("version=2"), "{posts:?}");
    for (more, expected) in [
        (
            json!({ "builder": "buildkit" }),
            "argument `builder`: BuildKit does not heed `memory`, which this server's policy sets",
        ),
        (json!({ "version": "2" }), "denied by set: BuildKit heeds no limit of memory"),
        (
            json!({ "secrets": ["word"] }),
            "argument `secrets`: only BuildKit takes it, and only the classic builder heeds `memory`",
        ),
    ] {
        let refused = failed(&mut client, "image_build", build(more.clone())).await;
        assert!(refused.contains(expected), "{more}: {refused}");
        assert_eq!(builder.posts(), Vec::<String>::new(), "{more}");
    }
}

#[tokio::test]
async fn a_model_is_shown_the_ids_that_there_are() {
    let mut client = Builder::default().under(BUILDS).await;
    let listed = client.ask("tools/list", json!({})).await;
    let build = listed["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "image_build").unwrap();
    let properties = &build["inputSchema"]["properties"];
    assert_eq!(properties["secrets"]["items"], json!({ "type": "string", "enum": ["word"] }));
    assert!(properties.get("ssh").is_none(), "there are none: {properties}");
}

#[tokio::test]
async fn a_server_without_the_tool_takes_no_secrets() {
    let builder = Builder::default();
    let changes: [fn(&mut Settings); 2] =
        [|settings| settings.read_only = true, |settings| settings.tags = vec!["Container".to_owned()]];
    for change in changes {
        let mut client = session(settings(change), builder.engine()).await;
        let refused = failed(&mut client, "image_build", build(json!({ "secrets": ["word"] }))).await;
        assert!(!refused.contains("word"), "{refused}");
        assert_eq!(builder.posts(), Vec::<String>::new());
    }
}
