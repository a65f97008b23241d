//! The key under which an engine keeps the files of a folder for the next build of it.

use std::fmt::Write;
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

/// The name of this installation, where the system has one.
const MACHINE: &str = "/etc/machine-id";

/// A key that the same folder always has, and no other folder, of this machine or of another. An engine compares files
/// by size and time only, so folders that shared a key could get each other's files.
pub(super) fn shared_key(folder: &Path) -> String {
    let mut digest = Sha256::new();
    let path = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let machine = std::fs::read(MACHINE).unwrap_or_default();
    for part in ["dockwright".as_bytes(), &machine, path.as_os_str().as_encoded_bytes()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    if let Ok(metadata) = path.metadata() {
        let created = metadata.created().ok().and_then(|created| created.duration_since(UNIX_EPOCH).ok());
        digest.update(created.unwrap_or_default().as_nanos().to_be_bytes());
        #[cfg(unix)]
        for number in [std::os::unix::fs::MetadataExt::dev(&metadata), std::os::unix::fs::MetadataExt::ino(&metadata)] {
            digest.update(number.to_be_bytes());
        }
    }
    digest.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_key_by_whatever_path_and_no_other_has_it() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = shared_key(one.path());
        assert_eq!(key, shared_key(&one.path().join(".")));
        assert_ne!(key, shared_key(other.path()));
        assert_eq!(key.len(), 64);
    }
}
