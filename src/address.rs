//! The environment or a text in, the address of an engine out. It opens no connection, and reads only the docker CLI's
//! configuration.

mod certificates;
mod configuration;
mod context;
mod contexts;
mod form;
mod known_sockets;
mod parse;
#[cfg(feature = "ssh")]
mod ssh;

use std::path::{Path, PathBuf};

use http::HeaderMap;

use crate::docker_cli;
use crate::error::Result;
use crate::warning::Warning;
use configuration::Configuration;

pub(crate) use certificates::{Certificates, Server};
pub use contexts::context_names;
pub(crate) use form::Address;
#[cfg(all(feature = "ssh", unix))]
pub(crate) use parse::DEFAULT_SOCKET;
pub(crate) use parse::parse;
#[cfg(feature = "ssh")]
pub(crate) use ssh::SshAddress;

/// The docker CLI's default if TLS is configured and no host is.
const DEFAULT_TLS_HOST: &str = "tcp://localhost:2376";

/// The docker CLI's name for the engine that no context describes.
const DEFAULT_CONTEXT: &str = "default";

/// The address of an engine and the settings of the connections to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EngineLocation {
    pub address: Address,
    /// The setting that names the address, for messages.
    pub origin: String,
    /// `None` if connections are not encrypted.
    pub certificates: Option<Certificates>,
    /// Headers for every request.
    pub headers: HeaderMap,
    /// Problems in spite of which the address was found.
    pub warnings: Vec<Warning>,
}

