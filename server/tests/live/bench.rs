//! The bench of a story: the engine that the environment names, names that nobody else uses, things that go away when
//! they are dropped, and waiting. It makes a trial of a function; it knows no tool's meaning.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, RwLock};
use std::time::{Duration, Instant};

use dockwright::{Engine, Version, bytes::Bytes, http};
use dockwright_server::arguments::merge;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::session::Session;

/// The image that every engine of `tests/engine` has; its command is a shell.
pub const IMAGE: &str = "busybox:test";

pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime needs no more than threads"));

/// For requests that are not judged, such as cleaning up.
static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::at(&variable("HOST")).expect("DOCKWRIGHT_TEST_HOST is an address"));

/// Readers rely on the engine to stay up; the writer may take it down.
static UP: RwLock<()> = RwLock::new(());

/// Held by the trial that runs alone or is the next to do so: these keep their order.
static NEXT: Mutex<()> = Mutex::new(());

/// Makes trials of stories; each is called by its own name, has a session of its own, and runs beside others.
macro_rules! trials {
    ($($name:ident),* $(,)?) => {
        vec![$($crate::bench::beside_others(module_path!(), stringify!($name), $name)),*]
    };
}
pub(crate) use trials;

/// Makes trials that run when no other does, and may take the engine down.
macro_rules! trials_alone {
    ($($name:ident),* $(,)?) => {
        vec![$($crate::bench::alone(module_path!(), stringify!($name), $name)),*]
    };
}
pub(crate) use trials_alone;

pub fn beside_others(module: &str, name: &str, story: impl FnOnce(&Session) + Send + 'static) -> Trial {
    named(module, name, move || {
        let _up = UP.read().unwrap_or_else(|poison| poison.into_inner());
        story(&Session::new());
    })
}

pub fn alone(module: &str, name: &str, story: impl FnOnce(&Session) + Send + 'static) -> Trial {
    named(module, name, move || {
        let _next = NEXT.lock().unwrap_or_else(|poison| poison.into_inner());
        let _alone = UP.write().unwrap_or_else(|poison| poison.into_inner());
        story(&Session::new());
    })
}

fn named(module: &str, name: &str, run: impl FnOnce() + Send + 'static) -> Trial {
    let module = module.rsplit("::").next().unwrap_or_default();
    let run = move || {
        run();
        Ok(())
    };
    Trial::test(format!("{module}::{name}"), run).with_ignored_flag(!is_prepared())
}

/// Tells if the engine is one of `tests/engine`, and not the user's own.
pub fn is_prepared() -> bool {
    std::env::var_os("DOCKWRIGHT_TEST_RESTART").is_some()
}

/// `DOCKWRIGHT_TEST_…` of the environment.
///
/// # Panics
/// If it is missing or empty: a trial that needs it must not pass without.
pub fn variable(name: &str) -> String {
    let name = format!("DOCKWRIGHT_TEST_{name}");
    match std::env::var(&name) {
        Ok(value) if !value.is_empty() => value,
        _ => {
            panic!("{name} is not set: run tests/engine/with ENGINE cargo test --package dockwright-server --test live")
        }
    }
}

/// Tells if the engine speaks API 1.`minor`.
pub fn speaks(minor: u16) -> bool {
    let api: Version = variable("API").parse().expect("DOCKWRIGHT_TEST_API is a version");
    api >= Version { major: 1, minor }
}

/// Sends a request that is not judged, with a body as JSON, and returns the engine's answer.
pub fn raw(method: &str, path: &str, body: &Value) -> Result<String, dockwright::Error> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = http::Request::builder().method(method).uri(path).header("content-type", "application/json");
    let request = request.body(Bytes::from(body)).expect("the path is a URI");
    RUNTIME.block_on(async { ENGINE.raw(request).await?.text().await })
}

/// A container; it is removed when it is dropped.
pub struct Container {
    pub id: String,
    pub name: String,
    _leftover: Leftover,
}

/// The body of a `container_create` that runs a shell script; it obeys SIGTERM, since another process is the first.
pub fn shell(script: &str) -> Value {
    let host = json!({ "Init": true, "NetworkMode": "none" });
    json!({ "Image": IMAGE, "Cmd": ["sh", "-c", script], "HostConfig": host })
}

/// A body with more in it, at any depth.
pub fn and(body: Value, more: Value) -> Value {
    merge::apply(more, body)
}

pub fn created(session: &Session, body: Value) -> Container {
    let name = unique("container");
    let answer = session.call("container_create", json!({ "name": name, "body": body }));
    let id = text(&answer["Id"]);
    assert_eq!(answer, json!({ "Id": id, "Warnings": [] }));
    Container { _leftover: Leftover::new(format!("/containers/{id}?force=true&v=true")), id, name }
}

pub fn started(session: &Session, body: Value) -> Container {
    let container = created(session, body);
    let answer = session.call("container_start", json!({ "id": container.id }));
    assert_eq!(answer, json!({ "changed": true }));
    container
}

/// A container that runs a shell script.
pub fn running(session: &Session, script: &str) -> Container {
    started(session, shell(script))
}

/// Inspects an object and returns all of it.
pub fn whole(session: &Session, tool: &str, argument: &str, name: &str) -> Value {
    session.call(tool, json!({ argument: name, "select": "@" }))
}

/// The state of a container, `running`.
pub fn status(session: &Session, id: &str) -> String {
    text(&session.call("container_inspect", json!({ "id": id }))["State"]["Status"])
}

/// The exit code of a container that ends by itself, once its end is among the events too.
pub fn exit_code(session: &Session, id: &str) -> i64 {
    let answer = session.call("container_wait", json!({ "id": id, "limit_seconds": 60 }));
    // Since 26.1 an engine wakes the waiting call before it sends the event; it shows the container after both.
    raw("GET", &format!("/containers/{id}/json"), &Value::Null).expect("the container is still there");
    answer["StatusCode"].as_i64().expect("it has an exit code")
}

/// Something on the engine that is deleted when this is dropped, whether it is still there or not. The request is raw,
/// so that cleaning up is not taken for a test.
pub struct Leftover(String);

impl Leftover {
    /// Deletes this path when it is dropped.
    pub fn new(path: impl Into<String>) -> Self {
        Leftover(path.into())
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        let _ = raw("DELETE", &self.0, &Value::Null);
    }
}

/// The text in a value.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("it is no text: {value}")).to_owned()
}

/// A name that no other trial and no other run uses.
pub fn unique(what: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("tool-{what}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Asks until there is an answer, for a minute at most.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "a minute passed, and still not: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
