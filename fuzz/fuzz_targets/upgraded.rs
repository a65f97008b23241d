//! Any bytes as an engine's answer to an upgrade: attaching to a container, starting an exec, attaching by websocket,
//! each on a unix socket and by the public methods. Nothing hangs or panics, the output is that of simple decoders, a
//! stream that breaks off is an error, stdin arrives, and dropping closes the connection.

#![no_main]

use std::sync::Arc;
use std::time::Duration;

use dockwright::Error;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use client::Outcome;
use plan::{Conduct, Plan, Road};
use reference::{End, Marked, TERMINAL};

mod client;
mod peer;
mod plan;
mod reference;

/// The time after which a case counts as hanging. Each takes a millisecond.
const HANG: Duration = Duration::from_secs(10);

/// The state that all inputs share. Its folder stays behind, because fuzzing ends abruptly.
struct Stage {
    runtime: Runtime,
    listener: UnixListener,
    folder: TempDir,
    /// While it exists, writing to a closed connection is an error and does not end the process.
    _broken_pipes: Signal,
}

thread_local! {
    static STAGE: Stage = {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let folder = TempDir::new().unwrap();
        let (listener, _broken_pipes) = runtime.block_on(async {
            let listener = UnixListener::bind(folder.path().join("socket")).unwrap();
            (listener, signal(SignalKind::pipe()).unwrap())
        });
        Stage { runtime, listener, folder, _broken_pipes }
    };
}

fuzz_target!(|input: &[u8]| {
    let Some(plan) = Plan::read(input) else { return };
    let plan = Arc::new(plan);
    STAGE.with(|stage| {
        let acted = async { tokio::time::timeout(HANG, act(stage, &plan)).await.expect("nothing hangs") };
        let (outcome, stdin) = stage.runtime.block_on(acted);
        check(&plan, &outcome, stdin.as_deref());
    });
});

/// Runs the client against the peer. Returns the client's experience, and the bytes after the request if the peer read
/// them.
async fn act(stage: &Stage, plan: &Arc<Plan>) -> (Outcome, Option<Vec<u8>>) {
    let (ended, mut endings) = mpsc::unbounded_channel();
    let address = format!("unix://{}", stage.folder.path().join("socket").display());
    let outcome = tokio::select! {
        outcome = client::run(&address, plan) => outcome,
        never = peer::accept(&stage.listener, plan, ended) => match never {},
    };
    // The client is dropped, so each of its connections ends.
    let mut stdin = None;
    while let Some(ending) = endings.recv().await {
        stdin = stdin.or(ending);
    }
    (outcome, stdin)
}

fn check(plan: &Plan, outcome: &Outcome, stdin: Option<&[u8]>) {
    assert!(!matches!(outcome.end, Err(Error::Timeout { .. } | Error::Unreachable { .. })), "{:?}", outcome.end);
    let Some(stream) = plan.stream() else {
        // The head is arbitrary, and so is its claim about the rest.
        assert!(outcome.output.len() <= plan.answer.len());
        return;
    };
    let (expected, end) = expected(plan, stream);
    let all = plan.conduct != Conduct::Leave && (!plan.abrupt || outcome.end.is_ok());
    output_agrees(plan, &expected, &outcome.output, all);
    match plan.conduct {
        Conduct::Leave => {}
        _ if plan.abrupt => assert!(outcome.end.is_err() || end == End::Whole),
        _ => {
            assert!(outcome.opened, "{:?}", outcome.end);
            end_agrees(plan.road, end, &outcome.end);
            stdin_arrived(plan, outcome, stdin.expect("the peer reads to the end"));
        }
    }
}

/// The expected output, from a simple decoder.
fn expected(plan: &Plan, stream: &[u8]) -> (Marked, End) {
    let unmarked = |bytes: &[u8]| bytes.iter().map(|&byte| (TERMINAL, byte)).collect();
    match plan.road {
        Road::Websocket => {
            let (bytes, end) = reference::from_server(stream);
            (unmarked(&bytes), end)
        }
        Road::Attach | Road::Exec if plan.conduct != Conduct::Undecoded => reference::frames(stream),
        _ => (unmarked(stream), End::Whole),
    }
}

/// Checks that `all` arrived, or its begin. Lines have lost their ends and their order among those of other sources.
fn output_agrees(plan: &Plan, expected: &Marked, output: &Marked, all: bool) {
    let agree = |expected: &[(u8, u8)], output: &[(u8, u8)]| {
        assert!(if all { expected == output } else { expected.starts_with(output) }, "{expected:?} and {output:?}");
    };
    if plan.conduct != Conduct::Lines {
        return agree(expected, output);
    }
    for source in 0..=TERMINAL {
        let text = |marked: &Marked| {
            let of_source = marked.iter().filter(|(number, _)| *number == source);
            of_source.filter(|(_, byte)| !b"\r\n".contains(byte)).copied().collect::<Marked>()
        };
        agree(&text(expected), &text(output));
    }
}

fn end_agrees(road: Road, expected: End, end: &Result<(), Error>) {
    let agrees = match (expected, end) {
        (End::Whole, end) => end.is_ok(),
        // A websocket has errors of its own.
        (End::Malformed, Err(Error::Interrupted { .. })) => road == Road::Websocket,
        (End::Malformed, Err(Error::Decode { .. })) => road != Road::Websocket,
        (End::Truncated, Err(Error::Interrupted { .. })) => true,
        _ => false,
    };
    assert!(agrees, "{expected:?} and {end:?}");
}

fn stdin_arrived(plan: &Plan, outcome: &Outcome, received: &[u8]) {
    let (received, end) = match plan.road {
        Road::Websocket => reference::from_client(received),
        _ => (received.to_vec(), End::Whole),
    };
    let closed = plan.conduct.closes_first();
    assert!(end == End::Whole || (end == End::Truncated && !closed), "a websocket sends frames, and closes: {end:?}");
    match &outcome.stdin_failed {
        None => assert_eq!(received, outcome.written),
        // A websocket that has ended accepts nothing more.
        Some(Error::Interrupted { .. }) if plan.road == Road::Websocket && plan.conduct == Conduct::ReadWriteClose => {
            assert!(plan.stdin.starts_with(&received));
        }
        Some(error) => panic!("{error}"),
    }
}
