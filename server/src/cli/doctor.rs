//! `dockwright doctor`: checks each step from the settings to a reply of the engine, and prints a line for each. A
//! problem comes with a suggestion to fix it.

mod client;
#[cfg(feature = "tls")]
mod encryption;
mod finding;
mod logins;
mod round_trip;
mod socket;
#[cfg(feature = "ssh")]
mod ssh;

use std::io;
use std::time::Duration;

use dockwright::{API_VERSION, Engine, Limits, OLDEST_API_VERSION, Warning};
use serde_json::Map;

use super::command::CommandResult;
use crate::access::Access;
use crate::audit::Audit;
use crate::catalogue::{self, Entry};
use crate::dispatch::Dispatcher;
use crate::mcp::tools;
use crate::settings::Settings;

use client::Client;
use finding::{Finding, Report};

/// Limit of each step at the engine.
const LIMIT: Duration = Duration::from_secs(5);
/// Limit over ssh, which itself gives up after nine seconds and says why.
const SSH_LIMIT: Duration = Duration::from_secs(15);

#[derive(clap::Args)]
pub(super) struct DoctorArguments {
    /// Check as this client starts the server: with the command, arguments and environment of its configuration.
    #[arg(long, value_enum, value_name = "CLIENT")]
    client: Option<Client>,
}

pub(super) async fn run(arguments: DoctorArguments, settings: Settings) -> CommandResult {
    let mut report = Report::default();
    match arguments.client {
        None => check(settings, &mut report).await,
        Some(client) => client::check(client, &mut report).await?,
    }
    Ok(report.exit_code())
}

/// Checks everything, and reports each failure once: the steps after it do without what failed.
async fn check(settings: Settings, report: &mut Report) {
    let named = Named { host: settings.host.clone(), context: settings.context.clone() };
    // The doctor's call is not a client's, so it leaves no line in the audit trail.
    let dispatcher = match Dispatcher::new(settings, Audit::to_writer(io::sink())) {
        Err(problem) => return report.line("exposure", Err(problem)),
        Ok(dispatcher) => dispatcher,
    };
    report.line("exposure", Ok(exposure(dispatcher.access())));
    let (dispatcher, calls_engine) = match dispatcher.access().engine().cloned() {
        Err(error) => {
            report.line("address", Err(error.to_string()));
            (dispatcher, false)
        }
        Ok(engine) => {
            report.line("address", Ok(format!("{} ({})", engine.address(), named.origin(&engine))));
            for warning in engine.warnings() {
                let step = if matches!(warning, Warning::Unencrypted(_)) { "tls" } else { "config" };
                report.warning(step, &warning.to_string());
            }
            let are_sent = !dispatcher.access().settings().no_credentials;
            report.line("logins", logins::check(&engine, are_sent).await);
            let limit = if engine.address().starts_with("ssh://") { SSH_LIMIT } else { LIMIT };
            let limits = Limits::default().connect(limit).first_byte(limit).idle(limit);
            let dispatcher = dispatcher.with_engine(engine.with_limits(limits));
            let answers = engine_answers(dispatcher.access(), report).await;
            (dispatcher, answers)
        }
    };
    report.line("protocol", round_trip::check(dispatcher, calls_engine).await);
}

/// The engine that the server's own options name.
struct Named {
    host: Option<String>,
    context: Option<String>,
}

impl Named {
    /// The setting that named the engine's address.
    fn origin(&self, engine: &Engine) -> String {
        let setting = |option: &str, variable: &str, value: &str| {
            let is_variable = std::env::var(variable).is_ok_and(|set| set == value);
            if is_variable { variable.to_owned() } else { option.to_owned() }
        };
        match (&self.host, &self.context) {
            (Some(host), _) => setting("--host", "DOCKWRIGHT_HOST", host),
            (None, Some(name)) => format!("context `{name}` ({})", setting("--context", "DOCKWRIGHT_CONTEXT", name)),
            (None, None) => engine.address_origin().to_owned(),
        }
    }
}

/// Checks the way to the engine; false if it does not answer.
async fn engine_answers(access: &Access, report: &mut Report) -> bool {
    let Ok(engine) = access.engine() else { return false };
    if let Some(finding) = socket::check(&engine.address()) {
        let is_ok = finding.is_ok();
        report.line("socket", finding);
        if !is_ok {
            return false;
        }
    }
    #[cfg(feature = "tls")]
    if let Some(finding) = encryption::check(engine) {
        report.line("tls", finding);
    }
    let version = version(access, engine).await;
    #[cfg(feature = "ssh")]
    if let Some(finding) = ssh::check(engine) {
        report.line("ssh", finding);
    }
    let is_ok = version.is_ok();
    report.line("version", version);
    is_ok
}

fn exposure(access: &Access) -> String {
    let operations = Entry::exposed(access.exposure()).filter(|entry| matches!(entry, Entry::Operation(_))).count();
    let tools = tools::listed(access.exposure(), access.settings().surface, access.known_api_version());
    let bytes: usize = tools.iter().map(tools::bytes).sum();
    format!("{operations} operations in {} tools, {bytes} bytes for a model", tools.len())
}

/// Reports the API version that calls use, after a call with it if one is exposed.
async fn version(access: &Access, engine: &Engine) -> Finding {
    let version = engine.api_version().await.map_err(|error| error.to_string())?;
    if let Some(operation) = round_trip::version_operation(access) {
        let called = access.json(operation, Map::new(), None).await;
        called.map_err(|failure| failure.to_string().replace('\n', "; "))?;
    }
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
