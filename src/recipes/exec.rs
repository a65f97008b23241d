//! A command in a running container as one value: its stdin, its output and its exit status.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;

use crate::models::{ContainerExecRequest, ExecStartRequest};
use crate::operations::{CONTAINER_EXEC, EXEC_INSPECT};
use crate::{Engine, Error, LogStream, Output, Result, Source, Stdin};

/// The most bytes of output that [`Exec::collect`] holds.
const OUTPUT_BYTES: usize = 16 * 1024 * 1024;

/// The time in which an engine learns of the end of a process whose output has ended. It takes milliseconds.
const SETTLING: Duration = Duration::from_secs(2);

/// The pause between two questions.
const PAUSE: Duration = Duration::from_millis(20);

/// Starts a command in a running container. Stdout and stderr are attached unless `command` says which are, and stdin
/// if `command` says so.
///
/// Calls `POST /containers/{id}/exec` and `POST /exec/{id}/start`.
///
/// ```no_run
/// # use dockwright::{Engine, Result};
/// # use dockwright::models::ContainerExecRequest;
/// # use dockwright::recipes::{ExecStatus, run_exec};
/// # async fn example(engine: &Engine) -> Result<()> {
/// let sort = ContainerExecRequest::default().cmd(["sort"]).attach_stdin(true);
/// let mut exec = run_exec(engine, "web", &sort).await?;
/// if let Some(mut stdin) = exec.stdin.take() {
///     stdin.write_all(b"b\na\n").await?;
///     stdin.close().await?;
/// }
/// while let Some(piece) = exec.output.next().await {
///     print!("{}", piece?);
/// }
/// assert_eq!(exec.status().await?, ExecStatus::Exited(0));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Api`] with 404 if there is no such container, with 409 if it does not run or is paused, and with 400 if it
/// has no such program; otherwise fails as every call does.
pub async fn run_exec(engine: &Engine, container: &str, command: &ContainerExecRequest) -> Result<Exec> {
    #[derive(Deserialize)]
    struct Created {
        #[serde(rename = "Id")]
        id: String,
    }
    let mut command = command.clone();
    if command.attach_stdout.is_none() && command.attach_stderr.is_none() {
        command = command.attach_stdout(true).attach_stderr(true);
    }
    let takes_input = command.attach_stdin == Some(true);
    let Created { id } = engine.call(&CONTAINER_EXEC).argument("id", container).body(&command).json().await?;
    let start = ExecStartRequest::default().tty(command.tty == Some(true));
    let (stdin, output) = engine.exec_start(&id, &start).await?.split();
    Ok(Exec { id, stdin: takes_input.then_some(stdin), output, engine: engine.clone() })
}

/// Runs a command in a running container to its end, without input, and returns its output: 16 MiB at most.
///
/// ```no_run
/// # use dockwright::{Engine, Result, recipes};
/// # async fn example(engine: &Engine) -> Result<()> {
/// let checked = recipes::exec_output(engine, "web", ["nginx", "-t"]).await?;
/// if !checked.status.is_success() {
///     eprintln!("{}", checked.stderr_text());
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Fails as [`run_exec`] and [`Exec::collect`] do. A command that fails is no error: look at
/// [`status`](ExecOutput::status).
pub async fn exec_output(
    engine: &Engine,
    container: &str,
    command: impl IntoIterator<Item = impl Into<String>>,
) -> Result<ExecOutput> {
    run_exec(engine, container, &ContainerExecRequest::default().cmd(command)).await?.collect().await
}

/// A command in a container that was started by [`run_exec`]. Dropping it closes the connection and does not end the
/// process.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "dropping it closes the connection"]
pub struct Exec {
    /// The id of the exec, for [`exec_resize`](Engine::exec_resize) and [`exec_inspect`](Engine::exec_inspect).
    pub id: String,
    /// The stdin of the process, if it was attached. Take it, write, and [`close`](Stdin::close) it.
    pub stdin: Option<Stdin>,
    /// The output of the process, in pieces; its end is the end of the process or of the connection.
    pub output: LogStream,
    engine: Engine,
}

/// The state of a command whose output has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExecStatus {
    /// It ended with this exit code. Engines report 126 and 127 for a program that cannot be run or found, and 128 and
    /// the number of a signal that ended it.
    Exited(i64),
    /// It still runs. If its output has ended, the connection was lost, and output is missing.
    Running,
}

impl ExecStatus {
    /// Returns true if it ended with the exit code 0.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == ExecStatus::Exited(0)
    }
}

/// The whole output of a command, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecOutput {
    /// The bytes that it wrote to stdout; with a terminal, all that it wrote.
    pub stdout: Bytes,
    /// The bytes that it wrote to stderr; none with a terminal.
    pub stderr: Bytes,
    /// Its exit code.
    pub status: ExecStatus,
}

