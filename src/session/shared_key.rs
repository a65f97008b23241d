//! The key under which an engine keeps the files of folders for the next build of them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

/// The name of this installation, where the system has one.
const MACHINE: &str = "/etc/machine-id";

/// A key that the same folders always have, and no others, of this machine or of another. An engine compares files by
/// size and time only, so folders that shared a key could get each other's files.
pub(super) fn shared_key<'a>(folders: impl Iterator<Item = &'a Path>) -> String {
    let mut digest = Sha256::new();
    let machine = std::fs::read(MACHINE).unwrap_or_default();
    add(&mut digest, b"dockwright");
    add(&mut digest, &machine);
    // A folder may be given by several names.
    let folders: BTreeSet<_> = folders.map(|path| path.canonicalize().unwrap_or_else(|_| path.to_owned())).collect();
    folders.iter().for_each(|folder| add_folder(&mut digest, folder));
    digest.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn add_folder(digest: &mut Sha256, folder: &Path) {
    add(digest, folder.as_os_str().as_encoded_bytes());
    if let Ok(metadata) = folder.metadata() {
        let created = metadata.created().ok().and_then(|created| created.duration_since(UNIX_EPOCH).ok());
        digest.update(created.unwrap_or_default().as_nanos().to_be_bytes());
        #[cfg(unix)]
        for number in [std::os::unix::fs::MetadataExt::dev(&metadata), std::os::unix::fs::MetadataExt::ino(&metadata)] {
            digest.update(number.to_be_bytes());
        }
    }
}

/// Adds bytes after their number, so that no two lists of them are alike.
fn add(digest: &mut Sha256, bytes: &[u8]) {
    digest.update((bytes.len() as u64).to_be_bytes());
    digest.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_have_one_key_by_whatever_path_and_no_others_have_it() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = |paths: &[&Path]| shared_key(paths.iter().copied());
        let again = one.path().join(".");
        assert_eq!(key(&[one.path()]), key(&[&again, one.path()]));
        assert_ne!(key(&[one.path()]), key(&[other.path()]));
        assert_ne!(key(&[one.path()]), key(&[one.path(), other.path()]));
        assert_eq!(key(&[one.path()]).len(), 64);
    }
}
