//! The MCP clients whose configuration can be read.

use clap::ValueEnum;

/// An MCP client whose configuration can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Client {
    ClaudeCode,
    ClaudeDesktop,
    Codex,
    Gemini,
    Cursor,
    Vscode,
}

impl Client {
    /// Tells if a desktop usually starts it, with the short `PATH` of a login and not that of a shell.
    pub(super) fn is_desktop(self) -> bool {
        matches!(self, Client::ClaudeDesktop | Client::Cursor | Client::Vscode)
    }
}
