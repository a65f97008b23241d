//! Docker Compose's plugin: found where the docker CLI finds it, and run in a private folder that is removed at the
//! end, whatever happens. Its lines become progress. A call that is abandoned, or a plugin that is silent for too
//! long, ends it as Ctrl-C would, and its process group if that does not help.

mod find;
mod signals;

use std::ffi::OsString;
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::codec::{FramedRead, LinesCodec, LinesCodecError};

use super::outcome::{Outcome, PluginEnd, PluginLines};
use super::socket::{JudgedEngine, Socket};
use crate::progress::Progress;
use crate::unfinished::{self, Cancellation};

pub use find::find;

/// The longest time without a line.
const SILENCE: Duration = Duration::from_secs(300);
/// The time that the plugin has to end after a signal.
const GRACE: Duration = Duration::from_secs(15);
/// The most bytes of a line.
const LINE_BYTES: usize = 64 << 10;
/// The most bytes of standard output.
const OUTPUT_BYTES: u64 = 8 << 20;
/// Programs are looked up here while files are resolved, when variables of this process must not be seen.
const SEARCH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Variables by which Compose asks nobody, prints no colours, and fetches no files.
const SETTINGS: [(&str, &str); 6] = [
    ("COMPOSE_ANSI", "never"),
    ("COMPOSE_BAKE", "false"),
    ("COMPOSE_EXPERIMENTAL_GIT_REMOTE", "false"),
    ("COMPOSE_EXPERIMENTAL_OCI_REMOTE", "false"),
    ("COMPOSE_MENU", "false"),
    ("DOCKER_CLI_HINTS", "false"),
];

/// The private folder of one call, which is removed when the call and the plugin have ended.
pub(crate) struct Workspace {
    /// Its path, without links: it is compared with paths that the plugin prints.
    path: PathBuf,
    /// Removes it.
    _folder: TempDir,
}

impl Workspace {
    /// Makes the folder.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(crate) fn new() -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("dockwright-").tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().canonicalize().map_err(|error| error.to_string())?;
        std::fs::create_dir(path.join("home")).map_err(|error| error.to_string())?;
        Ok(Workspace { path, _folder: folder })
    }

    /// A path in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// The engine that a run may use, and its part of this process.
pub(crate) enum Reach {
    /// No engine, and nothing of this process: files are resolved.
    Nothing,
    /// The engine's own socket, on a server that restricts nothing.
    Socket {
        /// Its address.
        address: String,
        /// Tells whether stored logins may be sent.
        sends_logins: bool,
    },
    /// An engine whose requests are judged, or which has no socket here.
    Judged {
        /// The engine.
        engine: JudgedEngine,
        /// Tells whether stored logins may be sent.
        sends_logins: bool,
    },
}

/// One run of the plugin.
pub(crate) struct Run {
    /// The private folder.
    pub(crate) workspace: Arc<Workspace>,
    /// The arguments behind those that every run has.
    pub(crate) arguments: Vec<OsString>,
    /// The engine that it may use.
    pub(crate) reach: Reach,
    /// The longest time of the run, in seconds.
    pub(crate) limit_seconds: Option<u64>,
}

/// Runs the plugin to its end. Dropping the future ends the plugin.
///
/// # Errors
/// If it cannot be started.
pub(crate) async fn run(run: Run, progress: &Progress) -> Result<Outcome, String> {
    let progress = progress.clone();
    unfinished::run("docker compose".to_owned(), |cancellation| follow(run, progress, cancellation)).await
}

