//! Copies a file or a folder into a container, or out of one. The destination is an existing folder.
//!
//! ```sh
//! cargo run --example copy -- site.conf web:/etc/nginx
//! cargo run --example copy -- web:/var/log/nginx .
//! ```

use std::process::ExitCode;

use dockwright::Engine;
use dockwright::tar::{Context, UnpackLimits};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = copy().await else { return ExitCode::SUCCESS };
    eprintln!("copy: {error}");
    ExitCode::FAILURE
}

async fn copy() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = &arguments[..] else { return Err("usage: copy FROM TO, one of them CONTAINER:PATH".into()) };
    let engine = Engine::from_env()?;
    match (from.split_once(':'), to.split_once(':')) {
        (None, Some((container, folder))) => copy_in(&engine, from, container, folder).await,
        (Some((container, path)), None) => copy_out(&engine, container, path, to).await,
        _ => Err("one of FROM and TO must be CONTAINER:PATH, and the other a path here".into()),
    }
}

/// Sends files as an archive, which is packed meanwhile.
async fn copy_in(engine: &Engine, path: &str, container: &str, folder: &str) -> Result<()> {
    engine.put_container_archive(container, folder, Context::only(path), &Default::default()).await?;
    println!("copied {path} to {container}:{folder}");
    Ok(())
}

/// Unpacks the archive as it arrives. Nothing outside the folder is written, whatever the archive holds.
async fn copy_out(engine: &Engine, container: &str, path: &str, folder: &str) -> Result<()> {
    let archive = engine.container_archive(container, path).await?;
    let unpacked = archive.tar.unpack(folder, UnpackLimits::default()).await?;
    println!("copied {container}:{path} to {folder} (files: {}, bytes: {})", unpacked.files, unpacked.bytes);
    for name in unpacked.skipped.names {
        println!("left out {name}: it is a device or a pipe");
    }
    Ok(())
}
