//! Runs a command as a service of three tasks, on an engine that manages a swarm. If the service exists, its tasks are
//! replaced one by one, and rolled back if that fails. It ends when the new tasks run.
//!
//! ```sh
//! cargo run --example service -- clock busybox:1.36 sleep 10000
//! cargo run --example service -- clock busybox:1.37 sleep 10000
//! ```

use std::process::ExitCode;
use std::time::Duration;

use dockwright::Engine;
use dockwright::models::{
    Service, ServiceSpec, ServiceSpecMode, ServiceSpecModeReplicated, ServiceSpecUpdateConfig,
    ServiceUpdateStatusState as State, TaskSpec, TaskSpecContainerSpec, UpdateFailureAction as FailureAction,
};
use dockwright::options::{ServiceListFilters, ServiceListOptions};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = roll_out().await else { return ExitCode::SUCCESS };
    eprintln!("service: {error}");
    ExitCode::FAILURE
}

async fn roll_out() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, image, command @ ..] = &arguments[..] else { return Err("usage: service NAME IMAGE COMMAND…".into()) };
    let engine = Engine::from_env()?;
    match find(&engine, name).await? {
        None => create(&engine, name, image, command).await?,
        Some(service) => update(&engine, service, image, command).await?,
    }
    watch(&engine, name).await
}

async fn create(engine: &Engine, name: &str, image: &str, command: &[String]) -> Result<()> {
    let container = TaskSpecContainerSpec::default().image(image).command(command).init(true);
    let replicated = ServiceSpecModeReplicated::default().replicas(3);
    let one_by_one = ServiceSpecUpdateConfig::default()
        .parallelism(1)
        .monitor(Duration::from_secs(1)) // A task that fails within this second fails the update.
        .failure_action(FailureAction::Rollback);
    let spec = ServiceSpec::default()
        .name(name)
        .task_template(TaskSpec::default().container_spec(container))
        .mode(ServiceSpecMode::default().replicated(replicated))
        .update_config(one_by_one);
    engine.service_create(&spec, &Default::default()).await?;
    Ok(())
}

/// An update sends all settings again. Unchanged ones stay as they were, even those that this library does not know.
async fn update(engine: &Engine, service: Service, image: &str, command: &[String]) -> Result<()> {
    let mut spec = service.spec;
    let task = spec.task_template.get_or_insert_default();
    let container = task.container_spec.get_or_insert_default();
    container.image = Some(image.to_owned());
    container.command = Some(command.to_vec());
    // Another number replaces the tasks even if nothing else changes.
    task.force_update = Some(task.force_update.unwrap_or_default() + 1);
    // Names the version that was read, so the engine refuses if somebody else has changed the service since.
    engine.service_update(&service.id, service.version.index, &spec, &Default::default()).await?;
    Ok(())
}

/// Prints the progress whenever it changes.
async fn watch(engine: &Engine, name: &str) -> Result<()> {
    let mut told = String::new();
    loop {
        let service = find(engine, name).await?.ok_or("the service was removed")?;
        let tasks = service.service_status.unwrap_or_default();
        let (running, desired) = (tasks.running_tasks, tasks.desired_tasks);
        let update = service.update_status;
        let message = update.as_ref().map(|update| format!(", {}", update.message)).unwrap_or_default();
        let line = format!("{running} of {desired} tasks run{message}");
        if told != line {
            println!("{line}");
            told = line;
        }
        match update.map(|update| update.state) {
            // The service was changed, and its update has not begun yet.
            None if service.previous_spec.is_some() => {}
            None | Some(State::Completed) if running == desired => return Ok(()),
            None | Some(State::Completed | State::Updating | State::RollbackStarted) => {}
            Some(state) => return Err(format!("the update failed, its state is {state}").into()),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The filter finds every service whose name begins with the text.
async fn find(engine: &Engine, name: &str) -> Result<Option<Service>> {
    let options = ServiceListOptions::default().filters(ServiceListFilters::default().name(name)).status(true);
    let services = engine.service_list(&options).await?;
    let is_named = |service: &Service| service.spec.name.as_deref() == Some(name);
    Ok(services.into_iter().find(is_named))
}
