//! Runs a command in a new container, prints its output as it arrives and ends with its exit code. The container is
//! always removed, also after Ctrl-C.
//!
//! ```sh
//! cargo run --example run -- busybox sh -c 'echo out; echo err >&2; exit 3'
//! ```

use std::io::Write;
use std::process::ExitCode;

use dockwright::models::ContainerCreateRequest;
use dockwright::options::{ContainerAttachOptions, ContainerDeleteOptions};
use dockwright::{Engine, Source};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("run: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<u8> {
    let mut arguments = std::env::args().skip(1);
    let image = arguments.next().ok_or("usage: run IMAGE [COMMAND…]")?;
    let engine = Engine::from_env()?;

    let container = ContainerCreateRequest::default().image(&image).cmd(arguments);
    let created = match engine.container_create(&container, &Default::default()).await {
        Err(error) if error.is_not_found() => return Err(format!("{error}; pull it first").into()),
        created => created?,
    };
    let id = created.id;
    let code = tokio::select! {
        code = run_to_its_end(&engine, &id) => code,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    };
    let deleted = engine.container_delete(&id, &ContainerDeleteOptions::default().force(true).volumes(true)).await;
    let code = code?;
    deleted?;
    Ok(code)
}

async fn run_to_its_end(engine: &Engine, id: &str) -> Result<u8> {
    // Attaches before the start, so that no output is missed.
    let options = ContainerAttachOptions::default().stream(true).stdout(true).stderr(true);
    let mut output = engine.container_attach(id, &options).await?.into_output();
    engine.container_start(id, &Default::default()).await?;
    while let Some(piece) = output.next().await {
        let piece = piece?;
        match piece.source {
            Source::Stderr => std::io::stderr().write_all(&piece.bytes)?,
            _ => std::io::stdout().write_all(&piece.bytes)?,
        }
    }
    let ended = engine.container_wait(id, &Default::default()).await?;
    Ok(ended.status_code.try_into()?)
}
