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
    /// The objects that a request names, beside the one of its path.
    pub names: &'static [NameRule],
    /// The labels of the object that a request makes or changes, as paths.
    pub labels: &'static [&'static str],
    /// The labels of other objects that a request makes, as paths; and instructions that may set some.
    pub other_labels: &'static [&'static str],
    /// The members of the body that clients send though engines of their version do not read them, as paths. The
    /// description of that version lacks them.
    pub unread: &'static [&'static str],
    /// The settings of containers that a request can choose.
    pub settings: &'static [SettingRule],
}

impl Facets {
    /// No facets.
    pub const NONE: Self = Self {
        rules: &[],
        harmless: &[],
        registry: None,
        names: &[],
        labels: &[],
        other_labels: &[],
        unread: &[],
        settings: &[],
    };

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

/// A part of a request that names an object of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameRule {
    /// The path, as that of a [`FacetRule`].
    pub path: &'static str,
    /// The collection of the object, `containers`: the first segment of the paths that read and change it.
    pub collection: &'static str,
    /// The form of the name.
    pub form: NameForm,
    /// The use of the object.
    pub usage: Usage,
    /// The texts that are no names of such an object, compared as those of [`When::OneOf`].
    pub except: &'static [&'static str],
}

/// The form of a name in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameForm {
    /// The whole text.
    Whole,
    /// The text before the first colon, unless it is a path.
    BeforeColon,
    /// The text after `container:`; other texts name nothing.
    AfterContainer,
    /// Each key of a map.
    Key,
    /// The source of a mount: a volume, or an image where the mount's type says so.
    Mount,
    /// The repository of an image, whose tag is the argument `tag`.
    Repository,
}

/// The use that a request makes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Usage {
    /// It is read or used.
    Uses,
    /// It is changed.
    Changes,
    /// It gets this name, which another object may have.
    Gives,
}

/// A setting of containers that a request can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingRule {
    /// The path, as that of a [`FacetRule`].
    pub path: &'static str,
    /// The setting.
    pub setting: Setting,
    /// True if an absent value leaves the setting as it is.
    pub keeps_absent: bool,
}

/// A setting of containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Setting {
    /// The capabilities that are dropped.
    CapDrop,
    /// The security options, of which `no-new-privileges` is one.
    NoNewPrivileges,
    /// The flag of that name.
    NoNewPrivilegesFlag,
    /// The most memory in bytes.
    Memory,
    /// The most memory and swap in bytes.
    MemorySwap,
    /// The most processes and threads.
    Pids,
    /// The network.
    Network,
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
    /// A mount that is not of a volume, of memory or of an image, or whose source is a path of the host.
    Mount,
    /// The name of an image or a plugin, with a registry that the engine asks.
    Registry,
    /// The address of a registry, with or without a scheme.
    Address,
    /// An IP address or a subnet that is not within a private network.
    PublicAddress,
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
    /// Shows or changes what belongs to everybody on the engine.
    Shared,
}

impl Facet {
    /// All facets.
    pub const ALL: &[Facet] = &[
        Facet::Privileged,
        Facet::HostNamespaces,
        Facet::JoinsContainer,
        Facet::Capabilities,
        Facet::Devices,
        Facet::Unconfined,
        Facet::Unmasked,
        Facet::Binds,
        Facet::VolumeDevice,
        Facet::VolumesFrom,
        Facet::Publishes,
        Facet::Egress,
        Facet::Runtime,
        Facet::Persists,
        Facet::RunsCode,
        Facet::ReadsFiles,
        Facet::Opaque,
        Facet::Shared,
    ];

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
            Facet::Shared => "shared",
        }
    }
}

impl fmt::Display for Facet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
