//! The user's folders, which hold the configuration of clients.

use std::path::PathBuf;

/// Folders of the user.
pub(crate) struct Place {
    pub(crate) home: PathBuf,
    /// The folder of the project.
    pub(crate) project: PathBuf,
    /// The folder of applications' settings.
    pub(crate) settings: PathBuf,
}

impl Place {
    /// The folders of this process.
    ///
    /// # Errors
    /// If no home is set.
    pub(crate) fn current() -> Result<Self, String> {
        let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let home = folder(variable).ok_or_else(|| format!("{variable} is not set"))?;
        let project = std::env::current_dir().map_err(|error| format!("the current folder: {error}"))?;
        let settings = if cfg!(windows) {
            folder("APPDATA").unwrap_or_else(|| home.join("AppData/Roaming"))
        } else if cfg!(target_os = "macos") {
            home.join("Library/Application Support")
        } else {
            folder("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"))
        };
        Ok(Place { home, project, settings })
    }
}

/// The folder that a variable names, unless it is empty.
pub(super) fn folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}
