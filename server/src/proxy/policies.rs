//! Files of policies, read at the start and again on demand: all of them, or none.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dockwright_policy::Policy;
use tokio::sync::watch;

use crate::restrictions::read;

/// A file with a policy, and the policy that holds now.
pub struct PolicyFile {
    path: PathBuf,
    policy: watch::Sender<Arc<Policy>>,
}

impl PolicyFile {
    /// Reads a policy.
    ///
    /// # Errors
    /// A text with the line, if the file holds none.
    pub fn open(path: &Path) -> Result<Self, String> {
        let policy = watch::Sender::new(Arc::new(read(path)?));
        Ok(PolicyFile { path: path.to_owned(), policy })
    }

    /// The policy that holds now, and its changes.
    #[must_use]
    pub fn policy(&self) -> watch::Receiver<Arc<Policy>> {
        self.policy.subscribe()
    }
}

/// Reads all policies anew. They hold from now on, unless one of them has a problem: then all stay as they were.
/// Returns the number of those that changed.
///
/// # Errors
/// A text with the line of the problem.
pub fn read_anew(files: &[PolicyFile]) -> Result<usize, String> {
    let policies = files.iter().map(|file| read(&file.path)).collect::<Result<Vec<_>, _>>()?;
    let replace = |(file, policy): (&PolicyFile, Policy)| {
        file.policy.send_if_modified(|held| {
            let is_changed = **held != policy;
            if is_changed {
                *held = Arc::new(policy);
            }
            is_changed
        })
    };
    Ok(files.iter().zip(policies).map(replace).filter(|is_changed| *is_changed).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_file_leaves_all_policies_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a", "b"].map(|name| folder.path().join(name));
        let write = |place: usize, text: &str| std::fs::write(&paths[place], text).unwrap();
        write(0, "preset = \"open\"");
        write(1, "preset = \"observe\"");
        let files: Vec<_> = paths.iter().map(|path| PolicyFile::open(path).unwrap()).collect();
        let (a, b) = (files[0].policy(), files[1].policy());
        assert_eq!(read_anew(&files), Ok(0));
        write(0, "preset = \"observe\"");
        write(1, "preset = \"open\"\n[deny]\noperations = [\"nonsense\"]");
        let problem = read_anew(&files).unwrap_err();
        assert!(problem.contains("b: line 3, column"), "{problem}");
        assert!(!a.has_changed().unwrap() && !b.has_changed().unwrap());
        write(1, "preset = \"open\"");
        assert_eq!(read_anew(&files), Ok(2));
        assert!(a.has_changed().unwrap() && b.has_changed().unwrap());
        std::fs::remove_file(&paths[0]).unwrap();
        assert!(read_anew(&files).is_err() && PolicyFile::open(&paths[0]).is_err());
    }
}