impl ExecOutput {
    /// The stdout as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The stderr as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

impl Exec {
    /// The state of the process. Ask when the output has ended: the engine knows the exit code a moment later, which
    /// this waits for, two seconds at most. [`ExecStatus::Running`] then means that output is missing. The future
    /// borrows nothing, so it may be made before the output is read.
    ///
    /// Calls `GET /exec/{id}/json`.
    ///
    /// # Errors
    /// [`Error::Api`] with 404 some minutes after the process has ended, when the engine has forgotten it; otherwise
    /// fails as every call does.
    pub fn status(&self) -> impl Future<Output = Result<ExecStatus>> + Send + use<> {
        let (engine, id) = (self.engine.clone(), self.id.clone());
        async move { status(&engine, &id).await }
    }

    /// Closes stdin, reads the output to its end, 16 MiB at most, and waits for the exit code.
    ///
    /// # Errors
    /// Fails as [`collect_up_to`](Exec::collect_up_to) does.
    pub async fn collect(self) -> Result<ExecOutput> {
        self.collect_up_to(OUTPUT_BYTES).await
    }

    /// Closes stdin, reads the output to its end and waits for the exit code. The process runs on after an error.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if it writes more than `limit` bytes; [`Error::Interrupted`] if the connection ends before
    /// the process; otherwise fails as [`LogStream::next`] and [`status`](Exec::status) do.
    pub async fn collect_up_to(mut self, limit: usize) -> Result<ExecOutput> {
        let operation = "exec_start";
        if let Some(stdin) = self.stdin.take() {
            stdin.close().await?;
        }
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        while let Some(piece) = self.output.next().await {
            let Output { source, bytes } = piece?;
            if stdout.len() + stderr.len() + bytes.len() > limit {
                return Err(Error::TooLarge { operation, limit: limit as u64 });
            }
            if source == Source::Stderr { &mut stderr } else { &mut stdout }.extend_from_slice(&bytes);
        }
        match self.status().await? {
            ExecStatus::Running => Err(Error::Interrupted {
                operation,
                reason: "it ended before the process, whose output is not complete and which may still run".into(),
                source: None,
            }),
            status => Ok(ExecOutput { stdout: stdout.into(), stderr: stderr.into(), status }),
        }
    }
}

async fn status(engine: &Engine, id: &str) -> Result<ExecStatus> {
    #[derive(Deserialize)]
    struct Inspected {
        #[serde(rename = "Running", default)]
        running: bool,
        #[serde(rename = "ExitCode")]
        exit_code: Option<i64>,
    }
    let started = tokio::time::Instant::now();
    loop {
        match engine.call(&EXEC_INSPECT).argument("id", id).json().await? {
            Inspected { running: false, exit_code: Some(code) } => return Ok(ExecStatus::Exited(code)),
            _ if started.elapsed() >= SETTLING => return Ok(ExecStatus::Running),
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// An engine with a command that writes to both sides, and still runs when it is asked about for so many times.
    fn engine(running: usize) -> Engine {
        let asked = AtomicUsize::new(0);
        Engine::canned(move |request| {
            http::Response::new(match request.uri().path() {
                "/containers/web/exec" => {
                    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
                    assert_eq!((&body["AttachStdout"], &body["AttachStderr"]), (&true.into(), &true.into()));
                    r#"{"Id":"e1"}"#.into()
                }
                "/exec/e1/start" => b"\x01\0\0\0\0\0\0\x03out\x02\0\0\0\0\0\0\x03err\x01\0\0\0\0\0\0\x01!"[..].into(),
                "/exec/e1/json" if asked.fetch_add(1, Ordering::Relaxed) < running => {
                    r#"{"Running":true,"ExitCode":0}"#.into()
                }
                "/exec/e1/json" => r#"{"Running":false,"ExitCode":3}"#.into(),
                path => unreachable!("{path}"),
            })
        })
    }

    #[tokio::test(start_paused = true)]
    async fn output_and_exit_code_belong_together() {
        let output = exec_output(&engine(3), "web", ["true"]).await.unwrap();
        assert_eq!((&*output.stdout_text(), &*output.stderr_text()), ("out!", "err"));
        assert!(output.status == ExecStatus::Exited(3) && !output.status.is_success());
    }

    #[tokio::test(start_paused = true)]
    async fn output_that_ends_before_its_process_is_not_taken_for_all() {
        let error = exec_output(&engine(usize::MAX), "web", ["true"]).await.unwrap_err();
        assert!(matches!(&error, Error::Interrupted { reason, .. } if reason.contains("may still run")), "{error}");
    }

    #[tokio::test]
    async fn more_output_than_the_limit_is_refused() {
        let command = ContainerExecRequest::default().cmd(["true"]);
        let error = run_exec(&engine(0), "web", &command).await.unwrap().collect_up_to(6).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 6, .. }), "{error}");
        let exec = run_exec(&engine(0), "web", &command).await.unwrap();
        assert!(exec.stdin.is_none());
        assert_eq!(exec.collect_up_to(7).await.unwrap().stdout, "out!");
    }
}
