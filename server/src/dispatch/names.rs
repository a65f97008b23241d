//! The names of an engine's objects, to complete what a person types.

use std::sync::Arc;

use dockwright::operation::Operation;
use serde_json::Map;

use super::Dispatcher;
use super::turn::turn;
use crate::access::Failure;
use crate::audit::{CallEnd, Client};

impl Dispatcher {
    /// The names of the objects that an operation lists, on the engine of this name or the only one. It is a call of
    /// that operation, and has two lines in the audit trail.
    ///
    /// # Errors
    /// [`Failure`], if the engine does not answer. Without an engine, and where the operation is not exposed, there are
    /// no names.
    pub async fn names(
        &self,
        list: &'static Operation,
        engine: Option<&str>,
        client: Client,
    ) -> Result<Vec<String>, Failure> {
        let engines = &self.engines;
        let access = match engine {
            Some(name) if engines.are_several() => engines.find(name).ok(),
            None if engines.are_several() => None,
            _ => engines.all().first(),
        };
        let Some(access) = access.filter(|access| access.find(list.name).is_ok()) else { return Ok(Vec::new()) };
        let access = access.for_one_call();
        let facts = Arc::new(Dispatcher::facts(list.name, &Map::new(), client, &access));
        let entry =
            self.audit.begin(facts).map_err(|error| Failure::Unaudited { tool: list.name.to_owned(), error })?;
        let result = async {
            let _turn = turn(access.find(list.name)?, Some(&self.turns)).await?;
            access.names(list).await
        };
        let result = result.await;
        let ok = CallEnd { outcome: "ok".to_owned(), ..CallEnd::default() };
        entry.end(result.as_ref().map_or_else(Failure::audited, |_| ok));
        result
    }
}
