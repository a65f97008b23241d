//! The bench of a trial: the engine that the environment names, names that nobody else uses, things that go away when
//! they are dropped, and waiting. It makes a trial of an async function; it knows no operation's meaning.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, RwLock};
use std::time::{Duration, Instant};

use dockwright::models::{ContainerCreateRequest, ContainerInspectResponse, HostConfig};
use dockwright::options::{
    ContainerCreateOptions, ContainerInspectOptions, ContainerKillOptions, ContainerStartOptions, ContainerWaitOptions,
};
use dockwright::{Engine, Outcome, Value, Version};
use libtest_mimic::Trial;
use tokio::runtime::Runtime;

/// The image that every engine of `tests/engine` has; its command is a shell.
pub const IMAGE: &str = "busybox:test";

/// Facts that are asked once and shared by all trials.
pub struct Bench {
    pub engine: Engine,
    /// The engine's address, `unix:///…`.
    pub host: String,
    /// The newest API version that the engine speaks.
    pub api: Version,
}

pub static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let host = variable("HOST");
    let engine = Engine::at(&host).expect("DOCKWRIGHT_TEST_HOST is an address");
    let api = match std::env::var("DOCKWRIGHT_TEST_API") {
        Ok(version) => version.parse().expect("DOCKWRIGHT_TEST_API is a version"),
        Err(_) => RUNTIME.block_on(engine.api_version()).expect("the engine answers"),
    };
    Bench { engine, host, api }
});

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime needs no more than threads"));

/// Readers rely on the engine to stay up; the writer may take it down.
static UP: RwLock<()> = RwLock::new(());

/// Held by the trial that runs alone or is the next to do so: these keep their order.
static NEXT: Mutex<()> = Mutex::new(());

/// Makes trials of async functions; each is called by its own name, and runs beside others.
macro_rules! trials {
    ($($name:ident),* $(,)?) => {
        vec![$($crate::bench::beside_others(module_path!(), stringify!($name), |bench| {
            $crate::bench::run($name(bench))
        })),*]
    };
}
pub(crate) use trials;

/// Makes a trial that runs when no other does, and may take the engine down.
macro_rules! trial_alone {
    ($name:ident) => {
        $crate::bench::alone(module_path!(), stringify!($name), |bench| $crate::bench::run($name(bench)))
    };
}
pub(crate) use trial_alone;

