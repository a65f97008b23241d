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
    /// Another folder than the one that was allowed is at its path now, or none.
    #[error(
        "the folder {} allowed by {flag} was moved or replaced after this server had opened it; start the server again",
        folder.display()
    )]
    Replaced {
        /// The option that allows the folder.
        flag: &'static str,
        /// The path at which it was opened.
        folder: PathBuf,
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

    /// The error for a path, if it is for the folder that the path is in.
    pub(super) fn for_path(self, path: &str) -> Self {
        let path = path.to_owned();
        match self {
            PathError::Relative(_) => PathError::Relative(path),
            PathError::Outside { flag, folders, .. } => PathError::Outside { path, flag, folders },
            other => other,
        }
    }
}

fn list(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}
