//! The configuration files of clients, and the servers in them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::entry::ClientEntry;
use super::json_comments;
use super::kind::Client;
use super::place::Place;

/// A file that may configure servers.
pub(super) struct ConfigurationFile {
    pub(super) path: PathBuf,
    /// The member that holds the servers.
    servers: &'static str,
}

/// The files of a client, those of the project first.
pub(super) fn of_client(client: Client, place: &Place) -> Vec<ConfigurationFile> {
    let Place { home, project, settings } = place;
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let (servers, paths) = match client {
        Client::ClaudeCode => {
            let folder = variable("CLAUDE_CONFIG_DIR").unwrap_or_else(|| home.clone());
            ("mcpServers", vec![project.join(".mcp.json"), folder.join(".claude.json")])
        }
        Client::ClaudeDesktop => ("mcpServers", vec![settings.join("Claude/claude_desktop_config.json")]),
        Client::Codex => {
            let folder = variable("CODEX_HOME").unwrap_or_else(|| home.join(".codex"));
            ("mcp_servers", vec![project.join(".codex/config.toml"), folder.join("config.toml")])
        }
        Client::Gemini => {
            ("mcpServers", vec![project.join(".gemini/settings.json"), home.join(".gemini/settings.json")])
        }
        Client::Cursor => ("mcpServers", vec![project.join(".cursor/mcp.json"), home.join(".cursor/mcp.json")]),
        Client::Vscode => ("servers", vec![project.join(".vscode/mcp.json"), settings.join("Code/User/mcp.json")]),
    };
    let mut files: Vec<ConfigurationFile> = Vec::new();
    for path in paths {
        // In the home folder both are the same file.
        if !files.iter().any(|file| file.path == path) {
            files.push(ConfigurationFile { path, servers });
        }
    }
    files
}

impl ConfigurationFile {
    /// The servers that the file configures; `None` if it does not exist.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn entries(&self, place: &Place) -> Result<Option<Vec<ClientEntry>>, String> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let content = parse(&self.path, &text)?;
        let origin = self.path.display().to_string();
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

fn parse(path: &Path, text: &str) -> Result<Value, String> {
    if path.extension().is_some_and(|extension| extension == "toml") {
        return toml::from_str(text).map_err(|error| format!("not TOML: {error}"));
    }
    match json_comments::strip(text) {
        text if text.trim().is_empty() => Ok(Value::Null),
        text => serde_json::from_str(&text).map_err(|error| format!("not JSON: {error}")),
    }
}
