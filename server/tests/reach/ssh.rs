//! The program at an engine behind ssh.

use std::fs;
use std::process::Command;

use libtest_mimic::Trial;

use crate::bench::{Container, trials, until};
use crate::sshd::Sshd;

pub fn trials() -> Vec<Trial> {
    trials![
        a_call_and_the_doctor_reach_an_engine_over_ssh,
        the_doctor_says_what_a_login_for_each_connection_costs,
        a_login_that_is_refused_is_one_failure_with_a_remedy,
        a_table_of_containers_is_measured_over_one_login,
        an_address_with_a_password_is_refused_without_repeating_it,
    ]
}

/// The exit code, standard output and standard error of the program at this address.
fn run(address: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let program = Command::new(env!("CARGO_BIN_EXE_dockwright")).args(arguments).env("DOCKER_HOST", address).output();
    let output = program.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

async fn a_call_and_the_doctor_reach_an_engine_over_ssh() {
    let sshd = Sshd::new(&[]).await;
    let (code, data, failure) = run(&sshd.address(), &["call", "image_list"]);
    assert!(code == Some(0) && data.contains("busybox:test"), "{data}{failure}");
    let (code, report, _) = run(&sshd.address(), &["doctor"]);
    assert_eq!(code, Some(0), "{report}");
    for line in [
        format!("ok    address   {} (DOCKER_HOST)", sshd.address()),
        "ok    ssh       one login forwards /var/run/docker.sock for all calls".to_owned(),
    ] {
        assert!(report.contains(&line), "{report}");
    }
    assert_eq!(sshd.logins(), 2);
    until("ssh ends with the program", || sshd.clients().is_empty().then_some(())).await;
}

async fn the_doctor_says_what_a_login_for_each_connection_costs() {
    let sshd = Sshd::new(&["AllowStreamLocalForwarding no"]).await;
    let (code, report, _) = run(&sshd.address(), &["doctor"]);
    assert_eq!(code, Some(0), "{report}");
    assert!(report.contains("each connection is a login") && report.contains("AllowStreamLocalForwarding"), "{report}");
}

async fn a_login_that_is_refused_is_one_failure_with_a_remedy() {
    let sshd = Sshd::new(&[]).await;
    fs::write(sshd.folder.join("authorized_keys"), "").unwrap();
    let (code, report, _) = run(&sshd.address(), &["doctor"]);
    assert_eq!((code, report.matches("FAIL").count()), (Some(1), 1), "{report}");
    let (code, _, failure) = run(&sshd.address(), &["call", "image_list"]);
    assert_eq!(code, Some(1));
    for text in [report, failure] {
        assert!(text.contains("the host refuses the login (ssh: ") && text.contains("authorized_keys"), "{text}");
        assert!(!text.contains("start the engine"), "{text}");
    }
}

async fn a_table_of_containers_is_measured_over_one_login() {
    let sshd = Sshd::new(&[]).await;
    let _container = Container::sleeping().await;
    let (code, table, failure) = run(&sshd.address(), &["call", "container_table"]);
    assert!(code == Some(0) && table.contains(r#""busybox:test","running""#), "{table}{failure}");
    assert_eq!(sshd.logins(), 1);
}

async fn an_address_with_a_password_is_refused_without_repeating_it() {
    let (code, report, failure) = run("ssh://me:hunter2@nas", &["doctor"]);
    assert!(code == Some(1) && report.contains("DOCKER_HOST: an ssh:// address takes no password"), "{report}");
    assert!(!report.contains("hunter2") && !failure.contains("hunter2"), "{report}{failure}");
}
