//! The process group of ssh on Windows, where nothing is forwarded.

use std::io;

use tokio::process::Command;

/// Windows' flag for a process that Ctrl-C in the terminal does not end, `CREATE_NEW_PROCESS_GROUP`.
const NEW_GROUP: u32 = 0x200;

#[derive(Debug)]
pub(super) struct Guard;

impl Guard {
    #[allow(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Guard)
    }

    pub(super) fn join(&self, command: &mut Command) {
        command.creation_flags(NEW_GROUP);
    }
}
