//! What differs between Unix and Windows: names, permissions and links. It decides nothing about archives.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// A name from an archive, whatever it holds.
#[cfg(unix)]
pub(crate) fn os_string(name: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(name.to_vec()))
}

#[cfg(not(unix))]
pub(crate) fn os_string(name: &[u8]) -> Option<OsString> {
    str::from_utf8(name).ok().map(OsString::from)
}

/// One part of a path, if it is only that.
#[cfg(unix)]
pub(crate) fn path_component(part: &[u8]) -> Option<OsString> {
    os_string(part)
}

/// Windows would take `a\b` and `c:b` for more than one part, `nul` for a device, and `a.` for `a`.
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

/// A path as it stands in an archive, if it can.
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

/// There are none on Windows, and a script that cannot be run is the worse guess.
#[cfg(not(unix))]
pub(crate) fn mode(_metadata: &Metadata) -> u32 {
    0o755
}

/// Whether what was opened is what was found: not a link's target that took its place.
#[cfg(unix)]
pub(crate) fn same_file(found: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    opened.is_file() && (found.dev(), found.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
pub(crate) fn same_file(_found: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}

/// Creates a file that nobody else can read before it has its permissions. It must not be there, not even as a link.
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

/// Windows wants to know whether the target is a folder, and mostly that it is there.
#[cfg(windows)]
pub(crate) fn symlink(target: &Path, path: &Path) -> io::Result<()> {
    if path.parent().is_some_and(|parent| parent.join(target).is_dir()) {
        std::os::windows::fs::symlink_dir(target, path)
    } else {
        std::os::windows::fs::symlink_file(target, path)
    }
}
