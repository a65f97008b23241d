//! The facets that reach the engine's host, and the words that refuse a request for them.

use dockwright::operation::Facet;
pub use dockwright_policy::show::reaches_host;

use super::Cause;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_path_its_effect_and_what_passes() {
        let causes = |facet, path: &str| [Cause { facet, path: path.to_owned() }];
        assert_eq!(refusal(&causes(Facet::Publishes, "body.HostConfig.PortBindings")), None);
        assert_eq!(
            refusal(&causes(Facet::Binds, "body.HostConfig.Binds[0]")).unwrap(),
            "refused, because the server runs with --no-destructive: `body.HostConfig.Binds[0]` mounts a path of the host \
             (binds); use a named volume"
        );
    }
}
