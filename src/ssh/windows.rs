//! The process group of ssh on Windows, where nothing is forwarded.

use tokio::process::Command;

use crate::error::SshError;

/// Windows' flag for a process that Ctrl-C in the terminal does not end, `CREATE_NEW_PROCESS_GROUP`.
const NEW_GROUP: u32 = 0x200;

#[derive(Debug)]
pub(super) struct Guard;

impl Guard {
    #[allow(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
    pub(super) fn new() -> Result<Self, SshError> {
        Ok(Guard)
    }

    pub(super) fn join(&self, command: &mut Command) {
        command.creation_flags(NEW_GROUP);
    }
}
