//! The limit of descriptors, of which each connection takes two.

/// Raises the limit of this process as far as its system lets it, which often starts programs with few.
#[cfg(unix)]
pub(super) fn raise() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // A refusal leaves the limit as it is, and connections wait for each other.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

#[cfg(not(unix))]
pub(super) fn raise() {}
