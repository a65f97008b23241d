//! The user's folders, which hold the configuration of clients.

use std::path::PathBuf;

/// Folders of the user.
pub(super) struct Place {
    pub(super) home: PathBuf,
    /// The folder of the project.
    pub(super) project: PathBuf,
    /// The folder of applications' settings.
    pub(super) settings: PathBuf,
}

impl Place {
    /// The folders of this process.
    ///
    /// # Errors
    /// If no home is set.
    pub(super) fn current() -> Result<Self, String> {
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
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
