//! How long a stream is read, and why reading it ended: by itself, by the caller's limit, or because it broke off.

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

/// Why no more is read of a stream.
#[derive(Debug)]
pub enum Ended {
    /// It has come to its end.
    Itself,
    /// So many seconds have passed.
    Time(u64),
    /// It failed.
    Broken(Error),
}

impl Clock {
    /// A clock that rings at the deadline, if there is one.
    #[must_use]
    pub fn new(options: &ReplyOptions) -> Self {
        let limit = options.limit_seconds.zip(options.deadline);
        Clock { limit: limit.map(|(seconds, deadline)| (seconds, Box::pin(sleep_until(deadline)))) }
    }

    /// The next piece of a stream, if it comes in time. A stream that always has one is ended by the clock too.
    ///
    /// # Errors
    /// [`Ended`], if there is none.
    pub async fn next<T>(&mut self, next: impl Future<Output = Option<Result<T>>>) -> Result<T, Ended> {
        let came = match &mut self.limit {
            None => next.await,
            Some((seconds, sleep)) => tokio::select! {
                biased;
                () = sleep => return Err(Ended::Time(*seconds)),
                came = next => came,
            },
        };
        came.ok_or(Ended::Itself)?.map_err(Ended::Broken)
    }
}

impl Ended {
    /// What is said of it, and of what goes on without being read; nothing of an end that was to be expected.
    #[must_use]
    pub fn note(&self, when_abandoned: &str) -> Option<String> {
        let ended = match self {
            Ended::Itself => return None,
            Ended::Time(seconds) => format!("ended after {seconds} s (limit_seconds)"),
            Ended::Broken(error) => broken_off(error),
        };
        Some(if when_abandoned.is_empty() { ended } else { format!("{ended}. {when_abandoned}") })
    }
}

/// A failure that came when there already was something to show.
#[must_use]
pub fn broken_off(error: &Error) -> String {
    let words = match error {
        // What could not be read may be secret.
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

    fn clock_of(seconds: Option<u64>) -> Clock {
        Clock::new(&ReplyOptions::default().with_time_limit(seconds))
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_pauses_and_one_that_never_does_are_ended() {
        let mut clock = clock_of(Some(10));
        assert!(matches!(clock.next(ready(Some(Ok(7)))).await, Ok(7)));
        assert!(matches!(clock.next(pending::<Option<Result<()>>>()).await, Err(Ended::Time(10))));
        let mut clock = clock_of(Some(1));
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
        let mut clock = clock_of(None);
        assert!(clock.next(ready(None::<Result<()>>)).await.is_err_and(|ended| ended.note("").is_none()));
        let lost = Error::Interrupted { operation: "container_logs", reason: "reset\nPASSWORD=x".to_owned() };
        let ended = clock.next(ready(Some(Err::<(), _>(lost)))).await.unwrap_err();
        assert_eq!(
            ended.note("").unwrap(),
            "the stream broke off: container_logs: the connection was lost: reset PASSWORD=[redacted by dockwright]"
        );
        assert!(clock_of(Some(u64::MAX)).next(ready(Some(Ok(())))).await.is_ok());
    }
}
