//! Signals to the plugin and to the programs that it starts, which share a process group.

use tokio::process::{Child, Command};

/// Makes a command the leader of a process group.
#[cfg(unix)]
pub(super) fn lead_group(command: &mut Command) {
    command.process_group(0);
}

/// Asks the plugin to end, as Ctrl-C does.
#[cfg(unix)]
pub(super) fn interrupt(child: &Child) {
    send(child, rustix::process::Signal::INT);
}

/// Ends the plugin and all that it started.
#[cfg(unix)]
pub(super) fn kill_group(child: &mut Child) {
    send(child, rustix::process::Signal::KILL);
}

/// Signals the group. A child that was waited for has no id any more, so that no other group is hit.
#[cfg(unix)]
fn send(child: &Child, signal: rustix::process::Signal) {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(id) = id {
        let _ = rustix::process::kill_process_group(id, signal);
    }
}

#[cfg(not(unix))]
pub(super) fn lead_group(_: &mut Command) {}

#[cfg(not(unix))]
pub(super) fn interrupt(_: &Child) {}

#[cfg(not(unix))]
pub(super) fn kill_group(child: &mut Child) {
    let _ = child.start_kill();
}
