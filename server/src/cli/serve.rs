//! `dockwright` and `dockwright serve`: one MCP session on standard input and output, or many over HTTP.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use dockwright::Engine;
use tokio_util::sync::CancellationToken;

use super::command::CommandResult;
use super::listen::ListenSettings;
use crate::access::Access;
use crate::audit::Audit;
use crate::dispatch::Dispatcher;
use crate::mcp::{self, Server};
use crate::settings::Settings;
use crate::work::Registry;

pub(super) async fn run(
    mut listen: ListenSettings,
    settings: Settings,
    audit: Audit,
    drain: CancellationToken,
) -> CommandResult {
    let dispatcher = Dispatcher::new(settings, audit)?;
    for warning in dispatcher.engines().warnings() {
        let _ = writeln!(io::stderr(), "dockwright: warning: {warning}");
    }
    dispatcher.engines().all().iter().for_each(warn);
    let _detached = Detached(dispatcher.registry().clone());
    let server = Server::new(dispatcher);
    if let Some(address) = listen.listen.take() {
        return listen.run(server, address, drain).await;
    }
    if io::stdin().is_terminal() {
        eprintln!(
            "dockwright is waiting for an MCP client to send JSON-RPC on standard input; press Ctrl-D to stop.\n\
             To connect a client:  dockwright install claude-code"
        );
    }
    mcp::serve_stdio(server).await.map_err(|error| error.to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints problems of the way to the engine that do not stop calls.
fn warn(access: &Access) {
    // An address that cannot be used is reported to every call.
    let name = access.name().map(|name| format!("{name}: ")).unwrap_or_default();
    for warning in access.engine().map(Engine::warnings).unwrap_or_default() {
        let _ = writeln!(io::stderr(), "dockwright: warning: {name}{warning}");
    }
}

/// Ends calls that run detached, and names them, at the end of the session or by a signal.
struct Detached(Registry);

impl Drop for Detached {
    fn drop(&mut self) {
        let cut = self.0.stop();
        if !cut.is_empty() {
            // The terminal of standard error may be gone, which is the reason for SIGHUP.
            let _ = writeln!(
                io::stderr(),
                "dockwright: the end of the server cuts calls that ran detached: {}",
                cut.join(", ")
            );
        }
    }
}
