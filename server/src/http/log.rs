//! Messages on standard error about events that anybody can cause: few lines, however many events there are.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The shortest time between two lines.
const BETWEEN: Duration = Duration::from_secs(10);

/// Prints at most one line in ten seconds, and counts the others.
#[derive(Debug, Default)]
pub struct BoundedLog {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    printed: Option<Instant>,
    left_out: u64,
}

impl BoundedLog {
    /// Prints a line about an event, or counts it.
    pub fn say(&self, line: &str) {
        if let Some(line) = self.line(line, Instant::now()) {
            // A closed standard error must stop nothing.
            let _ = writeln!(io::stderr(), "dockwright: {line}");
        }
    }

    fn line(&self, line: &str, now: Instant) -> Option<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.printed.is_some_and(|printed| now.duration_since(printed) < BETWEEN) {
            state.left_out += 1;
            return None;
        }
        let more = match std::mem::take(&mut state.left_out) {
            0 => String::new(),
            count => format!(" ({count} more before it)"),
        };
        state.printed = Some(now);
        Some(format!("{line}{more}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_events_are_few_lines_and_a_count() {
        let (log, start) = (BoundedLog::default(), Instant::now());
        assert_eq!(log.line("a", start).unwrap(), "a");
        for second in 1..10 {
            assert_eq!(log.line("b", start + Duration::from_secs(second)), None);
        }
        assert_eq!(log.line("c", start + BETWEEN).unwrap(), "c (9 more before it)");
        assert_eq!(log.line("d", start + BETWEEN * 2).unwrap(), "d");
    }
}
