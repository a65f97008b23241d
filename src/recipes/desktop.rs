//! Docker Desktop, whose engine runs in a virtual machine.

use serde::Deserialize;

use crate::operations::SYSTEM_INFO;
use crate::{Engine, Result};

impl Engine {
    /// Returns true if the engine is that of Docker Desktop. It runs in a virtual machine: addresses of containers
    /// cannot be reached from this machine, paths of binds are shared by Docker Desktop, and this machine is
    /// `host.docker.internal` for containers.
    ///
    /// Calls `GET /info`.
    ///
    /// # Errors
    /// Fails as every call does.
    pub async fn is_desktop(&self) -> Result<bool> {
        #[derive(Deserialize)]
        struct Info {
            #[serde(rename = "OperatingSystem", default)]
            system: String,
        }
        let info: Info = self.call(&SYSTEM_INFO).json().await?;
        Ok(info.system == "Docker Desktop")
    }
}
