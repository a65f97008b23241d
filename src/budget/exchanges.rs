//! Requests and answers on one connection: the connection tells what it writes and reads, an answer when it has ended,
//! and an owner of many connections may close one that is idle. A request that is about to be sent is never lost to
//! that.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use super::idle::{Closed, Idle};

/// The time for which a new connection is kept for the request that it was opened for, however busy the process is.
/// Such a request would fail with its connection, where one on a used connection goes to another. A connection may also
/// be new and useless, if another was free before it was open.
const NEW: Duration = Duration::from_secs(5);

/// Requests and answers on one connection, counted. Idle is a connection whose every request was answered to the end.
#[derive(Debug)]
pub(crate) struct Exchanges {
    opened: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    begun: u64,
    ended: u64,
    /// True if the last bytes came in: the next that go out begin a request.
    has_read: bool,
    closing: Closing,
    /// The reader, which must hear that the connection closes.
    reader: Option<Waker>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Closing {
    #[default]
    No,
    /// The reader will see the end of the connection, unless a request is sent first.
    Begun,
    Done,
}

impl Exchanges {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Exchanges { opened: Instant::now(), state: Mutex::default() })
    }

    /// Notes that bytes go out. The first after an answer begin a request.
    pub(crate) fn write(&self) {
        let mut state = self.state();
        if state.begun == 0 || std::mem::take(&mut state.has_read) {
            state.begun += 1;
        }
        if state.closing == Closing::Begun {
            state.closing = Closing::No;
        }
    }

    /// Notes that bytes came in.
    pub(crate) fn read(&self) {
        self.state().has_read = true;
    }

    /// Returns true if a request that is not the first went out, and no byte of its answer came in.
    pub(crate) fn is_used_and_unanswered(&self) -> bool {
        let state = self.state();
        state.begun > 1 && !state.has_read
    }

    /// Tells a reader without bytes whether the connection ends here; if not, the reader is woken when it does.
    pub(crate) fn ends(&self, context: &Context<'_>) -> bool {
        let mut state = self.state();
        if state.closing == Closing::Begun {
            state.closing = Closing::Done;
        } else if state.reader.as_ref().is_none_or(|reader| !reader.will_wake(context.waker())) {
            state.reader = Some(context.waker().clone());
        }
        state.closing == Closing::Done
    }

    /// Notes that an answer has ended, and returns the number of requests if the connection is idle now.
    pub(crate) fn end(&self) -> Option<u64> {
        let mut state = self.state();
        state.ended += 1;
        (state.begun == state.ended).then_some(state.begun)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_idle_since(&self, request: u64) -> bool {
        self.begun == request && self.ended == request && self.closing == Closing::No
    }
}

impl Idle for Exchanges {
    fn is_idle_since(&self, request: u64) -> bool {
        self.state().is_idle_since(request)
    }

    fn close(&self, request: u64) -> Closed {
        let mut state = self.state();
        if !state.is_idle_since(request) {
            return Closed::No;
        }
        if request == 0 && self.opened.elapsed() < NEW {
            return Closed::New;
        }
        state.closing = Closing::Begun;
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
        Closed::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used() -> Arc<Exchanges> {
        let exchanges = Exchanges::new();
        exchanges.write();
        exchanges.write();
        exchanges.read();
        exchanges
    }

    #[test]
    fn a_connection_is_idle_once_every_answer_has_ended() {
        let exchanges = used();
        assert_eq!(exchanges.close(1), Closed::No, "its answer has not ended");
        // The next request may begin before the end of the last answer is noted.
        exchanges.write();
        exchanges.read();
        assert_eq!(exchanges.end(), None);
        assert_eq!(exchanges.end(), Some(2));
        assert_eq!(exchanges.close(1), Closed::No, "it was used since");
        assert_eq!(exchanges.close(2), Closed::Yes);
        assert_eq!(exchanges.close(2), Closed::No);
    }

    #[test]
    fn a_later_request_is_unanswered_until_the_first_byte_comes_in() {
        let exchanges = Exchanges::new();
        exchanges.write();
        assert!(!exchanges.is_used_and_unanswered(), "it is the first");
        exchanges.read();
        assert!(!exchanges.is_used_and_unanswered());
        exchanges.write();
        assert!(exchanges.is_used_and_unanswered());
        exchanges.read();
        assert!(!exchanges.is_used_and_unanswered());
    }

    #[test]
    fn a_request_that_comes_first_keeps_the_connection() {
        let context = &mut Context::from_waker(Waker::noop());
        let exchanges = used();
        exchanges.end();
        assert!(!exchanges.ends(context));
        assert_eq!(exchanges.close(1), Closed::Yes);
        exchanges.write();
        assert!(!exchanges.ends(context));
        exchanges.read();
        exchanges.end();
        assert_eq!(exchanges.close(2), Closed::Yes);
        assert!(exchanges.ends(context) && exchanges.ends(context));
    }

    #[test]
    fn a_connection_for_a_request_to_come_is_kept() {
        assert_eq!(Exchanges::new().close(0), Closed::New);
    }
}
