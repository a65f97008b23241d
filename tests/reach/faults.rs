//! Faults on the way over ssh: each is an error of its own, with words of ssh and a remedy.

use std::fs;
use std::time::{Duration, Instant};

use dockwright::{Engine, Error, SshFault};
use libtest_mimic::Trial;
use tokio::net::TcpListener;

use crate::bench::{folder, get, number, open_at_once, trials, until};
use crate::dial::NO_FORWARD;
use crate::forward::failure;
use crate::restart::Fake;
use crate::sshd::{Sshd, free_port};

pub fn trials() -> Vec<Trial> {
    trials![
        a_changed_key_names_its_file_and_the_command_that_mends_it,
        an_unknown_key_is_not_accepted,
        a_wrong_key_is_refused_without_a_question,
        an_unknown_name_and_a_port_where_nobody_listens_are_told_apart,
        a_host_that_accepts_and_is_silent_ends_in_time,
        a_host_that_closes_at_once_has_too_many_logins,
        a_host_without_forwards_and_without_docker_says_both,
        a_socket_without_an_engine_is_named_and_found_again_when_the_engine_is_there,
        a_user_who_may_not_use_the_socket_is_told,
        an_account_that_runs_no_commands_is_told_with_its_words,
        calls_that_wait_for_a_login_share_its_failure,
        a_docker_that_names_another_socket_each_time_is_followed_once,
        a_login_under_way_and_connections_in_use_are_told_apart,
        a_login_ends_with_its_engine,
    ]
}

/// The fault of a call that must fail, and its message.
async fn fault(engine: &Engine) -> (SshFault, String) {
    let error = failure(engine).await;
    let text = error.to_string();
    let Error::Ssh { address, fault, said } = error else { panic!("{error:?}") };
    assert!(text.starts_with(&format!("cannot reach the engine at {address}: {}", fault.problem())), "{text}");
    assert!(text.ends_with(fault.remedy()) && text.contains(&said), "{text}");
    (fault, text)
}

async fn a_changed_key_names_its_file_and_the_command_that_mends_it() {
    let sshd = Sshd::new(&[]).await;
    sshd.make_key("other");
    sshd.known("other");
    let (fault, text) = fault(&sshd.engine()).await;
    assert_eq!(fault, SshFault::ChangedHostKey);
    assert!(text.contains("known_hosts:1") && text.contains("ssh-keygen -f"), "{text}");
    assert_eq!(sshd.logins(), 0);
}

async fn an_unknown_key_is_not_accepted() {
    let sshd = Sshd::new(&[]).await;
    let known_hosts = sshd.folder.join("known_hosts");
    fs::write(&known_hosts, "").unwrap();
    assert_eq!(fault(&sshd.engine()).await.0, SshFault::UnknownHostKey);
    assert_eq!(fs::read_to_string(known_hosts).unwrap(), "");
    assert_eq!(sshd.logins(), 0);
}

async fn a_wrong_key_is_refused_without_a_question() {
    let sshd = Sshd::new(&[]).await;
    sshd.make_key("other");
    sshd.client(&format!("IdentityFile {}/other", sshd.folder.display()));
    fs::write(sshd.folder.join("authorized_keys"), "").unwrap();
    let (fault, text) = fault(&sshd.engine()).await;
    assert_eq!(fault, SshFault::Denied);
    assert!(text.contains("Permission denied (publickey"), "{text}");
}

async fn an_unknown_name_and_a_port_where_nobody_listens_are_told_apart() {
    let nobody = Engine::at(&format!("ssh://127.0.0.1:{}", free_port())).unwrap();
    assert_eq!(fault(&nobody).await.0, SshFault::Refused);
    let unknown = Engine::at("ssh://no-such-host.invalid").unwrap();
    assert_eq!(fault(&unknown).await.0, SshFault::UnknownHost);
}

async fn a_host_that_accepts_and_is_silent_ends_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = Engine::at(&format!("ssh://127.0.0.1:{}", listener.local_addr().unwrap().port())).unwrap();
    let begun = Instant::now();
    let (fault, text) = fault(&engine).await;
    assert_eq!(fault, SshFault::Silent);
    assert!(begun.elapsed() < Duration::from_secs(12) && text.contains("banner exchange"), "{text}");
}

async fn a_host_that_closes_at_once_has_too_many_logins() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let engine = Engine::at(&format!("ssh://127.0.0.1:{port}")).unwrap();
    let (fault, text) = fault(&engine).await;
    assert!(fault == SshFault::Dropped && text.contains("MaxStartups"), "{text}");
}

