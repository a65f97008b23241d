//! A minimal program with bollard, like `minimal/dockwright`.

use bollard::Docker;

#[tokio::main]
async fn main() -> Result<(), bollard::errors::Error> {
    for container in Docker::connect_with_defaults()?.list_containers(None).await? {
        println!("{:?} {:?}", container.names, container.status);
    }
    Ok(())
}
