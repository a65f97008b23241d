//! Output of processes, as data: bytes and their source. It knows no frames and no lines.

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
