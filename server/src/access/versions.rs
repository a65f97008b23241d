//! Asks an engine what it is.

use dockwright::operation::{Operation, Segment};
use dockwright::{Body, Version, http};
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
            None => match self.ping().await {
                Ok(api) => Ok(Versions { engine: None, api }),
                Err(error) => Err(Failure::Outcome(Safe::line(&error.to_string()))),
            },
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

    /// Asks for a sign of life, as each first call does.
    async fn ping(&self) -> dockwright::Result<Version> {
        let engine = self.engine()?;
        let request = http::Request::get("/_ping").body(Body::default()).expect("a path is a URI");
        engine.raw(request).await?;
        engine.api_version().await
    }
}
