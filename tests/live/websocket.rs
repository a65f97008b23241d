//! The websocket to a container's first process: the same as an attach, but that stdout and stderr are one.

use dockwright::options::ContainerAttachWebsocketOptions;
use dockwright::{Duplex, Engine};
use libtest_mimic::Trial;

use crate::attach::{CAT, reading};
use crate::bench::{Bench, Container, soon, trials};
use crate::forwarder::Forwarder;
use crate::streams::{Written, until_written, written};

pub fn trials() -> Vec<Trial> {
    trials![
        a_websocket_carries_input_and_output_as_one,
        a_websocket_to_a_terminal_is_the_same,
        dropping_a_websocket_leaves_the_process_running,
        a_websocket_to_nothing_is_refused,
    ]
}

async fn a_websocket_carries_input_and_output_as_one(bench: &'static Bench) {
    let container = bench.container_of(reading(CAT).stdin_once(true)).await;
    let (mut stdin, mut output) = attach(&bench.engine, &container).await.split();
    let container = container.started().await;
    assert!(output.is_terminal(), "stdout and stderr are not told apart");
    stdin.write_all(b"one\n").await.expect("it reads");
    assert_eq!(until_written(&mut output, "one\n").await, Written::terminal("got one\n"));
    stdin.write_all(b"two\n").await.expect("it reads");
    stdin.close().await.expect("the connection is there");
    let rest = written(output).await;
    // The engine reads stdout and stderr in an order of its own.
    let possible = ["got two\nend\nerr\n", "got two\nerr\nend\n", "err\ngot two\nend\n"];
    assert!(possible.map(Written::terminal).contains(&rest), "{rest:?}");
    assert_eq!(container.exit_code().await, 3);
}

async fn a_websocket_to_a_terminal_is_the_same(bench: &'static Bench) {
    let container =
        bench.container_of(reading("stty -echo; echo ready; read line; echo \"got $line\"").tty(true)).await;
    let (mut stdin, mut output) = attach(&bench.engine, &container).await.split();
    let _container = container.started().await;
    until_written(&mut output, "ready\r\n").await;
    stdin.write_all(b"go\n").await.expect("it reads");
    assert_eq!(written(output).await, Written::terminal("got go\r\n"));
}

async fn dropping_a_websocket_leaves_the_process_running(bench: &'static Bench) {
    let container = bench.container_of(reading("echo ready; read line; exit 4")).await;
    let forwarder = Forwarder::new(bench).await;
    let (stdin, mut output) = attach(&forwarder.engine(), &container).await.split();
    let container = container.started().await;
    until_written(&mut output, "ready\n").await;
    drop((stdin, output));
    forwarder.closed_at_once("/attach/ws").await;
    assert_eq!(container.status().await, "running");
    let (mut stdin, output) = attach(&bench.engine, &container).await.split();
    stdin.write_all(b"go\n").await.expect("it still reads");
    assert_eq!(written(output).await, Written::default());
    assert_eq!(container.exit_code().await, 4);
}

async fn a_websocket_to_nothing_is_refused(bench: &'static Bench) {
    let error = bench
        .engine
        .clone()
        .allow_newer(true)
        .container_attach_websocket("no-such", &all())
        .await
        .expect_err("there is none");
    assert!(error.is_not_found() && error.to_string().starts_with("container_attach_websocket: 404: "), "{error}");
}

async fn attach(engine: &Engine, container: &Container) -> Duplex {
    // Up to 1.41 an engine knew no arguments here and attached everything.
    let engine = engine.clone().allow_newer(true);
    let attached = soon("an answer", engine.container_attach_websocket(&container.id, &all())).await;
    attached.expect("it is attached")
}

fn all() -> ContainerAttachWebsocketOptions {
    ContainerAttachWebsocketOptions::default().stream(true).stdin(true).stdout(true).stderr(true)
}
