//! The errors of archives, sorted by their cause: this machine's files, a name, a pattern, the archive, its stream.

use std::io;
use std::path::{Path, PathBuf};

/// The result of reading or writing an archive.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An archive was not written, or not read to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or a folder of this machine cannot be used.
    #[error("{}: {problem}", escaped(&path.to_string_lossy()))]
    File {
        /// Its path.
        path: PathBuf,
        /// The operating system's class of the problem.
        kind: io::ErrorKind,
        /// The problem, and a remedy where one is known.
        problem: String,
    },

    /// A path leads out of the folder that it must stay in, by `..` or by a link. Absolute links lead out.
    #[error("{}: it leads out of the folder, by `..` or by a link", escaped(&path.to_string_lossy()))]
    Outside {
        /// The path.
        path: PathBuf,
    },

    /// A file of an archive that is being written cannot have this name.
    #[error("name `{}`: {problem}", escaped(name))]
    Name {
        /// The name.
        name: String,
        /// The problem.
        problem: &'static str,
    },

    /// A line of an ignore file is malformed.
    #[error("{}:{line}: pattern `{pattern}`: {problem}", escaped(&path.to_string_lossy()))]
    Pattern {
        /// The ignore file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
        /// The pattern as the file has it.
        pattern: String,
        /// The problem.
        problem: &'static str,
    },

    /// An entry of the archive would reach outside the folder, or its kind is not supported.
    #[error("archive entry `{entry}`: {problem}")]
    Refused {
        /// The entry's name, without control characters.
        entry: String,
        /// The reason.
        problem: String,
    },

    /// The archive is incomplete or malformed.
    #[error("the archive is damaged: {problem}")]
    Damaged {
        /// The problem.
        problem: String,
    },

    /// The archive holds more than the limit allows.
    #[error("the archive holds more than {limit} {unit}")]
    TooLarge {
        /// The limit.
        limit: u64,
        /// Its unit: `bytes`, `entries` or `bytes of names`.
        unit: &'static str,
    },

    /// The stream that the archive is read from or written to failed.
    #[error("the stream of the archive failed: {0}")]
    Stream(io::Error),
}

impl Error {
    /// A file of this machine, with the system's message.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        Error::File { path: path.to_owned(), kind: error.kind(), problem: error.to_string() }
    }

    /// A file of this machine, with a message of our own.
    pub(crate) fn unfit(path: &Path, kind: io::ErrorKind, problem: impl Into<String>) -> Self {
        Error::File { path: path.to_owned(), kind, problem: problem.into() }
    }

    /// An entry that is refused.
    pub(crate) fn refused(entry: &[u8], problem: impl Into<String>) -> Self {
        Error::Refused { entry: shown(entry), problem: problem.into() }
    }

    /// An archive that cannot be read further.
    pub(crate) fn damaged(problem: impl Into<String>) -> Self {
        Error::Damaged { problem: problem.into() }
    }
}

/// A name for a message. Others chose it, so control characters are escaped and it is cut.
pub(crate) fn shown(name: &[u8]) -> String {
    const MOST: usize = 200;
    let name = String::from_utf8_lossy(name);
    let mut shown: String = name.chars().take(MOST).flat_map(visible).collect();
    if name.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// A path or a name for a message, whole, because its end tells most.
fn escaped(path: &str) -> String {
    path.chars().flat_map(visible).collect()
}

fn visible(character: char) -> impl Iterator<Item = char> {
    let escaped = character.is_control().then(|| character.escape_default());
    let plain = (!character.is_control()).then_some(character);
    escaped.into_iter().flatten().chain(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_message_is_short_and_has_no_control_characters() {
        assert_eq!(shown(b"a\x1b[31m\nb\xff"), "a\\u{1b}[31m\\nb\u{fffd}");
        assert_eq!(shown(&[b'x'; 5000]).chars().count(), 201);
        let error = Error::unfit(Path::new("a\nb"), io::ErrorKind::Other, "full");
        assert_eq!(error.to_string(), "a\\nb: full");
    }

    #[test]
    fn an_error_travels_between_threads() {
        fn travels<T: Send + Sync + 'static>() {}
        travels::<Error>();
    }
}
