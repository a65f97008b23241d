//! Any bytes as what an engine answers when it is asked for its connection: attaching to a container, starting an exec,
//! attaching by websocket, each on a unix socket and by the public methods. Nothing hangs or panics, what comes out is what
//! plain decoders say, a stream that breaks off is an error, stdin arrives, and dropping closes.

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

/// Everything here takes a millisecond.
const HANG: Duration = Duration::from_secs(10);

/// What all inputs share; the folder is left behind, as fuzzing ends without ado.
struct Stage {
    runtime: Runtime,
    listener: UnixListener,
    folder: TempDir,
    /// While it is there, writing to a closed connection is an error and does not end the process.
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

/// Lets the client meet the peer: what the client got, and what arrived after the request, if the peer read it.
async fn act(stage: &Stage, plan: &Arc<Plan>) -> (Outcome, Option<Vec<u8>>) {
    let (ended, mut endings) = mpsc::unbounded_channel();
    let address = format!("unix://{}", stage.folder.path().join("socket").display());
    let outcome = tokio::select! {
        outcome = client::run(&address, plan) => outcome,
        never = peer::accept(&stage.listener, plan, ended) => match never {},
    };
    // The client is gone, so each of its connections comes to an end.
    let mut stdin = None;
    while let Some(ending) = endings.recv().await {
        stdin = stdin.or(ending);
    }
    (outcome, stdin)
}

fn check(plan: &Plan, outcome: &Outcome, stdin: Option<&[u8]>) {
    assert!(!matches!(outcome.end, Err(Error::Timeout { .. } | Error::Unreachable { .. })), "{:?}", outcome.end);
    let Some(stream) = plan.stream() else {
        // The head is anything, and so is what it says of the rest.
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

/// What should come out, as a plain decoder has it.
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

/// `all` of it came, or else its beginning. Lines have lost their ends and their place among those of other sources.
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
        // A websocket has no errors of ours.
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
        // Once a websocket is at its end, it takes nothing more.
        Some(Error::Interrupted { .. }) if plan.road == Road::Websocket && plan.conduct == Conduct::ReadWriteClose => {
            assert!(plan.stdin.starts_with(&received));
        }
        Some(error) => panic!("{error}"),
    }
}
