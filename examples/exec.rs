//! Runs a command in a running container. This program's stdin becomes the command's, and it ends with the command's
//! exit code.
//!
//! ```sh
//! echo 'SELECT 1' | cargo run --example exec -- database psql
//! ```

use std::io::Write;
use std::time::Duration;

use dockwright::models::ContainerExecRequest;
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
    let engine = Engine::connect()?;

    let process =
        ContainerExecRequest::default().cmd(arguments).attach_stdin(true).attach_stdout(true).attach_stderr(true);
    let id = engine.container_exec(&container, &process).await?.id.ok_or("the engine gave no id")?;
    let (stdin, mut output) = engine.exec_start(&id, &Default::default()).await?.split();
    // Writes and reads at the same time, so that neither side waits for the other. A process may not read its input.
    tokio::spawn(send(stdin));
    while let Some(piece) = output.next().await {
        let piece = piece?;
        match piece.source {
            Source::Stderr => std::io::stderr().write_all(&piece.bytes)?,
            _ => std::io::stdout().write_all(&piece.bytes)?,
        }
    }
    exit_code(&engine, &id).await
}

/// Closing stdin tells the process that its input has ended.
async fn send(mut stdin: Stdin) -> std::io::Result<()> {
    tokio::io::copy(&mut tokio::io::stdin(), &mut stdin).await?;
    Ok(stdin.close().await?)
}

/// The engine may report the exit code a moment after the output has ended.
async fn exit_code(engine: &Engine, id: &str) -> Result<i32> {
    loop {
        if let Some(code) = engine.exec_inspect(id).await?.exit_code {
            return Ok(code.try_into()?);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
