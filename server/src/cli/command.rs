//! The pieces that commands share: their result, the dispatcher of calls, and printing.

use std::io;
use std::process::ExitCode;

use crate::audit::Audit;
use crate::dispatch::Dispatcher;
use crate::settings::Settings;

/// Result of a command; an error is a text for people.
pub(super) type CommandResult = Result<ExitCode, String>;

/// A dispatcher with these settings. Without `--audit` its audit trail goes to `otherwise`.
pub(super) fn dispatcher(settings: Settings, otherwise: Audit) -> Result<Dispatcher, String> {
    let audit = match &settings.audit {
        None => otherwise,
        Some(file) => Audit::to_file(file).map_err(|error| format!("--audit {}: {error}", file.display()))?,
    };
    Dispatcher::new(settings, audit)
}

pub(super) fn print_result(result: io::Result<()>) -> CommandResult {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(ExitCode::SUCCESS),
    }
}
