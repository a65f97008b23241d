//! A process group that ends with its owner in this process, and with this process, even if that is killed.

use std::ffi::OsStr;
use std::io;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// Waits for the end of the pipe, which this process alone holds. A service manager signals all processes of a service
/// at once, and this one must be the last.
const WAIT: &str = "trap '' TERM HUP INT; read end";

/// Ends the whole group, itself included.
const END: &str = "kill -s KILL 0";

/// A process group, led by a small shell that watches this process. Dropping it ends the group.
///
/// The group is another one than the terminal's: Ctrl-C there does not reach it.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    watcher: Child,
}

impl ProcessGroup {
    /// Starts the shell. It runs these lines, with these arguments, before it ends the group.
    pub(crate) fn new(last: &str, arguments: &[&OsStr]) -> io::Result<Self> {
        let mut command = Command::new("sh");
        command.arg("-c").arg([WAIT, last, END].join("\n")).arg("sh").args(arguments).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(ProcessGroup { watcher: command.spawn()? })
    }

    /// Makes a command a member of the group.
    pub(crate) fn join(&self, command: &mut Command) {
        let leader = self.watcher.id().and_then(|id| i32::try_from(id).ok());
        command.process_group(leader.unwrap_or_default());
    }

    /// Kills the shell before its last lines, as others may.
    #[cfg(all(test, feature = "ssh"))]
    pub(crate) async fn kill_watcher(&mut self) -> io::Result<()> {
        self.watcher.kill().await
    }

    /// Ends the shell alone. Members that still run are left to themselves.
    #[cfg(feature = "credentials")]
    pub(crate) fn release(mut self) {
        // The signal comes before the end of the pipe, so that the shell does not get to its last lines.
        let _ = self.watcher.start_kill();
    }
}
