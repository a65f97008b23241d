//! Reads the names of objects from the engine's list of them, and tells what a name that the engine does not know may
//! mean. The list is called only if it is exposed, and for a hint with a short timeout, because nobody should wait for
//! that.

mod listed;

use std::time::Duration;

use dockwright::Error;
use dockwright::operation::{Kind, Operation};
use serde_json::{Map, Value};

use super::{Access, Failure};
use crate::catalogue::operations::target;
use crate::secrets::Safe;

use listed::{Listed, meaning, objects_in};

/// Time limit for the list.
const LIST_TIMEOUT: Duration = Duration::from_secs(1);

/// Maximum size of a list that is read for its names.
const MAX_LIST_BYTES: usize = 4 * 1024 * 1024;

/// The name of an image without one.
const NO_TAG: &str = "<none>:<none>";

impl Access {
    /// The hint for a target that does not exist; `None` if nothing is like it.
    pub(super) async fn similar(&self, operation: &Operation, arguments: &Map<String, Value>) -> Option<String> {
        let (name, list) = (target(operation, arguments)?, operation.list?);
        let objects = tokio::time::timeout(LIST_TIMEOUT, self.objects(list)).await.ok()?.ok()?;
        meaning(name, &objects)
    }

    /// The names of the objects of a list. One that holds a secret is left out: no other name would do.
    ///
    /// # Errors
    /// [`Failure`], if the operation is not exposed or the list cannot be read.
    pub(crate) async fn names(&self, list: &'static Operation) -> Result<Vec<String>, Failure> {
        let names = self.objects(list).await?.into_iter().flat_map(|object| object.names);
        Ok(names.filter(|name| !name.is_empty() && *name != NO_TAG && *Safe::line(name) == *name).collect())
    }

    /// Reads the objects of a list.
    async fn objects(&self, list: &'static Operation) -> Result<Vec<Listed>, Failure> {
        let all = list.parameters.iter().any(|parameter| parameter.name == "all" && parameter.kind == Kind::Boolean);
        let call = self.call(list, Map::new(), None).await?;
        let call = if all { call.argument("all", &true) } else { call };
        let read = async {
            let mut reply = call.send().await?;
            let mut bytes = Vec::new();
            while let Some(chunk) = reply.chunk().await? {
                bytes.extend_from_slice(&chunk);
                if bytes.len() > MAX_LIST_BYTES {
                    return Err(Error::TooLarge { operation: list.name, limit: MAX_LIST_BYTES as u64 });
                }
            }
            serde_json::from_slice(&bytes).map_err(|error| {
                // The error quotes nothing of the list, which may hold secrets.
                Error::Decode { operation: list.name, reason: error.to_string(), excerpt: String::new(), source: None }
            })
        };
        let objects: Result<Value, Error> = read.await;
        let objects = objects.map_err(|error| self.failure(error, list))?;
        Ok(objects_in(&objects))
    }
}
