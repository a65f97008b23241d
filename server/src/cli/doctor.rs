//! `dockwright doctor`: the way from the settings over the engine to a reply, step by step, a line each. What does not work
//! is followed by what to do about it.

#[cfg(feature = "tls")]
mod encryption;
mod round_trip;
mod socket;

use std::io::{self, Write};
use std::process::ExitCode;

use dockwright::operation::{Operation, Segment};
use dockwright::{API_VERSION, Engine, OLDEST_API_VERSION};

use super::Ended;
use crate::access::Access;
use crate::audit::Audit;
use crate::catalogue::{self, Entry};
use crate::dispatch::Dispatcher;
use crate::mcp::tools;
use crate::settings::Settings;

/// The finding of a step: a fact, or a problem together with its remedy.
type Finding = Result<String, String>;

pub(super) async fn run(settings: Settings) -> Ended {
    let mut healthy = true;
    let mut say = |step: &str, finding: Finding| {
        healthy &= finding.is_ok();
        let (mark, text) = finding.map_or_else(|problem| ("FAIL", problem), |fact| ("ok", fact));
        // Whoever reads only the first lines gets only those.
        let _ = writeln!(io::stdout(), "{mark:<5} {step:<9} {text}");
    };

    // The doctor's own question is no call of a client, so it leaves no line in the audit trail.
    match Dispatcher::new(settings.clone(), Audit::to_writer(io::sink())) {
        Err(problem) => say("exposure", Err(problem)),
        Ok(dispatcher) => {
            let access = dispatcher.access();
            say("exposure", Ok(exposure(access)));
            match access.engine().cloned() {
                Err(error) => say("address", Err(error.to_string())),
                Ok(engine) => {
                    say("address", Ok(engine.address()));
                    if let Some(finding) = socket::check(&engine.address()) {
                        say("socket", finding);
                    }
                    #[cfg(feature = "tls")]
                    if let Some(finding) = encryption::check(&engine) {
                        say("tls", finding);
                    }
                    say("version", version(&engine).await);
                }
            }
            say("protocol", round_trip::check(dispatcher).await);
        }
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn exposure(access: &Access) -> String {
    let operations = Entry::exposed(access.exposure()).filter(|entry| matches!(entry, Entry::Operation(_))).count();
    let tools = tools::listed(access.exposure(), access.settings().surface, access.spoken());
    let bytes: usize = tools.iter().map(tools::bytes).sum();
    format!("{operations} operations in {} tools, {bytes} bytes for a model", tools.len())
}

/// The API version that calls use. The library's errors say what to do.
async fn version(engine: &Engine) -> Finding {
    let spoken = engine.api_version().await.map_err(|error| error.to_string())?;
    let known = format!("API {spoken} is spoken; this build knows {OLDEST_API_VERSION} to {API_VERSION}");
    let newer = catalogue::newer_than(spoken);
    Ok(match engine.newest_api_version() {
        Some(newest) if Some(newest) > API_VERSION.parse().ok() => {
            format!(
                "{known} and the engine {newest}: to use what is new, build from its description, as the README tells"
            )
        }
        _ if newer > 0 => {
            let list = format!("`dockwright tools --since {spoken}` lists them");
            format!("{known}: {newer} tools and arguments are newer than the engine ({list})")
        }
        _ => known,
    })
}

/// The operation that every engine answers at once, `GET /version`.
fn asks_nothing(operation: &Operation) -> bool {
    operation.path == [Segment::Literal("version")]
}
