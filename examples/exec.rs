//! Runs a command in a running container. This program's stdin becomes the command's, and it ends with the command's
//! exit code.
//!
//! ```sh
//! echo 'SELECT 1' | cargo run --example exec -- database psql
//! ```

use std::io::Write;

use dockwright::models::ContainerExecRequest;
use dockwright::recipes::{ExecStatus, run_exec};
use dockwright::{Engine, Source, Stdin};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() {
    let code = exec().await.unwrap_or_else(|error| {
        eprintln!("exec: {error}");
        1
    });
    // Returning would wait for a thread that may still read from the terminal.
    std::process::exit(code);
}

async fn exec() -> Result<i32> {
    let mut arguments = std::env::args().skip(1);
    let container = arguments.next().ok_or("usage: exec CONTAINER COMMAND…")?;
    let engine = Engine::from_env()?;

    let command = ContainerExecRequest::default().cmd(arguments).attach_stdin(true);
    let mut exec = run_exec(&engine, &container, &command).await?;
    // Writes and reads at the same time, so that neither side waits for the other. A process may not read its input.
    if let Some(stdin) = exec.stdin.take() {
        tokio::spawn(send(stdin));
    }
    while let Some(piece) = exec.output.next().await {
        let piece = piece?;
        match piece.source {
            Source::Stderr => std::io::stderr().write_all(&piece.bytes)?,
            _ => std::io::stdout().write_all(&piece.bytes)?,
        }
    }
    match exec.status().await? {
        ExecStatus::Exited(code) => Ok(code.try_into()?),
        _ => Err("the connection was lost, and the command may still run".into()),
    }
}

/// Closing stdin tells the process that its input has ended.
async fn send(mut stdin: Stdin) -> std::io::Result<()> {
    tokio::io::copy(&mut tokio::io::stdin(), &mut stdin).await?;
    Ok(stdin.close().await?)
}
