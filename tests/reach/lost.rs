//! Links that break, peers that freeze, and processes that are killed.

use std::io::BufRead;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dockwright::models::ContainerExecRequest;
use dockwright::{Engine, Error, Limits};
use libtest_mimic::Trial;
use tokio::task::JoinSet;

use crate::bench::{Container, get, host, open_at_once, trials, until};
use crate::dial::NO_FORWARD;
use crate::sshd::Sshd;

pub fn trials() -> Vec<Trial> {
    trials![
        output_that_breaks_with_ssh_is_an_error_and_the_next_call_logs_in,
        output_that_breaks_with_a_dialled_ssh_is_an_error_and_the_next_call_logs_in,
        a_hundred_calls_after_a_break_are_one_login,
        a_socket_that_somebody_removes_is_made_again,
        a_peer_that_freezes_ends_what_waits_for_it,
        nothing_is_left_of_a_process_that_is_killed,
    ]
}

async fn output_that_breaks_with_ssh_is_an_error_and_the_next_call_logs_in() {
    breaks(&Sshd::new(&[]).await, 2).await;
}

async fn output_that_breaks_with_a_dialled_ssh_is_an_error_and_the_next_call_logs_in() {
    let sshd = Sshd::new(&[NO_FORWARD]).await;
    let logins = 2 + 2;
    breaks(&sshd, logins).await;
}

/// Kills ssh, and then sshd's side, under output that has no other end than that of its connection.
async fn breaks(sshd: &Sshd, least_logins: usize) {
    let engine = sshd.engine();
    let container = Container::sleeping().await;
    for kill_client in [true, false] {
        let (_stdin, mut output) = container.exec(&engine, "echo begun; sleep 1000").await.split();
        assert_eq!(&*output.next().await.unwrap().unwrap().bytes, b"begun\n");
        let killed = if kill_client { sshd.clients() } else { sshd.sessions() };
        assert!(!killed.is_empty());
        killed.iter().for_each(|process| process.signal("KILL"));
        let end = output.next().await.expect("a broken connection is no end");
        let error = end.unwrap_err().to_string();
        assert!(error.contains("the ssh connection ended"), "{error}");
        call_after_a_break(&engine).await;
    }
    assert!(sshd.logins() >= least_logins, "{}", sshd.logins());
}

/// Calls an engine whose idle connections broke a moment ago: a call that was given one of them may be lost.
pub async fn call_after_a_break(engine: &Engine) {
    match engine.raw(get("/info")).await {
        Err(Error::Interrupted { .. }) => engine.raw(get("/info")).await.map(drop).unwrap(),
        outcome => outcome.map(drop).unwrap(),
    }
}

async fn a_hundred_calls_after_a_break_are_one_login() {
    // One login more than one at once is refused.
    let sshd = Sshd::new(&["MaxStartups 1:100:1"]).await;
    let engine = sshd.engine();
    engine.raw(get("/info")).await.unwrap();
    sshd.clients().iter().for_each(|client| client.signal("KILL"));
    until("ssh is gone", || sshd.clients().is_empty().then_some(())).await;
    let mut calls = JoinSet::new();
    for _ in 0..100 {
        let engine = engine.clone();
        calls.spawn(async move { engine.raw(get("/containers/json")).await.map(drop) });
    }
    let outcomes = calls.join_all().await;
    // A call that was given an idle connection of the old login may be lost with it, and no other.
    let lost = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    assert!(lost <= 8, "{lost} of 100: {outcomes:?}");
    assert_eq!(sshd.logins(), 2, "{}", sshd.log());
}

async fn a_socket_that_somebody_removes_is_made_again() {
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine();
    engine.raw(get("/info")).await.unwrap().text().await.unwrap();
    std::fs::remove_file(sshd.forwarded_socket()).unwrap();
    assert_eq!(open_at_once(&engine, 10).await.len(), 10);
    assert_eq!(sshd.logins(), 2);
}

async fn a_peer_that_freezes_ends_what_waits_for_it() {
    let sshd = Sshd::new(&[]).await;
    let engine = sshd.engine().with_limits(Limits::default().first_byte(None));
    let container = Container::sleeping().await;
    let (_stdin, mut output) = container.exec(&engine, "echo begun; sleep 1000").await.split();
    output.next().await.unwrap().unwrap();
    let sessions = sshd.sessions();
    sessions.iter().for_each(|session| session.signal("STOP"));
    let begun = Instant::now();
    let (end, call) = tokio::join!(output.next(), engine.raw(get("/info")));
    let error = end.expect("a frozen peer is no end").unwrap_err().to_string();
    assert!(error.contains("not responding"), "{error}");
    assert!(call.is_err());
    assert!(begun.elapsed() < Duration::from_secs(70), "{:?}", begun.elapsed());
    call_after_a_break(&engine).await;
    assert_eq!(sshd.logins(), 2);
    sessions.iter().for_each(|session| session.signal("CONT"));
}

async fn nothing_is_left_of_a_process_that_is_killed() {
    for lines in [&[][..], &[NO_FORWARD]] {
        let sshd = Sshd::new(lines).await;
        let container = Container::sleeping().await;
        // A quiet exec is what would hold ssh the longest.
        let engine = Engine::at(&host()).unwrap();
        let body = ContainerExecRequest::default().cmd(["sleep", "1000"]).attach_stdout(true);
        let exec = engine.container_exec(&container.id, &body).await.unwrap().id;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env("DOCKWRIGHT_TEST_HELD", format!("{} {exec}", sshd.address()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        assert!(!sshd.clients().is_empty());
        let folders = || {
            let prefix = format!("dockwright-ssh-{}-", child.id());
            let names = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten().map(|entry| entry.file_name());
            names.filter(|name| name.to_string_lossy().starts_with(&prefix)).count()
        };
        assert!(folders() > 0);
        // A service manager tells all processes of a service to end, before it kills any.
        let processes: Vec<_> = crate::sshd::processes().collect();
        let of_child = processes.iter().filter(|process| process.parent == child.id());
        of_child.for_each(|process| ["TERM", "HUP", "INT"].into_iter().for_each(|signal| process.signal(signal)));
        let killed = Instant::now();
        Command::new("kill").args(["-s", "KILL", &child.id().to_string()]).status().unwrap();
        until("ssh is gone", || sshd.clients().is_empty().then_some(())).await;
        until("the folder is gone", || (folders() == 0).then_some(())).await;
        assert!(killed.elapsed() < Duration::from_secs(2), "{:?}", killed.elapsed());
        child.wait().unwrap();
    }
}
