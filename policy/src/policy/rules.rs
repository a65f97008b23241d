//! The rules of a policy, as they are judged by.

use std::collections::BTreeSet;
use std::net::IpAddr;

use dockwright::operation::{Facet, Operation};

use super::{Chosen, OwnerLabel, Ports, Preset};
use crate::image::Pattern;

/// A policy. It denies all that it does not name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// The preset that it began with.
    pub preset: Preset,
    /// The label of what the caller owns; `None` if everything on the engine is the caller's.
    pub own: Option<OwnerLabel>,
    /// The operations that may pass.
    pub allow: Chosen,
    /// Operations that clients need before all others.
    pub always: Chosen,
    /// Operations that never pass.
    pub deny: Chosen,
    /// Facets that may pass whatever their values.
    pub facets: BTreeSet<Facet>,
    /// Images.
    pub images: Images,
    /// The folders of the engine's host that may be mounted, and all below them.
    pub binds: Vec<String>,
    /// Addresses that the engine may be made to connect to.
    pub egress: Egress,
    /// Ports of the engine's host.
    pub publish: Publish,
    /// Settings that every new container gets.
    pub set: Settings,
    /// True if the values of environment variables are hidden from answers.
    pub hides_environment: bool,
    /// True if nothing passes whose lines cannot be written to the audit trail.
    pub audit_required: bool,
}

/// The images that may be used, and the names that may be given to new ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Images {
    /// The names of images that may be used beside the caller's own.
    pub allow: Vec<Pattern>,
    /// The names that builds, tags and commits may give.
    pub names: Vec<Pattern>,
}

/// Addresses that the engine may be made to connect to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Egress {
    /// Registries, as in the names of images.
    pub registries: Vec<String>,
    /// True if builds may pass, whose Dockerfiles name any address.
    pub builds: bool,
}

/// The ports of the engine's host that may be published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publish {
    /// The addresses of the host; the first is used where a request names none.
    pub addresses: Vec<IpAddr>,
    /// The ports; the engine chooses one of the first range where a request names none.
    pub ports: Ports,
}

/// Settings that every new container gets, whatever the request says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Capabilities that are dropped.
    pub cap_drop: Vec<String>,
    /// True if no process gains rights by starting a program.
    pub no_new_privileges: bool,
    /// The most memory of a container, in bytes.
    pub memory: Option<i64>,
    /// The most processes and threads of a container.
    pub pids: Option<i64>,
    /// The network of containers that name none.
    pub network: Option<String>,
}

impl Policy {
    /// Returns true if an operation is among those that may pass.
    #[must_use]
    pub fn names(&self, operation: &Operation) -> bool {
        (self.allow.contains(operation) || self.always.contains(operation)) && !self.deny.contains(operation)
    }

    /// Returns true if a facet may pass whatever its value.
    #[must_use]
    pub fn grants(&self, facet: Facet) -> bool {
        self.facets.contains(&facet)
    }
}
