//! Lists containers, stopped ones too. Arguments are filters: a container must match one value of every key.
//!
//! ```sh
//! cargo run --example list
//! cargo run --example list -- status=running label=tier=web
//! ```

use std::process::ExitCode;

use dockwright::Engine;
use dockwright::models::ContainerSummary;
use dockwright::options::{ContainerListFilters, ContainerListOptions};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = list().await else { return ExitCode::SUCCESS };
    eprintln!("list: {error}");
    ExitCode::FAILURE
}

async fn list() -> Result<()> {
    let filters = filters(std::env::args().skip(1))?;
    let engine = Engine::from_env()?;
    let options = ContainerListOptions::default().all(true).filters(filters);
    let containers = engine.container_list(&options).await?;
    println!("{:12}  {:20}  {:20}  STATUS", "ID", "NAME", "IMAGE");
    for container in containers {
        let ContainerSummary { id, names, image, status, .. } = container;
        let names = names.join(",").replace('/', "");
        println!("{id:.12}  {names:20}  {image:20}  {status}");
    }
    Ok(())
}

/// Known keys have setters, `.status("running")`; these are the user's own.
fn filters(arguments: impl Iterator<Item = String>) -> Result<ContainerListFilters> {
    let mut filters = ContainerListFilters::default();
    for argument in arguments {
        let (key, value) = argument.split_once('=').ok_or_else(|| format!("`{argument}` is no KEY=VALUE"))?;
        filters = filters.filter(key, value);
    }
    Ok(filters)
}
