//! `dockwright doctor`: checks each step from the settings to a reply of the engine, and prints a line for each. A
//! problem comes with a suggestion to fix it.

mod client;
#[cfg(feature = "tls")]
mod encryption;
mod engine;
mod finding;
mod logins;
mod round_trip;
mod socket;
#[cfg(feature = "ssh")]
mod ssh;
mod swarm;

use std::io;
use std::sync::{Mutex, PoisonError};

use super::client::{Client, Scope};
use super::command::CommandResult;
use crate::access::Access;
use crate::audit::Audit;
use crate::catalogue::Entry;
use crate::dispatch::{Dispatcher, exposes};
use crate::mcp::tools;
use crate::settings::Settings;
use crate::together::run_all;

use engine::EngineFindings;
use finding::Report;

/// The most engines that are checked at a time.
const AT_ONCE: usize = 128;

#[derive(clap::Args)]
pub(super) struct DoctorArguments {
    /// Check as this client starts the server: with the command, arguments and environment of its configuration.
    #[arg(long, value_enum, value_name = "CLIENT")]
    client: Option<Client>,

    /// With --client: check entries of this scope only; without it, a project's are shown and not started
    #[arg(long, value_enum, requires = "client")]
    scope: Option<Scope>,
}

pub(super) async fn run(arguments: DoctorArguments, settings: Settings) -> CommandResult {
    let mut report = Report::default();
    match arguments.client {
        None => {
            check(settings, &mut report).await;
            if !report.has_failures()
                && let Some(command) = client::next_step()
            {
                report.next("client", &format!("none starts this server yet: run `{command}`"));
            }
        }
        Some(client) => client::check(client, arguments.scope, &mut report).await?,
    }
    Ok(report.exit_code())
}

/// Checks everything, and reports each failure once: the steps after it do without what failed. Several engines are
/// checked beside each other, and each has lines of its own.
async fn check(settings: Settings, report: &mut Report) {
    // The doctor's call is not a client's, so it leaves no line in the audit trail.
    let mut dispatcher = match Dispatcher::new(settings, Audit::to_writer(io::sink())) {
        Err(problem) => return report.line("exposure", Err(problem)),
        Ok(dispatcher) => dispatcher,
    };
    report.line("exposure", Ok(exposure(&dispatcher)));
    dispatcher.engines().warnings().iter().for_each(|warning| report.warning("config", warning));
    let findings: Vec<_> = dispatcher.engines().all().iter().map(|_| Mutex::new(EngineFindings::default())).collect();
    let check = async |(access, findings): (&Access, &Mutex<EngineFindings>)| {
        let found = engine::check(access).await;
        *findings.lock().unwrap_or_else(PoisonError::into_inner) = found;
    };
    run_all(AT_ONCE, dispatcher.engines().all().iter().zip(&findings).map(check)).await;
    let findings: Vec<_> =
        findings.into_iter().map(|found| found.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
    let names: Vec<_> = dispatcher.engines().all().iter().map(|access| access.name().cloned()).collect();
    let answering = findings.iter().position(|found| found.answers);
    for ((place, found), name) in findings.into_iter().enumerate().zip(&names) {
        let about = |text: String| name.as_ref().map_or_else(|| text.clone(), |name| format!("{name}: {text}"));
        if dispatcher.engines().are_several() {
            report.line("exposure", Ok(about(exposes(&dispatcher.engines().all()[place]))));
        }
        let mut warnings = found.warnings;
        for (step, finding) in found.steps {
            report.line(step, finding.map(about).map_err(about));
            // They are about the address, which comes first.
            warnings.drain(..).for_each(|(step, warning)| report.warning(step, &about(warning)));
        }
        if let Some(access) = found.access {
            dispatcher = dispatcher.with_access(place, access);
        }
    }
    report.line("protocol", round_trip::check(dispatcher, answering).await);
}

fn exposure(dispatcher: &Dispatcher) -> String {
    let offer = dispatcher.engines().offer();
    let operations = offer.exposed().filter(|entry| matches!(entry, Entry::Operation(_))).count();
    let tools = tools::for_client(&offer, dispatcher.settings());
    let bytes: usize = tools.iter().map(tools::bytes).sum();
    format!("{operations} operations in {} tools, {bytes} bytes for a model", tools.len())
}
