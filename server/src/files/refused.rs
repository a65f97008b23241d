//! Why files of a call are not taken, in words that follow the name of an argument: ``argument `context`: …``.

use std::path::{Path, PathBuf};

/// Why a path, or files that were given as text, cannot be used. Nothing was sent and nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No folder is allowed.
    #[error("this server uses no paths of its host for that; it would if it was started with {flag} DIR")]
    Off {
        /// The option that allows one.
        flag: &'static str,
    },
    /// The server changes nothing, whatever else its options say.
    #[error("this server uses no paths of its host, as it was started with --read-only")]
    ReadOnly,
    /// The path depends on a folder that the caller does not know.
    #[error("`{0}` is not an absolute path of the host")]
    Relative(String),
    /// The path, or what its links lead to, is in no folder that is allowed.
    #[error("`{path}` is in no folder that this server was allowed by {flag}: {}", listed(folders))]
    Outside {
        /// As the caller wrote it.
        path: String,
        /// The option that would allow it.
        flag: &'static str,
        /// What is allowed.
        folders: Vec<PathBuf>,
    },
    /// What is at the path, or is not there, cannot be used.
    #[error("`{path}`: {problem}")]
    Unfit {
        /// As the caller wrote it.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The argument is neither a path nor files, or the files cannot be packed.
    #[error("{0}")]
    Unusable(String),
}

impl Refused {
    pub(super) fn unfit(path: &(impl AsRef<Path> + ?Sized), problem: impl ToString) -> Self {
        Refused::Unfit { path: path.as_ref().display().to_string(), problem: problem.to_string() }
    }
}

fn listed(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}
