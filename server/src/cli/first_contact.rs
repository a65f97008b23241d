//! `dockwright` alone in a terminal: says what the program is, which engine it found, and how a client gets it. Nobody
//! types MCP, so nothing is served.

use std::process::ExitCode;
use std::time::Duration;

use dockwright::Engine;

use super::client::Client;
use super::command::CommandResult;
use crate::access::Access;
use crate::audit::Audit;
use crate::dispatch::Dispatcher;
use crate::settings::Settings;

/// The longest time that an engine is waited for.
const LIMIT: Duration = Duration::from_secs(3);

/// Exit code of a command line from which something is missing, as clap has it.
const USAGE: u8 = 2;

pub(super) async fn run(settings: Settings) -> CommandResult {
    let dispatcher = Dispatcher::new(settings, Audit::to_writer(std::io::sink()))?;
    let engines = dispatcher.engines().all();
    eprintln!(
        "dockwright {}: an MCP server through which a model can use your Docker engine.",
        env!("CARGO_PKG_VERSION")
    );
    if let [access] = engines {
        eprintln!("Engine:            {}", describe(access).await);
    } else {
        eprintln!("Engines:           {}; `dockwright doctor` checks them", engines.len());
    }
    let clients: Vec<_> = Client::all().iter().map(ToString::to_string).collect();
    eprintln!(
        "Connect a client:  dockwright install CLIENT\n                   {}\n\
         Or try:            dockwright doctor,  dockwright call container_list,  dockwright --help",
        clients.join(", ")
    );
    Ok(ExitCode::from(USAGE))
}

/// The engine's address, and its answer.
async fn describe(access: &Access) -> String {
    match access.engine() {
        Err(error) => error.to_string(),
        Ok(engine) => format!("{} ({}), {}", engine.address(), engine.address_origin(), answer(engine).await),
    }
}

async fn answer(engine: &Engine) -> String {
    match tokio::time::timeout(LIMIT, engine.api_version()).await {
        Ok(Ok(version)) => format!("which answers with API {version}"),
        Ok(Err(_)) | Err(_) => "which does not answer: `dockwright doctor` says why".to_owned(),
    }
}
