//! One budget of connections for the process, whichever engines they reach: idle connections to some must not take the
//! descriptors that calls to others need. When it is spent, the connection closes that has been idle longest.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::exchanges::{Closed, Exchanges};

/// The budget of this process: three quarters of the descriptors that it may have when it opens its first connection.
pub(super) static BUDGET: LazyLock<Budget> = LazyLock::new(|| Budget::new(descriptors() / 4 * 3));

/// The time after which one that waits looks again for a connection to close: new ones that nobody uses become old.
const PATIENCE: Duration = Duration::from_secs(1);

/// The least connections, where a process may have hardly any descriptors.
const LEAST: usize = 8;

/// A number of connections, and those among them that are idle.
#[derive(Debug)]
pub(super) struct Budget {
    size: usize,
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// The idle connections, idle longest first, each with the number of its last request. Some are in use again.
    idle: Mutex<VecDeque<(Weak<Exchanges>, u64)>>,
}

impl Budget {
    fn new(size: usize) -> Self {
        let size = size.clamp(LEAST, Semaphore::MAX_PERMITS);
        Budget { size, free: Arc::new(Semaphore::new(size)), waiting: AtomicUsize::new(0), idle: Mutex::default() }
    }

    /// The number of connections.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Waits until there is room for a connection. It is taken until the permit is dropped.
    pub(super) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        let free = Arc::clone(&self.free);
        if let Ok(permit) = Arc::clone(&free).try_acquire_owned() {
            return Some(permit);
        }
        let _waiting = Waiting::new(&self.waiting);
        let mut permit = pin!(free.acquire_owned());
        loop {
            self.close_oldest();
            if let Ok(permit) = timeout(PATIENCE, &mut permit).await {
                return permit.ok();
            }
        }
    }

    /// Adds a connection that is idle since its request of this number. Connections are idle for less time the fewer
    /// are free.
    pub(super) fn add_idle(&self, connection: &Arc<Exchanges>, request: u64) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() > self.size * 2 {
            idle.retain(|(connection, _)| connection.strong_count() > 0);
        }
        idle.push_back((Arc::downgrade(connection), request));
        drop(idle);
        if self.waiting.load(Ordering::SeqCst) > 0 || self.free.available_permits() < self.size / 4 {
            self.close_oldest();
        }
    }

    /// Closes the connection that has been idle longest, if there is one.
    pub(super) fn close_oldest(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = Vec::new();
        while let Some((connection, request)) = idle.pop_front() {
            match connection.upgrade().map_or(Closed::No, |connection| connection.close(request)) {
                Closed::Yes => break,
                Closed::No => {}
                Closed::New => new.push((connection, request)),
            }
        }
        new.into_iter().rev().for_each(|entry| idle.push_front(entry));
    }
}

/// One that waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The descriptors that this process may have.
#[cfg(unix)]
fn descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

/// Sockets have no limit there.
#[cfg(not(unix))]
fn descriptors() -> usize {
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idle(budget: &Budget) -> Arc<Exchanges> {
        let connection = Exchanges::new();
        connection.write();
        connection.read();
        budget.add_idle(&connection, connection.end().unwrap());
        connection
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_that_is_idle_longest_gives_way() {
        let budget = Budget::new(LEAST);
        let mut permits = Vec::new();
        for _ in 0..LEAST {
            permits.push(budget.take().await.unwrap());
        }
        let used = idle(&budget);
        assert_eq!(used.close(1), Closed::No, "nobody waits, but none is free, so it closed at once");
        let (mut next, other) = (Box::pin(budget.take()), idle(&budget));
        assert_eq!(other.close(1), Closed::No);
        let third = idle(&budget);
        tokio::select! {
            _ = &mut next => panic!("no connection is free"),
            () = tokio::time::sleep(PATIENCE * 3) => {}
        }
        assert_eq!(third.close(1), Closed::No);
        permits.pop();
        assert!(next.await.is_some());
        assert_eq!(budget.waiting.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn connections_in_use_are_kept_and_the_list_stays_short() {
        let budget = Budget::new(LEAST);
        let connection = idle(&budget);
        connection.write();
        for _ in 0..1_000 {
            idle(&budget);
        }
        budget.close_oldest();
        assert_eq!(connection.close(2), Closed::No, "its answer has not come");
        assert!(budget.idle.lock().unwrap().len() <= LEAST * 2 + 1);
    }
}