async fn follow(run: Run, progress: Progress, cancellation: Cancellation) -> Result<Outcome, String> {
    let Run { workspace, arguments, reach, limit_seconds } = run;
    let plugin = find().ok_or("Docker Compose's plugin is not installed where this server runs")?;
    let mut command = Command::new(plugin);
    command.args(["--progress", "json", "--ansi", "never"]).args(arguments);
    let socket = environment(&mut command, &workspace, reach)?;
    command.current_dir(workspace.path("home")).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    signals::lead_group(&mut command);
    let mut child = command.spawn().map_err(|error| format!("Docker Compose's plugin cannot be started: {error}"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let output = tokio::spawn(async move {
        let mut output = Vec::new();
        if let Some(stdout) = stdout {
            // Output beyond the bound ends the plugin by a broken pipe.
            let _ = stdout.take(OUTPUT_BYTES).read_to_end(&mut output).await;
        }
        output
    });
    let mut told = PluginLines::default();
    let stopped = listen(&mut child, stderr, &mut told, limit_seconds, (&progress, &cancellation)).await;
    let is_done = child.wait().await.is_ok_and(|status| status.success());
    drop(socket);
    let output = output.await.unwrap_or_default();
    let end = stopped.unwrap_or(if is_done { PluginEnd::Done } else { PluginEnd::Failed });
    Ok(Outcome { end, output, told })
}

/// Sets the environment of the plugin, which has nothing of this process but what is named here.
fn environment(command: &mut Command, workspace: &Workspace, reach: Reach) -> Result<Option<Socket>, String> {
    let (path, home) = (workspace.path("engine"), workspace.path("home"));
    command.env_clear().envs(SETTINGS).env("PATH", SEARCH).env("HOME", &home).env("DOCKER_CONFIG", &home);
    let judged = format!("unix://{}", path.display());
    let (host, engine, sends_logins) = match reach {
        Reach::Nothing => (judged, None, false),
        Reach::Socket { address, sends_logins } => (address, None, sends_logins),
        Reach::Judged { engine, sends_logins } => (judged, Some(engine), sends_logins),
    };
    command.env("DOCKER_HOST", host);
    if engine.is_some() {
        // BuildKit speaks through a channel that cannot be judged.
        command.env("DOCKER_BUILDKIT", "0");
    }
    if sends_logins {
        // Programs that keep logins are looked up and set up as for the user.
        let names = ["PATH", "HOME", "DOCKER_CONFIG"];
        command.env_remove("DOCKER_CONFIG");
        command.envs(names.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    }
    engine.map(|engine| Socket::open(&path, engine)).transpose()
}

/// Reads lines until the plugin ends, or ends it. Returns the reason in the second case.
async fn listen(
    child: &mut Child,
    stderr: Option<ChildStderr>,
    told: &mut PluginLines,
    limit_seconds: Option<u64>,
    (progress, cancellation): (&Progress, &Cancellation),
) -> Option<PluginEnd> {
    let mut lines = FramedRead::new(stderr?, LinesCodec::new_with_max_length(LINE_BYTES));
    let limit = limit_seconds.and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds)));
    let (mut silent, mut is_open) = (Instant::now() + SILENCE, true);
    let reason = loop {
        tokio::select! {
            line = poll_fn(|context| Pin::new(&mut lines).poll_next(context)), if is_open => {
                silent = Instant::now() + SILENCE;
                match line {
                    Some(Ok(line)) => {
                        if let Some(step) = told.line(&line) {
                            progress.step(|| step);
                        }
                    }
                    // A line beyond the bound is left out.
                    Some(Err(LinesCodecError::MaxLineLengthExceeded)) => {}
                    Some(Err(_)) | None => is_open = false,
                }
            }
            _ = child.wait(), if !is_open => return None,
            () = cancellation.requested() => break PluginEnd::Cancelled,
            () = sleep_until(limit.unwrap_or(silent)), if limit.is_some() => {
                break PluginEnd::Limit(limit_seconds.unwrap_or_default());
            }
            () = sleep_until(silent) => break PluginEnd::Silent(SILENCE.as_secs()),
        }
    };
    signals::interrupt(child);
    let rest = async {
        while let Some(Ok(line)) = poll_fn(|context| Pin::new(&mut lines).poll_next(context)).await {
            let _ = told.line(&line);
        }
    };
    if timeout(GRACE, rest).await.is_err() || timeout(GRACE, child.wait()).await.is_err() {
        signals::kill_group(child);
    }
    Some(reason)
}
