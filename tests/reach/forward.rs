//! One login that forwards the engine's socket: everything goes over it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dockwright::{Engine, Error, Limits, SshRoute};
use libtest_mimic::Trial;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::bench::{Container, get, open_at_once, socket, trials, until};
use crate::lost::call_after_a_break;
use crate::sshd::Sshd;

pub fn trials() -> Vec<Trial> {
    trials![
        a_thousand_calls_need_one_login,
        two_hundred_connections_are_open_at_once_and_no_more,
        a_dropped_call_gives_its_connection_back,
        both_directions_of_an_exec_are_carried_and_closed_one_by_one,
        a_websocket_is_carried,
        the_noise_of_a_shell_does_not_matter,
        a_path_and_a_slash_at_the_end_of_an_address_are_read,
        the_socket_is_the_one_that_docker_uses_there,
        the_socket_is_for_its_user_alone_and_goes_with_the_engine,
        nothing_of_ssh_hears_the_terminal,
        a_caller_that_gives_up_does_not_end_the_login,
        a_new_connection_costs_little,
        a_context_names_an_address_of_ssh,
    ]
}

async fn a_thousand_calls_need_one_login() {
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine();
    let (permits, mut calls) = (Arc::new(Semaphore::new(50)), JoinSet::new());
    for _ in 0..1000 {
        let (engine, permits) = (engine.clone(), Arc::clone(&permits));
        calls.spawn(async move {
            let _permit = permits.acquire().await.unwrap();
            engine.raw(get("/containers/json")).await.unwrap().text().await.unwrap()
        });
    }
    assert_eq!(calls.join_all().await.len(), 1000);
    assert_eq!(sshd.logins(), 1);
    assert_eq!(sshd.clients().len(), 1);
    assert_eq!(engine.ssh_route(), Some(SshRoute::Forward { socket: "/var/run/docker.sock".to_owned() }));
}

async fn two_hundred_connections_are_open_at_once_and_no_more() {
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine().with_limits(Limits::default().connect(Duration::from_secs(60)));
    let streams = open_at_once(&engine, 200).await;
    assert_eq!((streams.len(), sshd.logins()), (200, 1));
    let next = engine.clone();
    let next = tokio::spawn(async move { next.raw(get("/info")).await.unwrap() });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!next.is_finished(), "one more than 200 waits");
    drop(streams);
    next.await.unwrap();
}

async fn a_dropped_call_gives_its_connection_back() {
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine();
    // More than ssh has descriptors for.
    for _ in 0..5 {
        assert_eq!(open_at_once(&engine, 150).await.len(), 150);
    }
    assert_eq!(sshd.logins(), 1);
}

async fn both_directions_of_an_exec_are_carried_and_closed_one_by_one() {
    let sshd = Sshd::new(&[]).await;
    carries_both_directions(&sshd.engine()).await;
    assert_eq!(sshd.logins(), 1);
}

/// Closes the input of a process that answers afterwards.
pub async fn carries_both_directions(engine: &Engine) {
    let container = Container::sleeping().await;
    let (mut stdin, mut output) = container.exec(engine, "cat; sleep 1; echo done").await.split();
    stdin.write_all(b"hello\n").await.unwrap();
    stdin.close().await.unwrap();
    let mut text = Vec::new();
    while let Some(piece) = output.next().await {
        text.extend_from_slice(&piece.unwrap().bytes);
    }
    assert_eq!(String::from_utf8(text).unwrap(), "hello\ndone\n");
}

async fn a_websocket_is_carried() {
    use dockwright::models::{ContainerCreateRequest, HostConfig};
    use dockwright::options::ContainerAttachWebsocketOptions;

    let sshd = Sshd::new(&[]).await;
    // Old engines know these options, though their description does not.
    let engine = sshd.engine().allow_newer(true);
    let body = ContainerCreateRequest::default().image("busybox:test").cmd(["cat"]).open_stdin(true).stdin_once(true);
    let body = body.attach_stdin(true).host_config(HostConfig::default().network_mode("none"));
    let container = Container { id: engine.container_create(&body, &Default::default()).await.unwrap().id };
    let options = ContainerAttachWebsocketOptions::default().stream(true).stdin(true).stdout(true);
    let attached = engine.container_attach_websocket(&container.id, &options).await.unwrap();
    let (mut stdin, mut output) = attached.split();
    engine.container_start(&container.id, &Default::default()).await.unwrap();
    stdin.write_all(b"hello\n").await.unwrap();
    assert_eq!(&*output.next().await.unwrap().unwrap().bytes, b"hello\n");
    assert_eq!(sshd.logins(), 1);
}

async fn the_noise_of_a_shell_does_not_matter() {
    let sshd = Sshd::new(&[NOISY]).await;
    sshd.engine().raw(get("/info")).await.unwrap();
    assert_eq!(sshd.logins(), 1);
}

/// A server whose shells greet.
pub const NOISY: &str = r#"ForceCommand sh -c "echo Welcome; printf to-you; exec sh -c \"$SSH_ORIGINAL_COMMAND\"""#;

