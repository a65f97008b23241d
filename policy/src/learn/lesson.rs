//! Requests that were seen, as numbers.

use super::counts::Counts;

/// The ports that an engine chooses from where a request names none, on Linux.
pub(super) const FREE_PORTS: &str = "32768-60999";

/// Requests that were seen, as far as a policy depends on them.
#[derive(Debug, Default)]
pub struct Lesson {
    pub(super) requests: u64,
    pub(super) missed: u64,
    pub(super) clients: Counts,
    pub(super) operations: Counts,
    pub(super) images: Counts,
    pub(super) names: Counts,
    pub(super) binds: Counts,
    pub(super) registries: Counts,
    pub(super) builds: u64,
    pub(super) addresses: Counts,
    pub(super) ports: Counts,
    pub(super) facets: Counts,
    /// Labels of what was made, and how much was made.
    pub(super) labels: Counts,
    pub(super) made: u64,
}
