//! The differences between Unix and Windows: names, permissions and links. It decides nothing about archives.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Any name from an archive.
#[cfg(unix)]
pub(crate) fn os_string(name: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(name.to_vec()))
}

#[cfg(not(unix))]
pub(crate) fn os_string(name: &[u8]) -> Option<OsString> {
    str::from_utf8(name).ok().map(OsString::from)
}

/// A single component of a path; `None` if the system would read it otherwise.
#[cfg(unix)]
pub(crate) fn path_component(part: &[u8]) -> Option<OsString> {
    os_string(part)
}

/// Windows takes `a\b` and `c:b` for more than one component, `nul` for a device, and `a.` for `a`.
#[cfg(not(unix))]
pub(crate) fn path_component(part: &[u8]) -> Option<OsString> {
    let text = str::from_utf8(part).ok()?;
    let stem = text.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let device = match stem.as_str() {
        "con" | "prn" | "aux" | "nul" | "conin$" | "conout$" => true,
        stem => ["com", "lpt"].iter().any(|port| stem.strip_prefix(port).is_some_and(|rest| rest.chars().count() == 1)),
    };
    let strange = |character: char| character.is_control() || r#"\:<>"|?*"#.contains(character);
    let refused = device || text.contains(strange) || text.ends_with(['.', ' ']);
    (!refused).then(|| OsString::from(text))
}

/// A path as an archive stores it; `None` if it cannot be stored.
#[cfg(unix)]
pub(crate) fn archive_name(path: &Path) -> Option<Vec<u8>> {
    use std::os::unix::ffi::OsStrExt;
    Some(path.as_os_str().as_bytes().to_vec())
}

#[cfg(not(unix))]
pub(crate) fn archive_name(path: &Path) -> Option<Vec<u8>> {
    path.to_str().map(|name| name.replace('\\', "/").into_bytes())
}

/// The permissions, with setuid, setgid and sticky.
#[cfg(unix)]
pub(crate) fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777
}

/// Windows has no such permissions. A script that cannot be executed would be the worse guess.
#[cfg(not(unix))]
pub(crate) fn mode(_metadata: &Metadata) -> u32 {
    0o755
}

/// Returns true if the opened file is the one that was found, and not the target of a link that took its place.
#[cfg(unix)]
pub(crate) fn same_file(found: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    opened.is_file() && (found.dev(), found.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
pub(crate) fn same_file(_found: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}

/// Creates a file that nobody else can read before it has its permissions. Nothing may be at the path, not even a link.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
pub(crate) fn permit_file(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode & 0o777))
}

#[cfg(not(unix))]
pub(crate) fn permit_file(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(crate) fn permit_folder(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode & 0o777))
}

#[cfg(not(unix))]
pub(crate) fn permit_folder(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(crate) fn symlink(target: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

/// Windows must know if the target is a folder, and mostly that it exists.
#[cfg(windows)]
pub(crate) fn symlink(target: &Path, path: &Path) -> io::Result<()> {
    if path.parent().is_some_and(|parent| parent.join(target).is_dir()) {
        std::os::windows::fs::symlink_dir(target, path)
    } else {
        std::os::windows::fs::symlink_file(target, path)
    }
}
