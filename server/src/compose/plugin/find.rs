//! The place of Docker Compose's plugin: the folders of the docker CLI, in its order.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Folders of plugins for all users.
const FOLDERS: [&str; 5] = [
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
    "/opt/homebrew/lib/docker/cli-plugins",
];
/// The plugin's file.
const PLUGIN: &str = "docker-compose";

/// The plugin of this machine. There is none where there are no unix sockets.
#[must_use]
pub fn find() -> Option<PathBuf> {
    cfg!(unix).then(|| find_in(|name| std::env::var_os(name)))?
}

/// The plugin; `set` reads a variable.
fn find_in(set: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name: &str| set(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let user = set("DOCKER_CONFIG").or_else(|| Some(set("HOME")?.join(".docker"))).map(|user| user.join("cli-plugins"));
    let folders = user.into_iter().chain(FOLDERS.iter().map(PathBuf::from));
    folders.map(|folder| folder.join(PLUGIN)).find(|file| file.is_absolute() && is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_plugin_of_the_user_comes_first_and_must_be_a_program() {
        let folder = tempfile::tempdir().unwrap();
        let plugins = folder.path().join("cli-plugins");
        fs::create_dir(&plugins).unwrap();
        let file = plugins.join(PLUGIN);
        fs::write(&file, "").unwrap();
        let found = || find_in(|name| (name == "DOCKER_CONFIG").then(|| folder.path().into()));
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert_ne!(found().as_ref(), Some(&file));
        fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(found(), Some(file));
    }
}
