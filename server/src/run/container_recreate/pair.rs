//! An old container and its replacement: the facts that replacing and undoing need, and the calls that both make.

use dockwright::Version;
use serde_json::{Map, Value};

use super::body::Plan;
use crate::access::{Access, Failure};
use crate::progress::Progress;
use crate::reply::ReplyOptions;
use crate::run::composed_call::object;

/// An old container, and the new one that is to take its place.
pub(super) struct Replacement {
    pub(super) access: Access,
    pub(super) progress: Progress,
    /// The old container: the answer of container_inspect.
    pub(super) old: Value,
    pub(super) plan: Plan,
    /// The variant of the image, if the old container shows which it has.
    pub(super) platform: Option<String>,
    /// The API version that is spoken.
    pub(super) version: Version,
    pub(super) limit_seconds: u64,
    pub(super) options: ReplyOptions,
}

/// The deeds that a failure undoes. Each is noted before it is done, since a lost answer leaves open whether it was.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Journal {
    /// The id of the new container, or its name while the id is not known.
    pub(super) created: Option<String>,
    pub(super) stopped: bool,
    /// The engine may still be at stopping it.
    pub(super) may_be_stopping: bool,
    pub(super) renamed: bool,
}

impl Replacement {
    pub(super) fn id(&self) -> &str {
        self.old["Id"].as_str().unwrap_or_default()
    }

    pub(super) fn short_id(&self) -> &str {
        &self.id()[..self.id().len().min(12)]
    }

    pub(super) fn name(&self) -> &str {
        self.old["Name"].as_str().unwrap_or_default().trim_start_matches('/')
    }

    /// Returns true if the old container was running, or between two runs.
    pub(super) fn ran(&self) -> bool {
        runs(&self.old)
    }

    /// The name of the new container until it has the old one's. It keeps two calls from replacing one container at
    /// once.
    pub(super) fn new_name(&self) -> String {
        format!("{}-new-{}", self.name(), self.short_id())
    }

    /// The name of the old container until it is deleted.
    pub(super) fn old_name(&self) -> String {
        format!("{}-old-{}", self.name(), self.short_id())
    }

    /// Calls an operation that has no answer of interest.
    pub(super) async fn act(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        body: Option<&Value>,
    ) -> Result<(), Failure> {
        let operation = self.access.operation(name)?.operation;
        let call = self.access.call(operation, arguments.clone(), body).await?.allow_newer();
        let done = async {
            let mut reply = call.send().await?;
            while reply.chunk().await?.is_some() {}
            Ok(())
        };
        self.access.explain_result(operation, &arguments, done.await).await
    }

    pub(super) async fn inspect(&self, id: &str) -> Result<Value, Failure> {
        let inspect = self.access.operation("container_inspect")?.operation;
        self.access.json(inspect, object([("id", id.into())]), None).await
    }
}

/// Tells whether a container is running, or between two runs.
pub(super) fn runs(inspect: &Value) -> bool {
    inspect["State"]["Running"] == true || inspect["State"]["Restarting"] == true
}
