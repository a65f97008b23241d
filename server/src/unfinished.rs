//! Work that must come to its end: it runs in a task of its own, learns when its caller is gone or the process is to
//! end, and the process waits for it. It knows nothing of what the work is.

use std::collections::BTreeMap;
use std::future::pending;
use std::panic::resume_unwind;
use std::sync::LazyLock;
use std::time::Duration;

use tokio::sync::watch;

/// The work of this process.
static PROCESS: LazyLock<Unfinished> = LazyLock::new(Unfinished::default);

/// Runs work to its end. Dropping the returned future does not stop the work: it cancels it, and the work goes on until
/// it has undone what it began.
pub(crate) async fn run<T, F>(name: String, work: impl FnOnce(Cancellation) -> F) -> T
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    PROCESS.run(name, work).await
}

/// The names of the work that goes on.
#[must_use]
pub(crate) fn names() -> Vec<String> {
    PROCESS.names()
}

/// Cancels all work and waits for its end. Returns the names of the work that goes on after `limit`.
pub(crate) async fn settle(limit: Duration) -> Vec<String> {
    PROCESS.settle(limit).await
}

/// A set of such work.
#[derive(Debug)]
struct Unfinished {
    is_ending: watch::Sender<bool>,
    names: watch::Sender<BTreeMap<u64, String>>,
}

/// Tells work that it is no longer wanted.
#[derive(Debug, Clone)]
pub(crate) struct Cancellation {
    /// Its sender belongs to the caller and sends nothing.
    caller: watch::Receiver<()>,
    is_ending: watch::Receiver<bool>,
}

/// One entry of the set; it ends when this is dropped.
struct Entry(&'static Unfinished, u64);

impl Default for Unfinished {
    fn default() -> Self {
        Unfinished { is_ending: watch::Sender::new(false), names: watch::Sender::default() }
    }
}

impl Unfinished {
    async fn run<T, F>(&'static self, name: String, work: impl FnOnce(Cancellation) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let (caller, receiver) = watch::channel(());
        let work = work(Cancellation { caller: receiver, is_ending: self.is_ending.subscribe() });
        let entry = self.enter(name);
        let task = tokio::spawn(async move {
            let _entry = entry;
            work.await
        });
        let done = task.await;
        drop(caller);
        match done {
            Ok(done) => done,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            // The runtime shuts down, and this future with it.
            Err(_) => pending().await,
        }
    }

    fn enter(&'static self, name: String) -> Entry {
        let mut number = 0;
        self.names.send_modify(|names| {
            number = names.last_key_value().map_or(0, |(last, _)| last + 1);
            names.insert(number, name);
        });
        Entry(self, number)
    }

    fn names(&self) -> Vec<String> {
        self.names.borrow().values().cloned().collect()
    }

    async fn settle(&self, limit: Duration) -> Vec<String> {
        self.is_ending.send_replace(true);
        let mut names = self.names.subscribe();
        let _ = tokio::time::timeout(limit, names.wait_for(BTreeMap::is_empty)).await;
        self.names()
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.names.send_modify(|names| _ = names.remove(&self.1));
    }
}

impl Cancellation {
    /// Returns whether the work is no longer wanted.
    pub(crate) fn is_requested(&self) -> bool {
        *self.is_ending.borrow() || self.caller.has_changed().is_err()
    }

    /// Waits until the work is no longer wanted.
    pub(crate) async fn requested(&self) {
        let (mut caller, mut is_ending) = (self.caller.clone(), self.is_ending.clone());
        tokio::select! {
            _ = caller.changed() => {}
            _ = is_ending.wait_for(|is_ending| *is_ending) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfinished() -> &'static Unfinished {
        Box::leak(Box::default())
    }

    /// Work that ends some time after it is cancelled.
    async fn undone(cancellation: Cancellation, millis: u64) -> &'static str {
        cancellation.requested().await;
        assert!(cancellation.is_requested());
        tokio::time::sleep(Duration::from_millis(millis)).await;
        "undone"
    }

    #[tokio::test]
    async fn work_that_is_wanted_ends_by_itself() {
        let unfinished = unfinished();
        let done = unfinished.run("a".to_owned(), |cancellation| async move { cancellation.is_requested() }).await;
        assert!(!done && unfinished.names().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn work_whose_caller_is_gone_undoes_what_it_began() {
        let unfinished = unfinished();
        let call = unfinished.run("a".to_owned(), |cancellation| undone(cancellation, 500));
        assert!(tokio::time::timeout(Duration::from_millis(10), call).await.is_err());
        assert_eq!(unfinished.names(), ["a"]);
        let mut names = unfinished.names.subscribe();
        names.wait_for(BTreeMap::is_empty).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_the_process_cancels_work_and_waits_for_a_while() {
        let unfinished = unfinished();
        let (quick, slow) = (
            unfinished.run("quick".to_owned(), |cancellation| undone(cancellation, 500)),
            unfinished.run("slow".to_owned(), |cancellation| undone(cancellation, 60_000)),
        );
        let settle = async {
            tokio::task::yield_now().await;
            unfinished.settle(Duration::from_secs(30)).await
        };
        let (done, left) = tokio::join!(quick, async {
            tokio::select! {
                biased;
                _ = slow => unreachable!("it takes a minute"),
                left = settle => left,
            }
        });
        assert_eq!((done, left), ("undone", vec!["slow".to_owned()]));
    }

    #[tokio::test]
    async fn a_panic_reaches_the_caller_and_leaves_nothing() {
        let unfinished = unfinished();
        let call = tokio::spawn(unfinished.run("a".to_owned(), |_| async { panic!("on purpose") }));
        assert!(call.await.is_err_and(|error| error.is_panic()));
        assert!(unfinished.names().is_empty());
    }
}
