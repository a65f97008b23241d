//! Tells what a name that the engine does not know may mean, from the engine's list of such objects. The list is called
//! only if it is exposed, and with a short timeout, because nobody should wait for a hint.

mod listed;

use std::time::Duration;

use dockwright::operation::{Kind, Operation};
use serde_json::Map;
use serde_json::Value;

use super::Access;
use crate::catalogue::operations::target;

use listed::{Listed, meaning, objects_in};

/// Time limit for the list.
const LIST_TIMEOUT: Duration = Duration::from_secs(1);

/// Maximum size of a list that is read for a hint.
const MAX_LIST_BYTES: usize = 4 * 1024 * 1024;

impl Access {
    /// The hint for a target that does not exist; `None` if nothing is like it.
    pub(super) async fn similar(&self, operation: &Operation, arguments: &Map<String, Value>) -> Option<String> {
        let (name, list) = (target(operation, arguments)?, operation.list?);
        self.permits(list).ok()?;
        let objects = tokio::time::timeout(LIST_TIMEOUT, self.objects(list)).await.ok().flatten()?;
        meaning(name, &objects)
    }

    /// Reads the objects of a list; `None` if that fails or the list is long.
    async fn objects(&self, list: &'static Operation) -> Option<Vec<Listed>> {
        let all = list.parameters.iter().any(|parameter| parameter.name == "all" && parameter.kind == Kind::Boolean);
        let call = self.call(list, Map::new(), None).await.ok()?;
        let mut reply = if all { call.argument("all", &true) } else { call }.send().await.ok()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = reply.chunk().await.ok()? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_LIST_BYTES {
                return None;
            }
        }
        Some(objects_in(&serde_json::from_slice(&bytes).ok()?))
    }
}
