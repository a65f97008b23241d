//! An engine that exists as facts alone, and the road of a request from its bytes to a decision.

use dockwright_policy::understand::Head;
use dockwright_policy::{Answer, Call, Decision, Facts, Policy, Question, Refusal, decide};
use serde_json::{Value, json};

/// The id of the caller's container, and that of another.
pub const OWN: &str = "aaaaaaaaaaaa1111111111111111111111111111111111111111111111111111";
pub const OTHER: &str = "bbbbbbbbbbbb2222222222222222222222222222222222222222222222222222";

/// The id of an image that is on no list.
pub const IMAGE: &str = "sha256:cccccccccccc3333333333333333333333333333333333333333333333333333";

/// The id of an image that is on the list.
pub const BUSYBOX: &str = "sha256:dddddddddddd4444444444444444444444444444444444444444444444444444";

/// The id of an image of the caller.
pub const MINE: &str = "sha256:ffffffffffff5555555555555555555555555555555555555555555555555555";

/// A request as it arrives.
#[derive(Debug, Clone)]
pub struct Raw {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Raw {
    /// A request with a body, of JSON unless it is empty.
    pub fn new(method: &str, target: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let mut headers = Vec::new();
        if !body.is_empty() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
            headers.push(("Content-Length".to_owned(), body.len().to_string()));
        }
        Raw { method: method.to_owned(), target: target.to_owned(), headers, body }
    }

    /// A request with a body of JSON.
    pub fn json(method: &str, target: &str, body: &Value) -> Self {
        Raw::new(method, target, body.to_string())
    }
}

/// The end of a request: what is sent in its place, or the reason why nothing is.
pub type End = Result<(Call, bool), Refusal>;

/// Understands and decides, with the answers of the engine. The flag tells of changes.
pub fn end(policy: &Policy, raw: &Raw) -> End {
    decided(policy, understood(raw)?)
}

/// Understands a request.
pub fn understood(raw: &Raw) -> Result<Call, Refusal> {
    let headers: Vec<_> = raw.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let version = dockwright::API_VERSION.parse().unwrap();
    let head = Head::read(&raw.method, &raw.target, &headers, version)?;
    if head.streams() { head.with_body(b"") } else { head.with_body(&raw.body) }
}

/// Decides on a call that is understood.
pub fn decided(policy: &Policy, call: Call) -> End {
    let mut facts = Facts::none();
    for _ in 0..10 {
        match decide(policy, call.request(), &facts) {
            Decision::Allow => return Ok((call, false)),
            Decision::Rewrite(changes) => {
                let changed = call.with_changes(&changes).expect("changes fit the request that they are made for");
                return Ok((changed, true));
            }
            Decision::Deny(refusal) => return Err(refusal),
            Decision::Needs(questions) => questions.into_iter().for_each(|question| {
                let answer = answer(&question);
                facts.add(question, answer);
            }),
        }
    }
    panic!("it asks without an end")
}

/// The reference policy with every operation, so that facets, names and labels decide alone.
pub fn wide() -> Policy {
    let reference = include_str!("reference.toml");
    let line = reference.lines().find(|line| line.starts_with("operations = [\"Container.*\"")).unwrap();
    reference.replace(line, "operations = [\"*\"]").parse().unwrap()
}

/// The answer of the engine, and of its host's file system.
pub fn answer(question: &Question) -> Answer {
    match question {
        Question::Object { collection, name } => object(collection, name).map_or(Answer::Absent, Answer::Json),
        Question::Users { volume } => Answer::Json(match volume.as_str() {
            "database" => json!([{ "Id": OTHER, "Labels": {} }]),
            "shared" => json!([{ "Id": OWN, "Labels": owner("agent-1") }, { "Id": OTHER, "Labels": owner("prod") }]),
            "mine-unlabelled" => json!([{ "Id": OWN, "Labels": owner("agent-1") }]),
            _ => json!([]),
        }),
        Question::Path(path) => Answer::Path(match path.strip_prefix("/srv/proj/l") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/etc{rest}"),
            _ => path.clone(),
        }),
        _ => panic!("a new kind of question"),
    }
}

