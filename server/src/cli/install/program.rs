//! The path by which a client starts this program.

use std::path::{Path, PathBuf};

/// The absolute path of this program, as it was called: behind a link of a package manager, the file itself goes with
/// the next version.
///
/// # Errors
/// If the file is gone, its path is no Unicode text, or it is in a cache of packages, which is emptied unasked.
pub(super) fn path() -> Result<String, String> {
    let running = std::env::current_exe().map_err(|error| format!("the path of this program: {error}"))?;
    let real = running.canonicalize().map_err(|error| format!("{}: {error}", running.display()))?;
    let is_running = |file: &PathBuf| file.canonicalize().is_ok_and(|file| file == real);
    let path = called().filter(is_running).unwrap_or(running);
    if is_cached(&path) {
        return Err(format!(
            "{} is in a cache, which may be emptied at any time: install the program, with `uv tool install dockwright` \
             or `npm install --global dockwright`, and call it again",
            path.display()
        ));
    }
    path.into_os_string().into_string().map_err(|path| format!("{}: not Unicode", path.to_string_lossy()))
}

/// Tells if a file is in a folder where uv, npm or Bun keep programs that are called once.
fn is_cached(path: &Path) -> bool {
    let is_cache = |name: &std::ffi::OsStr| {
        name.to_str()
            .is_some_and(|name| matches!(name, "_npx" | "archive-v0" | "environments-v2") || name.starts_with("bunx-"))
    };
    path.components().any(|part| is_cache(part.as_os_str()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_is_known_by_its_folders() {
        for (path, expected) in [
            ("/home/ada/.cache/uv/archive-v0/k1/bin/dockwright", true),
            ("/home/ada/.npm/_npx/0a1b/node_modules/@dockwright/linux-x64/dockwright", true),
            ("/tmp/bunx-1000-dockwright@latest/node_modules/.bin/dockwright", true),
            ("/home/ada/.local/share/uv/tools/dockwright/bin/dockwright", false),
            ("/home/ada/.cargo/bin/dockwright", false),
        ] {
            assert_eq!(is_cached(Path::new(path)), expected, "{path}");
        }
    }
}
