//! Limits of time and size on an engine, as plain data, and the timer that enforces them.

use std::time::Duration;

use tokio::time::error::Elapsed;

use crate::operation::Waits;

/// Limits of time and size. `None` is no limit.
///
/// ```
/// # use std::time::Duration;
/// # use dockwright::Limits;
/// let limits = Limits::default().connect(Duration::from_secs(2)).idle(None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The time for opening a connection; 10 seconds by default.
    pub connect: Option<Duration>,
    /// The time until the status and the headers of an answer, counted from the call; 60 seconds by default. It
    /// includes opening the connection and sending the body. It does not apply to operations that answer when work is
    /// done.
    pub first_byte: Option<Duration>,
    /// The longest pause in an answer that has begun; 60 seconds by default. It does not apply to operations that
    /// answer when something happens.
    pub idle: Option<Duration>,
    /// The most bytes of an answer, or of one value of a stream, that are held in memory; 256 MiB by default. It does
    /// not apply to reading in pieces ([`Reply::chunk`](crate::Reply::chunk), bytes, logs).
    pub answer_bytes: u64,
    /// The most connections to the engine at once, and as many again for logs; 512 by default. A further call waits
    /// until one is free, for [`connect`](Limits::connect) at most. All engines of a process together have at most
    /// three quarters of its descriptors: once these are used up, the connection closes that has been idle longest, and
    /// if none is idle, a call waits in the same way. Over ssh there are 200 at most, logs included.
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
    /// Sets the time for opening a connection.
    #[must_use]
    pub fn connect(self, limit: impl Into<Option<Duration>>) -> Self {
        Limits { connect: limit.into(), ..self }
    }

    /// Sets the time until the status and the headers of an answer.
    #[must_use]
    pub fn first_byte(self, limit: impl Into<Option<Duration>>) -> Self {
        Limits { first_byte: limit.into(), ..self }
    }

    /// Sets the longest pause in an answer that has begun.
    #[must_use]
    pub fn idle(self, limit: impl Into<Option<Duration>>) -> Self {
        Limits { idle: limit.into(), ..self }
    }

    /// Sets the most bytes of an answer that are held in memory.
    #[must_use]
    pub fn answer_bytes(self, limit: u64) -> Self {
        Limits { answer_bytes: limit, ..self }
    }

    /// Sets the most connections to the engine at once, and as many again for logs.
    #[must_use]
    pub fn connections(self, limit: usize) -> Self {
        Limits { connections: limit, ..self }
    }

    /// The limits for a call. Calls that wait by nature have fewer.
    pub(crate) fn for_call(self, waits: Waits) -> Self {
        match waits {
            Waits::Nothing | Waits::AnswerWith(_) => self,
            Waits::Rest => self.idle(None),
            Waits::Answer => self.first_byte(None).idle(None),
        }
    }
}

/// Awaits `future`, until the limit if there is one.
pub(crate) async fn with_limit<T>(limit: Option<Duration>, future: impl Future<Output = T>) -> Result<T, Elapsed> {
    match limit {
        Some(limit) => tokio::time::timeout(limit, future).await,
        None => Ok(future.await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_waits_is_not_hurried_but_still_bounded_in_size() {
        let limits = Limits::default();
        let none = serde_json::Map::new();
        let asking = serde_json::Map::from_iter([("size".to_owned(), true.into())]);
        let waiting = Limits { first_byte: None, idle: None, ..limits };
        for (waits, arguments, expected) in [
            (Waits::Nothing, &none, limits),
            (Waits::Rest, &none, Limits { idle: None, ..limits }),
            (Waits::Answer, &none, waiting),
            (Waits::AnswerWith("size"), &none, limits),
            (Waits::AnswerWith("size"), &asking, waiting),
        ] {
            assert_eq!(limits.for_call(waits.with(arguments)), expected, "{waits:?}");
        }
    }
}
