//! Several engines on the command line: the ways to name them, calls of them, and the doctor.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::Stub;
use crate::{NOWHERE, run, run_with};

/// Answers the next request of an engine.
fn answering(mut stub: Stub, answer: &'static str, times: usize) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        for _ in 0..times {
            stub.next().await.answer(answer).await;
        }
    })
}

/// The names of the folders of two contexts, by `printf NAME | sha256sum`.
const NAS: &str = "047de0f543c7e3596bb6dbd0e65f2c30357720a63eca423f08c52fae314f6806";
const BUILD: &str = "44575cf5b28512d75644bf54a517dcef304ff809fd511747621b4d64f19aac66";

/// A folder of the docker CLI with these contexts.
fn contexts(contexts: &[(&str, &str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (id, name, host) in contexts {
        let meta = folder.path().join(format!("contexts/meta/{id}"));
        std::fs::create_dir_all(&meta).unwrap();
        let text = json!({ "Name": name, "Endpoints": { "docker": { "Host": host } } }).to_string();
        std::fs::write(meta.join("meta.json"), text).unwrap();
    }
    folder
}

#[tokio::test]
async fn one_call_names_its_engine_and_the_engines_are_named_in_three_ways() {
    let all = r#"{"engine":"*"}"#;
    for (variables, arguments) in [
        (vec![], vec!["--engine", "nas={}", "--engine", "dead=tcp://127.0.0.1:1"]),
        (vec![], vec!["--engine=nas={},dead=tcp://127.0.0.1:1"]),
        (vec![("DOCKWRIGHT_ENGINE", "nas={},dead=tcp://127.0.0.1:1,")], vec![]),
    ] {
        for (call, data) in [(r#"{"engine":"nas"}"#, "[]\n"), (all, r#"{"answers":{"nas":[]},"errors":{"dead":"#)] {
            let stub = Stub::start().await;
            let filled = |text: &&str| text.replace("{}", &stub.address);
            let arguments: Vec<_> = arguments.iter().map(filled).collect();
            let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, filled(value))).collect();
            let engine = answering(stub, "[]", 1);
            let arguments: Vec<_> =
                ["call", "container_list", call].into_iter().chain(arguments.iter().map(String::as_str)).collect();
            let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let (code, stdout, stderr) = run_with("", &variables, &arguments).await;
            engine.await.unwrap();
            assert!(code == Some(0) && stdout.starts_with(data), "{stdout} {stderr}");
        }
    }
    let engines = ["--engine", "nas=tcp://127.0.0.1:1", "--engine", "local=tcp://127.0.0.1:1"];
    let (code, _, stderr) = run(NOWHERE, &[&["call", "container_list", all], &engines[..]].concat()).await;
    assert!(code == Some(1) && stderr.starts_with("container_list: failed on all 2 engines\n"), "{stderr}");
}

#[tokio::test]
async fn every_context_is_an_engine_and_a_file_narrows_it() {
    let stub = Stub::start().await;
    let folder = contexts(&[(NAS, "nas", &stub.address), (BUILD, "build", "tcp://127.0.0.1:1")]);
    std::fs::write(folder.path().join("engines.toml"), "[engines.nas]\nread_only = true\n").unwrap();
    let file = folder.path().join("engines.toml").display().to_string();
    let variables = [("DOCKER_CONFIG", folder.path().to_str().unwrap()), ("DOCKWRIGHT_CONTEXTS", "1")];
    let engine = answering(stub, r#"{"Version":"28"}"#, 1);
    let (code, stdout, stderr) = run_with(NOWHERE, &variables, &["call", "engine_list", "--engines", &file]).await;
    engine.await.unwrap();
    assert_eq!(code, Some(0), "{stderr}");
    let list: Value = serde_json::from_str(&stdout).unwrap();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|engine| engine["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["default", "build", "nas"]);
    assert_eq!((&list[0]["address"], &list[2]["answers"]), (&json!(NOWHERE), &json!(true)), "{list}");
    assert!(list[2]["exposes"].as_str().unwrap().contains(", read-only"), "{list}");
    let stop = ["call", "container_stop", r#"{"engine":"nas","id":"web"}"#, "--engines", &file];
    let (code, _, stderr) = run_with(NOWHERE, &variables, &stop).await;
    assert!(code == Some(1) && stderr.contains("`default`, `build` expose it"), "{stderr}");
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_ends_the_start_and_shows_no_secret() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[engines.nas]\naddress = 'tcp://me:hunter2@nas'\nreadonly = true").unwrap();
    let file = file.path().to_str().unwrap();
    for (arguments, expected) in [
        (&["--engine", "*=tcp://me:hunter2@nas"][..], "\"*\" cannot be an engine's name"),
        (&["--engine", "tcp://me:hunter2@nas"], "--engine: write NAME=ADDRESS"),
        (&["--engine", "a=tcp://a", "--engine", "a=tcp://me:hunter2@nas"], "two engines are named `a`"),
        (&["--engine", "a=tcp://a", "--host", "tcp://b"], "--host names the only engine"),
        (&["--engines", "/nowhere/engines.toml"], "--engines: /nowhere/engines.toml: No such file"),
        (&["--engines", file], "engines.nas: unknown key `readonly`; did you mean `read_only`?"),
    ] {
        for command in [&["serve"][..], &["tools"], &["call", "container_list"]] {
            let (code, stdout, stderr) = run(NOWHERE, &[command, arguments].concat()).await;
            assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
            assert!(stderr.contains(expected) && !stderr.contains("hunter2"), "{stderr}");
        }
    }
}

#[tokio::test]
async fn the_doctor_has_lines_for_each_engine_and_waits_for_all_at_once() {
    let stub = Stub::start().await;
    let address = stub.address.clone();
    let silent = [TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap()];
    let silent_at = |place: usize| format!("slow-{place}=tcp://{}", silent[place].local_addr().unwrap());
    let (one, two, nas) = (silent_at(0), silent_at(1), format!("nas={address}"));
    let engine = answering(stub, r#"{"Version":"28"}"#, 3);
    let begun = Instant::now();
    let engines = ["--engine", &one, "--engine", &two, "--engine", "gone=unix:///nowhere.sock", "--engine", &nas];
    let (code, report, _) = run("", &[&["doctor", "--no-compose"], &engines[..]].concat()).await;
    engine.await.unwrap();
    assert!(code == Some(1) && begun.elapsed() < Duration::from_secs(8), "{:?}: {report}", begun.elapsed());
    for said in [
        "ok    exposure  nas: ",
        " tools, without Docker Compose",
        &format!("ok    address   nas: {address} ("),
        "ok    version   nas: calls use API",
        "FAIL  socket    gone: /nowhere.sock: ",
        "FAIL  version   slow-0: no Docker engine answers",
        "FAIL  version   slow-1: no Docker engine answers",
        "ok    protocol  initialize, tools/list",
    ] {
        assert!(report.contains(said), "{said}: {report}");
    }
    assert_eq!(report.matches("FAIL").count(), 3, "{report}");
}
