//! The facets that reach the engine's host, and the words that refuse a request for them.

use dockwright::operation::Facet;

use super::Cause;

/// Returns true for a facet by which a request can reach the engine's host, or get more rights there than a container
/// has by itself.
#[must_use]
pub const fn reaches_host(facet: Facet) -> bool {
    !matches!(facet, Facet::Publishes | Facet::Egress | Facet::Persists | Facet::RunsCode | Facet::ReadsFiles)
}

/// The refusal of a request that can reach the host: each path with its effect and a remedy. `None` if it cannot.
#[must_use]
pub fn refusal(causes: &[Cause]) -> Option<String> {
    let lines = causes.iter().filter(|cause| reaches_host(cause.facet)).map(|Cause { facet, path }| {
        let (effect, remedy) = words(*facet);
        let subject = if path.is_empty() { "it".to_owned() } else { format!("`{path}`") };
        format!("{subject} {effect} ({facet}); {remedy}")
    });
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| format!("refused, because the server runs with --no-destructive: {}", lines.join("\n")))
}

/// The effect of a facet, and what passes instead.
const fn words(facet: Facet) -> (&'static str, &'static str) {
    match facet {
        Facet::Privileged => ("gives all rights on the host", "leave it out"),
        Facet::HostNamespaces => ("uses the host's namespaces or network", "leave it out, or use a bridge network"),
        Facet::JoinsContainer => {
            ("shares namespaces or variables of another container", "connect both to one network instead")
        }
        Facet::Capabilities => {
            ("adds rights beyond those of every container", "name only Docker's default capabilities")
        }
        Facet::Devices => ("reaches devices or interfaces of the host", "leave it out"),
        Facet::Unconfined => ("changes how the kernel confines the container", "leave it out"),
        Facet::Unmasked => ("unmasks parts of /proc and /sys", "leave it out"),
        Facet::Binds => ("mounts a path of the host", "use a named volume"),
        Facet::VolumeDevice => {
            ("is a volume whose driver or device can be the host's", "use a `local` volume without options")
        }
        Facet::VolumesFrom => ("mounts all that another container mounts", "name the volumes instead"),
        Facet::Runtime => ("chooses or instructs the runtime", "leave it out"),
        _ => ("cannot be judged by this server", "leave it out"),
    }
}
