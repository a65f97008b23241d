//! Many engines over ssh in a process of few descriptors: each answers, though not all can be logged in at once.

use std::process::Command;

use dockwright::{Engine, Limits};
use libtest_mimic::Trial;
use tokio::task::JoinSet;

use crate::bench::{get, trials};
use crate::dial::NO_FORWARD;
use crate::sshd::Sshd;

pub fn trials() -> Vec<Trial> {
    trials![many_engines_answer_though_few_are_logged_in_at_once, many_engines_answer_though_few_are_dialled_at_once,]
}

/// Calls many engines at an address twice, all at once, and prints the failures. The text is their number and address.
pub async fn call_many(text: &str) {
    let (engines, address) = text.split_once(' ').unwrap();
    // All logins together take their time.
    let limits = Limits::default().connect(None).first_byte(None);
    let mut calls = JoinSet::new();
    for _ in 0..engines.parse().unwrap() {
        let engine = Engine::at(address).unwrap().with_limits(limits);
        calls.spawn(async move {
            for _ in 0..2 {
                engine.raw(get("/info")).await?.text().await?;
            }
            // It is kept until all have ended.
            Ok::<_, dockwright::Error>(engine)
        });
    }
    let failures: Vec<_> = calls.join_all().await.into_iter().filter_map(Result::err).collect();
    println!("{} failures {:?}", failures.len(), failures.first());
}

/// Runs the calls in a process with so many descriptors.
async fn run(lines: &[&str], engines: usize, descriptors: usize) {
    let sshd = Sshd::new(&[&["MaxStartups 1000"], lines].concat()).await;
    let script = format!("ulimit -n {descriptors} && exec \"$0\"");
    let mut child = Command::new("sh");
    child.args(["-c", &script]).arg(std::env::current_exe().unwrap());
    child.env("DOCKWRIGHT_TEST_HELD", format!("fleet {engines} {}", sshd.address()));
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 failures None\n");
}

async fn many_engines_answer_though_few_are_logged_in_at_once() {
    run(&[], 30, 96).await;
}

async fn many_engines_answer_though_few_are_dialled_at_once() {
    run(&[NO_FORWARD], 16, 64).await;
}
