//! Builds an image by BuildKit, and shows each step: its name, what it writes, and how long it took. A step that fails
//! is shown with its last lines.
//!
//! ```sh
//! cargo run --example build_steps -- frontend shop/frontend:1
//! ```

use std::io::Write;
use std::process::ExitCode;

use dockwright::build::{BuildEvent, Step, StepState};
use dockwright::options::ImageBuildOptions;
use dockwright::tar::Context;
use dockwright::{Engine, Error};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = build().await else { return ExitCode::SUCCESS };
    match error.downcast_ref() {
        Some(Error::Step { step, .. }) => {
            let code = step.exit_code.map(|code| format!(" with exit code {code}")).unwrap_or_default();
            eprintln!("build_steps: {} failed{code}", step.name);
            step.lines.iter().for_each(|line| eprintln!("  {line}"));
        }
        _ => eprintln!("build_steps: {error}"),
    }
    ExitCode::FAILURE
}

async fn build() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, tag] = &arguments[..] else { return Err("usage: build_steps FOLDER TAG".into()) };
    let engine = Engine::from_env()?;

    let options = ImageBuildOptions::default().version("2").tags([tag]);
    let mut build = engine.image_build(Some(Context::new(folder).into()), &options).await?.into_build();
    let mut out = std::io::stdout();
    while let Some(event) = build.next().await {
        match event? {
            BuildEvent::Step(step) => writeln!(out, "#{} {}", step.number, words(&step))?,
            BuildEvent::Output(output) => out.write_all(&output.bytes)?,
            BuildEvent::Warning(warning) => writeln!(out, "warning: {}", warning.message)?,
            BuildEvent::Image { id } => writeln!(out, "{id}")?,
            _ => {}
        }
        out.flush()?;
    }
    Ok(())
}

fn words(step: &Step) -> String {
    let took = step.began.zip(step.ended).and_then(|(began, ended)| ended.duration_since(began).ok());
    match &step.state {
        StepState::Running => step.name.clone(),
        StepState::Cached => format!("{} was found in the cache", step.name),
        StepState::Done => format!("is done in {:.1} s", took.unwrap_or_default().as_secs_f64()),
        StepState::Failed(reason) => format!("failed: {reason}"),
        state => format!("{state:?}"),
    }
}
