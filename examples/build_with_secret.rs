//! Builds an image whose steps may read a secret and use this user's ssh agent. The secret is in no layer of the image,
//! and of the folder only files that the build reads, and that changed since the last build, are sent.
//!
//! ```sh
//! cargo run --features buildkit --example build_with_secret -- frontend shop/frontend:1 npm=$HOME/.npmrc
//! ```
//!
//! The Dockerfile: `RUN --mount=type=secret,id=npm,target=/root/.npmrc npm ci`.

use std::io::Write;
use std::process::ExitCode;

use dockwright::build::{BuildEvent, StepState};
use dockwright::options::ImageBuildOptions;
use dockwright::recipes::Build;
use dockwright::session::{Secret, SshAgent};
use dockwright::{Credentials, Engine};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = build().await else { return ExitCode::SUCCESS };
    eprintln!("build_with_secret: {error}");
    ExitCode::FAILURE
}

async fn build() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, tag, secrets @ ..] = &arguments[..] else {
        return Err("usage: build_with_secret FOLDER TAG [ID=FILE…]".into());
    };
    // Private base images are pulled with the logins of this user.
    let engine = Engine::from_env()?.with_credentials(Credentials::from_docker_config());

    let mut build = Build::new(folder.as_str()).options(ImageBuildOptions::default().tags([tag]));
    for secret in secrets {
        let (id, file) = secret.split_once('=').ok_or("a secret is ID=FILE")?;
        build = build.secret(id, Secret::file(file));
    }
    if std::env::var_os("SSH_AUTH_SOCK").is_some() {
        build = build.ssh("default", SshAgent::from_env());
    }

    let mut events = build.start(&engine).await?;
    let mut out = std::io::stdout();
    while let Some(event) = events.next().await {
        match event? {
            BuildEvent::Step(step) if step.state == StepState::Running => {
                writeln!(out, "#{} {}", step.number, step.name)?
            }
            BuildEvent::Output(output) => out.write_all(&output.bytes)?,
            BuildEvent::Image { id } => writeln!(out, "{id}")?,
            _ => {}
        }
        out.flush()?;
    }
    Ok(())
}
