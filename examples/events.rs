//! Follows the events of the engine until Ctrl-C is pressed. Arguments are filters.
//!
//! ```sh
//! cargo run --example events
//! cargo run --example events -- type=container event=start event=die
//! ```

use std::process::ExitCode;

use dockwright::Engine;
use dockwright::models::{EventActor, EventMessage};
use dockwright::options::{SystemEventsFilters, SystemEventsOptions};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    // The first one to end drops the other, which closes its connection.
    let ended = tokio::select! {
        ended = follow() => ended,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("events: {error}");
    ExitCode::FAILURE
}

async fn follow() -> Result<()> {
    let mut filters = SystemEventsFilters::default();
    for argument in std::env::args().skip(1) {
        let (key, value) = argument.split_once('=').ok_or_else(|| format!("`{argument}` is no KEY=VALUE"))?;
        filters = filters.filter(key, value);
    }
    let options = SystemEventsOptions::default().filters(filters);
    let mut events = Engine::from_env()?.system_events(&options).await?;
    while let Some(event) = events.next().await {
        println!("{}", line(event?));
    }
    Ok(())
}

/// `14:03:07  container  die  web exitCode=3`
fn line(event: EventMessage) -> String {
    let seconds = event.time.seconds();
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let EventActor { id, attributes, .. } = event.actor;
    let name = attributes.get("name").unwrap_or(&id);
    let code = attributes.get("exitCode").map(|code| format!(" exitCode={code}")).unwrap_or_default();
    let (kind, action) = (event.type_, event.action);
    format!("{hour:02}:{minute:02}:{second:02}  {kind}  {action}  {name}{code}")
}
