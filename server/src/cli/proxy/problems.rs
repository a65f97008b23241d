//! Arguments that are dangerous, or that would have no effect.

use super::arguments::{ListenerArguments, ProxyArguments};
use crate::http::ListenAddress;
use crate::settings::{Confirm, Settings};

/// Refuses arguments.
pub(in crate::cli) fn check(arguments: &ProxyArguments, settings: &Settings) -> Result<(), String> {
    check_listeners(&arguments.listeners)?;
    check_policies(arguments)?;
    match without_effect(settings) {
        Some(option) => Err(format!("{option} is for MCP; what passes the proxy stands in its policy alone")),
        None => Ok(()),
    }
}

/// Refuses addresses that everybody could use.
pub(in crate::cli) fn check_listeners(listeners: &ListenerArguments) -> Result<(), String> {
    if listeners.listen.is_empty() {
        return Err("--listen: give the address for clients, such as unix:///run/agent.sock".to_owned());
    }
    check_tls(listeners)
}

fn check_policies(arguments: &ProxyArguments) -> Result<(), String> {
    let (listeners, policies) = (arguments.listeners.listen.len(), arguments.policy.len());
    if policies == 0 {
        return Err("--policy: give a file with the policy; without one, nothing is safe to pass. To begin with one \
                    that only looks:\n  echo 'preset = \"observe\"' > policy.toml\ndocs/policy.md tells the rest"
            .to_owned());
    }
    if policies != 1 && policies != listeners {
        return Err(format!(
            "--policy: {listeners} listeners and {policies} policies; give one for all, or one for each in their order"
        ));
    }
    Ok(())
}

fn check_tls(listeners: &ListenerArguments) -> Result<(), String> {
    let given = [&listeners.tls_cert, &listeners.tls_key, &listeners.tls_client_ca].map(Option::is_some);
    let is_tcp = |address: &&ListenAddress| matches!(address, ListenAddress::Tcp(_));
    if given.contains(&true) && given.contains(&false) {
        return Err("--tls-cert, --tls-key and --tls-client-ca: give all or none; without client certificates, \
                    everybody who reaches the address could use the engine"
            .to_owned());
    }
    if given.contains(&true) && !listeners.listen.iter().any(|address| is_tcp(&address)) {
        return Err("--tls-cert: a unix socket has no TLS".to_owned());
    }
    match listeners.listen.iter().find(|address| !address.is_local()) {
        Some(address) if given.contains(&false) => Err(format!(
            "--listen {address}: everybody on the network could use the engine; give --tls-cert, --tls-key and \
             --tls-client-ca, or listen at a unix socket"
        )),
        _ => Ok(()),
    }
}

/// An option that withholds something from models, and nothing from clients of the proxy.
fn without_effect(settings: &Settings) -> Option<&'static str> {
    let given = [
        ("--tags", !settings.tags.is_empty()),
        ("--exclude-tags", !settings.exclude_tags.is_empty()),
        ("--tools", !settings.tools.is_empty()),
        ("--exclude-tools", !settings.exclude_tools.is_empty()),
        ("--read-only", settings.read_only),
        ("--no-destructive", settings.no_destructive),
        ("--allow-registry", !settings.allow_registry.is_empty()),
        ("--confirm", settings.confirm.is_some_and(|confirm| confirm != Confirm::Never)),
        ("--allow-newer", settings.allow_newer),
    ];
    given.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option)
}
