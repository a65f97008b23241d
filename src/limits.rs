//! How long and how much an engine may take: plain data and the one clock that enforces it.

use std::time::Duration;

use tokio::time::error::Elapsed;

use crate::operation::{Operation, Waits};

/// How long a call may wait and how much of an answer it may hold. `None` is no limit.
///
/// ```
/// # use std::time::Duration;
/// # use dockwright::Limits;
/// let limits = Limits::default().connect(Duration::from_secs(2)).idle(None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How long opening a connection may take; 10 seconds by default.
    pub connect: Option<Duration>,
    /// How long the status and the headers of an answer may take, counted from the call: opening the connection and sending
    /// the body are part of it; 60 seconds by default. Operations that answer when work is done ignore it.
    pub first_byte: Option<Duration>,
    /// How long an answer may pause once it has begun; 60 seconds by default. Operations that answer when something happens
    /// ignore it.
    pub idle: Option<Duration>,
    /// How many bytes of an answer, or of one value of a stream, are held in memory at most; 256 MiB by default. What is read
    /// in pieces ([`Reply::chunk`](crate::Reply::chunk), bytes, logs) is not counted.
    pub answer_bytes: u64,
    /// How many connections to the engine are open at once, and how many for logs beside them; 512 by default. A call beyond
    /// them waits for one to become free, [`connect`](Limits::connect) at most. Where the process has fewer descriptors, it
    /// waits for these.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Some(Duration::from_secs(10)),
            first_byte: Some(Duration::from_secs(60)),
            idle: Some(Duration::from_secs(60)),
            answer_bytes: 256 * 1024 * 1024,
            connections: 512,
        }
    }
}

impl Limits {
    /// Sets how long opening a connection may take.
    #[must_use]
    pub fn connect(self, limit: impl Into<Option<Duration>>) -> Self {
        Limits { connect: limit.into(), ..self }
    }

    /// Sets how long the status and the headers of an answer may take.
    #[must_use]
    pub fn first_byte(self, limit: impl Into<Option<Duration>>) -> Self {
        Limits { first_byte: limit.into(), ..self }
    }

    /// Sets how long an answer may pause once it has begun.
    #[must_use]
    pub fn idle(self, limit: impl Into<Option<Duration>>) -> Self {
        Limits { idle: limit.into(), ..self }
    }

    /// Sets how many bytes of an answer are held in memory at most.
    #[must_use]
    pub fn answer_bytes(self, limit: u64) -> Self {
        Limits { answer_bytes: limit, ..self }
    }

    /// Sets how many connections to the engine are open at once, and how many for logs beside them.
    #[must_use]
    pub fn connections(self, limit: usize) -> Self {
        Limits { connections: limit, ..self }
    }

    /// The limits that hold for one operation: one that waits by its nature is not hurried.
    pub(crate) fn for_operation(self, operation: &Operation) -> Self {
        match operation.waits {
            Waits::Nothing => self,
            Waits::Rest => self.idle(None),
            Waits::Answer => self.first_byte(None).idle(None),
        }
    }
}

/// Waits for `future` until the limit, if there is one.
pub(crate) async fn with_limit<T>(limit: Option<Duration>, future: impl Future<Output = T>) -> Result<T, Elapsed> {
    match limit {
        Some(limit) => tokio::time::timeout(limit, future).await,
        None => Ok(future.await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::tests::row;

    #[test]
    fn an_operation_that_waits_is_not_hurried_but_still_bounded_in_size() {
        let limits = Limits::default();
        assert_eq!(limits.for_operation(&row()), limits);
        let lasting = limits.for_operation(&Operation { waits: Waits::Rest, ..row() });
        assert_eq!(lasting, Limits { idle: None, ..limits });
        let waiting = limits.for_operation(&Operation { waits: Waits::Answer, ..row() });
        assert_eq!(waiting, Limits { first_byte: None, idle: None, ..limits });
    }
}
