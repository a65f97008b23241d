//! `dockwright policy learn FILE`: a proxy that lets everything pass, and writes the policy that would have let it
//! pass.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dockwright::Engine;
use dockwright_policy::learn::{Lesson, questions};
use dockwright_policy::{Call, Facts, Policy, Preset};
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::super::command::CommandResult;
use super::super::proxy::{self, ListenerArguments, host_files};
use super::learned_file::LearnedFile;
use crate::audit::Audit;
use crate::judge::{self, HostFiles};
use crate::proxy::Observer;
use crate::settings::Settings;

/// The time between two writes of the file.
const PERIOD: Duration = Duration::from_secs(5);

/// The most calls that wait until the objects which they name are looked up.
const MOST_WAITING: usize = 64;

#[derive(clap::Args)]
pub(super) struct LearnArguments {
    /// The file to write
    file: PathBuf,
    #[command(flatten)]
    listeners: ListenerArguments,
    /// Replace a file that was not learned
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(
    arguments: LearnArguments,
    settings: Settings,
    audit: Audit,
    drain: CancellationToken,
) -> CommandResult {
    let file = LearnedFile::at(&arguments.file, arguments.force)?;
    let listeners = arguments.listeners;
    proxy::check_listeners(&listeners)?;
    let target = proxy::target(settings)?;
    let engine = target.engine().map_err(|error| error.to_string())?;
    let files = host_files(&engine, listeners.host_root.as_deref());
    let open = Policy::preset(Preset::Open, None).ok_or("the preset open needs an owner")?;
    let policy = watch::Sender::new(Arc::new(open));
    let lesson = Arc::new(Mutex::new(Lesson::default()));
    let (waiting, mut calls) = mpsc::channel(MOST_WAITING);
    let observer = observer(Arc::clone(&lesson), waiting);
    let observed = || Ok(proxy::engine(&listeners, &target)?.observed_by(Arc::clone(&observer)));
    let (policies, names) = ([policy.subscribe()], [format!("{}, to learn", Preset::Open.name())]);
    let result = tokio::select! {
        result = proxy::listen(&listeners, &policies, &names, drain.clone(), audit, observed) => result,
        problem = write_regularly(&file, &lesson, &drain) => Err(problem),
        () = look_up(&lesson, &mut calls, &engine, &files) => Err("no more calls can be looked up".to_owned()),
    };
    drop(observer);
    // Calls that still wait have a short time.
    let _ = tokio::time::timeout(PERIOD, look_up(&lesson, &mut calls, &engine, &files)).await;
    while calls.try_recv().is_ok() {
        lesson.lock().unwrap_or_else(PoisonError::into_inner).miss();
    }
    file.write(&text(&lesson))?;
    result
}

/// Learns from what it sees: at once if the call tells everything, else when the rest is looked up.
fn observer(lesson: Arc<Mutex<Lesson>>, waiting: mpsc::Sender<(Call, String)>) -> Observer {
    Arc::new(move |call: &Call, client: &str| {
        let is_clear = questions(call.request()).is_empty();
        let mut learned = lesson.lock().unwrap_or_else(PoisonError::into_inner);
        if is_clear {
            learned.learn(call.request(), client, &Facts::none());
        } else if waiting.try_send((call.clone(), client.to_owned())).is_err() {
            learned.miss();
        }
    })
}

/// Looks up the objects that calls name, and learns from these calls.
async fn look_up(
    lesson: &Mutex<Lesson>,
    calls: &mut mpsc::Receiver<(Call, String)>,
    engine: &Engine,
    files: &HostFiles,
) {
    while let Some((call, client)) = calls.recv().await {
        let facts = judge::look_up(questions(call.request()), engine, files).await;
        let mut learned = lesson.lock().unwrap_or_else(PoisonError::into_inner);
        match facts {
            Ok(facts) => learned.learn(call.request(), &client, &facts),
            Err(_) => learned.miss(),
        }
    }
}

/// Writes the file when something was learned, and at once when the command is asked to end. Returns the problem of a
/// file that cannot be written.
async fn write_regularly(file: &LearnedFile, lesson: &Mutex<Lesson>, drain: &CancellationToken) -> String {
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut written = String::new();
    loop {
        let is_last = tokio::select! {
            _ = ticks.tick() => false,
            () = drain.cancelled() => true,
        };
        let text = text(lesson);
        if text != written {
            if let Err(problem) = file.write(&text) {
                return problem;
            }
            written = text;
        }
        if is_last {
            std::future::pending::<()>().await;
        }
    }
}

fn text(lesson: &Mutex<Lesson>) -> String {
    lesson.lock().unwrap_or_else(PoisonError::into_inner).policy()
}
