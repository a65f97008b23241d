//! `dockwright call TOOL [JSON]`: one call as a client makes it, the reply on standard output, the failure on standard error.

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::{Map, Value};

use super::{Ended, dispatcher, printed};
use crate::mcp::Server;
use crate::progress::Progress;
use crate::settings::Settings;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The tool, as `container_list`.
    tool: String,
    /// Its arguments, a JSON object; `-` reads them from standard input.
    #[arg(default_value = "{}", value_name = "JSON")]
    arguments: String,
}

pub(super) async fn run(arguments: Arguments, settings: Settings) -> Ended {
    let given = match arguments.arguments.as_str() {
        "-" => io::read_to_string(io::stdin()).map_err(|error| format!("standard input: {error}"))?,
        _ => arguments.arguments,
    };
    let given: Map<String, Value> = serde_json::from_str(&given).map_err(|error| {
        format!("{}: expected its arguments as a JSON object, as '{{\"id\": \"web\"}}': {error}", arguments.tool)
    })?;
    match Server::new(dispatcher(settings)?).call(&arguments.tool, given, &Progress::default()).await {
        Ok(reply) => printed(writeln!(io::stdout(), "{reply}")),
        Err(failure) => {
            eprintln!("{failure}");
            Ok(ExitCode::FAILURE)
        }
    }
}
