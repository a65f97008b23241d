//! Unix sockets that only their owner can connect to, from the first moment on.

use std::collections::hash_map::RandomState;
use std::fs::{self, DirBuilder, Permissions};
use std::hash::BuildHasher;
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

/// A listening socket, whose file is removed at the end unless another one has taken its place.
#[derive(Debug)]
pub(super) struct UnixSocket {
    pub(super) listener: UnixListener,
    path: PathBuf,
    inode: u64,
}

impl UnixSocket {
    /// Listens at a path. The socket of a process that is gone is replaced.
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        // The listener is bound in another folder, so the system would not refuse a path by which nobody can connect.
        SocketAddr::from_pathname(path)?;
        refuse_other(path)?;
        let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        // Nobody else can enter this folder, so nobody reaches the socket before its mode is set.
        let folder = PrivateFolder::new(parent)?;
        let first = folder.0.join("s");
        let listener = UnixListener::bind(&first)?;
        fs::set_permissions(&first, Permissions::from_mode(0o600))?;
        let inode = fs::symlink_metadata(&first)?.ino();
        fs::rename(&first, path)?;
        Ok(UnixSocket { listener, path: path.to_owned(), inode })
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|file| file.ino() == self.inode) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Refuses a path at which there is something else than the socket of a process that is gone.
fn refuse_other(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(file) if !file.file_type().is_socket() => {
            Err(io::Error::new(io::ErrorKind::AlreadyExists, "exists, and is not a socket"))
        }
        Ok(_) => match UnixStream::connect(path) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(io::Error::new(io::ErrorKind::AddrInUse, "another process listens there")),
        },
    }
}

/// A new folder that only its owner can enter, until it is dropped.
struct PrivateFolder(PathBuf);

impl PrivateFolder {
    fn new(parent: &Path) -> io::Result<Self> {
        let number = RandomState::new().hash_one(std::process::id()) >> 32;
        let folder = parent.join(format!(".{number:x}"));
        DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(PrivateFolder(folder))
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_is_its_owners_replaces_a_dead_one_and_is_removed_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        let socket = UnixSocket::bind(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(UnixSocket::bind(&path).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(socket);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::write(&path, "text").unwrap();
        assert_eq!(UnixSocket::bind(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"text");
    }

    #[tokio::test]
    async fn a_path_by_which_nobody_can_connect_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let used = folder.path().as_os_str().len();
        let longest = folder.path().join("s".repeat(106 - used));
        let socket = UnixSocket::bind(&longest).unwrap();
        UnixStream::connect(&longest).unwrap();
        drop(socket);
        let longer = folder.path().join("s".repeat(108 - used));
        assert_eq!(UnixSocket::bind(&longer).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("missing"), &link).unwrap();
        assert_eq!(UnixSocket::bind(&link).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
