//! Turns of calls: so many run at a time, and a few more wait in the order in which they came. A call that is dropped
//! gives its turn or its place back.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// The most calls that run at a time.
const RUNNING: usize = 64;
/// The most calls that wait.
const WAITING: usize = 256;
/// The longest time that a call waits.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest time that a call waits whose client is told to try again later, or elsewhere.
const SHORT_PATIENCE: Duration = Duration::from_secs(5);

/// Turns of the calls of a process.
#[derive(Debug)]
pub(crate) struct Turns {
    running: Semaphore,
    places: Semaphore,
}

/// The right to run, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    _permit: SemaphorePermit<'a>,
}

/// A call that got no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not begun: {RUNNING} calls are under way, the most at a time, and {waiting} others wait for their turn. Let calls \
     end or cancel some, then call again; `detach` keeps long work from holding a turn"
)]
pub struct Busy {
    waiting: usize,
}

impl Default for Turns {
    fn default() -> Self {
        Turns { running: Semaphore::new(RUNNING), places: Semaphore::new(WAITING) }
    }
}

impl Turns {
    /// Waits until a turn is free, for a short time. Somebody else may take it then.
    pub(crate) async fn is_free(&self) -> bool {
        timeout(SHORT_PATIENCE, self.running.acquire()).await.is_ok_and(|permit| permit.is_ok())
    }

    /// Waits for a turn.
    pub(crate) async fn take(&self) -> Result<Turn<'_>, Busy> {
        // Takes none from those who wait: a turn that is given back goes to the first of them.
        if let Ok(permit) = self.running.try_acquire() {
            return Ok(Turn { _permit: permit });
        }
        let busy = |others: usize| Busy { waiting: (WAITING - self.places.available_permits()) - others };
        let Ok(_place) = self.places.try_acquire() else { return Err(busy(0)) };
        match timeout(PATIENCE, self.running.acquire()).await {
            Ok(Ok(permit)) => Ok(Turn { _permit: permit }),
            _ => Err(busy(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_take_turns_in_the_order_in_which_they_came() {
        let turns: &'static Turns = Box::leak(Box::default());
        let mut running = Vec::new();
        for _ in 0..RUNNING {
            running.push(turns.take().await.unwrap());
        }
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        let mut waiting = Vec::new();
        for number in 0..4 {
            let sender = sender.clone();
            waiting.push(tokio::spawn(async move {
                let turn = turns.take().await.unwrap();
                sender.send(number).unwrap();
                drop(turn);
            }));
            tokio::task::yield_now().await;
        }
        waiting[1].abort();
        tokio::task::yield_now().await;
        running.pop();
        for expected in [0, 2, 3] {
            assert_eq!(order.recv().await, Some(expected));
        }
        assert_eq!(turns.places.available_permits(), WAITING);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_waits_too_long_or_finds_no_place_is_refused() {
        let turns: &'static Turns = Box::leak(Box::default());
        let mut running = Vec::new();
        for _ in 0..RUNNING {
            running.push(turns.take().await.unwrap());
        }
        assert_eq!(turns.take().await.unwrap_err(), Busy { waiting: 0 });
        let waiting: Vec<_> = (0..WAITING).map(|_| tokio::spawn(turns.take())).collect();
        while turns.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = turns.take().await.unwrap_err();
        assert_eq!(refused, Busy { waiting: WAITING });
        assert!(refused.to_string().starts_with("not begun: 64 calls are under way"));
        for call in waiting {
            assert!(call.await.unwrap().is_err());
        }
        drop(running);
        assert!(turns.take().await.is_ok());
    }
}
