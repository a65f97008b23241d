//! Asks an engine what it is.

use dockwright::http::{self, HeaderMap};
use dockwright::operation::{Operation, Segment};
use dockwright::{Body, Error, Version};
use serde_json::{Map, Value};

use super::Access;
use super::failure::Failure;
use crate::catalogue::Entry;
use crate::secrets::Safe;

/// The most characters of an engine's own version.
const CHARACTERS: usize = 40;

/// The versions of an engine that answers.
pub struct Versions {
    /// Its own, if the operation that tells it is exposed.
    pub engine: Option<Safe<String>>,
    /// The API version of calls.
    pub api: Version,
}

impl Access {
    /// Asks the engine for its versions.
    ///
    /// # Errors
    /// [`Failure::Engine`], if it does not answer.
    pub async fn versions(&self) -> Result<Versions, Failure> {
        match self.version_operation() {
            Some(operation) => {
                let answer = self.json(operation, Map::new(), None).await?;
                let version = answer.get("Version").and_then(Value::as_str);
                let engine =
                    version.map(|version| Safe::line(version).map(|line| line.chars().take(CHARACTERS).collect()));
                let api = self.api_version().await.map_err(|error| self.failure(error, operation))?;
                Ok(Versions { engine, api })
            }
            None => {
                let unreachable = |error: Error| Failure::Outcome(Safe::line(&error.to_string()));
                self.ping().await.map_err(unreachable)?;
                Ok(Versions { engine: None, api: self.api_version().await.map_err(unreachable)? })
            }
        }
    }

    /// The operation of `GET /version`, which every engine answers at once, if it is exposed.
    #[must_use]
    pub fn version_operation(&self) -> Option<&'static Operation> {
        Entry::exposed(self.exposure()).find_map(|entry| match entry {
            Entry::Operation(tool) if tool.operation.path == [Segment::Literal("version")] => Some(tool.operation),
            _ => None,
        })
    }

    /// Asks for a sign of life, as each first call does. The headers of the answer tell of the engine's builders.
    pub(crate) async fn ping(&self) -> dockwright::Result<HeaderMap> {
        let request = http::Request::get("/_ping").body(Body::default()).expect("a path is a URI");
        Ok(self.engine()?.raw(request).await?.headers().clone())
    }
}
