//! The sections of a policy in words, for those who read it.

use dockwright::operation::Facet;

use crate::policy::Policy;

/// A section of a policy in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name in a policy, `binds`.
    pub name: &'static str,
    /// The requests that it lets pass.
    pub words: String,
}

/// The sections of a policy that narrow what its operations may do, in words.
#[must_use]
pub fn sections(policy: &Policy) -> Vec<Section> {
    let sections = [
        ("own", own(policy)),
        ("images", images(policy)),
        ("binds", binds(policy)),
        ("egress", egress(policy)),
        ("publish", publish(policy)),
        ("set", settings(policy)),
        (
            "answers",
            if policy.hides_environment { "values of environment variables are hidden" } else { "" }.to_owned(),
        ),
        ("audit", if policy.audit_required { "nothing passes without its lines" } else { "" }.to_owned()),
        ("facets", facets(policy)),
    ];
    let said = sections.into_iter().filter(|(_, words)| !words.is_empty());
    said.map(|(name, words)| Section { name, words }).collect()
}

fn own(policy: &Policy) -> String {
    match &policy.own {
        Some(owner) => format!("only what carries the label {owner}; new objects get it"),
        None => "everything on the engine".to_owned(),
    }
}

fn images(policy: &Policy) -> String {
    let own = policy.own.as_ref().map(|_| "the owner's".to_owned());
    let used = policy.images.allow.iter().map(ToString::to_string).chain(own);
    format!("{}; new names: {}", list(used, "none"), list(&policy.images.names, "none"))
}

fn binds(policy: &Policy) -> String {
    match policy.grants(Facet::Binds) {
        true => "any path of the host".to_owned(),
        false if policy.binds.is_empty() => "no path of the host".to_owned(),
        false => format!("{}, and all below", list(&policy.binds, "")),
    }
}

fn egress(policy: &Policy) -> String {
    if policy.grants(Facet::Egress) {
        return "any address".to_owned();
    }
    let builds = if policy.egress.builds { "; builds may pass" } else { "; no builds" };
    format!("registries: {}{builds}", list(&policy.egress.registries, "none"))
}

fn publish(policy: &Policy) -> String {
    let publish = &policy.publish;
    match publish.ports.first() {
        _ if policy.grants(Facet::Publishes) => "any port of the host".to_owned(),
        Some(_) if !publish.addresses.is_empty() => {
            format!("ports {} of {}", publish.ports, list(&publish.addresses, ""))
        }
        _ => "no port of the host".to_owned(),
    }
}

fn settings(policy: &Policy) -> String {
    let set = &policy.set;
    let parts = [
        (!set.cap_drop.is_empty()).then(|| format!("without the capabilities {}", list(&set.cap_drop, ""))),
        set.no_new_privileges.then(|| "no new privileges".to_owned()),
        set.memory.map(|bytes| format!("at most {} MiB of memory", bytes >> 20)),
        set.pids.map(|pids| format!("at most {pids} processes")),
        set.network.as_ref().map(|network| format!("network {network} where none is named")),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("new containers: {}", parts.join(", ")) }
}

fn facets(policy: &Policy) -> String {
    let granted = Facet::ALL.iter().filter(|facet| policy.grants(**facet)).map(|facet| facet.name());
    match policy.facets.len() == Facet::ALL.len() {
        true => "all may pass".to_owned(),
        false => format!("may pass: {}", list(granted, "none")),
    }
}

fn list(items: impl IntoIterator<Item = impl ToString>, none: &str) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    if items.is_empty() { none.to_owned() } else { items.join(", ") }
}
