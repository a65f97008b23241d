//! `dockwright call TOOL [JSON]`: calls one tool as a client would. The engine's data goes to standard output, for a
//! pipe; notes and a failure go to standard error.

use std::io::{self, Write};
use std::process::ExitCode;

use super::command::{CommandResult, dispatcher, print_result};
use crate::arguments::from_text;
use crate::audit::Audit;
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

pub(super) async fn run(arguments: CallArguments, settings: Settings) -> CommandResult {
    let text = match arguments.arguments.as_str() {
        "-" => read_input().await.map_err(|error| format!("standard input: {error}"))?,
        _ => arguments.arguments,
    };
    let values = from_text(&text).map_err(|problem| {
        format!("{}: arguments {problem}; write a JSON object such as '{{\"id\": \"web\"}}'", arguments.tool)
    })?;
    let dispatcher = dispatcher(settings, Audit::to_writer(io::sink()))?.for_one_call();
    match Server::new(dispatcher).call(&arguments.tool, values, &Progress::default()).await {
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
