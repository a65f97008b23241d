//! Lists what is on the engine, then runs a container to its end: `make run`.
//!
//! The engine is the one that the docker CLI would use; the image, and a command for it, may be given as arguments.

use dockwright::Engine;
use dockwright::models::{ContainerCreateRequest, HostConfig};
use dockwright::options::{
    ContainerCreateOptions, ContainerDeleteOptions, ContainerListOptions, ContainerStartOptions, ContainerWaitOptions,
    ImageListOptions,
};

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let image = arguments.next().unwrap_or_else(|| "busybox:test".to_owned());
    let command: Vec<_> = arguments.collect();
    match run(&image, command).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hello: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(image: &str, command: Vec<String>) -> dockwright::Result<()> {
    let engine = Engine::connect()?;
    let version = engine.system_version().await?;
    println!("engine     {} at {}", version.version.unwrap_or_default(), engine.address());
    println!("speaks     API {}", engine.api_version().await?);

    for image in engine.image_list(&ImageListOptions::default()).await? {
        println!("image      {}", image.repo_tags.unwrap_or_default().join(", "));
    }
    for container in engine.container_list(&ContainerListOptions::default().all(true)).await? {
        println!(
            "container  {} {}",
            container.names.unwrap_or_default().join(", "),
            container.status.unwrap_or_default()
        );
    }

    let command = if command.is_empty() { vec!["sh".into(), "-c".into(), "exit 7".into()] } else { command };
    let body =
        ContainerCreateRequest::default().image(image).cmd(command).host_config(HostConfig::default().init(true));
    let created = engine.container_create(&body, &ContainerCreateOptions::default()).await?;
    let id = created.id.unwrap_or_default();
    println!("created    {id}");
    let ended = run_to_its_end(&engine, &id).await;
    engine.container_delete(&id, &ContainerDeleteOptions::default().force(true)).await?;
    println!("exit code  {}", ended?);
    println!("deleted    {id}");
    Ok(())
}

async fn run_to_its_end(engine: &Engine, id: &str) -> dockwright::Result<i64> {
    engine.container_start(id, &ContainerStartOptions::default()).await?;
    let ended = engine.container_wait(id, &ContainerWaitOptions::default()).await?;
    Ok(ended.status_code.unwrap_or_default())
}
