//! Hosts that do not forward: each connection is a login that runs `docker system dial-stdio`.

use std::time::Duration;

use dockwright::{Engine, Limits, SshRoute};
use libtest_mimic::Trial;
use tokio::task::JoinSet;

use crate::bench::{get, socket, trials, until};
use crate::forward::{NOISY, carries_both_directions};
use crate::sshd::Sshd;

pub fn trials() -> Vec<Trial> {
    trials![
        a_host_that_does_not_forward_is_dialled,
        both_directions_of_an_exec_are_carried_and_closed_one_by_one,
        a_dialled_connection_begins_behind_the_noise_of_a_shell,
        forty_calls_at_once_are_answered,
        an_odd_path_is_dialled,
        a_key_that_runs_dial_stdio_by_force_is_dialled,
        a_configuration_that_clears_forwards_is_dialled,
        a_docker_that_hangs_does_not_matter_where_its_socket_is_forwarded,
    ]
}

pub const NO_FORWARD: &str = "AllowStreamLocalForwarding no";

async fn a_host_that_does_not_forward_is_dialled() {
    let sshd = Sshd::new(&[NO_FORWARD]).await;
    let engine = sshd.engine();
    for _ in 0..20 {
        engine.raw(get("/info")).await.unwrap().text().await.unwrap();
    }
    assert_eq!(engine.ssh_route(), Some(SshRoute::DialStdio));
    // The forward that was refused, the trial of a dialled connection, and the one that carries all calls. A call that
    // comes before its connection is free again opens another.
    assert!((3..=6).contains(&sshd.logins()), "{}", sshd.log());
    drop(engine);
    until("ssh is gone", || sshd.clients().is_empty().then_some(())).await;
}

async fn both_directions_of_an_exec_are_carried_and_closed_one_by_one() {
    let sshd = Sshd::new(&[NO_FORWARD]).await;
    carries_both_directions(&sshd.engine()).await;
}

async fn a_dialled_connection_begins_behind_the_noise_of_a_shell() {
    let sshd = Sshd::new(&[NO_FORWARD, NOISY]).await;
    let engine = sshd.engine();
    engine.raw(get("/info")).await.unwrap();
    assert_eq!(engine.ssh_route(), Some(SshRoute::DialStdio));
}

async fn forty_calls_at_once_are_answered() {
    let sshd = Sshd::new(&[NO_FORWARD]).await;
    let engine = sshd.engine().with_limits(Limits::default().connect(None));
    let mut calls = JoinSet::new();
    for _ in 0..40 {
        let engine = engine.clone();
        calls.spawn(async move { engine.raw(get("/containers/json")).await.unwrap().text().await.unwrap() });
    }
    assert_eq!(calls.join_all().await.len(), 40);
}

async fn an_odd_path_is_dialled() {
    let sshd = Sshd::new(&[]).await;
    let link = sshd.folder.join("it's; $(here) & there.sock");
    std::os::unix::fs::symlink(socket(), &link).unwrap();
    let path = link.display().to_string().replace(' ', "%20");
    let engine = Engine::at(&format!("{}{path}", sshd.address())).unwrap();
    engine.raw(get("/info")).await.unwrap();
    assert_eq!(engine.ssh_route(), Some(SshRoute::DialStdio));
}

async fn a_key_that_runs_dial_stdio_by_force_is_dialled() {
    for options in [r#"command="docker system dial-stdio",restrict"#, r#"command="docker system dial-stdio""#] {
        let sshd = Sshd::new(&[]).await;
        sshd.force(options);
        // A call that waits for both logins on a busy machine may need more than the usual time.
        let engine = sshd.engine().with_limits(Limits::default().connect(Duration::from_secs(30)));
        for _ in 0..2 {
            engine.raw(get("/info")).await.unwrap().text().await.unwrap();
        }
        assert_eq!(engine.ssh_route(), Some(SshRoute::DialStdio));
        carries_both_directions(&engine).await;
    }
}

async fn a_configuration_that_clears_forwards_is_dialled() {
    let sshd = Sshd::new(&[]).await;
    sshd.client("ClearAllForwardings yes");
    let engine = sshd.engine();
    engine.raw(get("/info")).await.unwrap();
    assert_eq!(engine.ssh_route(), Some(SshRoute::DialStdio));
}

async fn a_docker_that_hangs_does_not_matter_where_its_socket_is_forwarded() {
    let sshd = Sshd::with_docker(&[], "exec sleep 20").await;
    for path in ["/var/run/docker.sock", ""] {
        let engine = Engine::at(&format!("{}{path}", sshd.address())).unwrap();
        for _ in 0..2 {
            // Over a connection of its own, whose end is checked by an echo.
            engine.raw(get("/info")).await.unwrap().text().await.unwrap();
        }
        assert_eq!(engine.ssh_route(), Some(SshRoute::Forward { socket: "/var/run/docker.sock".to_owned() }));
    }
    assert_eq!(sshd.logins(), 2);
}
