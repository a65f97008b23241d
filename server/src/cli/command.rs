//! The pieces that commands share: their result, the audit trail, and printing.

use std::io;
use std::process::ExitCode;

use crate::audit::Audit;
use crate::settings::Settings;

/// Result of a command; an error is a text for people.
pub(super) type CommandResult = Result<ExitCode, String>;

/// The audit trail of these settings, in the file of `--audit`, else `otherwise`.
pub(super) fn audit(settings: &Settings, otherwise: Option<Audit>) -> Result<Audit, String> {
    let folders: Vec<_> = settings.allow_path.iter().chain(&settings.allow_write).collect();
    let audit = match (&settings.audit, otherwise) {
        (Some(file), _) => Audit::to_file(file, &folders)?,
        (None, Some(otherwise)) => otherwise,
        (None, None) if settings.audit_required => {
            return Err("--audit-required: give the file of the audit trail with --audit FILE".to_owned());
        }
        (None, None) => Audit::nowhere(),
    };
    Ok(audit.required(settings.audit_required))
}

pub(super) fn print_result(result: io::Result<()>) -> CommandResult {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(ExitCode::SUCCESS),
    }
}
