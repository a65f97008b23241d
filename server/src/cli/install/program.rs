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

/// Refuses a program in a cache, where package managers keep what is called once.
///
/// # Errors
/// If the path is in one, which is emptied unasked.
pub(super) fn refuse_cache(path: &str) -> Result<(), String> {
    let is_cache = |name: &str| {
        let names = [".cache", "Cache", "Caches", "_npx", "archive-v0", "environments-v2", "dlx"];
        names.contains(&name) || name.starts_with("bunx-") || name.starts_with("dlx-")
    };
    if Path::new(path).components().any(|part| part.as_os_str().to_str().is_some_and(is_cache)) {
        return Err(format!(
            "{path} is in a cache, which may be emptied at any time: install the program, with `uv tool install \
             dockwright` or `npm install --global dockwright`, and call it again"
        ));
    }
    Ok(())
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
            ("/home/ada/.cache/pipx/0a1b/bin/dockwright", true),
            ("/home/ada/.local/pipx/.cache/0a1b/bin/dockwright", true),
            ("/Users/ada/Library/Caches/pipx/0a1b/bin/dockwright", true),
            ("/home/ada/.cache/pnpm/dlx/0a1b/node_modules/.bin/dockwright", true),
            ("/data/pnpm-cache/dlx/0a1b/node_modules/.bin/dockwright", true),
            ("/tmp/xfs-1/dlx-22/node_modules/.bin/dockwright", true),
            ("/home/ada/.local/share/pipx/venvs/dockwright/bin/dockwright", false),
            ("/home/ada/.local/share/uv/tools/dockwright/bin/dockwright", false),
            ("/home/ada/.cargo/bin/dockwright", false),
        ] {
            assert_eq!(refuse_cache(path).is_err(), expected, "{path}");
        }
    }
}
