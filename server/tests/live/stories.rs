//! Requests of people to a model, one sentence at a time. Each story is the tool calls that answer it; the docker CLI
//! confirms the outcome.

mod containers;
mod files;
mod images;
mod services;
mod stacks;
mod watching;

use std::process::Command;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Leftover, until, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    let trials = [
        containers::trials(),
        images::trials(),
        watching::trials(),
        stacks::trials(),
        files::trials(),
        services::trials(),
    ];
    trials.into_iter().flatten().collect()
}

/// Makes trials whose names begin with `stories`, in any file.
macro_rules! stories {
    ($($name:ident),* $(,)?) => {
        vec![$($crate::bench::beside_others("stories", stringify!($name), $name)),*]
    };
}
use stories;

/// Runs the docker CLI and returns its output, without the line break at its end.
fn docker(arguments: &[&str]) -> String {
    let (succeeded, written, errors) = ask_docker(arguments);
    assert!(succeeded, "docker {}: {errors}", arguments.join(" "));
    written
}

/// Runs the docker CLI: its success, its output and its errors.
fn ask_docker(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(variable("DOCKER")).args(["--host", &variable("HOST")]).args(arguments).output();
    let output = output.expect("the docker CLI runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

/// The lines that the docker CLI writes, sorted.
fn docker_lines(arguments: &[&str]) -> Vec<String> {
    let mut lines: Vec<_> = docker(arguments).lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Inspects an object by the docker CLI, and returns one value, named by a Go template.
fn inspected(name: &str, template: &str) -> String {
    docker(&["inspect", "--format", template, name])
}

/// Runs a container in the background, as `container_run` does. It goes away when the returned value is dropped.
fn run(session: &Session, name: &str, body: Value) -> Leftover {
    let leftover = Leftover::new(format!("/containers/{name}?force=true&v=true"));
    let started = session.call("container_run", json!({ "name": name, "detach": true, "body": body }));
    assert_eq!(started["State"], "running", "{started}");
    leftover
}

/// Waits until the engine reports the container as healthy.
fn until_healthy(session: &Session, name: &str) {
    until(&format!("{name} is healthy"), || {
        let state = session.call("container_inspect", json!({ "id": name }))["State"].clone();
        assert_eq!(state["Status"], "running", "{name}: {state}");
        (state["Health"]["Status"] == "healthy").then_some(())
    });
}

/// The page at `/` of a web server on a port of this host, as soon as it answers.
fn page(port: u16) -> String {
    use std::io::{Read, Write};
    let fetch = || {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        head.contains(" 200 ").then(|| body.trim_end().to_owned())
    };
    until("the page is served", fetch)
}

/// A port of this host that nobody uses now.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}

/// The strings in a list.
fn strings(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap_or_else(|| panic!("it is no list: {list}"));
    list.iter().map(|text| text.as_str().unwrap_or_else(|| panic!("it is no text: {text}"))).collect()
}
