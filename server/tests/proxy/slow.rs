//! Clients that are slow, silent or many: what they take of the program has bounds, and others are served meanwhile.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::sleep;

use crate::engine::{Engine, Reaction, Seen, json};
use crate::program::{Program, ask};
use crate::proxied::{OPEN, Proxied, status};

/// The places of a listener of the program.
const PLACES: usize = 2_048;
const MIB: u64 = 1 << 20;

const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nContent-Length: 100000000000\r\n\r\n";
const LOGS: &str = "GET /v1.51/containers/a/export HTTP/1.1\r\nHost: docker\r\n\r\n";
const LIST: &str = "GET /v1.51/containers/json";
const CREATE: &str = "POST /v1.51/containers/create HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n";

/// Floods who exports a container.
fn answer(seen: &Seen) -> Reaction {
    if seen.line.contains("/export") { Reaction::Flood(STREAM.to_owned()) } else { json(200, "[]") }
}

struct World {
    folder: TempDir,
    engine: Engine,
    program: Program,
}

impl World {
    async fn start() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::start(folder.path(), answer);
        let (listen, policy) = (format!("unix://{}/proxy.sock", folder.path().display()), folder.path().join("p.toml"));
        std::fs::write(&policy, OPEN).unwrap();
        let mut program = Program::start(&engine, &["--listen", &listen, "--policy", policy.to_str().unwrap()]);
        program.line().await;
        World { folder, engine, program }
    }

    /// Connects and sends bytes. Connections beyond the places may wait, but not for long.
    async fn connect(&self, bytes: &[u8]) -> UnixStream {
        let mut stream = UnixStream::connect(self.folder.path().join("proxy.sock")).await.unwrap();
        let _ = stream.write_all(bytes).await;
        stream
    }

    /// Asks as everybody does, and returns the time that it took.
    async fn ask(&self) -> Duration {
        let begun = Instant::now();
        assert_eq!(ask(&self.folder.path().join("proxy.sock"), LIST).await, 200);
        begun.elapsed()
    }

    /// The bytes of memory and the descriptors of the program.
    fn takes(&self) -> (u64, usize) {
        let process = Path::new("/proc").join(self.program.child.id().unwrap().to_string());
        let status = std::fs::read_to_string(process.join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        (kib << 10, std::fs::read_dir(process.join("fd")).unwrap().count())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_never_end_take_little_and_keep_nobody_out() {
    let world = World::start().await;
    world.ask().await;
    let (memory_before, descriptors_before) = world.takes();
    let mut held = Vec::new();
    for _ in 0..PLACES {
        held.push(world.connect(b"GET /v1.51/containers/json HTTP/1.1\r\nHost: d").await);
    }
    let trickling = tokio::spawn(async move {
        loop {
            for stream in &mut held {
                let _ = stream.write_all(b"o").await;
            }
            sleep(Duration::from_millis(200)).await;
        }
    });
    sleep(Duration::from_millis(200)).await;
    let (memory, _) = world.takes();
    assert!(memory < memory_before + 64 * MIB, "{memory} bytes with {PLACES} connections, {memory_before} before");
    for _ in 0..3 {
        let took = world.ask().await;
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
    trickling.abort();
    sleep(Duration::from_secs(1)).await;
    let (_, descriptors) = world.takes();
    assert!(descriptors < descriptors_before + 8, "{descriptors} descriptors, {descriptors_before} before");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_never_read_take_little_and_end_with_their_connection() {
    let mut world = World::start().await;
    world.ask().await;
    let (before, _) = world.takes();
    let mut held = Vec::new();
    for _ in 0..200 {
        held.push(world.connect(LOGS.as_bytes()).await);
    }
    sleep(Duration::from_secs(2)).await;
    let (memory, _) = world.takes();
    assert!(memory < before + 128 * MIB, "{memory} bytes with 200 clients, {before} before");
    let took = world.ask().await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    let count = held.len();
    drop(held);
    for _ in 0..count {
        world.engine.ended().await;
    }
}

#[tokio::test(start_paused = true)]
async fn bodies_that_never_come_end_after_their_time() {
    let proxied = Proxied::start(OPEN, |_| json(200, "{}"));
    let part = "x".repeat(70_000);
    let large = format!("{CREATE}Transfer-Encoding: chunked\r\n\r\n20000\r\n{part}");
    let small = format!("{CREATE}Content-Length: 100\r\n\r\n{{");
    let mut held = Vec::new();
    for begin in [&large, &small] {
        for _ in 0..32 {
            let mut stream = proxied.connect().await;
            stream.write_all(begin.as_bytes()).await.unwrap();
            held.push(stream);
        }
    }
    let begun = tokio::time::Instant::now();
    // Small bodies pass meanwhile, also those that tell no length.
    let headers = "Content-Type: application/json\r\nTransfer-Encoding: chunked";
    let answer = proxied.ask("POST /v1.51/containers/create", headers, "d\r\n{\"Image\":\"a\"}\r\n0\r\n\r\n").await;
    assert_eq!(status(&answer), 200, "{answer}");
    for mut stream in held {
        let answer = end(&mut stream).await;
        assert!(status(&answer) == 408 && answer.contains("must come within"), "{answer}");
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(60), "all had to come at the same time: {took:?}");
    assert_eq!(proxied.engine.seen().len(), 1, "the engine saw the whole one alone");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_sends_no_head_is_closed() {
    let proxied = Proxied::start(OPEN, |_| json(200, "{}"));
    for begin in ["", "GET /v1.51/containers/json HTTP/1.1\r\nHost: d"] {
        let begun = tokio::time::Instant::now();
        let mut stream = proxied.connect().await;
        stream.write_all(begin.as_bytes()).await.unwrap();
        assert_eq!(end(&mut stream).await, "");
        assert!(begun.elapsed() < Duration::from_secs(31), "{:?}", begun.elapsed());
    }
}

/// Reads until the proxy ends the connection, however long that takes.
async fn end(stream: &mut UnixStream) -> String {
    let mut text = Vec::new();
    // Bytes that the proxy does not read break the connection behind the answer.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}
