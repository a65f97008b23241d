//! Runs futures beside each other, some at a time.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Runs all futures, at most `limit` at a time, and returns when the last is done. Dropping it drops those that run.
pub(crate) async fn run_all<F: Future<Output = ()>>(limit: usize, futures: impl IntoIterator<Item = F>) {
    let mut waiting = futures.into_iter();
    let mut running: Vec<Pin<Box<F>>> = waiting.by_ref().take(limit).map(Box::pin).collect();
    poll_fn(move |context| {
        loop {
            running.retain_mut(|future| future.as_mut().poll(context).is_pending());
            let free = limit.saturating_sub(running.len());
            let before = running.len();
            running.extend(waiting.by_ref().take(free).map(Box::pin));
            match (running.is_empty(), running.len() == before) {
                (true, _) => return Poll::Ready(()),
                (false, true) => return Poll::Pending,
                // New ones were not polled yet.
                (false, false) => {}
            }
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn so_many_run_at_a_time_and_each_to_its_end() {
        let (running, most, done) = (Mutex::new(0), Mutex::new(0), Mutex::new(Vec::new()));
        let start = Instant::now();
        let work = async |number: u64| {
            *running.lock().unwrap() += 1;
            let now = *running.lock().unwrap();
            let before = *most.lock().unwrap();
            *most.lock().unwrap() = before.max(now);
            sleep(Duration::from_secs(number)).await;
            *running.lock().unwrap() -= 1;
            done.lock().unwrap().push(number);
        };
        run_all(2, (0..5).map(&work)).await;
        assert_eq!((*most.lock().unwrap(), done.lock().unwrap().len()), (2, 5));
        // 0 and 1, then 2 beside 1, 3 beside 2 and 4 beside 3.
        assert_eq!(start.elapsed().as_secs(), 6);
        run_all(2, std::iter::empty::<std::future::Ready<()>>()).await;
    }
}
