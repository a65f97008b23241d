//! `dockwright call TOOL [JSON]`: calls one tool as a client would. The engine's data goes to standard output, for a
//! pipe; notes and a failure go to standard error.

use std::io::{self, Write};
use std::process::ExitCode;

use super::command::{CommandResult, print_result};
use crate::arguments::from_text;
use crate::audit::{Audit, Client};
use crate::dispatch::Dispatcher;
use crate::mcp::Server;
use crate::progress::Progress;
use crate::settings::Settings;

#[derive(clap::Args)]
pub(super) struct CallArguments {
    /// Name of the tool, such as `container_list`.
    tool: String,
    /// Arguments of the tool as a JSON object; `-` reads them from standard input.
    #[arg(default_value = "{}", value_name = "JSON")]
    arguments: String,
}

pub(super) async fn run(arguments: CallArguments, settings: Settings, audit: Audit) -> CommandResult {
    let text = match arguments.arguments.as_str() {
        "-" => read_input().await.map_err(|error| format!("standard input: {error}"))?,
        _ => arguments.arguments,
    };
    let values = from_text(&text).map_err(|problem| {
        format!("{}: arguments {problem}; write a JSON object such as '{{\"id\": \"web\"}}'", arguments.tool)
    })?;
    let server = Server::new(Dispatcher::new(settings, audit)?.for_one_call());
    let name = Some(concat!("dockwright call ", env!("CARGO_PKG_VERSION")).to_owned());
    let client = Client { name, token: None };
    match server.call(&arguments.tool, values, client, &Progress::default(), None).await {
        Ok(reply) => {
            let (data, notes) = reply.into_streams();
            // A closed standard error must not lose the data.
            let _ = io::stderr().write_all(notes.as_bytes());
            print_result(io::stdout().write_all(data.as_bytes()))
        }
        Err(failure) => {
            eprintln!("{failure}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Reads standard input in a thread that a signal does not wait for.
async fn read_input() -> io::Result<String> {
    tokio::task::spawn_blocking(|| io::read_to_string(io::stdin())).await.map_err(io::Error::other)?
}
