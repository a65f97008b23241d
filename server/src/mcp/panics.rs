//! Keeps a panic inside its call: the caller gets an answer, and the session goes on.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Awaits a future; `None` if it panics. The panic is printed on stderr.
pub(super) async fn catch_panic<T>(call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    // A future that panicked is never polled again, so its half-done state is never seen.
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        assert_eq!(catch_panic(async { 7 }).await, Some(7));
        let panics = async {
            tokio::task::yield_now().await;
            panic!("on purpose");
        };
        assert_eq!(catch_panic::<()>(panics).await, None);
    }
}
