//! A process group on Windows, where no socket needs a folder.

use std::io;

use tokio::process::Command;

/// Windows' flag for a process that Ctrl-C in the terminal does not end, `CREATE_NEW_PROCESS_GROUP`.
const NEW_GROUP: u32 = 0x200;

#[derive(Debug)]
pub(crate) struct Guard;

/// The part of a guard that could not be made.
#[derive(Debug)]
pub(crate) struct NoGuard {
    pub part: &'static str,
    pub error: io::Error,
}

impl Guard {
    #[allow(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
    pub(crate) fn new() -> Result<Self, NoGuard> {
        Ok(Guard)
    }

    pub(crate) fn join(&self, command: &mut Command) {
        command.creation_flags(NEW_GROUP);
    }
}
