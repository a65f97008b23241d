//! The key under which an engine keeps the files of folders for the next build of them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::UNIX_EPOCH;

use dockwright_archive::ContextTree;
use sha2::{Digest, Sha256};

/// The name of this installation, where the system has one.
const MACHINE: &str = "/etc/machine-id";

/// A key that the same folders always have, and no others, of this machine or of another. An engine compares files by
/// size and time only, so folders that shared a key could get each other's files. The key is that of the folders that
/// are open, and cannot become another's by a link that somebody puts in the place of one.
pub(super) fn shared_key<'a>(trees: impl Iterator<Item = &'a ContextTree>) -> String {
    let mut digest = Sha256::new();
    let machine = std::fs::read(MACHINE).unwrap_or_default();
    add(&mut digest, b"dockwright");
    add(&mut digest, &machine);
    // A folder may be given by several names.
    let folders: BTreeMap<_, _> =
        trees.map(|tree| (tree.path().canonicalize().unwrap_or_else(|_| tree.path().to_owned()), tree)).collect();
    folders.iter().for_each(|(path, tree)| add_folder(&mut digest, path, tree));
    digest.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn add_folder(digest: &mut Sha256, path: &Path, tree: &ContextTree) {
    add(digest, path.as_os_str().as_encoded_bytes());
    if let Ok(metadata) = tree.metadata() {
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
    use dockwright_archive::Context;

    use super::*;

    #[test]
    fn folders_have_one_key_by_whatever_path_and_no_others_have_it() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let open = |folder: &Path| Context::all_of(folder).tree().unwrap();
        let (tree, again, others) = (open(one.path()), open(&one.path().join(".")), open(other.path()));
        let key = |trees: &[&ContextTree]| shared_key(trees.iter().copied());
        assert_eq!(key(&[&tree]), key(&[&again, &tree]));
        assert_ne!(key(&[&tree]), key(&[&others]));
        assert_ne!(key(&[&tree]), key(&[&tree, &others]));
        assert_eq!(key(&[&tree]).len(), 64);
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
        let others = Context::all_of(other.path()).tree().unwrap();
        assert_ne!(shared_key([&tree].into_iter()), shared_key([&others].into_iter()));
    }
}
