//! Counts the uses of a session, to tell when it is idle.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::budget::Closed;

/// The time for which an idle session is kept, however busy the process is: a connection may be about to be opened.
const KEPT: Duration = Duration::from_millis(500);

/// The number of uses that have begun, and of those that have ended.
#[derive(Debug, Default)]
pub(super) struct UseCount(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    begun: u64,
    ended: u64,
    end: Option<Instant>,
    is_closed: bool,
}

impl UseCount {
    /// Begins a use. Returns false if the session is closed.
    pub(super) fn begin(&self) -> bool {
        let mut state = self.state();
        state.begun += u64::from(!state.is_closed);
        !state.is_closed
    }

    /// Ends a use, and returns the number of uses if there is no other now.
    pub(super) fn end(&self) -> Option<u64> {
        let mut state = self.state();
        state.ended += 1;
        state.end = Some(Instant::now());
        (state.begun == state.ended).then_some(state.begun)
    }

    pub(super) fn is_idle_since(&self, number: u64) -> bool {
        self.state().is_idle_since(number)
    }

    /// Closes the session to further uses if it is idle since its use of this number.
    pub(super) fn close(&self, number: u64) -> Closed {
        let mut state = self.state();
        match () {
            () if !state.is_idle_since(number) => Closed::No,
            () if state.end.is_some_and(|end| end.elapsed() < KEPT) => Closed::New,
            () => {
                state.is_closed = true;
                Closed::Yes
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_idle_since(&self, number: u64) -> bool {
        self.begun == number && self.ended == number && !self.is_closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_closes_once_it_is_idle_for_a_while_and_is_not_used_again() {
        let count = UseCount::default();
        assert!(count.begin() && count.begin());
        assert_eq!(count.end(), None);
        assert_eq!(count.close(2), Closed::No);
        assert_eq!(count.end(), Some(2));
        assert_eq!(count.close(1), Closed::No, "it was used since");
        assert_eq!(count.close(2), Closed::New);
        count.state().end = Instant::now().checked_sub(KEPT);
        assert_eq!(count.close(2), Closed::Yes);
        assert_eq!(count.close(2), Closed::No);
        assert!(!count.begin());
    }
}
