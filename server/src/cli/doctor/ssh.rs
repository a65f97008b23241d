//! The way to an engine over ssh.

use dockwright::{Engine, SshRoute};

use super::finding::Finding;

/// Reports the way that a call has found; other addresses have none.
pub(super) fn check(engine: &Engine) -> Option<Finding> {
    Some(Ok(match engine.ssh_route()? {
        SshRoute::Forward { socket } => format!("one login forwards {socket} for all calls"),
        _ => "each connection is a login, which is slow, as the host does not forward its socket: set \
              `AllowStreamLocalForwarding yes` in its sshd_config"
            .to_owned(),
    }))
}
