use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Instant;

use tempfile::TempDir;

use super::*;

/// A helper that runs these lines of a shell, and its folder.
fn helper(script: &str) -> (Helper, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("docker-credential-fake"), script);
    let path = std::env::join_paths([folder.path(), Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    (Helper { name: "fake".into(), limit: Duration::from_secs(10), search_path: Some(path) }, folder)
}

/// Writes a program by another process: a file that this one has open for writing cannot be run by a child that another
/// thread starts meanwhile.
fn write(program: &Path, script: &str) {
    let text = program.with_extension("txt");
    fs::write(&text, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&text, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(std::process::Command::new("cp").args([&text, program]).status().unwrap().success());
}

#[tokio::test]
async fn it_is_told_the_server_and_answers_with_a_login() {
    let script = r#"IN=$(cat); [ "$1:$IN" = get:a:1 ] && echo '{"ServerURL":"a:1","Username":"alice","Secret":"w"}'"#;
    let (helper, _folder) = helper(script);
    assert_eq!(helper.get("a:1").await, Ok(Some(Login::password("alice", "w"))));
    let (token, _folder) = self::helper(r#"echo '{"username":"<token>","secret":"t"}'"#);
    assert_eq!(token.get("a:1").await, Ok(Some(Login::identity_token("t"))), "it need not read its input");
    let (empty, _folder) = self::helper("echo '{}'");
    assert_eq!(empty.get("a:1").await, Ok(None));
}

#[tokio::test]
async fn it_lists_its_servers() {
    let script = r#"[ "$1" = list ] && echo '{"a:1":"alice","https://index.docker.io/v1/":"bob"}'"#;
    let (helper, _folder) = helper(script);
    assert_eq!(helper.list().await.unwrap(), ["a:1", "https://index.docker.io/v1/"]);
}

#[tokio::test]
async fn no_login_is_no_failure() {
    let (helper, _folder) = helper("echo 'credentials not found in native keychain'; exit 1");
    assert_eq!(helper.get("a:1").await, Ok(None));
}

#[tokio::test]
async fn a_failure_has_its_name_and_its_words_and_no_secret() {
    for (script, words) in [
        ("echo 'the keychain is locked'; exit 1", "docker-credential-fake: the keychain is locked"),
        ("echo 'no DISPLAY' >&2; exit 1", "docker-credential-fake: no DISPLAY"),
        ("printf 'a\\033[2J\\nb'; exit 3", "docker-credential-fake: a [2J b"),
        ("exit 3", "docker-credential-fake: it ended with exit status: 3"),
        (r#"echo '{"Secret":"hunter2"}'; exit 1"#, "docker-credential-fake: it ended with exit status: 1"),
        ("echo hunter2", "docker-credential-fake: its answer is not the JSON of a helper"),
        (r#"printf '{"Secret":"hunter2"'"#, "docker-credential-fake: its answer is not the JSON of a helper"),
        ("kill -9 $$", "docker-credential-fake: it ended with signal: 9 (SIGKILL)"),
        ("exec yes hunter2", "docker-credential-fake: its answer has more than 262144 bytes"),
    ] {
        let (helper, _folder) = helper(script);
        for failure in [helper.get("a:1").await.unwrap_err(), helper.list().await.unwrap_err()] {
            assert_eq!(failure, HelperFailure::Broken(words.into()), "{script}");
        }
    }
    let (long, _folder) = helper("printf 'x%.0s' $(seq 5000); exit 1");
    assert!(long.get("a:1").await.unwrap_err().words().len() < 300);
}

#[tokio::test]
async fn a_program_that_is_missing_is_told_apart() {
    let (mut helper, _folder) = helper("");
    helper.name = "no\nsuch".into();
    let missing = HelperFailure::Missing("docker-credential-no such: no such program on PATH".into());
    assert_eq!(helper.get("a:1").await, Err(missing));
}

#[tokio::test]
async fn one_that_hangs_is_killed_after_its_time_and_when_nobody_waits() {
    let (mut helper, folder) = helper("echo $$ > \"${0%/*}/pid\"; exec sleep 600");
    helper.limit = Duration::from_millis(300);
    let started = Instant::now();
    let failure = helper.get("a:1").await.unwrap_err();
    assert_eq!(failure, HelperFailure::Silent("docker-credential-fake: no answer within 300ms".into()));
    assert!(started.elapsed() < Duration::from_secs(5));
    has_ended(folder.path()).await;

    helper.limit = Duration::from_secs(60);
    let _ = fs::remove_file(folder.path().join("pid"));
    let call = tokio::spawn(async move { helper.get("a:1").await });
    while !fs::read_to_string(folder.path().join("pid")).is_ok_and(|id| id.ends_with('\n')) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    call.abort();
    has_ended(folder.path()).await;
}

#[tokio::test]
async fn all_processes_of_one_that_hangs_are_killed() {
    const SCRIPT: &str = "sleep 777 & echo $! > \"${0%/*}/pid\"; wait; true";
    let (mut helper, folder) = helper(SCRIPT);
    helper.limit = Duration::from_millis(300);
    assert!(matches!(helper.get("a:1").await, Err(HelperFailure::Silent(_))));
    has_ended(folder.path()).await;

    let (helper, folder) = self::helper(SCRIPT);
    let call = tokio::spawn(async move { helper.get("a:1").await });
    while !fs::read_to_string(folder.path().join("pid")).is_ok_and(|id| id.ends_with('\n')) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    call.abort();
    has_ended(folder.path()).await;

    let (helper, folder) = self::helper("sleep 777 & echo $! > \"${0%/*}/pid\"; exec yes");
    assert!(matches!(helper.get("a:1").await, Err(HelperFailure::Broken(_))));
    has_ended(folder.path()).await;
}

#[tokio::test]
async fn an_answer_counts_once_its_helper_has_ended_whoever_still_has_its_pipes() {
    let answer = r#"{"Username":"alice","Secret":"w"}"#;
    let (helper, folder) = helper(&format!("sleep 777 & echo $! > \"${{0%/*}}/pid\"; echo '{answer}'"));
    let started = Instant::now();
    assert_eq!(helper.get("a:1").await, Ok(Some(Login::password("alice", "w"))));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let id = fs::read_to_string(folder.path().join("pid")).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!state(&id).is_empty(), "an agent that it started runs on");
    assert!(std::process::Command::new("kill").arg(id.trim()).status().unwrap().success());

    // More than a pipe holds, and the last of it just before the end.
    let (helper, folder) = self::helper(&format!(
        "sleep 777 & echo $! > \"${{0%/*}}/pid\"; printf '%0200000d' 0 | tr 0 ' '; echo '{answer}'"
    ));
    assert_eq!(helper.get("a:1").await, Ok(Some(Login::password("alice", "w"))));
    let id = fs::read_to_string(folder.path().join("pid")).unwrap();
    assert!(std::process::Command::new("kill").arg(id.trim()).status().unwrap().success());
}

/// Waits until the process whose id the helper wrote is gone.
async fn has_ended(folder: &Path) {
    let id = fs::read_to_string(folder.join("pid")).unwrap();
    for _ in 0..1000 {
        if state(&id).is_empty() || state(&id).contains(") Z ") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{}", state(&id));
}

/// The line of a process in the kernel's table; empty if it is gone.
fn state(id: &str) -> String {
    fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default()
}

#[tokio::test]
async fn all_who_wait_for_one_answer_share_one_run_and_none_of_it_is_kept() {
    const SCRIPT: &str = "echo run >> \"${0%/*}/log\"; sleep 0.3; echo '{\"Username\":\"alice\",\"Secret\":\"w\"}'";
    let (helper, folder) = helper(SCRIPT);
    let runs = || fs::read_to_string(folder.path().join("log")).unwrap_or_default().lines().count();
    let ask = |server: &'static str| {
        let helper = helper.clone();
        tokio::spawn(async move { helper.get(server).await })
    };
    let calls: Vec<_> = (0..64).map(|_| ask("a:1")).collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Ok(Some(Login::password("alice", "w"))));
    }
    assert_eq!(runs(), 1);
    helper.get("a:1").await.unwrap().unwrap();
    assert_eq!(runs(), 2, "a later call asks anew");
    let (one, other) = (ask("a:1"), ask("b:2"));
    assert!(one.await.unwrap().is_ok() && other.await.unwrap().is_ok());
    assert_eq!(runs(), 4, "each registry has a run of its own");

    let first = ask("a:1");
    while runs() < 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = ask("a:1");
    tokio::time::sleep(Duration::from_millis(50)).await;
    first.abort();
    assert_eq!(second.await.unwrap(), Ok(Some(Login::password("alice", "w"))), "the next one asks");
    assert_eq!(runs(), 6);
}
