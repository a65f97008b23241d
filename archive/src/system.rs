//! The differences between Unix and Windows: names, permissions and links. It decides nothing about archives.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use cap_std::fs::{Dir, DirBuilder, Metadata, OpenOptions};

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
    cap_std::fs::MetadataExt::mode(metadata) & 0o7777
}

/// Windows has no such permissions. A script that cannot be executed would be the worse guess.
#[cfg(not(unix))]
pub(crate) fn mode(_metadata: &Metadata) -> u32 {
    0o755
}

/// Returns true if the opened file is the one that was found, and not one that took its place.
#[cfg(unix)]
pub(crate) fn same_file(found: &Metadata, opened: &Metadata) -> bool {
    use cap_std::fs::MetadataExt;
    opened.is_file() && (found.dev(), found.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
pub(crate) fn same_file(_found: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}

/// Creates a file that nobody else can read before it has its permissions. Nothing may have its name, not even a link.
pub(crate) fn private_file(dir: &Dir, name: &OsStr) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(dir.open_with(name, &options)?.into_std())
}

pub(crate) fn private_folder(dir: &Dir, name: &OsStr) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    cap_std::fs::DirBuilderExt::mode(&mut builder, 0o700);
    dir.create_dir_with(name, &builder)
}

#[cfg(unix)]
pub(crate) fn permit_file(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode & 0o777))
}

#[cfg(not(unix))]
pub(crate) fn permit_file(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Gives a folder its permissions, and its time where the file system keeps one.
#[cfg(unix)]
pub(crate) fn permit_folder(dir: &Dir, mode: u32, modified: SystemTime) -> io::Result<()> {
    let modified = cap_fs_ext::SystemTimeSpec::Absolute(cap_std::time::SystemTime::from_std(modified));
    let _ = cap_fs_ext::DirExt::set_mtime(dir, ".", modified);
    dir.set_permissions(".", cap_std::fs::PermissionsExt::from_mode(mode & 0o777))
}

#[cfg(not(unix))]
pub(crate) fn permit_folder(_dir: &Dir, _mode: u32, _modified: SystemTime) -> io::Result<()> {
    Ok(())
}

/// Creates a symbolic link that leads anywhere.
#[cfg(unix)]
pub(crate) fn symlink(target: &Path, dir: &Dir, name: &OsStr) -> io::Result<()> {
    dir.symlink_contents(target, name)
}

/// Windows must know if the target is a folder. Links to absolute paths are not created there.
#[cfg(windows)]
pub(crate) fn symlink(target: &Path, dir: &Dir, name: &OsStr) -> io::Result<()> {
    match dir.is_dir(target) {
        true => dir.symlink_dir(target, name),
        false => dir.symlink_file(target, name),
    }
}
