//! Engines that go and come behind a login that lasts.

use std::fs;
use std::path::Path;

use dockwright::{Engine, Error, SshRoute};
use libtest_mimic::Trial;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::bench::{get, trials, until};
use crate::sshd::Sshd;

pub fn trials() -> Vec<Trial> {
    trials![
        an_engine_that_comes_back_while_ssh_dials_is_forwarded_again,
        each_call_at_an_engine_that_went_names_its_socket,
    ]
}

/// An engine that answers every connection once. `stop` ends it.
pub struct Fake(JoinHandle<()>);

impl Fake {
    pub fn start(socket: &Path) -> Self {
        let _ = fs::remove_file(socket);
        let listener = UnixListener::bind(socket).unwrap();
        Fake(tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }))
    }

    pub async fn stop(self) {
        self.0.abort();
        let _ = self.0.await;
    }
}

/// The outcomes of calls at once.
async fn calls(engine: &Engine, count: usize) -> Vec<Result<(), Error>> {
    let mut calls = JoinSet::new();
    for _ in 0..count {
        let engine = engine.clone();
        calls.spawn(async move { engine.raw(get("/info")).await.map(drop) });
    }
    calls.join_all().await
}

async fn an_engine_that_comes_back_while_ssh_dials_is_forwarded_again() {
    // A dialler that wins every race: it waits for the engine.
    let sshd =
        Sshd::with_docker(&[], "while [ ! -S \"${2#unix://}\" ]; do sleep 0.05; done; exec $docker \"$@\"").await;
    let socket = sshd.folder.join("engine.sock");
    let engine = Engine::at(&format!("{}{}", sshd.address(), socket.display())).unwrap();
    let mut fake = Fake::start(&socket);
    engine.raw(get("/info")).await.unwrap();
    let forward = Some(SshRoute::Forward { socket: socket.display().to_string() });
    assert_eq!((sshd.logins(), engine.ssh_route()), (1, forward.clone()));
    for restart in 1..=3 {
        fake.stop().await;
        fs::remove_file(&socket).unwrap();
        // The connection that is lost puts the forward in doubt.
        assert!(calls(&engine, 1).await[0].is_err());
        let waiting = engine.clone();
        let waiting = tokio::spawn(async move { calls(&waiting, 5).await });
        until("ssh dials", || (sshd.logins() > restart).then_some(())).await;
        fake = Fake::start(&socket);
        let outcomes = waiting.await.unwrap();
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!((sshd.logins(), engine.ssh_route()), (1 + restart, forward.clone()), "{}", sshd.log());
    }
}

async fn each_call_at_an_engine_that_went_names_its_socket() {
    let sshd = Sshd::new(&[]).await;
    let socket = sshd.folder.join("engine.sock");
    let engine = Engine::at(&format!("{}{}", sshd.address(), socket.display())).unwrap();
    let engine = engine.with_api_version("1.45".parse().unwrap());
    let fake = Fake::start(&socket);
    engine.raw(get("/info")).await.unwrap();
    fake.stop().await;
    fs::remove_file(&socket).unwrap();
    for outcome in calls(&engine, 30).await {
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("open failed") || error.contains("no engine listens at the socket"), "{error}");
    }
}