/// The engine that the caller names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice<'a> {
    /// None: the environment or the configuration names it.
    Unnamed,
    /// The one at an address.
    Host(&'a str),
    /// The engine of a context of the docker CLI.
    Context(&'a str),
}

/// Finds the engine as the docker CLI does: the one that the caller names, else that of `DOCKER_HOST`, else that of the
/// context that `DOCKER_CONTEXT` or the CLI's configuration names, else the default.
pub(crate) fn find(choice: Choice<'_>, environment: impl Fn(&str) -> Option<String>) -> Result<EngineLocation> {
    let set = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
    let directory = docker_cli::directory(&set);
    let configuration = Configuration::read(directory.as_deref());
    let host = set("DOCKER_HOST").map(|host| Named::Host("DOCKER_HOST".to_owned(), host));
    let named = match choice {
        Choice::Host(host) => Named::Host("address".to_owned(), host.to_owned()),
        // The CLI's default context is that of its environment.
        Choice::Context(DEFAULT_CONTEXT) => host.unwrap_or(Named::Default),
        Choice::Context(name) => Named::Context("context".to_owned(), name.to_owned()),
        Choice::Unnamed => {
            let context = || set("DOCKER_CONTEXT").map(|name| Named::Context("DOCKER_CONTEXT".to_owned(), name));
            let current = || Named::Context(configuration.origin(), configuration.current_context.clone());
            match host.or_else(context).unwrap_or_else(current) {
                Named::Context(_, name) if name.is_empty() || name == DEFAULT_CONTEXT => Named::Default,
                named => named,
            }
        }
    };
    let (address, origin, certificates) = match named {
        Named::Host(from, host) => (parse(&from, &host)?, from, certificates(&set, directory.as_deref())),
        Named::Default => {
            let (address, origin) = default_address(&set, Path::new(parse::DEFAULT_SOCKET))?;
            (address, origin, certificates(&set, directory.as_deref()))
        }
        Named::Context(from, name) => {
            let context = context::read(directory.as_deref(), &name, &from)?;
            (parse(&from, &context.host)?, format!("context `{name}` ({from})"), context.certificates)
        }
    };
    let headers = configuration.headers()?;
    // A socket needs no TLS.
    let certificates = certificates.filter(|_| matches!(address, Address::Tcp { .. }));
    Ok(EngineLocation { address, origin, certificates, headers, warnings: configuration.warnings })
}

/// The setting that names an engine, and its value.
enum Named {
    Host(String, String),
    Context(String, String),
    Default,
}

/// The address and its origin if no setting names an engine: the docker CLI's default, or a known socket of another
/// product if that default does not exist.
fn default_address(set: &impl Fn(&str) -> Option<String>, socket: &Path) -> Result<(Address, String)> {
    if wants_tls(set).is_some() {
        return Ok((parse("address", DEFAULT_TLS_HOST)?, "default".to_owned()));
    }
    let is_missing = matches!(socket.try_exists(), Ok(false));
    match is_missing.then(|| known_sockets::find(set)).flatten() {
        Some(known) => {
            let origin = format!("the socket of {}, as {} does not exist", known.product, socket.display());
            Ok((Address::Unix(known.path), origin))
        }
        None => Ok((parse::default_address(), "default".to_owned())),
    }
}

/// The certificates that the environment asks for.
fn certificates(set: &impl Fn(&str) -> Option<String>, directory: Option<&Path>) -> Option<Certificates> {
    let (origin, server) = wants_tls(set)?;
    let folder = set("DOCKER_CERT_PATH").map(PathBuf::from).or_else(|| Some(directory?.to_owned()));
    Some(Certificates { origin: origin.to_owned(), folder: folder.unwrap_or_default(), server })
}

/// Like the docker CLI, checks only that these are not empty: `DOCKER_TLS_VERIFY=0` verifies too.
fn wants_tls(set: &impl Fn(&str) -> Option<String>) -> Option<(&'static str, Server)> {
    let wants = |(name, server): (&'static str, Server)| set(name).map(|_| (name, server));
    [("DOCKER_TLS_VERIFY", Server::Verified), ("DOCKER_TLS", Server::Unverified)].into_iter().find_map(wants)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tcp_at(host: &str, port: u16) -> Address {
        Address::Tcp { host: host.into(), port, base: String::new() }
    }

    /// An environment of these variables and no home.
    fn with<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    fn found(variables: &[(&str, &str)]) -> EngineLocation {
        find(Choice::Unnamed, with(variables)).unwrap()
    }

    #[test]
    fn the_default_is_the_usual_address() {
        assert_eq!(found(&[]).address, parse::default_address());
        assert_eq!(found(&[("DOCKER_HOST", "")]).address, parse::default_address());
        assert_eq!(found(&[("DOCKER_HOST", ""), ("DOCKER_TLS_VERIFY", "")]).certificates, None);
    }

    #[test]
    fn the_environment_says_whether_and_how_tcp_is_encrypted() {
        let folder = ("DOCKER_CERT_PATH", "/certificates");
        let tcp = ("DOCKER_HOST", "tcp://a:2376");
        let (verify, encrypt) = (("DOCKER_TLS_VERIFY", "0"), ("DOCKER_TLS", "1"));
        let of = |origin: &str, folder: &str, server| {
            Some(Certificates { origin: origin.into(), folder: folder.into(), server })
        };
        for (variables, certificates) in [
            (&[tcp, folder][..], None),
            (&[tcp, folder, verify], of("DOCKER_TLS_VERIFY", "/certificates", Server::Verified)),
            (&[tcp, folder, encrypt], of("DOCKER_TLS", "/certificates", Server::Unverified)),
            (&[tcp, folder, encrypt, verify], of("DOCKER_TLS_VERIFY", "/certificates", Server::Verified)),
            (&[tcp, verify, ("DOCKER_CONFIG", "/a")], of("DOCKER_TLS_VERIFY", "/a", Server::Verified)),
            (&[("DOCKER_HOST", "unix:///a.sock"), folder, verify], None),
        ] {
            assert_eq!(found(variables).certificates, certificates, "{variables:?}");
        }
        let home = [tcp, verify, (if cfg!(windows) { "USERPROFILE" } else { "HOME" }, "/home/a")];
        assert_eq!(found(&home).certificates.unwrap().folder, Path::new("/home/a/.docker"));
        // The docker CLI does the same, whatever the port.
        assert_eq!(found(&[verify]).address, tcp_at("localhost", 2376));
        assert_eq!(found(&[verify, ("DOCKER_HOST", "tcp://a")]).address, tcp_at("a", 2375));
    }

    #[test]
    fn an_address_that_is_passed_goes_before_all_and_is_encrypted_as_the_environment_says() {
        let variables = [("DOCKER_HOST", "unix:///a.sock"), ("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/c")];
        let location = find(Choice::Host("tcp://b:1"), with(&variables)).unwrap();
        assert_eq!((location.address, location.certificates.unwrap().folder), (tcp_at("b", 1), "/c".into()));
    }

    #[test]
    fn the_host_goes_before_the_context() {
        let both = [("DOCKER_HOST", "tcp://a:1"), ("DOCKER_CONTEXT", "missing")];
        assert_eq!(found(&both).address, tcp_at("a", 1));
    }

    /// A configuration directory of the docker CLI with the contexts `nas` and `local`, of which `nas` is current.
    fn directory() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (id, host) in [
            ("047de0f543c7e3596bb6dbd0e65f2c30357720a63eca423f08c52fae314f6806", "tcp://10.0.0.1:2375"),
            ("25bf8e1a2393f1108d37029b3df5593236c755742ec93465bbafa9b290bddcf6", "unix:///a.sock"),
        ] {
            let folder = directory.path().join("contexts/meta").join(id);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("meta.json"), format!(r#"{{"Endpoints":{{"docker":{{"Host":"{host}"}}}}}}"#))
                .unwrap();
        }
        fs::write(directory.path().join("config.json"), r#"{"currentContext":"nas","HttpHeaders":{"X-A":"1"}}"#)
            .unwrap();
        directory
    }

    #[test]
    fn the_current_context_is_followed_unless_another_is_named() {
        let directory = directory();
        let folder = directory.path().display().to_string();
        let config = ("DOCKER_CONFIG", folder.as_str());
        let address = |choice, more: &[(&str, &str)]| {
            find(choice, with(&[&[config], more].concat())).map(|location| location.address.to_string()).unwrap()
        };
        assert_eq!(address(Choice::Unnamed, &[]), "tcp://10.0.0.1:2375");
        assert_eq!(address(Choice::Unnamed, &[("DOCKER_CONTEXT", "local")]), "unix:///a.sock");
        assert_eq!(address(Choice::Unnamed, &[("DOCKER_CONTEXT", "default")]), parse::default_address().to_string());
        // The CLI's option `--context` takes precedence over `DOCKER_HOST`.
        assert_eq!(address(Choice::Context("local"), &[("DOCKER_HOST", "tcp://a:1")]), "unix:///a.sock");
        assert_eq!(address(Choice::Context("default"), &[("DOCKER_HOST", "tcp://a:1")]), "tcp://a:1");
        assert_eq!(address(Choice::Context("default"), &[]), parse::default_address().to_string());
        let location = found(&[config]);
        assert_eq!(location.origin, format!("context `nas` (currentContext of {folder}/config.json)"));
        let location = find(Choice::Host("tcp://a"), with(&[config])).unwrap();
        assert_eq!((location.address, &location.headers["x-a"]), (tcp_at("a", 2375), &"1".parse().unwrap()));
    }

    #[test]
    #[cfg(unix)]
    fn a_known_socket_stands_in_for_a_default_that_does_not_exist() {
        let home = tempfile::tempdir().unwrap();
        let known = home.path().join(".rd/docker.sock");
        fs::create_dir(home.path().join(".rd")).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(&known).unwrap();
        let folder = home.path().display().to_string();
        let variables = [("HOME", folder.as_str())];
        let missing = home.path().join("missing");
        let (address, origin) = default_address(&with(&variables), &missing).unwrap();
        assert_eq!(address, Address::Unix(known.clone()));
        assert_eq!(origin, format!("the socket of Rancher Desktop, as {} does not exist", missing.display()));
        assert_eq!(default_address(&with(&variables), &known).unwrap().1, "default");
    }
}
