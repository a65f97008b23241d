//! A minimal program with Dockwright, like `minimal/bollard`.

use dockwright::Engine;
use dockwright::options::ContainerListOptions;

#[tokio::main]
async fn main() -> dockwright::Result<()> {
    for container in Engine::from_env()?.container_list(&ContainerListOptions::default()).await? {
        println!("{:?} {:?}", container.names, container.status);
    }
    Ok(())
}
