//! A value that stands in files and is read again when they change, so that no change needs a restart.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The shortest time between two looks at the files.
const BETWEEN: Duration = Duration::from_secs(1);

/// A value read from files.
pub(super) struct Reloaded<T> {
    /// The files, for messages.
    name: String,
    read: Box<dyn Fn() -> Result<Vec<u8>, String> + Send + Sync>,
    parse: fn(&[u8]) -> Result<T, String>,
    on_error: OnError,
    state: Mutex<State<T>>,
}

/// The value while the files have an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnError {
    /// The value from before.
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "only certificates are kept"))]
    Keep,
    /// No value.
    Drop,
}

struct State<T> {
    looked: Instant,
    seen: Result<Vec<u8>, String>,
    value: Option<Arc<T>>,
}

impl<T> Reloaded<T> {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// A text, if the files hold no value.
    pub(super) fn new(
        name: String,
        read: impl Fn() -> Result<Vec<u8>, String> + Send + Sync + 'static,
        parse: fn(&[u8]) -> Result<T, String>,
        on_error: OnError,
    ) -> Result<Self, String> {
        let problem = |problem: String| format!("{name}: {problem}");
        let bytes = read().map_err(problem)?;
        let value = Some(Arc::new(parse(&bytes).map_err(problem)?));
        let state = Mutex::new(State { looked: Instant::now(), seen: Ok(bytes), value });
        Ok(Reloaded { name, read: Box::new(read), parse, on_error, state })
    }

    /// The value, at most a second old.
    pub(super) fn get(&self) -> Option<Arc<T>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() >= BETWEEN {
            self.look(&mut state);
        }
        state.value.clone()
    }

    fn look(&self, state: &mut State<T>) {
        state.looked = Instant::now();
        let seen = (self.read)();
        if seen == state.seen {
            return;
        }
        let (value, message) = match seen.as_deref().map_err(Clone::clone).and_then(self.parse) {
            Ok(value) => (Some(Arc::new(value)), "read again".to_owned()),
            Err(problem) if self.on_error == OnError::Keep => {
                (state.value.take(), format!("{problem}; kept the old one"))
            }
            Err(problem) => (None, format!("{problem}; until that is mended, nobody is let in")),
        };
        // A closed standard error must stop nothing.
        let _ = writeln!(io::stderr(), "dockwright: {}: {message}", self.name);
        *state = State { seen, value, ..*state };
    }
}
