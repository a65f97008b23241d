//! Keeps the last lines that a step wrote, in bounded memory.

use std::collections::VecDeque;

use crate::error::LAST_LINES;

/// The most bytes of a line that are kept.
const LINE_BYTES: usize = 512;

/// The last lines of a step. Output of stdout and stderr is in the order in which it came.
#[derive(Debug, Default)]
pub(super) struct LastLines {
    lines: VecDeque<Vec<u8>>,
    /// True if the last line has not ended.
    is_open: bool,
}

impl LastLines {
    pub(super) fn push(&mut self, output: &[u8]) {
        for piece in output.split_inclusive(|byte| *byte == b'\n') {
            if !self.is_open {
                if self.lines.len() == LAST_LINES {
                    self.lines.pop_front();
                }
                self.lines.push_back(Vec::new());
            }
            let text = piece.strip_suffix(b"\n");
            self.is_open = text.is_none();
            if let Some(line) = self.lines.back_mut() {
                let room = LINE_BYTES - line.len();
                let text = text.unwrap_or(piece);
                line.extend_from_slice(&text[..text.len().min(room)]);
            }
        }
    }

    /// The lines as text, without their ends.
    pub(super) fn text(&self) -> Vec<String> {
        let text = |line: &Vec<u8>| String::from_utf8_lossy(line).trim_end_matches('\r').to_owned();
        self.lines.iter().map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_wherever_output_is_cut() {
        let mut lines = LastLines::default();
        for piece in ["on", "e\r\ntwo\n\nth", "r", "ee"] {
            lines.push(piece.as_bytes());
        }
        assert_eq!(lines.text(), ["one", "two", "", "three"]);
    }

    #[test]
    fn endless_output_takes_bounded_memory() {
        let mut lines = LastLines::default();
        for number in 0..1_000 {
            lines.push(format!("{number}\n").as_bytes());
            lines.push("x".repeat(1_000).as_bytes());
        }
        assert_eq!(lines.lines.len(), LAST_LINES);
        assert!(lines.lines.iter().all(|line| line.len() <= LINE_BYTES));
        assert_eq!(lines.text()[LAST_LINES - 1], "x".repeat(LINE_BYTES));
    }
}
