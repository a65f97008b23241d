//! Tasks that end with the value that stands for them.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};

use tokio::task::{JoinHandle, JoinSet};

/// A task that is aborted when this is dropped.
#[derive(Debug)]
pub(crate) struct Task<T>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    pub(crate) fn spawn(work: impl Future<Output = T> + Send + 'static) -> Self {
        Task(tokio::spawn(work))
    }

    /// Runs in a thread. Dropping it does not stop work that has begun.
    pub(crate) fn spawn_blocking(work: impl FnOnce() -> T + Send + 'static) -> Self {
        Task(tokio::task::spawn_blocking(work))
    }
}

impl<T> Future for Task<T> {
    /// The result; the text of an error if it panicked.
    type Output = Result<T, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map_err(|error| error.to_string())
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The tasks of a connection, which are aborted when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    /// The place to which hyper gives them.
    pub(crate) fn executor(&self) -> TaskExecutor {
        TaskExecutor(Arc::downgrade(&self.0))
    }
}

/// A way to the tasks of a connection. It does not keep them, because they hold it themselves.
#[derive(Debug, Clone)]
pub(crate) struct TaskExecutor(Weak<Mutex<JoinSet<()>>>);

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for TaskExecutor {
    fn execute(&self, work: F) {
        let Some(tasks) = self.0.upgrade() else { return };
        let mut tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // Forgets those that have ended.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }
}
