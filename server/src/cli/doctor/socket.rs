//! The engine's socket: existence, owner and permissions.

use super::finding::Finding;

/// Checks the socket of a `unix://` address; other addresses have none.
#[cfg(unix)]
pub(super) fn check(address: &str) -> Option<Finding> {
    use std::io::ErrorKind;
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    use std::os::unix::net::UnixStream;

    // An abstract socket has no file.
    let path = address.strip_prefix("unix://").filter(|path| !path.starts_with('@'))?;
    let file = match std::fs::metadata(path) {
        Ok(file) if file.file_type().is_socket() => file,
        Ok(_) => return Some(Err(format!("{path} is not a socket: correct DOCKER_HOST"))),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let why = "a folder above it is closed to this user, as a rootless engine's is to others";
            return Some(Err(format!("{path}: {error}: {why}: be that user, or correct DOCKER_HOST")));
        }
        Err(error) => return Some(Err(format!("{path}: {error}: start the engine, or correct DOCKER_HOST"))),
    };
    let socket = format!("{path}, mode {:o}, user {}, group {}", file.mode() & 0o777, file.uid(), file.gid());
    Some(match UnixStream::connect(path) {
        Ok(_) => Ok(socket),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(format!(
            "{socket}: permission denied: run `sudo usermod -aG docker $USER` and log in again, or use rootless Docker"
        )),
        Err(error) => {
            Err(format!("{socket}: {error}: start the engine, for instance with `sudo systemctl start docker`"))
        }
    })
}

#[cfg(not(unix))]
pub(super) fn check(_address: &str) -> Option<Finding> {
    None
}
