//! The last words on the standard error of ssh, in bounded memory.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

/// The most bytes that are kept.
const KEPT_BYTES: usize = 4096;

/// ssh's words for a connection that the host did not take to the socket.
const UNOPENED: &str = ": open failed: ";

/// The time for words about a connection that was closed already.
const LATE: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_millis(10);

/// The last words of a process.
#[derive(Debug, Default)]
pub(super) struct Words(Mutex<VecDeque<u8>>);

impl Words {
    pub(super) fn push(&self, bytes: &[u8]) {
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        words.extend(bytes);
        let excess = words.len().saturating_sub(KEPT_BYTES);
        words.drain(..excess);
    }

    pub(super) fn text(&self) -> String {
        let words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&words.iter().copied().collect::<Vec<_>>()).into_owned()
    }

    /// The line about a connection that the host did not take to the socket, if it comes soon. It is told once.
    pub(super) async fn unopened(&self) -> Option<String> {
        for _ in 0..LATE.as_millis() / PAUSE.as_millis() {
            if let Some(line) = self.take_unopened() {
                return Some(line);
            }
            sleep(PAUSE).await;
        }
        None
    }

    /// Takes that line, if it has come.
    pub(super) fn take_unopened(&self) -> Option<String> {
        let text = self.text();
        let line = text.lines().rfind(|line| line.contains(UNOPENED))?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Some(line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_are_kept() {
        let words = Words::default();
        (0..1000).for_each(|number| words.push(format!("line {number}\n").as_bytes()));
        let text = words.text();
        assert!(text.len() <= KEPT_BYTES && text.ends_with("line 998\nline 999\n"), "{text}");
    }

    #[test]
    fn a_connection_that_was_not_opened_is_told_once() {
        let words = Words::default();
        words.push(b"Welcome\nchannel 2: open failed: connect failed: open failed\r\n");
        assert_eq!(words.take_unopened().as_deref(), Some("channel 2: open failed: connect failed: open failed"));
        assert_eq!(words.take_unopened(), None);
    }
}