pub fn beside_others(module: &str, name: &str, story: fn(&'static Bench)) -> Trial {
    named(module, name, move || {
        let _up = UP.read().unwrap_or_else(|poison| poison.into_inner());
        story(&BENCH);
    })
}

pub fn alone(module: &str, name: &str, story: fn(&'static Bench)) -> Trial {
    named(module, name, move || {
        let _next = NEXT.lock().unwrap_or_else(|poison| poison.into_inner());
        let _alone = UP.write().unwrap_or_else(|poison| poison.into_inner());
        story(&BENCH);
    })
}

fn named(module: &str, name: &str, run: impl FnOnce() + Send + 'static) -> Trial {
    let module = module.rsplit("::").next().unwrap_or_default();
    let run = move || {
        run();
        Ok(())
    };
    let left_out = !has_engine() || !is_prepared() && !ANYWHERE.contains(&module);
    Trial::test(format!("{module}::{name}"), run).with_ignored_flag(left_out)
}

/// The stories for any engine that has `busybox:test`. The others change the whole engine, or need the registries, the
/// plugin and the scripts of `tests/engine`.
const ANYWHERE: [&str; 11] = [
    "archive",
    "attach",
    "connection",
    "container",
    "events",
    "exec",
    "image",
    "logs",
    "network",
    "volume",
    "websocket",
];

/// Tells if the engine is one of `tests/engine`, and not the user's own.
pub fn is_prepared() -> bool {
    std::env::var_os("DOCKWRIGHT_TEST_RESTART").is_some()
}

pub fn run(story: impl Future<Output = ()>) {
    RUNTIME.block_on(story);
}

/// Tells if the environment names an engine.
fn has_engine() -> bool {
    std::env::var_os("DOCKWRIGHT_TEST_HOST").is_some()
}

/// `DOCKWRIGHT_TEST_…` of the environment.
///
/// # Panics
/// If it is missing or empty: a trial that needs it must not pass without.
pub fn variable(name: &str) -> String {
    let name = format!("DOCKWRIGHT_TEST_{name}");
    match std::env::var(&name) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!("{name} is not set: run tests/engine/with ENGINE cargo test --test live"),
    }
}

impl Bench {
    /// Tells if the engine speaks API 1.`minor`.
    pub fn speaks(&self, minor: u16) -> bool {
        self.api >= Version { major: 1, minor }
    }

    /// Returns the engine's answer to a GET, as JSON that no type has filtered.
    pub async fn json(&self, path: &str) -> Value {
        let reply = self.engine.raw(request("GET", path, "")).await.unwrap_or_else(|error| panic!("{path}: {error}"));
        reply.json().await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Creates a container of [`IMAGE`] that runs a shell script when it is started.
    pub async fn container(&'static self, script: &str) -> Container {
        self.container_of(shell(script)).await
    }

    /// Creates a container.
    pub async fn container_of(&'static self, body: ContainerCreateRequest) -> Container {
        let name = unique("container");
        let options = ContainerCreateOptions::default().name(&name);
        let created = self.engine.container_create(&body, &options).await.expect("a container is created");
        let id = created.id;
        Container { _leftover: Leftover::new(format!("/containers/{id}?force=true&v=true")), bench: self, id, name }
    }

    /// Starts a container that runs a shell script.
    pub async fn running(&'static self, script: &str) -> Container {
        self.container(script).await.started().await
    }
}

/// A container; it is removed when it is dropped.
pub struct Container {
    pub id: String,
    pub name: String,
    bench: &'static Bench,
    _leftover: Leftover,
}

impl Container {
    pub async fn started(self) -> Self {
        let outcome = self.bench.engine.container_start(&self.id, &ContainerStartOptions::default()).await;
        assert_eq!(outcome.expect("the container starts"), Outcome::Changed);
        self
    }

    pub async fn inspect(&self) -> ContainerInspectResponse {
        let options = ContainerInspectOptions::default();
        self.bench.engine.container_inspect(&self.id, &options).await.expect("the container is there")
    }

    /// Its state as the engine writes it, `running`.
    pub async fn status(&self) -> String {
        self.inspect().await.state.status.to_string()
    }

    /// Sends it a signal.
    pub async fn kill(&self, signal: &str) {
        let options = ContainerKillOptions::default().signal(signal);
        self.bench.engine.container_kill(&self.id, &options).await.expect("it gets the signal");
    }

    /// Waits until it has ended.
    pub async fn exit_code(&self) -> i64 {
        let options = ContainerWaitOptions::default();
        let answer = soon("the container ends", self.bench.engine.container_wait(&self.id, &options)).await;
        answer.expect("it ends").status_code
    }
}

/// Settings of a container that runs a shell script in [`IMAGE`]. It obeys SIGTERM, since another process is the first.
pub fn shell(script: &str) -> ContainerCreateRequest {
    ContainerCreateRequest::default()
        .image(IMAGE)
        .cmd(["sh", "-c", script])
        .host_config(HostConfig::default().init(true).network_mode("none"))
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
        let request = request("DELETE", &self.0, "");
        // A runtime's own threads must not wait for it, so another does.
        let cleanup = move || RUNTIME.block_on(async { drop(BENCH.engine.raw(request).await) });
        std::thread::spawn(cleanup).join().expect("cleaning up does not panic");
    }
}

/// A request for [`Engine::raw`]; a body is sent as JSON.
pub fn request(method: &str, path: &str, body: &str) -> http::Request<bytes::Bytes> {
    let mut request = http::Request::builder().method(method).uri(path);
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    request.body(body.to_owned().into()).expect("the path is a URI")
}

/// A name that no other trial and no other run uses.
pub fn unique(what: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("live-{what}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Asks until there is an answer, for a minute at most.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "a minute passed, and still not: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for an event that must come, for a minute at most.
pub async fn soon<T>(what: &str, coming: impl Future<Output = T>) -> T {
    let came = tokio::time::timeout(Duration::from_secs(60), coming).await;
    came.unwrap_or_else(|_| panic!("a minute passed, and still not: {what}"))
}

/// Removes everything that the trials shared.
pub fn end() {
    if has_engine() {
        RUNTIME.block_on(crate::swarm::end());
    }
}
