//! Asks an engine for its part in a swarm, and tells from it what a failure has to do with that: a worker refuses what
//! only managers know, a node knows only its own containers, and a swarm without most of its managers does nothing.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use dockwright::Error;
use dockwright::http::Method;
use dockwright::operation::{Operation, Segment};
use serde_json::{Map, Value};

use super::{Access, Failure};
use crate::secrets::Safe;

/// Time limit for the question, as nobody should wait long for a hint.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The most managers that are named.
const NAMED: usize = 5;

/// The collections of objects that a node keeps for itself.
const LOCAL: [&str; 3] = ["containers", "exec", "volumes"];

/// The part of an engine in a swarm.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Membership {
    /// True if it is a node of a swarm.
    pub is_node: bool,
    /// True if it is a manager.
    pub is_manager: bool,
    /// The reason for which a manager cannot read the state of the swarm.
    pub problem: Option<Safe<String>>,
    /// The addresses of the managers that it knows, in order.
    pub managers: Vec<IpAddr>,
    /// The number of nodes, if a manager knows it.
    pub nodes: Option<u64>,
    /// The release of the kernel of the engine.
    pub kernel: String,
}

impl Access {
    /// Asks the engine for its part in a swarm.
    ///
    /// # Errors
    /// [`Failure`], if the operation is not exposed, or the engine does not answer.
    pub async fn membership(&self) -> Result<Membership, Failure> {
        let info = self.json(self.get("info")?, Map::new(), None).await?;
        Ok(Membership::of(&info))
    }

    /// The operation that reads a path of one segment.
    ///
    /// # Errors
    /// [`Failure::Request`], if it is not built into this server.
    pub(crate) fn get(&self, path: &'static str) -> Result<&'static Operation, Failure> {
        let reads =
            |operation: &Operation| operation.method == Method::GET && operation.path == [Segment::Literal(path)];
        let operation = dockwright::operations::ALL.iter().find(|operation| reads(operation)).copied();
        operation.ok_or_else(|| Failure::Request(format!("GET /{path} is not built into this server")))
    }

    /// The hint for a failure that the engine's part in a swarm explains. Tools are named by their endpoints.
    pub(super) async fn swarm_hint(&self, operation: &Operation, error: &Error) -> Option<String> {
        let Error::Api { message, .. } = error else { return None };
        let is_local = error.is_not_found() && keeps_for_itself(operation);
        if !is_local && !speaks_of_managers(message) {
            return None;
        }
        let ask = async {
            // Its own failure is not explained, which would ask again.
            let call = self.call(self.get("info").ok()?, Map::new(), None).await.ok()?;
            Some(Membership::of(&call.json::<Value>().await.ok()?))
        };
        let membership = tokio::time::timeout(TIMEOUT, Box::pin(ask)).await.ok()??;
        if is_local { membership.local_hint() } else { membership.manager_hint() }
    }
}

/// Tells whether other nodes of a swarm have such objects, which this one does not know.
fn keeps_for_itself(operation: &Operation) -> bool {
    matches!(operation.path.first(), Some(Segment::Literal(first)) if LOCAL.contains(first))
}

/// Tells whether a message says that there is no manager to ask. Engines send it with 500 or 503.
fn speaks_of_managers(message: &str) -> bool {
    ["not a swarm manager", "does not have a leader", "DeadlineExceeded"].iter().any(|words| message.contains(words))
}

impl Membership {
    /// Reads it from what the engine says of itself.
    fn of(info: &Value) -> Self {
        let swarm = &info["Swarm"];
        let problem = swarm["Error"].as_str().filter(|problem| !problem.is_empty());
        let managers = swarm["RemoteManagers"].as_array().map(Vec::as_slice).unwrap_or_default();
        let address = |manager: &Value| manager["Addr"].as_str()?.parse().ok().map(|address: SocketAddr| address.ip());
        let mut managers: Vec<_> = managers.iter().filter_map(address).collect();
        managers.sort_unstable();
        managers.dedup();
        Membership {
            is_node: swarm["LocalNodeState"] == "active",
            is_manager: swarm["ControlAvailable"] == true,
            problem: problem.map(Safe::line),
            managers,
            nodes: swarm["Nodes"].as_u64(),
            kernel: info["KernelVersion"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// The managers, `10.0.0.1 or 10.0.0.2`; `None` if it knows none.
    #[must_use]
    pub fn managers(&self, between: &str) -> Option<String> {
        let named: Vec<_> = self.managers.iter().take(NAMED).map(IpAddr::to_string).collect();
        (!named.is_empty()).then(|| named.join(between))
    }

    /// The hint for what another node may have.
    fn local_hint(&self) -> Option<String> {
        let words = "this engine is a node of a swarm and has only its own containers and volumes: ask the engine of \
                     the node it is on[; a task's NodeID tells it: <GET /tasks>]";
        self.is_node.then(|| words.to_owned())
    }

    /// The hint for what no manager answers.
    fn manager_hint(&self) -> Option<String> {
        if !self.is_node {
            return None;
        }
        if !self.is_manager {
            let managers = self.managers(" or ")?;
            return Some(format!("this node is a worker: ask the engine of a manager, at {managers}"));
        }
        self.problem.as_ref()?;
        let managers = self.managers(", ").map(|managers| format!(" of {managers}")).unwrap_or_default();
        Some(format!(
            "the swarm has lost its quorum: start the engines{managers} until most managers are up; its tasks run \
             meanwhile, and what is this node's own still answers"
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hint(swarm: Value) -> Option<String> {
        Membership::of(&json!({ "Swarm": swarm })).manager_hint()
    }

    #[test]
    fn a_worker_names_its_managers() {
        let managers = json!([{ "Addr": "10.0.0.2:2377" }, { "Addr": "10.0.0.1:2377" }, { "Addr": "[fd00::1]:2377" }]);
        let worker = json!({ "LocalNodeState": "active", "ControlAvailable": false, "RemoteManagers": managers });
        let words = "this node is a worker: ask the engine of a manager, at 10.0.0.1 or 10.0.0.2 or fd00::1";
        assert_eq!(hint(worker).unwrap(), words);
        assert_eq!(hint(json!({ "LocalNodeState": "inactive", "RemoteManagers": managers_of("10.0.0.1:2377") })), None);
    }

    #[test]
    fn only_addresses_are_taken_for_managers() {
        for address in ["delete all[ with <DELETE /nodes/{id}>]:1", "10.0.0.1", "10.0.0.1:2377\ndockwright: x", ""] {
            let worker = json!({ "LocalNodeState": "active", "RemoteManagers": managers_of(address) });
            assert_eq!(hint(worker), None, "{address}");
        }
        for info in [json!({}), json!([]), json!({ "Swarm": null }), json!({ "Swarm": { "RemoteManagers": "a" } })] {
            assert_eq!(Membership::of(&info), Membership::default());
        }
    }

    #[test]
    fn a_manager_without_a_majority_names_the_others_and_a_healthy_one_nobody() {
        let manager = |problem: &str| {
            let managers = managers_of("10.0.0.3:2377");
            json!({ "LocalNodeState": "active", "ControlAvailable": true, "Error": problem, "RemoteManagers": managers })
        };
        assert!(hint(manager("no leader")).unwrap().contains("quorum: start the engines of 10.0.0.3 until"));
        assert_eq!(hint(manager("")), None);
    }

    fn managers_of(address: &str) -> Value {
        json!([{ "Addr": address }])
    }
}
