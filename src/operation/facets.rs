//! Facets of requests: the parts of an operation's request that matter to a decision on what may pass.

use std::fmt;

use super::Operation;

/// The facets of an operation's requests.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Facets {
    /// The rules. A request has the facets of all that it meets.
    pub rules: &'static [FacetRule],
    /// The properties of the body that have no facet, whatever their values, as paths from `body`. A property that
    /// stands neither here nor in a rule is unknown to this build.
    pub harmless: &'static [&'static str],
    /// The argument that names the registry which the engine asks; `None` if it asks none, or if no argument tells.
    pub registry: Option<&'static str>,
}

impl Facets {
    /// No facets.
    pub const NONE: Self = Self { rules: &[], harmless: &[], registry: None };

    /// The facets of every request, whatever its arguments.
    pub fn of_every_request(&self) -> impl Iterator<Item = Facet> + use<> {
        self.rules.iter().filter(|rule| rule.path.is_empty()).map(|rule| rule.facet)
    }
}

/// A facet of a request, and when the request has it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct FacetRule {
    /// An argument, or `body` and properties below it, joined by dots. `*` is any key of a map, and a list adds
    /// nothing: each item is judged. Empty for a facet of every request.
    pub path: &'static str,
    /// The facet.
    pub facet: Facet,
    /// The values that have it.
    pub when: When,
    /// The object whose property is judged instead, if the value is the name of one.
    pub object: Option<NamedObject>,
}

/// The object that a value names, and the property of it that is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct NamedObject {
    /// The operation that reads it.
    pub operation: &'static Operation,
    /// The argument that takes its name.
    pub argument: &'static str,
    /// The JSON pointer to the property in the answer.
    pub pointer: &'static str,
}

/// The values that have a facet. Values that mean nothing never do: `null`, `false`, `0`, and empty texts, lists and
/// objects. Texts are compared in any case, and `*` at an end of one stands for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum When {
    /// Any value that means something.
    Given,
    /// Any value but `null`, an empty one too.
    Present,
    /// A number below zero.
    Negative,
    /// A path of the host: absolute, or relative as `./a` and `~/a` are.
    HostPath,
    /// `SOURCE:TARGET`, with a path of the host as its source.
    Bind,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Any other value than these texts.
    NoneOf(&'static [&'static str]),
    /// An object with one of these keys.
    KeyOneOf(&'static [&'static str]),
    /// An object with another key than these.
    KeyNoneOf(&'static [&'static str]),
}

/// A facet: what a request does, or could do, that a decision on it must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Facet {
    /// Runs with all rights on the host.
    Privileged,
    /// Uses namespaces, or the network, of the host.
    HostNamespaces,
    /// Uses namespaces of another container.
    JoinsContainer,
    /// Has capabilities or groups beyond those of every container.
    Capabilities,
    /// Reaches devices or network interfaces of the host.
    Devices,
    /// Weakens seccomp, AppArmor, SELinux or another confinement.
    Unconfined,
    /// Shows parts of `/proc` and `/sys` that are masked otherwise, or makes them writable.
    Unmasked,
    /// Mounts a path of the host.
    Binds,
    /// Uses a volume with a driver or a device of its own.
    VolumeDevice,
    /// Mounts all that another container mounts.
    VolumesFrom,
    /// Publishes ports on the host.
    Publishes,
    /// Makes the engine connect to an address that the request can name.
    Egress,
    /// Chooses the runtime, or tells it something.
    Runtime,
    /// Starts again by itself.
    Persists,
    /// Runs code.
    RunsCode,
    /// Reads files.
    ReadsFiles,
    /// Does what nobody can tell from the request.
    Opaque,
}

impl Facet {
    /// Its name in the overlay and in audit lines, `host_namespaces`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Facet::Privileged => "privileged",
            Facet::HostNamespaces => "host_namespaces",
            Facet::JoinsContainer => "joins_container",
            Facet::Capabilities => "capabilities",
            Facet::Devices => "devices",
            Facet::Unconfined => "unconfined",
            Facet::Unmasked => "unmasked",
            Facet::Binds => "binds",
            Facet::VolumeDevice => "volume_device",
            Facet::VolumesFrom => "volumes_from",
            Facet::Publishes => "publishes",
            Facet::Egress => "egress",
            Facet::Runtime => "runtime",
            Facet::Persists => "persists",
            Facet::RunsCode => "runs_code",
            Facet::ReadsFiles => "reads_files",
            Facet::Opaque => "opaque",
        }
    }
}

impl fmt::Display for Facet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
