//! Warnings about the way to an engine: of its configuration, and of a connection that others may read.

use std::net::IpAddr;

use super::Engine;
use crate::address::Address;
use crate::warning::Warning;

/// Problems that stop no call.
impl Engine {
    /// Problems of the way to the engine that do not stop calls: parts of the docker CLI's configuration that were
    /// ignored, and a connection to another host that is neither encrypted nor authenticated. Empty if there is none.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.inner.warnings.clone();
        if self.inner.tls.is_none() && self.inner.address.as_ref().is_some_and(is_remote) {
            warnings.push(Warning::Unencrypted(format!(
                "{} is not encrypted: everyone on the way can read and change what is sent, and whoever reaches this \
                 port is root on the engine's host; use TLS or ssh",
                self.address()
            )));
        }
        warnings
    }
}

/// Returns true for an address of another host.
fn is_remote(address: &Address) -> bool {
    match address {
        Address::Tcp { host, .. } => match host.parse::<IpAddr>() {
            Ok(ip) => !ip.to_canonical().is_loopback(),
            Err(_) => !host.eq_ignore_ascii_case("localhost"),
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_connection_to_another_host_is_warned_of() {
        for (address, is_warned) in [
            ("tcp://10.0.0.1:2375", true),
            ("tcp://engine.example", true),
            ("tcp://0.0.0.0", true),
            ("tcp://[2001:db8::1]", true),
            ("tcp://127.0.0.1", false),
            ("tcp://127.1.2.3", false),
            ("tcp://[::1]", false),
            ("tcp://[::ffff:127.0.0.1]", false),
            ("tcp://LOCALHOST", false),
            ("unix:///a.sock", false),
        ] {
            assert_eq!(!Engine::at(address).unwrap().warnings().is_empty(), is_warned, "{address}");
        }
    }
}
