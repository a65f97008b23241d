//! The MCP clients whose configuration can be read and changed.

use std::fmt;

use clap::ValueEnum;

/// An MCP client whose configuration can be read and changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Client {
    ClaudeCode,
    ClaudeDesktop,
    Cursor,
    Vscode,
    Codex,
    Gemini,
    Zed,
    Windsurf,
}

impl Client {
    /// All clients, the most usual first.
    pub(crate) fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// Tells if a desktop usually starts it, with the short `PATH` of a login and not that of a shell.
    pub(crate) fn is_desktop(self) -> bool {
        !matches!(self, Client::ClaudeCode | Client::Codex | Client::Gemini)
    }
}

impl fmt::Display for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        formatter.pad(value.as_ref().map_or("", |value| value.get_name()))
    }
}
