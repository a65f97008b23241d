//! One budget of descriptors for the process, whichever engines they reach: idle connections to some must not take
//! those that calls to others need. When it is spent, the connection or ssh session closes that is idle longest.

mod exchanges;
mod idle;

use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

pub(crate) use exchanges::Exchanges;
pub(crate) use idle::{Closed, Idle};

/// The budget of this process: three quarters of the descriptors that it may have when it opens its first connection.
pub(crate) static BUDGET: LazyLock<Budget> = LazyLock::new(|| Budget::new(descriptors() / 4 * 3));

/// A permit of several who end it together.
#[cfg_attr(not(feature = "ssh"), allow(dead_code, reason = "nothing else shares one"))]
pub(crate) type SharedPermit = Arc<OwnedSemaphorePermit>;

/// The time after which one that waits looks again for something to close: what is new and unused becomes old.
const PATIENCE: Duration = Duration::from_millis(250);

/// The least budget, where a process may have hardly any descriptors.
const LEAST: usize = 8;

/// The entries of the list of the idle that are kept without a look at them.
const ENTRIES: usize = 64;

/// A number of descriptors, and those who have some and are idle.
#[derive(Debug)]
pub(crate) struct Budget {
    size: usize,
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// The idle, idle longest first, each with the number of its last use. Some are in use again.
    idle: Mutex<VecDeque<(Weak<dyn Idle>, u64)>>,
}

impl Budget {
    fn new(size: usize) -> Self {
        let size = size.clamp(LEAST, Semaphore::MAX_PERMITS);
        Budget { size, free: Arc::new(Semaphore::new(size)), waiting: AtomicUsize::new(0), idle: Mutex::default() }
    }

    /// Waits until there is room for so many descriptors, at most [`LEAST`]. They are taken until the permit is
    /// dropped.
    pub(crate) async fn take(&self, count: u32) -> Option<OwnedSemaphorePermit> {
        let free = Arc::clone(&self.free);
        if let Ok(permit) = Arc::clone(&free).try_acquire_many_owned(count) {
            return Some(permit);
        }
        let _waiting = Waiting::new(&self.waiting);
        let mut permit = pin!(free.acquire_many_owned(count));
        loop {
            self.close_oldest();
            if let Ok(permit) = timeout(PATIENCE, &mut permit).await {
                return permit.ok();
            }
        }
    }

    /// The error of one that waited in vain.
    pub(crate) fn shortage(&self) -> io::Error {
        let problem = format!("this process may have {} descriptors for its engines, and none became free", self.size);
        io::Error::new(io::ErrorKind::ResourceBusy, problem)
    }

    /// Adds one that is idle since its use of this number. The fewer descriptors are free, the sooner it closes.
    pub(crate) fn add_idle<T: Idle + 'static>(&self, idle: &Arc<T>, number: u64) {
        let added: Weak<T> = Arc::downgrade(idle);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.free.available_permits();
        if idle.len() > 2 * (self.size - free.min(self.size)) + ENTRIES {
            idle.retain(|(idle, number)| idle.upgrade().is_some_and(|idle| idle.is_idle_since(*number)));
        }
        idle.push_back((added, number));
        drop(idle);
        if self.waiting.load(Ordering::SeqCst) > 0 || free < self.size / 4 {
            self.close_oldest();
        }
    }

    /// Closes the one that has been idle longest, if there is one.
    pub(crate) fn close_oldest(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = Vec::new();
        while let Some((oldest, number)) = idle.pop_front() {
            match oldest.upgrade().map_or(Closed::No, |oldest| oldest.close(number)) {
                Closed::Yes => break,
                Closed::No => {}
                Closed::New => new.push((oldest, number)),
            }
        }
        new.into_iter().rev().for_each(|entry| idle.push_front(entry));
    }
}

/// Returns true for the error of a process or a system that has no more descriptors, which passes by itself.
pub(crate) fn is_short_of_descriptors(error: &io::Error) -> bool {
    /// The codes on every Unix for too many open files, in the system or in this process.
    const ENFILE_AND_EMFILE: [i32; 2] = [23, 24];
    cfg!(unix) && error.raw_os_error().is_some_and(|code| ENFILE_AND_EMFILE.contains(&code))
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
            permits.push(budget.take(1).await.unwrap());
        }
        let used = idle(&budget);
        assert_eq!(used.close(1), Closed::No, "nobody waits, but none is free, so it closed at once");
        let (mut next, other) = (Box::pin(budget.take(1)), idle(&budget));
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
        assert!(budget.idle.lock().unwrap().len() <= ENTRIES + 1);
    }

    #[tokio::test]
    async fn one_connection_with_many_calls_is_listed_a_few_times() {
        let budget = Budget::new(100_000);
        let (_permit, connection) = (budget.take(1).await, idle(&budget));
        for _ in 0..10_000 {
            connection.write();
            connection.read();
            budget.add_idle(&connection, connection.end().unwrap());
        }
        assert!(budget.idle.lock().unwrap().len() <= ENTRIES + 3);
        budget.close_oldest();
        assert_eq!(connection.close(10_001), Closed::No, "its last entry is there, so it closed");
    }

    #[tokio::test]
    async fn several_descriptors_are_taken_at_once() {
        let budget = Budget::new(LEAST);
        let (first, one) = (budget.take(7).await, budget.take(1).await);
        let mut next = Box::pin(budget.take(7));
        assert!(timeout(Duration::from_millis(10), &mut next).await.is_err());
        drop(one);
        assert!(timeout(Duration::from_millis(10), &mut next).await.is_err());
        drop(first);
        assert!(next.await.is_some());
    }
}
