//! The name of an entry in, a safe path below a folder out. It writes nothing.
//!
//! A name only leads down, and every folder on the way is a real folder and not a link. Unpacking never replaces a
//! folder, so a checked path stays valid unless somebody else changes the folder meanwhile.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, shown};
use crate::system::{os_string, path_component};

/// The longest name that is accepted. Linux accepts none that is longer.
const LONGEST: usize = 4096;

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
    for part in name.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => return Err(Error::refused(name, "`..` would lead out of the folder")),
            part => path.push(path_component(part).ok_or_else(refuse)?),
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

/// The path of an entry below `into`. Checks every folder on the way, and calls `missing` for each that does not exist;
/// it creates the folder or refuses.
pub(crate) fn checked_path(
    into: &Path,
    relative: &Path,
    name: &[u8],
    mut missing: impl FnMut(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let mut path = into.to_owned();
    let mut parts = relative.iter().peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        if parts.peek().is_none() {
            break;
        }
        let problem = match metadata_at(&path)? {
            Some(metadata) if metadata.is_dir() => continue,
            Some(metadata) if metadata.is_symlink() => "is a symbolic link",
            Some(_) => "is not a folder",
            None => {
                missing(&path)?;
                continue;
            }
        };
        let folder = path.strip_prefix(into).unwrap_or(&path).as_os_str().as_encoded_bytes();
        return Err(Error::refused(name, format!("`{}` on the way {problem}", shown(folder))));
    }
    Ok(path)
}

/// The metadata at a path, without following a link; `None` if nothing is there.
pub(crate) fn metadata_at(path: &Path) -> Result<Option<Metadata>> {
    match path.symlink_metadata() {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
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
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        for name in ["..", "../a", "a/..", "a/../b", "/../a", "a\0", "a/\0b"] {
            let error = relative_path(name.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::Refused { .. }), "`{name}`: {error}");
        }
        assert!(relative_path(&[b'a'; 5000]).is_err());
        assert!(link_target(b"a", b"").is_err() && link_target(b"a", b"b\0c").is_err());
        assert_eq!(link_target(b"a", b"../../etc").unwrap(), Path::new("../../etc"));
    }
}
