//! `dockwright doctor`: checks each step from the settings to a reply of the engine, and prints a line for each. A
//! problem comes with a suggestion to fix it.

#[cfg(feature = "tls")]
mod encryption;
mod finding;
mod round_trip;
mod socket;

use std::io::{self, Write};
use std::process::ExitCode;

use dockwright::{API_VERSION, Engine, OLDEST_API_VERSION};

use super::command::CommandResult;
use crate::access::Access;
use crate::audit::Audit;
use crate::catalogue::{self, Entry};
use crate::dispatch::Dispatcher;
use crate::mcp::tools;
use crate::settings::Settings;

use finding::Finding;

pub(super) async fn run(settings: Settings) -> CommandResult {
    let mut healthy = true;
    let mut report = |step: &str, finding: Finding| {
        healthy &= finding.is_ok();
        let (mark, text) = finding.map_or_else(|problem| ("FAIL", problem), |fact| ("ok", fact));
        // A reader may close the pipe after the first lines.
        let _ = writeln!(io::stdout(), "{mark:<5} {step:<9} {text}");
    };

    // The doctor's call is not a client's, so it leaves no line in the audit trail.
    match Dispatcher::new(settings.clone(), Audit::to_writer(io::sink())) {
        Err(problem) => report("exposure", Err(problem)),
        Ok(dispatcher) => {
            let access = dispatcher.access();
            report("exposure", Ok(exposure(access)));
            match access.engine().cloned() {
                Err(error) => report("address", Err(error.to_string())),
                Ok(engine) => {
                    report("address", Ok(engine.address()));
                    if let Some(finding) = socket::check(&engine.address()) {
                        report("socket", finding);
                    }
                    #[cfg(feature = "tls")]
                    if let Some(finding) = encryption::check(&engine) {
                        report("tls", finding);
                    }
                    report("version", version(&engine).await);
                }
            }
            report("protocol", round_trip::check(dispatcher).await);
        }
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn exposure(access: &Access) -> String {
    let operations = Entry::exposed(access.exposure()).filter(|entry| matches!(entry, Entry::Operation(_))).count();
    let tools = tools::listed(access.exposure(), access.settings().surface, access.known_api_version());
    let bytes: usize = tools.iter().map(tools::bytes).sum();
    format!("{operations} operations in {} tools, {bytes} bytes for a model", tools.len())
}

/// Reports the API version that calls use. The library's errors suggest a fix.
async fn version(engine: &Engine) -> Finding {
    let version = engine.api_version().await.map_err(|error| error.to_string())?;
    let supported = format!("calls use API {version}; this build supports {OLDEST_API_VERSION} to {API_VERSION}");
    let newer = catalogue::operations::newer_than(version);
    Ok(match engine.newest_api_version() {
        Some(newest) if Some(newest) > API_VERSION.parse().ok() => {
            format!(
                "{supported} and the engine {newest}: to use newer features, build from its description (see README)"
            )
        }
        _ if newer > 0 => {
            let list = format!("`dockwright tools --since {version}` lists them");
            format!("{supported}: {newer} tools and arguments are newer than the engine ({list})")
        }
        _ => supported,
    })
}
