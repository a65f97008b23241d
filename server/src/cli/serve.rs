//! `dockwright` and `dockwright serve`: one MCP session on standard input and output.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use super::command::{CommandResult, dispatcher};
use crate::audit::Audit;
use crate::mcp::{self, Server};
use crate::settings::Settings;

pub(super) async fn run(settings: Settings) -> CommandResult {
    let dispatcher = dispatcher(settings, Audit::to_stderr())?;
    let registry = dispatcher.registry().clone();
    let server = Server::new(dispatcher);
    if io::stdin().is_terminal() {
        eprintln!(
            "dockwright is waiting for an MCP client to send JSON-RPC on standard input; press Ctrl-D to stop.\n\
             To connect Claude Code:  claude mcp add docker -- dockwright\n\
             Or try:  dockwright doctor,  dockwright tools,  dockwright call container_list,  dockwright --help"
        );
    }
    let served = mcp::serve_stdio(server).await;
    let cut = registry.stop();
    if !cut.is_empty() {
        eprintln!("dockwright: the end of the session cuts calls that ran detached: {}", cut.join(", "));
    }
    served.map_err(|error| error.to_string())?;
    Ok(ExitCode::SUCCESS)
}
