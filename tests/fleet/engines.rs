//! The process under trial: it has thousands of engines and few descriptors. A trial that fails panics.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use dockwright::Engine;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::peer::events_end;

/// The engines of a fleet.
const ENGINES: usize = 10_000;
/// The calls at a time.
const AT_ONCE: usize = 256;
/// The streams that stay open: most of the connections that the process may have.
const STREAMS: usize = 600;
/// The least lists a second. A debug build is slower, so a release build holds it: `make bench` runs one.
const RATE: f64 = 3_000.0;
/// The most bytes of an engine that was never called.
const HANDLE_BYTES: usize = 2_048;

type Run = for<'a> fn(&'a str) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// The trials by name.
pub const TRIALS: [(&str, Run); 3] = [
    ("every_engine_of_a_fleet_answers", |socket| Box::pin(every_engine_answers(socket))),
    ("streams_outlive_the_calls_of_others", |socket| Box::pin(streams_outlive_calls(socket))),
    ("one_engine_takes_all_calls_at_once", |socket| Box::pin(one_engine(socket))),
];

/// Runs a trial.
pub fn run(socket: &str, name: &str) {
    let (_, trial) = TRIALS.iter().find(|(trial, _)| *trial == name).expect("the parent names a trial");
    tokio::runtime::Runtime::new().unwrap().block_on(trial(socket));
}

async fn every_engine_answers(socket: &str) {
    // The first engine brings the program's own pages into memory.
    drop(engines(socket, 1));
    let before = resident_bytes();
    let engines = engines(socket, ENGINES);
    let bytes = resident_bytes().saturating_sub(before) / ENGINES;
    println!("{ENGINES} engines: {bytes} bytes each");
    assert!(bytes <= HANDLE_BYTES, "{bytes} bytes for an engine at rest");
    for round in ["first", "second"] {
        let start = Instant::now();
        list_all(&engines, AT_ONCE).await;
        let rate = ENGINES as f64 / start.elapsed().as_secs_f64();
        println!("{round} lists: {rate:.0} a second, {} KiB resident", resident_bytes() / 1024);
        assert!(cfg!(debug_assertions) || rate >= RATE, "{rate:.0} lists a second");
    }
}

async fn streams_outlive_calls(socket: &str) {
    let mut streams = Vec::new();
    for engine in engines(socket, STREAMS) {
        let mut events = engine.system_events(&Default::default()).await.unwrap();
        assert_eq!(events.next().await.unwrap().unwrap().action, "start");
        streams.push(events);
    }
    list_all(&engines(socket, 2_000), AT_ONCE / 2).await;
    std::fs::write(events_end(Path::new(socket)), "").unwrap();
    for mut events in streams {
        assert_eq!(events.next().await.unwrap().unwrap().action, "stop");
        assert!(events.next().await.is_none());
    }
}

async fn one_engine(socket: &str) {
    let engine = engines(socket, 1);
    let all: Vec<_> = engine.iter().cycle().take(5_000).cloned().collect();
    list_all(&all, 2_000).await;
    // The connections of the burst are idle now, and make way for other engines.
    list_all(&engines(socket, 1_000), AT_ONCE).await;
}

fn engines(socket: &str, count: usize) -> Vec<Engine> {
    (0..count).map(|_| Engine::at(&format!("unix://{socket}")).unwrap()).collect()
}

/// Lists the containers of every engine, so many at a time.
async fn list_all(engines: &[Engine], at_once: usize) {
    let (turns, mut calls) = (Arc::new(Semaphore::new(at_once)), JoinSet::new());
    for engine in engines {
        let (engine, turns) = (engine.clone(), Arc::clone(&turns));
        calls.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            engine.container_list(&Default::default()).await
        });
    }
    let mut failures = Vec::new();
    while let Some(call) = calls.join_next().await {
        match call.unwrap() {
            Ok(containers) => assert_eq!(containers.len(), 20),
            Err(error) => failures.push(error.to_string()),
        }
    }
    assert!(failures.is_empty(), "{} of {} lists failed: {}", failures.len(), engines.len(), failures[0]);
}

fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap() * 4096
}
