//! A resource with descriptors that is used from time to time, and may be closed in between.

/// A resource that counts its uses. Between two of them it is idle.
pub(crate) trait Idle: Send + Sync {
    /// Returns true if it is idle since its use of this number.
    fn is_idle_since(&self, number: u64) -> bool;

    /// Closes it if it is idle since its use of this number.
    fn close(&self, number: u64) -> Closed;
}

/// The outcome of closing a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// It closes.
    Yes,
    /// It is used, or closed already.
    No,
    /// It was opened, or became idle, just now.
    New,
}
