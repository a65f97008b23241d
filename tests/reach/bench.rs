//! The bench of a trial: the folder of its servers, containers that go away when they are dropped, and waiting.
#![allow(dead_code, reason = "the server's trials need not all of it")]

use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dockwright::bytes::Bytes;
use dockwright::http;
use dockwright::models::{ContainerCreateRequest, ContainerExecRequest, ExecStartRequest, HostConfig};
use dockwright::options::{ContainerCreateOptions, ContainerDeleteOptions};
use dockwright::{Duplex, Engine, Reply};
use libtest_mimic::Trial;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// The runtime of all trials.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime needs no more than threads"));

/// Makes trials of async functions; each is called by its own name, and runs beside others.
macro_rules! trials {
    ($($name:ident),* $(,)?) => {
        vec![$($crate::bench::trial(module_path!(), stringify!($name), || $crate::bench::RUNTIME.block_on($name()))),*]
    };
}
pub(crate) use trials;

pub fn trial(module: &str, name: &str, run: fn()) -> Trial {
    let module = module.rsplit("::").next().unwrap_or_default();
    let run = move || {
        run();
        Ok(())
    };
    Trial::test(format!("{module}::{name}"), run).with_ignored_flag(folder().is_none())
}

/// The folder that `tests/reach/serve` made.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("DOCKWRIGHT_TEST_REACH").map(PathBuf::from)
}

/// A number that no other trial has.
pub fn number() -> usize {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// The throwaway engine's own address.
pub fn host() -> String {
    std::env::var("DOCKWRIGHT_TEST_HOST").expect("trials run beside an engine")
}

/// The path of the throwaway engine's socket.
pub fn socket() -> PathBuf {
    host().strip_prefix("unix://").expect("it has a socket").into()
}

/// A running container, deleted when it is dropped.
pub struct Container {
    pub id: String,
}

impl Container {
    pub async fn sleeping() -> Self {
        let settings = HostConfig::default().init(true).network_mode("none");
        let body = ContainerCreateRequest::default().image("busybox:test").cmd(["sleep", "1000"]).host_config(settings);
        let engine = Engine::at(&host()).unwrap();
        let created = engine.container_create(&body, &ContainerCreateOptions::default()).await.unwrap();
        let container = Container { id: created.id };
        engine.container_start(&container.id, &Default::default()).await.unwrap();
        container
    }

    /// Starts a shell script in it, with both directions.
    pub async fn exec(&self, engine: &Engine, script: &str) -> Duplex {
        let body = ContainerExecRequest::default().cmd(["sh", "-c", script]);
        let body = body.attach_stdin(true).attach_stdout(true).attach_stderr(true);
        let exec = engine.container_exec(&self.id, &body).await.unwrap().id;
        engine.exec_start(&exec, &ExecStartRequest::default()).await.unwrap()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let id = self.id.clone();
        let delete = move || {
            RUNTIME.block_on(async {
                let engine = Engine::at(&host()).unwrap();
                let _ = engine.container_delete(&id, &ContainerDeleteOptions::default().force(true)).await;
            });
        };
        // A runtime's own threads must not wait for it, so another does.
        std::thread::spawn(delete).join().expect("cleaning up does not panic");
    }
}

/// Asks until there is an answer, for a minute at most.
pub async fn until<T>(expected: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "a minute passed, and still not: {expected}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Begins this many answers without an end at once. Each keeps its connection until it is dropped.
pub async fn open_at_once(engine: &Engine, count: usize) -> Vec<Reply> {
    let mut answers = JoinSet::new();
    for _ in 0..count {
        let engine = engine.clone();
        answers.spawn(async move { engine.raw(get("/events")).await.unwrap() });
    }
    answers.join_all().await
}

/// A GET of [`Engine::raw`].
pub fn get(path: &str) -> http::Request<Bytes> {
    http::Request::get(path).body(Bytes::new()).unwrap()
}
