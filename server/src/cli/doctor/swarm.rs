//! The part of an engine in a swarm: a worker, which cannot answer for the swarm; a manager without a majority of the
//! others; and services whose published ports lead nowhere, as the engine itself calls them healthy.

use serde_json::{Map, Value};

use super::finding::Finding;
use crate::access::{Access, Membership};
use crate::secrets::Safe;

/// The most services that are named.
const NAMED: usize = 3;

/// Exists where the kernel can balance connections among the tasks of a service.
const BALANCER: &str = "/proc/net/ip_vs";

/// Checks the part of the engine in a swarm; an engine outside of one has none. An error is a warning, as containers
/// answer all the same.
pub(super) async fn check(access: &Access) -> Option<Finding> {
    let membership = access.membership().await.ok().filter(|membership| membership.is_node)?;
    if !membership.is_manager {
        return Some(Err(worker(&membership)));
    }
    if let Some(problem) = &membership.problem {
        return Some(Err(lost_quorum(&membership, problem)));
    }
    let managers = membership.managers.len();
    let words = match membership.nodes {
        Some(nodes) => format!("a manager, of {managers}, in a swarm of {nodes} nodes"),
        None => format!("a manager, of {managers}"),
    };
    if !lacks_balancer(&membership.kernel) {
        return Some(Ok(words));
    }
    let published = through_ingress(access).await;
    Some(if published.is_empty() { Ok(words) } else { Err(unreachable(&published)) })
}

fn worker(membership: &Membership) -> String {
    let managers = membership.managers(" or ").map(|managers| format!(" at {managers}")).unwrap_or_default();
    format!(
        "a worker, which knows no services, nodes, secrets and configs: for these use the engine of a manager{managers}"
    )
}

fn lost_quorum(membership: &Membership, problem: &Safe<String>) -> String {
    let managers = membership.managers(", ").map(|managers| format!(" of {managers}")).unwrap_or_default();
    format!("a manager of a swarm that has lost its quorum ({problem}): start the engines{managers} until most are up")
}

fn unreachable(services: &[String]) -> String {
    let named = services.iter().take(NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let more = services.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "the kernel has no IPVS, so nothing answers at the ports that {named}{more} publish through the ingress, though \
         their tasks run: load `ip_vs`, or publish with PublishMode host and Mode dnsrr"
    )
}

/// Returns true if the kernel has no IPVS. Only that of this host is seen, so the engine must run on it.
fn lacks_balancer(kernel: &str) -> bool {
    let here = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    !kernel.is_empty() && here.trim() == kernel && std::fs::exists(BALANCER).is_ok_and(|exists| !exists)
}

/// The names of services that publish a port through the ingress network.
async fn through_ingress(access: &Access) -> Vec<String> {
    let Ok(list) = access.get("services") else { return Vec::new() };
    let services = access.json(list, Map::new(), None).await.unwrap_or_default();
    let services = services.as_array().map(Vec::as_slice).unwrap_or_default();
    let name = |service: &&Value| service.pointer("/Spec/Name").and_then(Value::as_str).map(Safe::line);
    services.iter().filter(is_published).filter_map(|service| name(&service)).map(Safe::into_inner).collect()
}

fn is_published(service: &&Value) -> bool {
    let ports = service.pointer("/Endpoint/Ports").and_then(Value::as_array);
    ports.is_some_and(|ports| ports.iter().any(|port| port["PublishMode"] == "ingress"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_ports_of_the_ingress_need_the_balancer() {
        let service =
            |mode: &str| json!({ "Endpoint": { "Ports": [{ "PublishMode": "host" }, { "PublishMode": mode }] } });
        assert!(is_published(&&service("ingress")));
        assert!(!is_published(&&service("host")));
        assert!(!is_published(&&json!({ "Endpoint": { "Spec": {} } })));
    }

    #[test]
    fn a_kernel_that_is_not_here_is_not_judged() {
        assert!(!lacks_balancer("0.0.0-elsewhere"));
        assert!(!lacks_balancer(""));
    }

    #[test]
    fn a_few_services_are_named_and_the_others_counted() {
        let services: Vec<_> = (1..=5).map(|number| format!("web-{number}")).collect();
        assert!(unreachable(&services).contains("`web-1`, `web-2`, `web-3` and 2 more publish"));
        assert!(unreachable(&services[..1]).contains("ports that `web-1` publish"));
    }
}
