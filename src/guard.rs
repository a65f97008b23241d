//! A process group with a folder for its socket. Both end with this process, even if it is killed.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::process::Command;

use crate::process_group::ProcessGroup;

/// The name of the socket in the folder.
const SOCKET: &str = "socket";

/// Removes the folder.
const CLEAN: &str = r#"rm -f "$1/socket"; rmdir "$1""#;

/// The most bytes of a folder's path: a socket's may have 103 bytes on macOS, and ssh needs some for itself.
const FOLDER_BYTES: usize = 60;

/// A process group and a folder that only this user may enter. Dropping it ends both.
#[derive(Debug)]
pub(crate) struct Guard {
    group: ProcessGroup,
    folder: PathBuf,
}

/// The part of a guard that could not be made.
#[derive(Debug)]
pub(crate) struct NoGuard {
    pub part: &'static str,
    pub error: io::Error,
}

impl Guard {
    pub(crate) fn new() -> Result<Self, NoGuard> {
        let folder = new_folder().map_err(|error| NoGuard { part: "a folder for a socket", error })?;
        match ProcessGroup::new(CLEAN, &[folder.as_os_str()]) {
            Ok(group) => Ok(Guard { group, folder }),
            Err(error) => {
                let _ = fs::remove_dir(&folder);
                Err(NoGuard { part: "sh", error })
            }
        }
    }

    /// Makes a command a member of the group.
    pub(crate) fn join(&self, command: &mut Command) {
        self.group.join(command);
    }

    /// The path for the socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join(SOCKET)
    }
}

impl Drop for Guard {
    /// The watcher may have been killed.
    fn drop(&mut self) {
        let _ = fs::remove_file(self.socket());
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Makes a folder that only this user may enter.
fn new_folder() -> io::Result<PathBuf> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let parent = parent(std::env::temp_dir());
    loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("dockwright-ssh-{}-{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            // Another process with this number left it behind, or is in another container.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", folder.display()))),
        }
    }
}

/// The folder for temporary files, or `/tmp` if its path is long or has characters that ssh reads in its own way.
fn parent(temporary: PathBuf) -> PathBuf {
    let is_usable = temporary.is_absolute() && temporary.as_os_str().len() <= FOLDER_BYTES && is_plain(&temporary);
    if is_usable { temporary } else { PathBuf::from("/tmp") }
}

/// Tells whether ssh takes a path in `-L` as it is.
pub(crate) fn is_plain(path: &Path) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+,=@~ ".contains(&byte);
    path.to_str().is_some_and(|path| path.starts_with('/') && path.bytes().all(is_plain))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_folder_has_a_short_and_plain_path() {
        for (folder, expected) in [
            ("/tmp", "/tmp"),
            ("/run/user/1000", "/run/user/1000"),
            ("/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/more-and-more-of-it/", "/tmp"),
            ("/a:b", "/tmp"),
            ("relative", "/tmp"),
        ] {
            assert_eq!(parent(folder.into()), Path::new(expected));
        }
    }

    #[tokio::test]
    async fn the_group_and_the_folder_end_with_the_guard() {
        let guard = Guard::new().unwrap();
        assert_eq!(fs::metadata(&guard.folder).unwrap().mode() & 0o7777, 0o700);
        fs::write(guard.socket(), "").unwrap();
        let mut command = Command::new("sleep");
        guard.join(&mut command);
        let mut member = command.arg("600").spawn().unwrap();
        let folder = guard.folder.clone();
        drop(guard);
        let ended = tokio::time::timeout(Duration::from_secs(10), member.wait()).await.unwrap().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended), Some(9));
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn the_folder_ends_with_the_guard_whose_watcher_was_killed() {
        let mut guard = Guard::new().unwrap();
        guard.group.kill_watcher().await.unwrap();
        fs::write(guard.socket(), "").unwrap();
        let folder = guard.folder.clone();
        drop(guard);
        assert!(!folder.exists());
    }
}
