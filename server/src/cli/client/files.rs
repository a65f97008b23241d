//! The configuration files of clients, and the servers in them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::Value;

use super::document::Syntax;
use super::entry::ClientEntry;
use super::kind::Client;
use super::place::{Place, folder};

/// The most bytes of a file that is read. Claude Code keeps more than servers in its own.
const MAX_BYTES: u64 = 64 << 20;

/// The projects for which a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    /// All projects of this user
    User,
    /// The current folder
    Project,
}

/// A file that may configure servers.
pub(crate) struct ConfigurationFile {
    pub(crate) path: PathBuf,
    pub(crate) scope: Scope,
    /// The member that holds the servers.
    pub(crate) servers: &'static str,
    /// The folder or file that exists where the client has been used.
    trace: PathBuf,
}

/// The files of a client, those of the project first.
pub(crate) fn of_client(client: Client, place: &Place) -> Vec<ConfigurationFile> {
    let user = file_of(client, Scope::User, place);
    let project = file_of(client, Scope::Project, place);
    // In the home folder both are the same file, which is the user's.
    let project = project.filter(|project| user.as_ref().is_none_or(|user| user.path != project.path));
    project.into_iter().chain(user).collect()
}

/// The file of a client in a scope; `None` if the client reads none there.
pub(crate) fn file_of(client: Client, scope: Scope, place: &Place) -> Option<ConfigurationFile> {
    let Place { home, project, settings } = place;
    // The folder of the client, its file there, and its file in a project.
    let (folder, of_user, of_project) = match client {
        Client::ClaudeCode => {
            let base = folder("CLAUDE_CONFIG_DIR");
            let trace = base.clone().unwrap_or_else(|| home.join(".claude"));
            (trace, base.unwrap_or_else(|| home.clone()).join(".claude.json"), Some(".mcp.json"))
        }
        Client::ClaudeDesktop => {
            let folder = if cfg!(windows) { packaged_claude() } else { None };
            in_folder(folder.unwrap_or_else(|| settings.join("Claude")), "claude_desktop_config.json", None)
        }
        Client::Cursor => in_folder(home.join(".cursor"), "mcp.json", Some(".cursor/mcp.json")),
        Client::Vscode => in_folder(settings.join("Code"), "User/mcp.json", Some(".vscode/mcp.json")),
        Client::Codex => {
            let folder = folder("CODEX_HOME").unwrap_or_else(|| home.join(".codex"));
            in_folder(folder, "config.toml", Some(".codex/config.toml"))
        }
        Client::Gemini => {
            let folder = folder("GEMINI_CLI_HOME").unwrap_or_else(|| home.clone()).join(".gemini");
            in_folder(folder, "settings.json", Some(".gemini/settings.json"))
        }
        Client::Zed => {
            // On macOS too, where other applications have another folder.
            let folder = if cfg!(target_os = "macos") { home.join(".config/zed") } else { settings.join(ZED) };
            in_folder(folder, "settings.json", Some(".zed/settings.json"))
        }
        Client::Windsurf => in_folder(home.join(".codeium/windsurf"), "mcp_config.json", None),
    };
    let path = match scope {
        Scope::User => of_user,
        Scope::Project => project.join(of_project?),
    };
    let servers = match client {
        Client::Codex => "mcp_servers",
        Client::Vscode => "servers",
        Client::Zed => "context_servers",
        _ => "mcpServers",
    };
    Some(ConfigurationFile { path, scope, servers, trace: folder })
}

/// The settings folder of a Claude Desktop that is a Windows package, as which it comes since 2026: such an app sees no
/// other.
fn packaged_claude() -> Option<PathBuf> {
    let packages = fs::read_dir(folder("LOCALAPPDATA")?.join("Packages")).ok()?;
    let packages = packages.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("Claude_"));
    packages.map(|entry| entry.path().join("LocalCache/Roaming/Claude")).find(|folder| folder.is_dir())
}

/// Name of Zed's folder.
const ZED: &str = if cfg!(windows) { "Zed" } else { "zed" };

fn in_folder(
    folder: PathBuf,
    file: &str,
    of_project: Option<&'static str>,
) -> (PathBuf, PathBuf, Option<&'static str>) {
    let file = folder.join(file);
    (folder, file, of_project)
}

impl ConfigurationFile {
    /// Tells if the client has been used here.
    pub(crate) fn client_is_here(&self) -> bool {
        self.path.exists() || self.trace.exists()
    }

    /// The syntax of the file.
    pub(crate) fn syntax(&self) -> Syntax {
        Syntax::of(&self.path)
    }

    /// The file's text; `None` if it does not exist.
    ///
    /// # Errors
    /// If it cannot be read, or is no text.
    pub(crate) fn text(&self) -> Result<Option<String>, String> {
        read_text(&self.path).map_err(|problem| format!("{}: {problem}", self.path.display()))
    }

    /// The servers that the file configures; `None` if it does not exist.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn entries(&self, place: &Place) -> Result<Option<Vec<ClientEntry>>, String> {
        let Some(text) = self.text()? else { return Ok(None) };
        let origin = self.path.display().to_string();
        let content = self.syntax().read(&text).map_err(|problem| format!("{origin}: {problem}"))?;
        let mut entries = self.servers_of(&content, &origin, place);
        // Claude Code keeps servers of one project beside those of all.
        for (folder, project) in content["projects"].as_object().into_iter().flatten() {
            if place.project.starts_with(folder) {
                entries.extend(self.servers_of(project, &format!("{origin} for {folder}"), place));
            }
        }
        Ok(Some(entries))
    }

    fn servers_of(&self, content: &Value, origin: &str, place: &Place) -> Vec<ClientEntry> {
        let servers = content[self.servers].as_object();
        let read = |(name, entry): (&String, &Value)| ClientEntry::read(name, origin, entry, place);
        servers.into_iter().flatten().filter_map(read).collect()
    }
}

/// Reads a text file; `None` if it does not exist.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>, String> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if !metadata.is_file() {
        return Err("not a file".to_owned());
    }
    if metadata.len() > MAX_BYTES {
        return Err(format!("larger than {} MiB", MAX_BYTES >> 20));
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line}: not UTF-8")
    })
}
