//! A long session with mixed calls, cancellations and restarts of the engine: `make soak [MINUTES=60]`. Memory,
//! descriptors and threads of the server must stay flat, and each call must have both lines in the audit trail.
//!
//! The arguments are the program `dockwright` and the minutes. The engine is that of `tests/engine/with`.

mod calls;
mod samples;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use calls::{Counts, Kind};
use rmcp::service::{RoleClient, RunningService};
use rmcp::{ServiceExt, transport::TokioChildProcess};
use samples::{Sample, judge};
use serde_json::json;
use tokio::sync::RwLock;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
type Session = RunningService<RoleClient, ()>;

/// The tasks that call at the same time.
const CALLERS: usize = 8;
/// The most samples.
const SAMPLES: u32 = 60;
/// The least time between two samples.
const MIN_INTERVAL: Duration = Duration::from_secs(10);
/// The number of samples from one restart of the engine to the next.
const SAMPLES_OF_ENGINE: u32 = 5;
/// The time without calls before a sample.
const QUIET: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().ok_or("name the program: soak target/release/dockwright MINUTES")?;
    let minutes: f64 = arguments.next().ok_or("say for how many minutes: soak PROGRAM 60")?.parse()?;
    let restart = std::env::var("DOCKWRIGHT_TEST_RESTART").map_err(|_| "run it by `tests/engine/with ENGINE`")?;
    let folder = tempfile::tempdir()?;
    let audit = folder.path().join("audit");

    let mut command = tokio::process::Command::new(&program);
    command.arg("--audit").arg(&audit);
    let child = TokioChildProcess::new(command)?;
    let process = child.id().ok_or("the server has ended")?;
    let session = Arc::new(().serve(child).await?);
    calls::prepare(&session).await?;

    let samples = run(&session, process, &restart, Duration::from_secs_f64(minutes * 60.0)).await?;
    let audited = unpaired_lines(&audit)?;
    Arc::into_inner(session).ok_or("a caller goes on")?.cancel().await?;
    let problems: Vec<_> = judge(&samples).into_iter().chain(audited).collect();
    problems.iter().for_each(|problem| println!("FAIL  {problem}"));
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Calls until the time is over, and measures the server at intervals, while no call runs.
async fn run(session: &Arc<Session>, process: u32, restart: &str, time: Duration) -> Result<Vec<Sample>> {
    let (pause, is_over) = (Arc::new(RwLock::new(())), Arc::new(AtomicBool::new(false)));
    let counts = Arc::new(Counts::default());
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (session, pause) = (Arc::clone(session), Arc::clone(&pause));
            let (counts, is_over) = (Arc::clone(&counts), Arc::clone(&is_over));
            tokio::spawn(async move {
                for kind in Kind::ALL.iter().cycle().skip(caller * 5) {
                    let _running = pause.read().await;
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    calls::call(&session, *kind, &counts).await?;
                }
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
            })
        })
        .collect();

    let begun = Instant::now();
    let mut samples = Vec::new();
    let interval = MIN_INTERVAL.max(time / SAMPLES);
    println!("{}", Sample::HEAD);
    for round in 1.. {
        tokio::time::sleep((interval * round).saturating_sub(begun.elapsed())).await;
        if begun.elapsed() >= time + interval || callers.iter().any(tokio::task::JoinHandle::is_finished) {
            break;
        }
        if round % SAMPLES_OF_ENGINE == 0 {
            restart_engine(restart, round % (2 * SAMPLES_OF_ENGINE) == 0).await?;
        }
        let paused = pause.write().await;
        tokio::time::sleep(QUIET).await;
        let sample = Sample::take(process, begun.elapsed(), &counts)?;
        println!("{sample}");
        samples.push(sample);
        drop(paused);
    }
    is_over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await??;
    }
    Ok(samples)
}

/// Restarts the engine while calls run, and crashes it every other time.
async fn restart_engine(script: &str, crashes: bool) -> Result<()> {
    let mut command = Command::new(script);
    command.args(crashes.then_some("KILL"));
    let status = tokio::task::spawn_blocking(move || command.status()).await??;
    if status.success() { Ok(()) } else { Err(format!("the engine did not restart: {status}").into()) }
}

/// Tells of calls with one line in the audit trail.
fn unpaired_lines(audit: &Path) -> Result<Option<String>> {
    let mut open = std::collections::BTreeSet::new();
    let mut lines = 0;
    for line in std::fs::read_to_string(audit)?.lines() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let call = line["call"].as_str().ok_or("a line without a call")?.to_owned();
        if line["event"] == json!("begin") {
            open.insert(call)
        } else {
            open.remove(&call)
        };
        lines += 1;
    }
    println!("audit: {lines} lines, {} calls without an end", open.len());
    Ok((!open.is_empty()).then(|| format!("calls without an end in the audit trail: {open:?}")))
}
