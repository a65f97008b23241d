//! What processes wrote, as data: bytes, and which of a process's streams they are from. It knows neither frames nor
//! lines.

use bytes::Bytes;

/// A piece of what processes wrote.
///
/// Where one ends says nothing: the engine cuts what it copies wherever its buffer is full, inside of a line or even of
/// a character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Which stream it was written to.
    pub source: Source,
    /// What was written: any bytes, not always UTF-8.
    pub bytes: Bytes,
}

/// Where output comes from.
///
/// The order between two sources is the order in which the engine read them, which may differ from the order in which
/// the process wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// The standard input of the process, when the engine sends it back. The engine's own writers do not; docker's CLI
    /// shows it as if it were [`Stdout`](Source::Stdout).
    Stdin,
    /// The standard output of the process.
    Stdout,
    /// The standard error of the process.
    Stderr,
    /// No process, but the engine itself: why it cannot go on, in the logs of a service one of whose tasks cannot be
    /// read.
    SystemError,
    /// The terminal of a process that was created with `Tty`: standard output and standard error are one there and
    /// cannot be told apart, and lines end with `\r\n`.
    Terminal,
}
