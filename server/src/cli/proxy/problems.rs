//! Arguments that are dangerous, or that would have no effect.

use super::arguments::ProxyArguments;
use crate::http::ListenAddress;
use crate::settings::{Confirm, Settings};

/// Refuses arguments.
pub(in crate::cli) fn check(arguments: &ProxyArguments, settings: &Settings) -> Result<(), String> {
    check_policies(arguments)?;
    check_tls(arguments)?;
    match without_effect(settings) {
        Some(option) => Err(format!("{option} is for MCP; what passes the proxy stands in its policy alone")),
        None => Ok(()),
    }
}

fn check_policies(arguments: &ProxyArguments) -> Result<(), String> {
    let (listeners, policies) = (arguments.listen.len(), arguments.policy.len());
    if listeners == 0 {
        return Err("--listen: give the address for clients, such as unix:///run/agent.sock".to_owned());
    }
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

fn check_tls(arguments: &ProxyArguments) -> Result<(), String> {
    let given = [&arguments.tls_cert, &arguments.tls_key, &arguments.tls_client_ca].map(Option::is_some);
    let is_tcp = |address: &&ListenAddress| matches!(address, ListenAddress::Tcp(_));
    if given.contains(&true) && given.contains(&false) {
        return Err("--tls-cert, --tls-key and --tls-client-ca: give all or none; without client certificates, \
                    everybody who reaches the address could use the engine"
            .to_owned());
    }
    if given.contains(&true) && !arguments.listen.iter().any(|address| is_tcp(&address)) {
        return Err("--tls-cert: a unix socket has no TLS".to_owned());
    }
    match arguments.listen.iter().find(|address| !address.is_local()) {
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
