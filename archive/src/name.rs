//! The names of files in an archive that is being written. The names of a received archive are checked in `place`.

use crate::error::{Error, Result};

/// A name in its shortest form: no `.`, no doubled `/`.
///
/// # Errors
/// [`Error::Name`] if it is not the name of a file below the root of the archive.
pub(crate) fn entry_name(name: &str) -> Result<String> {
    let refuse = |problem| Err(Error::Name { name: name.to_owned(), problem });
    if name.starts_with('/') {
        return refuse("the name must be relative");
    }
    if name.ends_with('/') || name.contains('\0') {
        return refuse("not the name of a file");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    match parts.as_slice() {
        [] => refuse("not the name of a file"),
        parts if parts.contains(&"..") => refuse("`..` would lead out of the archive"),
        parts => Ok(parts.join("/")),
    }
}

/// The folders on the way to a name, outermost first.
pub(crate) fn folders(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').map(|(at, _)| &name[..at])
}