fn owner(name: &str) -> Value {
    json!({ "dockwright.owner": name })
}

fn object(collection: &str, name: &str) -> Option<Value> {
    let container = |id: &str, labels: Value| Some(json!({ "Id": id, "Config": { "Labels": labels } }));
    let image = |id: &str, tag: &str, labels: Value| {
        Some(json!({ "Id": id, "RepoTags": [tag], "RepoDigests": [], "Config": { "Labels": labels } }))
    };
    let named = |labels: Value, driver: &str, options: Value| {
        Some(
            json!({ "Name": name, "Id": format!("{name}-id"), "Driver": driver, "Labels": labels, "Options": options }),
        )
    };
    let is_id = |id: &str| name.len() >= 4 && id.starts_with(name);
    match (collection, name.strip_prefix('/').unwrap_or(name)) {
        ("containers", "c-own" | "c-own-2") => container(OWN, owner("agent-1")),
        ("containers", "c-other" | "proxy") => container(OTHER, owner("prod")),
        ("containers", "c-plain") => container(OTHER, Value::Null),
        ("containers", _) if is_id(OWN) => container(OWN, owner("agent-1")),
        ("containers", _) if is_id(OTHER) => container(OTHER, owner("prod")),
        ("exec", "e-own") => Some(json!({ "ID": "e-own", "ContainerID": OWN })),
        ("exec", "e-other") => Some(json!({ "ID": "e-other", "ContainerID": OTHER })),
        ("images", "busybox:test" | "busybox" | "docker.io/library/busybox:test") => {
            image(BUSYBOX, "busybox:test", Value::Null)
        }
        ("images", "secret:1" | IMAGE) => image(IMAGE, "secret:1", Value::Null),
        ("images", "mine:1" | "mine:latest" | MINE) => image(MINE, "mine:1", owner("agent-1")),
        ("images", "theirs:1") => image(IMAGE, "theirs:1", owner("prod")),
        ("images", BUSYBOX | "dddddddddddd") => image(BUSYBOX, "busybox:test", Value::Null),
        ("images", "cccccccccccc") => image(IMAGE, "secret:1", Value::Null),
        ("volumes", "goodvolume" | "database" | "shared" | "mine-unlabelled") => {
            named(Value::Null, "local", Value::Null)
        }
        ("volumes", "badvolume") => named(Value::Null, "local", json!({ "type": "none", "o": "bind", "device": "/" })),
        ("volumes", "badown") => named(owner("agent-1"), "local", json!({ "o": "bind", "device": "/" })),
        ("volumes", "nfs") => named(Value::Null, "nfs", Value::Null),
        ("volumes", "v-own") => named(owner("agent-1"), "local", Value::Null),
        ("volumes", "v-other") => named(owner("prod"), "local", Value::Null),
        ("networks", "n-own") => named(owner("agent-1"), "bridge", Value::Null),
        ("networks", "n-other" | "bridge") => named(Value::Null, "bridge", Value::Null),
        ("networks", "host" | "eeeeeeeeeeee") => named(Value::Null, "host", Value::Null),
        ("services", "s-other") => Some(json!({ "ID": "s-other", "Spec": { "Labels": owner("prod") } })),
        ("networks", "n-own-id") => Some(json!({ "Id": name, "Driver": "bridge", "Labels": owner("agent-1") })),
        ("services", "s-own" | "s-own-id") => Some(json!({ "ID": "s-own-id", "Spec": { "Labels": owner("agent-1") } })),
        ("tasks", "t-other") => Some(json!({ "ID": "t-other", "ServiceID": "s-other" })),
        ("secrets", "x-other") => Some(json!({ "ID": "x-other", "Spec": { "Labels": owner("prod") } })),
        _ => None,
    }
}
