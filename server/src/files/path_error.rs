//! The error for host paths and files of a call. Its text follows the name of an argument: ``argument `context`: …``.

use std::path::{Path, PathBuf};

/// A path, or files given as text, cannot be used. Nothing was sent and nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// The settings allow no folder.
    #[error("host paths are off for this argument, because this server was not started with {flag} DIR")]
    Off {
        /// The option that allows a folder.
        flag: &'static str,
    },
    /// The server is read-only, which turns host paths off.
    #[error("host paths are off, because this server was started with --read-only")]
    ReadOnly,
    /// The path is relative to a folder that the caller does not know.
    #[error("`{0}` is not an absolute path of the host")]
    Relative(String),
    /// The path, or the target of its links, is outside of the allowed folders.
    #[error("`{path}` is not in a folder allowed by {flag}: {}", list(folders))]
    Outside {
        /// The path as the caller wrote it.
        path: String,
        /// The option that allows a folder.
        flag: &'static str,
        /// The allowed folders.
        folders: Vec<PathBuf>,
    },
    /// The file or folder at the path is missing or cannot be used.
    #[error("`{path}`: {problem}")]
    Unfit {
        /// The path as the caller wrote it.
        path: String,
        /// The problem with it.
        problem: String,
    },
    /// The argument is neither a path nor files, or the files cannot be packed.
    #[error("{0}")]
    Unusable(String),
}

impl PathError {
    pub(super) fn unfit(path: &(impl AsRef<Path> + ?Sized), problem: impl ToString) -> Self {
        PathError::Unfit { path: path.as_ref().display().to_string(), problem: problem.to_string() }
    }
}

fn list(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}
