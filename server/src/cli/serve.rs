//! `dockwright` and `dockwright serve`: one MCP session on standard input and output.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use super::command::{CommandResult, dispatcher};
use crate::mcp::{self, Server};
use crate::settings::Settings;

pub(super) async fn run(settings: Settings) -> CommandResult {
    let server = Server::new(dispatcher(settings)?);
    if io::stdin().is_terminal() {
        eprintln!(
            "dockwright is waiting for an MCP client to send JSON-RPC on standard input; press Ctrl-D to stop.\n\
             To connect Claude Code:  claude mcp add docker -- dockwright\n\
             Or try:  dockwright doctor,  dockwright tools,  dockwright call container_list,  dockwright --help"
        );
    }
    mcp::serve_stdio(server).await.map_err(|error| error.to_string())?;
    Ok(ExitCode::SUCCESS)
}
