//! Output of processes, as data: bytes and their source. It knows no frames and no lines.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

/// A piece of output.
///
/// Its borders mean nothing: the engine cuts output wherever its buffer is full, inside a line or even a character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The stream that it was written to.
    pub source: Source,
    /// The bytes, not always UTF-8.
    pub bytes: Bytes,
}

impl Output {
    /// The bytes as text; those that are not UTF-8 are replaced by `U+FFFD`. A piece may begin or end inside a
    /// character: read [lines](crate::LogStream::lines) where that matters.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

impl fmt::Display for Output {
    /// Writes its [`text`](Output::text), and nothing of its source.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}

/// The source of output.
///
/// Output of two sources is in the order in which the engine read it, which may differ from the order in which the
/// process wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// The standard input of the process, if the engine sends it back, which it does not do itself. The docker CLI
    /// shows it like [`Stdout`](Source::Stdout).
    Stdin,
    /// The standard output of the process.
    Stdout,
    /// The standard error of the process.
    Stderr,
    /// The engine itself: the reason why it cannot continue, in the logs of a service with a task that cannot be read.
    SystemError,
    /// The terminal of a process that was created with `Tty`. It merges standard output and standard error, and its
    /// lines end with `\r\n`.
    Terminal,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_shown_as_text_and_what_is_none_is_replaced() {
        let output = Output { source: Source::Stdout, bytes: Bytes::from_static(b"caf\xC3\xA9\xFF") };
        assert_eq!(output.text(), "caf\u{e9}\u{fffd}");
        assert_eq!(format!("[{output:>6}]"), "[ caf\u{e9}\u{fffd}]");
    }
}
