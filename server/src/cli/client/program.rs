//! The program that an entry starts: its file and its environment.

use std::path::{Path, PathBuf};

use super::entry::ClientEntry;
use super::kind::Client;

/// Variables that clients pass on to servers.
const PASSED_ON: &[&str] = &[
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "SYSTEMROOT",
    "TEMP",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
];

/// `PATH` of programs that a desktop starts.
const DESKTOP_PATH: &str = if cfg!(target_os = "macos") {
    "/usr/bin:/bin:/usr/sbin:/sbin"
} else {
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
};

/// The environment that a client gives the server: a few variables of the user, and those of the entry.
pub(crate) fn environment(client: Client, entry: &ClientEntry) -> Vec<(String, String)> {
    let variable = |name: &str| Some((name.to_owned(), std::env::var(name).ok()?));
    let mut environment: Vec<_> = PASSED_ON.iter().filter_map(|name| variable(name)).collect();
    match client.is_desktop() && cfg!(unix) {
        true => environment.push(("PATH".to_owned(), DESKTOP_PATH.to_owned())),
        false => environment.extend(variable("PATH")),
    }
    for (name, value) in &entry.env {
        environment.retain(|(known, _)| known != name);
        environment.push((name.clone(), value.clone()));
    }
    environment
}

/// Finds the file of a command, as the client does.
///
/// # Errors
/// A text that says what is missing.
pub(crate) fn find(command: &str, environment: &[(String, String)], folder: &Path) -> Result<PathBuf, String> {
    if Path::new(command).components().count() > 1 {
        let file = folder.join(command);
        return check_file(&file).map(|()| file.clone()).map_err(|problem| format!("{}: {problem}", file.display()));
    }
    let path = environment.iter().find(|(name, _)| name == "PATH").map_or("", |(_, path)| path);
    // Node's launchers are scripts of Windows' shell.
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ""] } else { &[""] };
    let file = |folder: PathBuf| endings.iter().map(move |ending| folder.join(format!("{command}{ending}")));
    let candidates = std::env::split_paths(path).flat_map(file);
    candidates.into_iter().find(|file| check_file(file).is_ok()).ok_or_else(|| {
        format!("`{command}` is in no folder of the client's PATH, {path}: write its whole path as the entry's command")
    })
}

fn check_file(file: &Path) -> Result<(), String> {
    let metadata = std::fs::metadata(file).map_err(|error| format!("{error}: correct the entry's command"))?;
    if !metadata.is_file() {
        return Err("not a file: correct the entry's command".to_owned());
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 == 0 {
        return Err(format!("not executable: run `chmod +x {}`", file.display()));
    }
    Ok(())
}

/// Tells by its name if a file is this program.
pub(crate) fn is_this_program(file: &Path) -> bool {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    file.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("dockwright"))
}

/// Variables of this shell that choose an engine or settings, and that the environment lacks.
pub(crate) fn not_passed_on(environment: &[(String, String)]) -> Option<String> {
    let concerns = |name: &str| name.starts_with("DOCKER_") || name.starts_with("DOCKWRIGHT_");
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut lacking: Vec<_> =
        names.filter(|name| concerns(name) && !environment.iter().any(|(known, _)| known == name)).collect();
    lacking.sort_unstable();
    (!lacking.is_empty()).then(|| lacking.join(", "))
}