async fn a_host_without_forwards_and_without_docker_says_both() {
    let bin = folder().unwrap().join(format!("bin-{}", number()));
    fs::create_dir(&bin).unwrap();
    for program in ["sh", "cat"] {
        std::os::unix::fs::symlink(format!("/bin/{program}"), bin.join(program)).unwrap();
    }
    let path = format!("SetEnv HOME={} PATH={}", bin.display(), bin.display());
    let without_forward = Sshd::new(&[NO_FORWARD, &path]).await;
    let (fault, text) = fault(&without_forward.engine()).await;
    assert_eq!(fault, SshFault::NoDocker);
    assert!(text.contains("docker") && text.contains("not found") && text.contains("open failed"), "{text}");
    // A host that forwards needs no docker.
    Sshd::new(&[&path]).await.engine().raw(get("/info")).await.unwrap();
}

async fn a_socket_without_an_engine_is_named_and_found_again_when_the_engine_is_there() {
    let sshd = Sshd::new(&[]).await;
    let socket = sshd.folder.join("engine.sock");
    let engine = Engine::at(&format!("{}{}", sshd.address(), socket.display())).unwrap();
    let (fault_before, text) = fault(&engine).await;
    assert_eq!(fault_before, SshFault::NoSocket);
    assert!(text.contains(&socket.display().to_string()) && text.contains("no such file"), "{text}");
    let fake = Fake::start(&socket);
    engine.raw(get("/info")).await.unwrap();
    fake.stop().await;
    fs::remove_file(&socket).unwrap();
    // The connection that is lost tells it first, and the next call finds out why.
    let first = failure(&engine).await;
    assert!(first.to_string().contains("open failed") || matches!(first, Error::Ssh { .. }), "{first}");
    assert_eq!(fault(&engine).await.0, SshFault::NoSocket);
    let _fake = Fake::start(&socket);
    engine.raw(get("/info")).await.unwrap();
    assert_eq!(engine.ssh_route().map(|route| matches!(route, dockwright::SshRoute::Forward { .. })), Some(true));
}

async fn a_user_who_may_not_use_the_socket_is_told() {
    let sshd = Sshd::new(&[]).await;
    fs::set_permissions(&sshd.folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let engine = Engine::at(&format!("ssh://guest@{}", sshd.name)).unwrap();
    sshd.client("User guest");
    let (fault, text) = fault(&engine).await;
    assert!(fault == SshFault::SocketDenied && text.contains("mostly docker"), "{text}");
}

async fn an_account_that_runs_no_commands_is_told_with_its_words() {
    let sshd = Sshd::new(&["ForceCommand echo This account is closed"]).await;
    let (fault, text) = fault(&sshd.engine()).await;
    assert!(fault == SshFault::NoShell && text.contains("This account is closed"), "{text}");
}

async fn calls_that_wait_for_a_login_share_its_failure() {
    let sshd = Sshd::new(&[]).await;
    fs::write(sshd.folder.join("authorized_keys"), "").unwrap();
    let engine = sshd.engine().with_api_version("1.45".parse().unwrap());
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let engine = engine.clone();
        calls.spawn(async move { fault(&engine).await.0 });
    }
    assert!(calls.join_all().await.iter().all(|fault| *fault == SshFault::Denied));
    assert_eq!(sshd.log().matches("Connection from").count(), 1, "{}", sshd.log());
}

async fn a_docker_that_names_another_socket_each_time_is_followed_once() {
    let sshd = Sshd::with_docker(&[], r#"echo "dockwright-docker-uses=unix:///run/x-$$.sock""#).await;
    let (fault, text) = fault(&sshd.engine()).await;
    assert!(text.contains("docker there used /run/x-"), "{fault:?} {text}");
    let logins = sshd.logins();
    assert_eq!(logins, 3, "two for the socket, and one that dials: {}", sshd.log());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(sshd.logins(), logins);
}

/// A host that takes logins and says nothing.
const SILENT: &str = "ForceCommand sleep 1000";

/// The limit of a call that must not find a connection.
fn hurried(engine: Engine) -> Engine {
    let limits = dockwright::Limits::default().connect(Duration::from_secs(1));
    engine.with_limits(limits).with_api_version("1.45".parse().unwrap())
}

async fn a_login_under_way_and_connections_in_use_are_told_apart() {
    let silent = Sshd::new(&[SILENT]).await;
    assert_eq!(fault(&hurried(silent.engine())).await.0, SshFault::SlowLogin);
    // The limit is for a login too, on a machine that runs other trials.
    let limits = dockwright::Limits::default().connect(Duration::from_secs(20));
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine().with_limits(limits);
    engine.raw(get("/info")).await.unwrap();
    let _streams = open_at_once(&engine, 200).await;
    let (fault, text) = fault(&engine).await;
    assert!(fault == SshFault::Busy && !text.contains("firewall"), "{text}");
}

async fn a_login_ends_with_its_engine() {
    let sshd = Sshd::new(&[SILENT]).await;
    let engine = hurried(sshd.engine());
    assert_eq!(fault(&engine).await.0, SshFault::SlowLogin);
    assert!(!sshd.clients().is_empty(), "the login goes on for the next call");
    drop(engine);
    let begun = Instant::now();
    until("ssh is gone", || sshd.clients().is_empty().then_some(())).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}
