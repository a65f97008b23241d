//! An archive of one file in, the same with other contents out: mode, owner and extended attributes stay.

use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use tar::{Archive, Builder, Entry, EntryType};

use crate::error::{Error, Result};

/// Extended headers that describe the old contents.
const OF_CONTENTS: [&str; 2] = ["size", "mtime"];

/// Replaces the contents of the only file in an archive. Its name, mode, owner and extended attributes stay; its time
/// is now.
///
/// # Errors
/// [`Error::Damaged`] if the archive cannot be read, or holds anything but one regular file.
pub fn replace_contents(tar: &[u8], contents: &[u8]) -> Result<Vec<u8>> {
    let damaged = |error: io::Error| Error::damaged(error.to_string());
    let mut archive = Archive::new(tar);
    let mut entries = archive.entries().map_err(damaged)?;
    let file = entries.next().ok_or_else(|| Error::damaged("the archive is empty"))?;
    let replaced = file.and_then(|file| replaced(file, contents)).map_err(damaged)?;
    match entries.next() {
        None => Ok(replaced),
        Some(_) => Err(Error::damaged("the archive holds more than one file")),
    }
}

fn replaced(mut file: Entry<'_, &[u8]>, contents: &[u8]) -> io::Result<Vec<u8>> {
    if file.header().entry_type() != EntryType::Regular {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let path = file.path()?.into_owned();
    let mut header = file.header().clone();
    let mut kept = Vec::new();
    for extension in file.pax_extensions()?.into_iter().flatten() {
        let extension = extension?;
        let key = extension.key().map_err(io::Error::other)?.to_owned();
        if !OF_CONTENTS.contains(&key.as_str()) && key != "path" {
            kept.push((key, extension.value_bytes().to_vec()));
        }
    }
    header.set_size(contents.len() as u64);
    header.set_mtime(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs());
    let mut archive = Builder::new(Vec::new());
    archive.append_pax_extensions(kept.iter().map(|(key, value)| (key.as_str(), value.as_slice())))?;
    archive.append_data(&mut header, path, contents)?;
    archive.into_inner()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use tar::Header;

    use super::*;

    fn archive(kind: EntryType, names: &[&str]) -> Vec<u8> {
        let mut archive = Builder::new(Vec::new());
        for name in names {
            archive.append_pax_extensions([("SCHILY.xattr.user.a", &b"1"[..])]).unwrap();
            let mut header = Header::new_ustar();
            header.set_entry_type(kind);
            header.set_mode(0o4750);
            header.set_uid(101);
            header.set_gid(33);
            header.set_size(3);
            archive.append_data(&mut header, name, &b"old"[..]).unwrap();
        }
        archive.into_inner().unwrap()
    }

    #[test]
    fn a_file_keeps_its_mode_its_owner_and_its_attributes() {
        let long = "folder/".repeat(20) + "nginx.conf";
        let replaced = replace_contents(&archive(EntryType::Regular, &[&long]), b"new contents").unwrap();
        let mut replaced = Archive::new(replaced.as_slice());
        let mut file = replaced.entries().unwrap().next().unwrap().unwrap();
        assert_eq!(file.path().unwrap().to_str(), Some(long.as_str()));
        let header = file.header();
        assert_eq!((header.mode().unwrap(), header.uid().unwrap(), header.gid().unwrap()), (0o4750, 101, 33));
        let extensions = file.pax_extensions().unwrap().unwrap();
        assert!(extensions.flatten().any(|extension| extension.key() == Ok("SCHILY.xattr.user.a")));
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "new contents");
    }

    #[test]
    fn refuses_an_archive_of_anything_else() {
        for archive in [archive(EntryType::Directory, &["a"]), archive(EntryType::Regular, &["a", "b"]), Vec::new()] {
            assert!(matches!(replace_contents(&archive, b"new"), Err(Error::Damaged { .. })));
        }
    }
}
