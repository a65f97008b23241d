//! The name of an entry in, the open folder that it belongs to out. It writes nothing.
//!
//! A name only leads down, and the folders on the way are opened one in the other, each only if it is no link. So it
//! does not matter what somebody else changes meanwhile.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, Metadata};

use crate::error::{Error, Result, shown};
use crate::folder::Folder;
use crate::system::{os_string, path_component};

/// The longest name that is accepted. Linux accepts none that is longer.
const LONGEST: usize = 4096;

/// The most folders that may be one in the other, in an archive and in a context.
pub(crate) const LEVELS: usize = 256;

/// The path of a name, relative to the folder that is unpacked into. It is empty for that folder itself.
///
/// A leading `/` is ignored, as by all tar programs: the engine sends such names for a container's `/`.
pub(crate) fn relative_path(name: &[u8]) -> Result<PathBuf> {
    if name.len() > LONGEST {
        return Err(Error::refused(name, format!("the name is longer than {LONGEST} bytes")));
    }
    if name.contains(&0) {
        return Err(Error::refused(name, "the name holds a zero byte"));
    }
    let refuse = || Error::refused(name, "this system does not allow the name");
    let mut path = PathBuf::new();
    let mut levels = 0;
    for part in name.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => return Err(Error::refused(name, "`..` would lead out of the folder")),
            _ if levels == LEVELS => {
                return Err(Error::refused(name, format!("more than {LEVELS} folders are one in the other")));
            }
            part => {
                levels += 1;
                path.push(path_component(part).ok_or_else(refuse)?);
            }
        }
    }
    Ok(path)
}

/// The target of a link. It may lead anywhere, as it is stored and not followed.
pub(crate) fn link_target(name: &[u8], target: &[u8]) -> Result<PathBuf> {
    if target.is_empty() || target.len() > LONGEST || target.contains(&0) {
        return Err(Error::refused(name, "the target of the link is not a possible name"));
    }
    let refuse = || Error::refused(name, "this system does not allow the target of the link");
    os_string(target).map(PathBuf::from).ok_or_else(refuse)
}

/// Opens the folder at a path below `into`. `missing` is called for each folder that does not exist, with its parent
/// and its path; it creates the folder or refuses.
pub(crate) fn open_folder(
    into: &Folder,
    relative: &Path,
    name: &[u8],
    mut missing: impl FnMut(&Dir, &Path) -> Result<()>,
) -> Result<Dir> {
    let mut dir = into.dir.try_clone().map_err(|error| Error::file(into.path(), &error))?;
    let mut path = PathBuf::new();
    for part in relative {
        path.push(part);
        let opened = match dir.open_dir_nofollow(part) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                missing(&dir, &path)?;
                dir.open_dir_nofollow(part)
            }
            opened => opened,
        };
        dir = opened.map_err(|error| match dir.symlink_metadata(part) {
            Ok(there) if !there.is_dir() => {
                let problem = if there.is_symlink() { "is a symbolic link" } else { "is not a folder" };
                let folder = shown(path.as_os_str().as_encoded_bytes());
                Error::refused(name, format!("`{folder}` on the way {problem}"))
            }
            _ => Error::file(&into.path().join(&path), &error),
        })?;
    }
    Ok(dir)
}

/// The metadata of a name in a folder, without following a link; `None` if nothing has the name.
pub(crate) fn metadata_at(dir: &Dir, path: &Path) -> Result<Option<Metadata>> {
    match dir.symlink_metadata(path.file_name().unwrap_or_default()) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_down_by_its_plain_parts() {
        for (name, path) in
            [("a/b", "a/b"), ("./a//./b/", "a/b"), ("/a", "a"), ("./", ""), ("/", ""), ("", ""), ("...", "...")]
        {
            assert_eq!(relative_path(name.as_bytes()).unwrap(), Path::new(path), "`{name}`");
        }
        assert!(relative_path("a/".repeat(LEVELS).as_bytes()).is_ok());
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        let deep = "a/".repeat(LEVELS + 1);
        for name in ["..", "../a", "a/..", "a/../b", "/../a", "a\0", "a/\0b", &deep] {
            let error = relative_path(name.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::Refused { .. }), "`{name}`: {error}");
        }
        assert!(relative_path(&[b'a'; 5000]).is_err());
        assert!(link_target(b"a", b"").is_err() && link_target(b"a", b"b\0c").is_err());
        assert_eq!(link_target(b"a", b"../../etc").unwrap(), Path::new("../../etc"));
    }
}
