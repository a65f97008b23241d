//! `dockwright proxy`: a policy in front of the engine, for the docker CLI and every other client.

mod arguments;
mod descriptors;
mod host;
mod problems;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use dockwright_policy::Policy;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::command::CommandResult;
use crate::audit::Audit;
use crate::engines::{self, Target};
use crate::http::{Bounds, Hosts, ListenAddress, Listener, serve};
use crate::proxy::{PolicyFile, Principal, ProxiedEngine, ProxyService};
use crate::settings::Settings;

pub(super) use arguments::{ListenerArguments, ProxyArguments};
pub(super) use host::files as host_files;
pub(super) use problems::{check, check_listeners};

/// The most connections to one listener at a time.
const MAX_CONNECTIONS: usize = 2_048;
/// Names of the proxy that docker's own clients send beside the address.
const CLIENT_HOSTS: [&str; 2] = ["docker", "api.moby.localhost"];

/// Serves clients until `drain` is cancelled.
pub(super) async fn run(
    arguments: ProxyArguments,
    settings: Settings,
    audit: Audit,
    drain: CancellationToken,
) -> CommandResult {
    let files: Vec<_> = arguments.policy.iter().map(|file| PolicyFile::open(file)).collect::<Result<_, _>>()?;
    let policies: Vec<_> = files.iter().map(PolicyFile::policy).collect();
    let names: Vec<_> = arguments.policy.iter().map(|file| file.display().to_string()).collect();
    let target = target(settings)?;
    let listeners = &arguments.listeners;
    let served = listen(listeners, &policies, &names, drain, audit, || engine(listeners, &target));
    tokio::select! {
        result = served => result,
        problem = reread(&files) => Err(problem),
    }
}

/// Serves clients of all listeners, each by the policy at its place or the only one.
pub(super) async fn listen(
    listeners: &ListenerArguments,
    policies: &[watch::Receiver<Arc<Policy>>],
    names: &[String],
    drain: CancellationToken,
    audit: Audit,
    engine: impl Fn() -> Result<ProxiedEngine, String>,
) -> CommandResult {
    descriptors::raise();
    let mut serving = JoinSet::new();
    for (place, address) in listeners.listen.iter().enumerate() {
        let place = if policies.len() == 1 { 0 } else { place };
        let (listener, hosts) = listener(listeners, address)?;
        let bound = listener.tcp_address().map_or_else(|| address.clone(), ListenAddress::Tcp);
        announce(listeners, &bound, &names[place]);
        let principal = Principal::new(bound.to_string(), policies[place].clone(), hosts, engine()?, audit.clone());
        let bounds = Bounds { connections: MAX_CONNECTIONS, stall: None };
        serving.spawn(serve(listener, bounds, ProxyService::new(principal, drain.clone()), drain.clone()));
    }
    while serving.join_next().await.is_some() {}
    Ok(ExitCode::SUCCESS)
}

/// The engine of the settings.
pub(super) fn target(settings: Settings) -> Result<Target, String> {
    let (mut targets, _) = engines::targets(settings)?;
    match (targets.pop(), targets.is_empty()) {
        (Some(target), true) => Ok(target),
        _ => Err("the proxy is for one engine: name it with --host or --context".to_owned()),
    }
}

/// The engine behind one listener, with connections of its own: no client takes those of others.
pub(super) fn engine(listeners: &ListenerArguments, target: &Target) -> Result<ProxiedEngine, String> {
    let engine = target.engine().map_err(|error| error.to_string())?;
    let files = host::files(&engine, listeners.host_root.as_deref());
    Ok(ProxiedEngine::new(engine, target.name.clone(), files))
}

/// The listener at an address, and the names by which it may be called if pages of the web can reach it.
fn listener(listeners: &ListenerArguments, address: &ListenAddress) -> Result<(Listener, Option<Hosts>), String> {
    let listener = Listener::bind(address).map_err(|error| format!("--listen {address}: {error}"))?;
    let ListenAddress::Tcp(tcp) = address else { return Ok((listener, None)) };
    match (&listeners.tls_cert, &listeners.tls_key) {
        #[cfg(feature = "tls")]
        (Some(certificate), Some(key)) => {
            let certificates = crate::http::Certificates::open(certificate, key, listeners.tls_client_ca.as_deref());
            let certificates = certificates.map_err(|problem| format!("--tls-cert, --tls-key: {problem}"))?;
            // Clients have made sure of its name, and shown a certificate.
            Ok((listener.with_tls(certificates), None))
        }
        #[cfg(not(feature = "tls"))]
        (Some(_), _) => Err("--tls-cert: this build has no TLS; build with the feature `tls`".to_owned()),
        _ => Hosts::new(Some(tcp.ip()), &CLIENT_HOSTS.map(str::to_owned)).map(|hosts| (listener, Some(hosts))),
    }
}

/// Says where clients connect, and who they may be.
fn announce(listeners: &ListenerArguments, address: &ListenAddress, policy: &str) {
    let who = match address {
        ListenAddress::Unix(_) => "",
        ListenAddress::Tcp(_) if listeners.tls_cert.is_some() => ", over TLS",
        ListenAddress::Tcp(_) => ", which EVERY user and program of this machine can use",
    };
    say(&format!("proxy at {address}{who}, with the policy {policy}"));
}

/// Reads the policies anew whenever SIGHUP comes. Returns if that signal cannot be had.
#[cfg(unix)]
async fn reread(files: &[PolicyFile]) -> String {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = match signal(SignalKind::hangup()) {
        Ok(hangup) => hangup,
        Err(error) => return error.to_string(),
    };
    loop {
        if hangup.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
        match crate::proxy::read_anew(files) {
            Ok(0) => say("SIGHUP: the policies are as they were"),
            Ok(count) => say(&format!("SIGHUP: {count} of the policies changed, and hold now")),
            Err(problem) => say(&format!("SIGHUP: {problem}; all policies stay as they were")),
        }
    }
}

#[cfg(not(unix))]
async fn reread(_: &[PolicyFile]) -> String {
    std::future::pending().await
}

fn say(line: &str) {
    // A closed standard error must stop nothing.
    let _ = writeln!(io::stderr(), "dockwright: {line}");
}
