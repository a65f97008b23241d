//! The two clients at the same work: a typed answer in, a checksum of its contents out.

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::query_parameters::{ListContainersOptionsBuilder, LogsOptionsBuilder};
use dockwright::options::{ContainerListOptions, ContainerLogsOptions};
use dockwright::{Engine, Source};
use futures_util::StreamExt;

pub enum Client {
    Dockwright(Engine),
    Bollard(Docker),
}

/// The number of items, and the sum of their bytes.
pub type Checksum = (u64, u8);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

impl Client {
    pub fn new(name: &str, socket: &str) -> Result<Self> {
        Ok(match name {
            "dockwright" => Client::Dockwright(Engine::at(&format!("unix://{socket}"))?),
            "bollard" => Client::Bollard(Docker::connect_with_unix(socket, 120, bollard::API_DEFAULT_VERSION)?),
            _ => return Err(format!("no client {name}").into()),
        })
    }

    /// Pings, one after the other.
    pub async fn ping(&self, times: usize) -> Result<Checksum> {
        let mut sum = Sum::default();
        for _ in 0..times {
            match self {
                Client::Dockwright(engine) => sum.text(&engine.system_ping().await?.text),
                Client::Bollard(docker) => sum.text(&docker.ping().await?),
            }
        }
        Ok((sum.length, sum.bytes))
    }

    /// Lists all containers.
    pub async fn list(&self) -> Result<Checksum> {
        let mut sum = Sum::default();
        match self {
            Client::Dockwright(engine) => {
                for container in engine.container_list(&ContainerListOptions::default().all(true)).await? {
                    for text in [&container.id, &container.image, &container.command, &container.status] {
                        sum.text(text);
                    }
                    container.names.iter().for_each(|name| sum.text(name));
                    container.labels.iter().for_each(|(key, value)| sum.pair(key, value));
                    for mount in &container.mounts {
                        sum.texts([&mount.name, &mount.driver]);
                        [&mount.source, &mount.destination, &mount.mode].iter().for_each(|text| sum.text(text));
                    }
                    for port in &container.ports {
                        sum.texts([&port.ip]);
                        sum.number(port.public_port.unwrap_or_default().into());
                    }
                    for (name, network) in &container.network_settings.networks {
                        sum.text(name);
                        sum.texts([&network.network_id, &network.ip_address, &network.gateway, &network.mac_address]);
                    }
                }
            }
            Client::Bollard(docker) => {
                let options = ListContainersOptionsBuilder::default().all(true).build();
                for container in docker.list_containers(Some(options)).await? {
                    sum.texts([&container.id, &container.image, &container.command, &container.status]);
                    container.names.iter().flatten().for_each(|name| sum.text(name));
                    container.labels.iter().flatten().for_each(|(key, value)| sum.pair(key, value));
                    for mount in container.mounts.iter().flatten() {
                        sum.texts([&mount.name, &mount.driver]);
                        sum.texts([&mount.source, &mount.destination, &mount.mode]);
                    }
                    for port in container.ports.iter().flatten() {
                        sum.texts([&port.ip]);
                        sum.number(port.public_port.unwrap_or_default().into());
                    }
                    let networks = container.network_settings.and_then(|settings| settings.networks);
                    for (name, network) in networks.iter().flatten() {
                        sum.text(name);
                        sum.texts([&network.network_id, &network.ip_address, &network.gateway, &network.mac_address]);
                    }
                }
            }
        }
        Ok((sum.length, sum.bytes))
    }

    /// Reads the logs of a container to their end.
    pub async fn logs(&self, container: &str) -> Result<Checksum> {
        let mut sum = Sum::default();
        match self {
            Client::Dockwright(engine) => {
                let options = ContainerLogsOptions::default().stdout(true).stderr(true);
                let mut logs = engine.container_logs(container, &options).await?;
                while let Some(output) = logs.next().await.transpose()? {
                    match output.source {
                        Source::Stderr => sum.piece(2, &output.bytes),
                        _ => sum.piece(1, &output.bytes),
                    }
                }
            }
            Client::Bollard(docker) => {
                let options = LogsOptionsBuilder::default().stdout(true).stderr(true).build();
                let mut logs = docker.logs(container, Some(options));
                while let Some(output) = logs.next().await.transpose()? {
                    match output {
                        LogOutput::StdErr { message } => sum.piece(2, &message),
                        output => sum.piece(1, output.as_ref()),
                    }
                }
            }
        }
        Ok((sum.length, sum.bytes))
    }
}

/// A checksum that depends neither on the order of a map nor on the cuts of a stream. It is cheap compared to the work
/// that is measured.
#[derive(Default)]
struct Sum {
    length: u64,
    bytes: u8,
}

impl Sum {
    fn number(&mut self, number: u64) {
        self.length = self.length.wrapping_add(number);
    }

    fn text(&mut self, text: &str) {
        self.piece(1, text.as_bytes());
    }

    fn texts<const N: usize>(&mut self, texts: [&Option<String>; N]) {
        texts.into_iter().flatten().for_each(|text| self.text(text));
    }

    fn pair(&mut self, key: &str, value: &str) {
        self.piece(3, key.as_bytes());
        self.piece(5, value.as_bytes());
    }

    fn piece(&mut self, weight: u8, bytes: &[u8]) {
        let sum = bytes.iter().copied().fold(0, u8::wrapping_add);
        self.number(u64::from(weight) * bytes.len() as u64);
        self.bytes = self.bytes.wrapping_add(sum.wrapping_mul(weight));
    }
}
