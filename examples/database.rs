//! Runs a container for as long as a test needs it, as Testcontainers does: pulled if it is missing, waited for until
//! its health check succeeds, and removed whatever happens. Here the test asks it a question.
//!
//! ```sh
//! cargo run --example database -- postgres:17 'pg_isready -U postgres' 'psql -U postgres -c "SELECT 1"'
//! ```
//!
//! Words after these are the container's command, in place of the image's own.

use std::process::ExitCode;
use std::time::Duration;

use dockwright::models::{ContainerCreateRequest, HealthConfig};
use dockwright::options::ContainerDeleteOptions;
use dockwright::{Engine, recipes};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = database().await else { return ExitCode::SUCCESS };
    eprintln!("database: {error}");
    ExitCode::FAILURE
}

async fn database() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [image, check, question, command @ ..] = &arguments[..] else {
        return Err("usage: database IMAGE CHECK QUESTION [COMMAND…]".into());
    };
    let engine = Engine::from_env()?;
    recipes::pull_if_missing(&engine, image).await?;

    // Docker's own pause is 30 seconds, which is long for a test.
    let health = HealthConfig::default().test(["CMD-SHELL", check]).interval(Duration::from_secs(1));
    let body = ContainerCreateRequest::default().image(image).env(["POSTGRES_PASSWORD=test"]).healthcheck(health);
    let body = if command.is_empty() { body } else { body.cmd(command) };
    let id = engine.container_create(&body, &Default::default()).await?.id;

    let tested = tokio::select! {
        tested = test(&engine, &id, question) => tested,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    };
    let deleted = engine.container_delete(&id, &ContainerDeleteOptions::default().force(true).volumes(true)).await;
    tested?;
    Ok(deleted?)
}

async fn test(engine: &Engine, id: &str, question: &str) -> Result<()> {
    engine.container_start(id, &Default::default()).await?;
    recipes::wait_until_healthy(engine, id, Duration::from_secs(60)).await?;
    let answer = recipes::exec_output(engine, id, ["sh", "-c", question]).await?;
    print!("{}", answer.stdout_text());
    match answer.status.is_success() {
        true => Ok(()),
        false => Err(answer.stderr_text().into()),
    }
}
