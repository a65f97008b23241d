//! The order of containers in which each comes after those that it needs.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::compose::labels::{self, label, needs};

/// Sorts containers. A circle of needs keeps its order.
pub(super) fn order(mut containers: Vec<Value>) -> Vec<Value> {
    let mut ordered = Vec::new();
    while !containers.is_empty() {
        let left: BTreeSet<_> = containers.iter().map(|one| label(one, labels::SERVICE).to_owned()).collect();
        let is_ready = |container: &Value| {
            let own = label(container, labels::SERVICE);
            !needs(label(container, labels::DEPENDS_ON)).keys().any(|needed| needed != own && left.contains(needed))
        };
        let (ready, waiting): (Vec<_>, Vec<_>) = containers.into_iter().partition(is_ready);
        if ready.is_empty() {
            ordered.extend(waiting);
            return ordered;
        }
        ordered.extend(ready);
        containers = waiting;
    }
    ordered
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ordered(services: &[(&str, &str)]) -> Vec<String> {
        let container = |(service, needs): &(&str, &str)| json!({ "Labels": { labels::SERVICE: service, labels::DEPENDS_ON: needs } });
        let ordered = order(services.iter().map(container).collect());
        ordered.iter().map(|container| label(container, labels::SERVICE).to_owned()).collect()
    }

    #[test]
    fn needed_containers_come_first_and_circles_end() {
        let started = "service_started:true";
        let (web, app) = (format!("app:{started},gone:{started}"), format!("db:{started}"));
        assert_eq!(ordered(&[("web", &web), ("app", &app), ("db", "")]), ["db", "app", "web"]);
        let (a, b) = (format!("b:{started}"), format!("a:{started}"));
        assert_eq!(ordered(&[("a", &a), ("b", &b), ("c", "")]), ["c", "a", "b"]);
    }
}
