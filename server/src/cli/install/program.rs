//! The path by which a client starts this program.

use std::path::{Path, PathBuf};

/// The absolute path of this program, as it was called: behind a link of a package manager, the file itself goes with
/// the next version.
///
/// # Errors
/// If the file is gone, or its path is no Unicode text.
pub(super) fn path() -> Result<String, String> {
    let running = std::env::current_exe().map_err(|error| format!("the path of this program: {error}"))?;
    let real = running.canonicalize().map_err(|error| format!("{}: {error}", running.display()))?;
    let is_running = |file: &PathBuf| file.canonicalize().is_ok_and(|file| file == real);
    let path = called().filter(is_running).unwrap_or(running);
    path.into_os_string().into_string().map_err(|path| format!("{}: not Unicode", path.to_string_lossy()))
}

/// The file by which the shell called this program.
fn called() -> Option<PathBuf> {
    let name = std::env::args_os().next()?;
    if Path::new(&name).components().count() > 1 {
        return std::path::absolute(name).ok();
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(&name)).find(|file| file.is_absolute() && file.is_file())
}