async fn a_path_and_a_slash_at_the_end_of_an_address_are_read() {
    let sshd = Sshd::new(&[]).await;
    for (path, expected) in [("/", "/var/run/docker.sock".to_owned()), ("", socket().display().to_string())] {
        let address = format!("{}{path}{}", sshd.address(), if path.is_empty() { &*expected } else { "" });
        let engine = Engine::at(&address).unwrap();
        engine.raw(get("/info")).await.unwrap();
        assert_eq!(engine.ssh_route(), Some(SshRoute::Forward { socket: expected }), "{address}");
    }
}

async fn the_socket_is_the_one_that_docker_uses_there() {
    let sshd = Sshd::new(&[]).await;
    let (name, config) = (format!("\"unix://{}\"", socket().display()), sshd.folder.join("home/.docker"));
    let meta = config.join("contexts/meta").join(digest("other"));
    fs::create_dir_all(&meta).unwrap();
    fs::write(config.join("config.json"), r#"{"currentContext":"other"}"#).unwrap();
    let context = format!(r#"{{"Name":"other","Metadata":{{}},"Endpoints":{{"docker":{{"Host":{name}}}}}}}"#);
    fs::write(meta.join("meta.json"), context).unwrap();
    let engine = sshd.engine();
    engine.raw(get("/info")).await.unwrap();
    assert_eq!(engine.ssh_route(), Some(SshRoute::Forward { socket: socket().display().to_string() }));
    assert_eq!(sshd.logins(), 2, "the first login finds the socket, the second forwards it");
    sshd.clients()[0].signal("KILL");
    until("ssh is gone", || sshd.clients().is_empty().then_some(())).await;
    call_after_a_break(&engine).await;
    assert_eq!(sshd.logins(), 3, "it is known then");
}

/// The name of a context's folder.
fn digest(name: &str) -> String {
    let command = format!("printf {name} | sha256sum | cut -d ' ' -f 1");
    let output = std::process::Command::new("sh").args(["-c", &command]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn the_socket_is_for_its_user_alone_and_goes_with_the_engine() {
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine();
    engine.raw(get("/info")).await.unwrap();
    let socket = sshd.forwarded_socket();
    let folder = socket.parent().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!((mode(folder), mode(&socket)), (0o700, 0o600));
    assert!(socket.as_os_str().len() < 100, "{}", socket.display());
    drop(engine);
    until("the folder is gone", || (!folder.exists()).then_some(())).await;
    until("ssh is gone", || sshd.clients().is_empty().then_some(())).await;
}

async fn nothing_of_ssh_hears_the_terminal() {
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine();
    engine.raw(get("/info")).await.unwrap();
    let ours = crate::sshd::processes().find(|process| process.id == std::process::id()).unwrap();
    for client in sshd.clients() {
        assert_ne!(client.group, ours.group);
    }
}

async fn a_caller_that_gives_up_does_not_end_the_login() {
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine();
    let call = tokio::time::timeout(Duration::from_millis(30), engine.raw(get("/info"))).await;
    assert!(call.is_err(), "a login takes longer");
    engine.raw(get("/info")).await.unwrap();
    assert_eq!(sshd.logins(), 1);
}

/// The median time of an answer on a new connection.
async fn answer_on_a_new_connection(socket: &Path) -> Duration {
    let mut times = Vec::new();
    for _ in 0..101 {
        let begun = Instant::now();
        let mut stream = UnixStream::connect(socket).await.unwrap();
        stream.write_all(b"GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times[50]
}

async fn a_new_connection_costs_little() {
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine();
    engine.raw(get("/info")).await.unwrap();
    let mut costs = Vec::new();
    // Other trials only make it slower, so the best of some turns counts. It is 44 ms where ssh delays small packets.
    for _ in 0..10 {
        let forwarded = answer_on_a_new_connection(&sshd.forwarded_socket()).await;
        costs.push(forwarded.saturating_sub(answer_on_a_new_connection(&socket()).await));
    }
    println!("a new connection over ssh costs more than one to the socket by {costs:?}");
    assert!(costs.iter().min().unwrap() <= &Duration::from_millis(2), "{costs:?}");
}

async fn a_context_names_an_address_of_ssh() {
    let sshd = Sshd::new(&[]).await;
    // `printf nas | sha256sum`
    const NAS: &str = "047de0f543c7e3596bb6dbd0e65f2c30357720a63eca423f08c52fae314f6806";
    let meta = sshd.folder.join("docker/contexts/meta").join(NAS);
    fs::create_dir_all(&meta).unwrap();
    let context = format!(r#"{{"Name":"nas","Endpoints":{{"docker":{{"Host":"{}"}}}}}}"#, sshd.address());
    fs::write(meta.join("meta.json"), context).unwrap();
    let listed = std::process::Command::new(std::env::current_exe().unwrap())
        .env("DOCKWRIGHT_TEST_HELD", "context")
        .env("DOCKER_CONFIG", sshd.folder.join("docker"))
        .env("DOCKER_CONTEXT", "nas")
        .env_remove("DOCKER_HOST")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&listed.stdout).trim(), sshd.address());
    assert_eq!(sshd.logins(), 1);
}

/// The error of a call that must fail.
pub async fn failure(engine: &Engine) -> Error {
    match engine.raw(get("/info")).await {
        Ok(_) => panic!("no call can succeed here"),
        Err(error) => error,
    }
}
