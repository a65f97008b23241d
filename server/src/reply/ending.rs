//! Limits the time for which a stream is read, and tells why reading ended: the stream was complete, the caller's time
//! was up, or the stream broke off.

use std::pin::Pin;

use dockwright::{Error, Result};
use tokio::time::{Sleep, sleep_until};

use super::ReplyOptions;
use crate::secrets::Safe;

/// The caller's limit of time.
#[derive(Debug)]
pub struct Clock {
    limit: Option<(u64, Pin<Box<Sleep>>)>,
}

/// The reason why reading a stream ended.
#[derive(Debug)]
pub enum StreamEnd {
    /// The stream was complete.
    Complete,
    /// The limit of this many seconds has passed.
    TimeLimit(u64),
    /// As many lines match as the caller wants; the rest was not read.
    Enough(usize),
    /// The stream failed.
    Failed(Error),
}

impl Clock {
    /// A clock that rings at the deadline, if there is one.
    #[must_use]
    pub fn new(options: &ReplyOptions) -> Self {
        let limit = options.limit_seconds.zip(options.deadline);
        Clock { limit: limit.map(|(seconds, deadline)| (seconds, Box::pin(sleep_until(deadline)))) }
    }

    /// Awaits the next piece of a stream until the deadline. The clock also ends a stream that never pauses.
    ///
    /// # Errors
    /// [`StreamEnd`], if no piece comes.
    pub async fn next<T>(&mut self, next: impl Future<Output = Option<Result<T>>>) -> Result<T, StreamEnd> {
        let piece = match &mut self.limit {
            None => next.await,
            Some((seconds, sleep)) => tokio::select! {
                biased;
                () = sleep => return Err(StreamEnd::TimeLimit(*seconds)),
                piece = next => piece,
            },
        };
        piece.ok_or(StreamEnd::Complete)?.map_err(StreamEnd::Failed)
    }
}

impl StreamEnd {
    /// A note about the end and about work that goes on unread; `None` if the stream was complete.
    #[must_use]
    pub fn note(&self, when_abandoned: &str) -> Option<String> {
        let ended = match self {
            StreamEnd::Complete => return None,
            StreamEnd::TimeLimit(seconds) => format!("ended after {seconds} s (limit_seconds)"),
            StreamEnd::Enough(items) => {
                return Some(format!("stopped at limit_items {items}; since goes on from a time"));
            }
            StreamEnd::Failed(error) => broken_off(error),
        };
        Some(if when_abandoned.is_empty() { ended } else { format!("{ended}. {when_abandoned}") })
    }
}

/// Describes a failure that came after a part of the stream.
#[must_use]
pub fn broken_off(error: &Error) -> String {
    let words = match error {
        // The excerpt may be secret.
        Error::Decode { reason, .. } => format!("unexpected answer: {reason}"),
        other => other.to_string(),
    };
    format!("the stream broke off: {}", Safe::line(&words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};
    use std::time::Duration;

    fn clock_with_limit(seconds: Option<u64>) -> Clock {
        Clock::new(&ReplyOptions::default().with_time_limit(seconds))
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_pauses_and_one_that_never_does_are_ended() {
        let mut clock = clock_with_limit(Some(10));
        assert!(matches!(clock.next(ready(Some(Ok(7)))).await, Ok(7)));
        assert!(matches!(clock.next(pending::<Option<Result<()>>>()).await, Err(StreamEnd::TimeLimit(10))));
        let mut clock = clock_with_limit(Some(1));
        let ended = loop {
            tokio::time::advance(Duration::from_millis(1)).await;
            if let Err(ended) = clock.next(ready(Some(Ok(())))).await {
                break ended;
            }
        };
        assert_eq!(ended.note("").unwrap(), "ended after 1 s (limit_seconds)");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_a_stream_ends_by_itself_or_breaks_off() {
        let mut clock = clock_with_limit(None);
        assert!(clock.next(ready(None::<Result<()>>)).await.is_err_and(|ended| ended.note("").is_none()));
        let lost =
            Error::Interrupted { operation: "container_logs", reason: "reset\nPASSWORD=x".to_owned(), source: None };
        let ended = clock.next(ready(Some(Err::<(), _>(lost)))).await.unwrap_err();
        assert_eq!(
            ended.note("").unwrap(),
            "the stream broke off: container_logs: the connection was lost: reset PASSWORD=[redacted by dockwright]"
        );
        assert!(clock_with_limit(Some(u64::MAX)).next(ready(Some(Ok(())))).await.is_ok());
    }
}
