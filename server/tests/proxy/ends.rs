//! The end of the program: by a signal that drains it, and by one that it does not see.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::time::timeout;

use crate::engine::{Engine, Reaction, Seen, json};
use crate::program::{Program, ask};
use crate::proxied::{OPEN, rest, until};

/// The longest time for what is under way, and some for the end of the process.
const DRAIN: Duration = Duration::from_secs(10);
const END: Duration = Duration::from_secs(13);

const SWITCH: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello";
const STREAM: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

/// Answers by the path.
fn answer(seen: &Seen) -> Reaction {
    match seen.line.split(' ').nth(1).unwrap() {
        path if path.contains("/attach") => Reaction::Echo(SWITCH.to_owned()),
        path if path.ends_with("/events") => Reaction::Hold(STREAM.to_owned()),
        path if path.ends_with("/wait") => Reaction::Hold(String::new()),
        path if path.ends_with("/info") => json(200, "{}"),
        _ => Reaction::Late(Duration::from_secs(2), "[]".to_owned()),
    }
}

struct World {
    folder: TempDir,
    engine: Engine,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("policy.toml"), OPEN).unwrap();
        let engine = Engine::start(folder.path(), answer);
        World { folder, engine }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("proxy.sock")
    }

    /// Starts the program, and waits for its first line.
    async fn start(&self) -> (Program, String) {
        let listen = format!("unix://{}", self.socket().display());
        let policy = self.folder.path().join("policy.toml");
        let mut program = Program::start(&self.engine, &["--listen", &listen, "--policy", policy.to_str().unwrap()]);
        let line = program.line().await;
        (program, line)
    }
}

async fn begin(socket: &Path, request: &str) -> UnixStream {
    let mut stream = UnixStream::connect(socket).await.unwrap();
    stream.write_all(format!("{request}Host: docker\r\n\r\n").as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_lets_what_is_short_end_and_cuts_the_rest() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut world = World::new();
        let (mut program, _) = world.start().await;
        let socket = world.socket();
        let attach =
            "POST /v1.51/containers/a/attach?stream=1&stdin=1 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n";
        let mut attached = begin(&socket, attach).await;
        let mut followed = begin(&socket, "GET /v1.51/events HTTP/1.1\r\n").await;
        until(&mut attached, "hello").await;
        until(&mut followed, "hello").await;
        let mut waiting = begin(&socket, "POST /v1.51/containers/a/wait HTTP/1.1\r\n").await;
        let mut short = begin(&socket, "GET /v1.51/containers/json HTTP/1.1\r\n").await;
        let mut unfinished = UnixStream::connect(&socket).await.unwrap();
        unfinished.write_all(b"GET /v1.51/containers/json HTTP/1.1\r\nHost").await.unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;

        let begun = Instant::now();
        program.signal(signal);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(ask(&socket, "GET /v1.51/info").await, 503, "new requests are told to come back");
        attached.write_all(b"more").await.unwrap();
        until(&mut attached, "more").await;
        assert!(until(&mut short, "[]").await.starts_with("HTTP/1.1 200"), "what is under way ends");
        let end = timeout(END, program.child.wait()).await.expect("it ends").unwrap();
        assert_eq!((end.code(), socket.exists()), (Some(0), false), "{signal:?}");
        assert!(begun.elapsed() >= DRAIN, "streams had their time: {:?}", begun.elapsed());
        for stream in [&mut attached, &mut followed, &mut waiting, &mut unfinished] {
            rest(stream).await;
        }
        for _ in 0..3 {
            world.engine.ended().await;
        }
    }
}

#[tokio::test]
async fn a_program_without_work_ends_at_once_and_a_second_signal_waits_for_nothing() {
    let world = World::new();
    let (mut program, _) = world.start().await;
    assert_eq!(ask(&world.socket(), "GET /v1.51/info").await, 200);
    program.signal(Signal::TERM);
    let end = timeout(Duration::from_secs(2), program.child.wait()).await.expect("it ends").unwrap();
    assert_eq!(end.code(), Some(0));

    let (mut program, _) = world.start().await;
    let _waiting = begin(&world.socket(), "POST /v1.51/containers/a/wait HTTP/1.1\r\n").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    program.signal(Signal::TERM);
    tokio::time::sleep(Duration::from_millis(500)).await;
    program.signal(Signal::TERM);
    let end = timeout(Duration::from_secs(2), program.child.wait()).await.expect("it ends").unwrap();
    assert_eq!(end.code(), Some(143));
}

#[tokio::test]
async fn the_socket_of_a_killed_program_is_replaced_and_that_of_a_live_one_is_not() {
    let world = World::new();
    let (mut killed, _) = world.start().await;
    killed.signal(Signal::KILL);
    killed.child.wait().await.unwrap();
    assert!(world.socket().exists(), "nobody removed it");
    let (_second, line) = world.start().await;
    assert!(line.contains("proxy at unix://"), "{line}");
    let (mut third, line) = world.start().await;
    assert!(line.contains("another process listens there"), "{line}");
    assert_ne!(third.child.wait().await.unwrap().code(), Some(0));
    assert_eq!(ask(&world.socket(), "GET /v1.51/info").await, 200, "the second one serves on");
}
