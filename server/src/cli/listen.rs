//! `dockwright serve --listen ADDRESS`: MCP over HTTP, for many clients.

use std::io::{self, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ArgAction;
use clap::builder::BoolishValueParser;
use tokio_util::sync::CancellationToken;

use super::command::CommandResult;
use crate::http::{Bounds, Gate, Hosts, ListenAddress, Listener, Origins, TokenFile, serve};
use crate::mcp::{HTTP_PATH, HttpEndpoint, Server};
use crate::settings::Confirm;

/// Options of `dockwright serve`.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "HTTP options")]
pub(super) struct ListenSettings {
    /// Serve over HTTP at this address: 127.0.0.1:8808, [::1]:8808 or unix:///PATH [default: standard input and output]
    #[arg(long, env = "DOCKWRIGHT_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<ListenAddress>,

    /// File with a line `NAME TOKEN` for each client; if it is missing, it is made with one token
    #[arg(long, env = "DOCKWRIGHT_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Speak TLS with this chain of certificates (PEM), which is read again when it changes
    #[arg(long, env = "DOCKWRIGHT_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,

    /// The private key of the certificate (PEM)
    #[arg(long, env = "DOCKWRIGHT_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,

    /// Listen beyond this machine without TLS, because a proxy in front speaks it
    #[arg(
        long,
        env = "DOCKWRIGHT_INSECURE_BEHIND_PROXY",
        action = ArgAction::SetTrue,
        value_parser = BoolishValueParser::new()
    )]
    insecure_behind_proxy: bool,

    /// Let clients call this host, such as docker.example [default: localhost and the address itself]
    #[arg(long, env = "DOCKWRIGHT_ALLOW_HOST", value_name = "HOST,…", value_delimiter = ',')]
    allow_host: Vec<String>,

    /// Let pages of this web origin call, such as `https://app.example` [default: none]
    #[arg(long, env = "DOCKWRIGHT_ALLOW_ORIGIN", value_name = "ORIGIN,…", value_delimiter = ',')]
    allow_origin: Vec<String>,

    /// Keep a session for each client of a revision before 2026-07-28, so that it can be asked and notified
    #[arg(long, env = "DOCKWRIGHT_SESSIONS", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    sessions: bool,
}

impl ListenSettings {
    /// Refuses settings that would have no effect or be dangerous.
    pub(super) fn check(&self) -> Result<(), String> {
        let Some(address) = &self.listen else {
            return match self.names().first() {
                Some(name) => Err(format!("{name}: give --listen too, or leave it out; it is for MCP over HTTP")),
                None => Ok(()),
            };
        };
        let is_unix = matches!(address, ListenAddress::Unix(_));
        if self.token_file.is_none() {
            return Err("--listen: give the file of the clients' tokens with --token-file FILE; it is made if it is \
                        missing. Without a token, every user of this machine could control the engine"
                .to_owned());
        }
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            return Err("--tls-cert and --tls-key: give both or none".to_owned());
        }
        if self.tls_cert.is_some() && is_unix {
            return Err("--tls-cert: a unix socket has no TLS".to_owned());
        }
        if self.tls_cert.is_none() && !address.is_local() && !self.insecure_behind_proxy {
            return Err(format!(
                "--listen {address}: others on the network could read the tokens; give --tls-cert and --tls-key, or \
                 --insecure-behind-proxy if a proxy speaks TLS and nobody else reaches this address"
            ));
        }
        Ok(())
    }

    /// The options that are given.
    fn names(&self) -> Vec<&'static str> {
        let given = [
            ("--token-file", self.token_file.is_some()),
            ("--tls-cert", self.tls_cert.is_some()),
            ("--tls-key", self.tls_key.is_some()),
            ("--insecure-behind-proxy", self.insecure_behind_proxy),
            ("--allow-host", !self.allow_host.is_empty()),
            ("--allow-origin", !self.allow_origin.is_empty()),
            ("--sessions", self.sessions),
        ];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
    }

    /// Serves clients until `drain` is cancelled.
    pub(super) async fn run(self, server: Server, address: ListenAddress, drain: CancellationToken) -> CommandResult {
        let ip = |address: &ListenAddress| match address {
            ListenAddress::Tcp(address) => Some(address.ip()),
            ListenAddress::Unix(_) => None,
        };
        let hosts = Hosts::new(ip(&address), &self.allow_host).map_err(|problem| format!("--allow-host {problem}"))?;
        let origins = Origins::new(&self.allow_origin).map_err(|problem| format!("--allow-origin {problem}"))?;
        if ip(&address).is_some_and(|ip: IpAddr| ip.is_unspecified()) && self.allow_host.is_empty() {
            return Err(format!(
                "--listen {address}: give the name by which clients call this server with --allow-host"
            ));
        }
        let (listener, scheme) = self.listener(&address)?;
        let token_file = self.token_file.clone().unwrap_or_default();
        let (tokens, is_new) = TokenFile::open(&token_file).map_err(|problem| format!("--token-file {problem}"))?;
        // Any server with these tokens may take the answer to a question of this one.
        let server = server.confirm_by_default(Confirm::Destructive);
        let server = match tokens.secret() {
            Some(secret) => server.with_confirmation_key(&secret),
            None => server,
        };
        let bound = listener.tcp_address().map_or(address, ListenAddress::Tcp);
        let url = match bound {
            ListenAddress::Tcp(_) => format!("{scheme}://{bound}{HTTP_PATH}"),
            ListenAddress::Unix(_) => format!("{bound}, path {HTTP_PATH}"),
        };
        let made = if is_new { ", which was made" } else { "" };
        let _ = writeln!(
            io::stderr(),
            "dockwright: serving MCP at {url}; clients send a bearer token of {}{made}",
            token_file.display()
        );
        let endpoint = Arc::new(HttpEndpoint::new(Arc::new(server), self.sessions, drain.clone()));
        let answer = move |request| {
            let endpoint = Arc::clone(&endpoint);
            async move { endpoint.answer(request).await }
        };
        let gate = Gate::new(hosts, origins, tokens, drain.clone(), HTTP_PATH, answer);
        serve(listener, Bounds::default(), gate, drain).await;
        Ok(ExitCode::SUCCESS)
    }

    /// The listener, with TLS if that is asked for, and the scheme of its addresses.
    fn listener(&self, address: &ListenAddress) -> Result<(Listener, &'static str), String> {
        let bind = || Listener::bind(address).map_err(|error| format!("--listen {address}: {error}"));
        match (&self.tls_cert, &self.tls_key) {
            #[cfg(feature = "tls")]
            (Some(certificate), Some(key)) => {
                let certificates = crate::http::Certificates::open(certificate, key, None);
                let certificates = certificates.map_err(|problem| format!("--tls-cert, --tls-key: {problem}"))?;
                Ok((bind()?.with_tls(certificates), "https"))
            }
            #[cfg(not(feature = "tls"))]
            (Some(_), _) => Err("--tls-cert: this build has no TLS; build with the feature `tls`".to_owned()),
            _ => Ok((bind()?, "http")),
        }
    }
}
