//! The key under which an engine keeps the files of a folder for the next build of it.

use std::fmt::Write;
use std::time::UNIX_EPOCH;

use dockwright_archive::ContextTree;
use sha2::{Digest, Sha256};

/// The name of this installation, where the system has one.
const MACHINE: &str = "/etc/machine-id";

/// A key that the same folder always has, and no other folder, of this machine or of another. An engine compares files
/// by size and time only, so folders that shared a key could get each other's files. The key is that of the folder that
/// is open, and cannot become another's by a link that somebody puts in its place.
pub(super) fn shared_key(tree: &ContextTree) -> String {
    let mut digest = Sha256::new();
    let path = tree.path().canonicalize().unwrap_or_else(|_| tree.path().to_owned());
    let machine = std::fs::read(MACHINE).unwrap_or_default();
    for part in ["dockwright".as_bytes(), &machine, path.as_os_str().as_encoded_bytes()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    if let Ok(metadata) = tree.metadata() {
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
    use dockwright_archive::Context;

    use super::*;

    #[test]
    fn a_folder_has_one_key_by_whatever_path_and_no_other_has_it() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let open = |folder: &std::path::Path| Context::all_of(folder).tree().unwrap();
        let key = shared_key(&open(one.path()));
        assert_eq!(key, shared_key(&open(&one.path().join("."))));
        assert_ne!(key, shared_key(&open(other.path())));
        assert_eq!(key.len(), 64);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_a_folder_does_not_give_it_the_key_of_its_target() {
        let (place, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = place.path().join("app");
        std::fs::create_dir(&path).unwrap();
        let tree = Context::all_of(&path).tree().unwrap();
        std::fs::remove_dir(&path).unwrap();
        std::os::unix::fs::symlink(other.path(), &path).unwrap();
        assert_ne!(shared_key(&tree), shared_key(&Context::all_of(other.path()).tree().unwrap()));
    }
}
