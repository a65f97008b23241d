//! Builds an image from a folder with a Dockerfile, and shows the engine's output as it arrives. Files that
//! `.dockerignore` names are not sent.
//!
//! ```sh
//! cargo run --example build -- frontend shop/frontend:1
//! ```

use std::io::Write;
use std::process::ExitCode;

use dockwright::options::ImageBuildOptions;
use dockwright::tar::Context;
use dockwright::{Engine, Error};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = build().await else { return ExitCode::SUCCESS };
    match error.downcast_ref() {
        Some(Error::Failed { code: Some(code), .. }) => eprintln!("build: a command failed with exit code {code}"),
        _ => eprintln!("build: {error}"),
    }
    ExitCode::FAILURE
}

async fn build() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, tag] = &arguments[..] else { return Err("usage: build FOLDER TAG".into()) };
    let engine = Engine::from_env()?;

    // The folder is packed while it is sent, and never held in memory.
    let context = Context::new(folder);
    // A step that fails must not leave its container behind.
    let options = ImageBuildOptions::default().forcerm(true).tags([tag]);
    let mut progress = engine.image_build(Some(context.into()), &options).await?;
    let mut out = std::io::stdout();
    while let Some(step) = progress.next().await {
        out.write_all(step?.stream.unwrap_or_default().as_bytes())?;
        out.flush()?;
    }

    let image = engine.image_inspect(tag, &Default::default()).await?;
    println!("{} {}", image.id, image.repo_tags.join(" "));
    Ok(())
}
