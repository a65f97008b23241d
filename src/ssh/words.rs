//! The last words on the standard error of ssh, in bounded memory.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::sleep;

/// The most bytes that are kept.
const KEPT_BYTES: usize = 4096;

/// ssh's words for a connection that the host did not take to the socket.
const UNOPENED: &str = ": open failed: ";

/// The most lines about such connections, more than a session has at once.
const UNOPENED_LINES: usize = 256;

/// The age at which such a line is about no connection that somebody waits for.
const OLD: Duration = Duration::from_secs(5);

/// The time for words about a connection that was closed already.
const LATE: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_millis(10);

/// The last words of a process.
#[derive(Debug, Default)]
pub(super) struct Words(Mutex<Said>);

#[derive(Debug, Default)]
struct Said {
    kept: VecDeque<u8>,
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
    /// The lines about connections that were not opened. Each is told once, as each is about another.
    unopened: VecDeque<(Instant, String)>,
}

impl Words {
    pub(super) fn push(&self, bytes: &[u8]) {
        let mut said = self.said();
        said.kept.extend(bytes);
        let excess = said.kept.len().saturating_sub(KEPT_BYTES);
        said.kept.drain(..excess);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            said.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                said.end_line();
            }
            let excess = said.line.len().saturating_sub(KEPT_BYTES);
            said.line.drain(..excess);
        }
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.said().kept.iter().copied().collect::<Vec<_>>()).into_owned()
    }

    /// A line about a connection that the host did not take to the socket, if one comes soon.
    pub(super) async fn unopened(&self) -> Option<String> {
        for _ in 0..LATE.as_millis() / PAUSE.as_millis() {
            if let Some(line) = self.take_unopened() {
                return Some(line);
            }
            sleep(PAUSE).await;
        }
        None
    }

    fn take_unopened(&self) -> Option<String> {
        let unopened = &mut self.said().unopened;
        unopened.retain(|(said, _)| said.elapsed() < OLD);
        unopened.pop_front().map(|(_, line)| line)
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Said {
    fn end_line(&mut self) {
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).trim_end().to_owned();
        if line.contains(UNOPENED) {
            let excess = (self.unopened.len() + 1).saturating_sub(UNOPENED_LINES);
            self.unopened.drain(..excess);
            self.unopened.push_back((Instant::now(), line));
        }
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
        words.push(&[b'x'; 10 * KEPT_BYTES]);
        assert!(words.said().line.len() <= KEPT_BYTES);
    }

    #[test]
    fn each_connection_that_was_not_opened_is_told_once() {
        let words = Words::default();
        words.push(b"Welcome\nchannel 2: open failed: connect failed: open failed\r\nchannel 3: open fai");
        words.push(b"led: connect failed: open failed\r\n");
        for channel in [2, 3] {
            let line = format!("channel {channel}: open failed: connect failed: open failed");
            assert_eq!(words.take_unopened(), Some(line));
        }
        assert_eq!(words.take_unopened(), None);
        (0..1000).for_each(|_| words.push(b"channel 2: open failed: connect failed: open failed\n"));
        assert_eq!(words.said().unopened.len(), UNOPENED_LINES);
        words.said().unopened.iter_mut().for_each(|(said, _)| *said = said.checked_sub(OLD).unwrap());
        assert_eq!(words.take_unopened(), None);
    }
}
