//! The environment or a text in, the address of an engine out. It opens no connection, and reads only the docker CLI's
//! configuration.

mod certificates;
mod context;
#[cfg(feature = "ssh")]
mod ssh;

use std::fmt;
use std::path::{Path, PathBuf};

use http::uri::Authority;

use crate::error::{Error, Result};

pub(crate) use certificates::{Certificates, Server};
#[cfg(feature = "ssh")]
pub(crate) use ssh::SshAddress;

pub(crate) const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
const DEFAULT_TCP_PORT: u16 = 2375;
/// The docker CLI's default if TLS is configured and no host is.
const DEFAULT_TLS_HOST: &str = "tcp://localhost:2376";
const HTTP_PORT: u16 = 80;

/// The address of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// A unix socket.
    Unix(PathBuf),
    /// A host and a port.
    Tcp {
        /// A name or an IP address; IPv6 without brackets.
        host: String,
        port: u16,
    },
    /// A socket of another host, which ssh reaches.
    #[cfg(feature = "ssh")]
    Ssh(SshAddress),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Unix(path) => write!(f, "unix://{}", path.display()),
            Address::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
            #[cfg(feature = "ssh")]
            Address::Ssh(address) => write!(f, "{address}"),
        }
    }
}

/// The address of an engine and the certificates for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EngineLocation {
    pub address: Address,
    /// The setting that names the address, for messages.
    pub origin: String,
    /// `None` if connections are not encrypted.
    pub certificates: Option<Certificates>,
}

/// Finds the engine as the docker CLI does: `host` or `DOCKER_HOST`, else the context that `DOCKER_CONTEXT` or the
/// CLI's configuration names, else the default.
pub(crate) fn find(host: Option<&str>, environment: impl Fn(&str) -> Option<String>) -> Result<EngineLocation> {
    let set = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
    let directory = context::directory(&set);
    let (origin, address) = match (host, set("DOCKER_HOST")) {
        (Some(host), _) => ("address", parse("address", host)?),
        (None, Some(host)) => ("DOCKER_HOST", parse("DOCKER_HOST", &host)?),
        (None, None) => match context::current(&set, directory.as_deref())? {
            Some(context) => {
                let address = parse(&context.origin, &context.host)?;
                let origin = format!("context `{}` ({})", context.name, context.origin);
                return Ok(location(address, origin, context.certificates));
            }
            None if wants_tls(&set).is_some() => ("default", parse("address", DEFAULT_TLS_HOST)?),
            None => ("default", Address::Unix(DEFAULT_SOCKET.into())),
        },
    };
    Ok(location(address, origin.to_owned(), certificates(&set, directory.as_deref())))
}

/// Drops certificates for a socket, which needs no TLS.
fn location(address: Address, origin: String, certificates: Option<Certificates>) -> EngineLocation {
    let certificates = certificates.filter(|_| matches!(address, Address::Tcp { .. }));
    EngineLocation { address, origin, certificates }
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

/// Reads an address as the docker CLI does. Errors name its origin, `from`.
pub(crate) fn parse(from: &str, text: &str) -> Result<Address> {
    let text = text.trim();
    match text.split_once("://") {
        None if text.is_empty() => Ok(Address::Unix(DEFAULT_SOCKET.into())),
        Some(("unix", "")) => Ok(Address::Unix(DEFAULT_SOCKET.into())),
        Some(("unix", path)) => Ok(Address::Unix(path.into())),
        Some(("tcp", authority)) => tcp(from, text, authority, DEFAULT_TCP_PORT),
        Some(("http", authority)) => tcp(from, text, authority, HTTP_PORT),
        Some(("https", authority)) => Err(https(from, text, authority)),
        #[cfg(feature = "ssh")]
        Some(("ssh", rest)) => {
            let address = ssh::parse(rest).map_err(|problem| Error::Address { from: from.to_owned(), problem });
            address.map(Address::Ssh)
        }
        #[cfg(not(feature = "ssh"))]
        Some(("ssh", _)) => Err(unsupported(from, "ssh", "build it with the cargo feature `ssh`")),
        Some(("npipe", _)) => Err(unsupported(from, "npipe", "let the engine listen on tcp://localhost:2375")),
        Some(("fd", _)) => Err(fd(from)),
        None if !text.contains('/') => tcp(from, text, text, DEFAULT_TCP_PORT),
        _ => Err(invalid(from, text)),
    }
}

fn tcp(from: &str, text: &str, authority: &str, default_port: u16) -> Result<Address> {
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    // The CLI allows an empty host: `tcp://:2375`.
    let authority = if authority.is_empty() || authority.starts_with(':') {
        format!("localhost{authority}")
    } else {
        authority.into()
    };
    let parsed: Authority = authority.parse().map_err(|_| invalid(from, text))?;
    let host = parsed.host();
    // With a user name, the host is not the prefix.
    let port = match authority.strip_prefix(host).map(|rest| rest.strip_prefix(':')) {
        Some(None) => default_port,
        Some(Some(digits)) if !digits.starts_with('+') => digits.parse().map_err(|_| invalid(from, text))?,
        _ => return Err(invalid(from, text)),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Ok(Address::Tcp { host: host.to_owned(), port })
}

fn invalid(from: &str, text: &str) -> Error {
    let problem = format!(
        "`{text}` is not an engine's address: use unix:///path/to/docker.sock, tcp://host:port or ssh://user@host"
    );
    Error::Address { from: from.to_owned(), problem }
}

fn https(from: &str, text: &str, authority: &str) -> Error {
    let problem = format!(
        "`{text}` does not name the certificates to use: set DOCKER_HOST=tcp://{authority}, DOCKER_TLS_VERIFY=1 and \
         DOCKER_CERT_PATH=/folder/of/pem/files, or use `Engine::with_tls`"
    );
    Error::Address { from: from.to_owned(), problem }
}

fn unsupported(from: &str, scheme: &str, remedy: &str) -> Error {
    let problem = format!("this build does not reach engines over {scheme}://: {remedy}");
    Error::Address { from: from.to_owned(), problem }
}

/// The error for an address that only an engine takes.
fn fd(from: &str) -> Error {
    let problem = "fd:// names a socket that systemd hands to an engine, and is not for clients: use the address at \
                   which that engine listens, mostly unix:///var/run/docker.sock";
    Error::Address { from: from.to_owned(), problem: problem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp_at(host: &str, port: u16) -> Address {
        Address::Tcp { host: host.into(), port }
    }

    /// An environment of these variables and no home.
    fn with(variables: &[(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
        let variables = variables.to_vec();
        move |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    fn found(variables: &[(&'static str, &'static str)]) -> EngineLocation {
        find(None, with(variables)).unwrap()
    }

    #[test]
    fn reads_addresses_as_the_docker_cli_does() {
        for (text, address) in [
            ("unix:///run/user/1000/docker.sock", Address::Unix("/run/user/1000/docker.sock".into())),
            ("unix://", Address::Unix(DEFAULT_SOCKET.into())),
            ("", Address::Unix(DEFAULT_SOCKET.into())),
            ("tcp://engine.example:2376", tcp_at("engine.example", 2376)),
            ("tcp://engine.example", tcp_at("engine.example", 2375)),
            ("tcp://127.0.0.1:2375/", tcp_at("127.0.0.1", 2375)),
            ("tcp://", tcp_at("localhost", 2375)),
            ("tcp://:4243", tcp_at("localhost", 4243)),
            ("tcp://[::1]:2375", tcp_at("::1", 2375)),
            ("tcp://[::1]", tcp_at("::1", 2375)),
            ("http://engine.example", tcp_at("engine.example", 80)),
            (" engine:2375\n", tcp_at("engine", 2375)),
            (":2375", tcp_at("localhost", 2375)),
        ] {
            assert_eq!(parse("address", text).unwrap(), address, "{text}");
        }
    }

    #[test]
    fn refuses_what_names_no_engine_and_says_what_does() {
        for text in [
            "/var/run/docker.sock",
            "tcp://host:99999",
            "tcp://host:",
            "tcp://host:+80",
            "tcp://user@host:2375",
            "tcp://host/base",
            "tcp://::1",
            "udp://host",
            "a b",
        ] {
            let error = parse("DOCKER_HOST", text).unwrap_err().to_string();
            assert!(error.starts_with("DOCKER_HOST: `") && error.contains("unix:///"), "{text}: {error}");
        }
    }

    #[test]
    fn an_address_of_another_kind_is_refused_with_a_remedy_of_its_own() {
        for (text, problem, remedy) in [
            ("npipe:////./pipe/docker_engine", "this build does not reach engines over npipe://", "tcp://"),
            ("fd://3", "fd:// names a socket that systemd hands to an engine", "unix:///var/run/docker.sock"),
            ("fd://", "fd:// names a socket that systemd hands to an engine", "unix:///var/run/docker.sock"),
        ] {
            let error = parse("DOCKER_HOST", text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("DOCKER_HOST: {problem}")) && error.contains(remedy), "{error}");
            assert!(!error.contains("ssh"), "{error}");
        }
    }

    #[cfg(feature = "ssh")]
    #[test]
    fn an_address_of_ssh_needs_no_certificates_and_names_its_setting_when_it_is_wrong() {
        let host = ("DOCKER_HOST", "ssh://me@nas/");
        let location = found(&[host, ("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/c")]);
        assert_eq!((location.address.to_string().as_str(), location.certificates), ("ssh://me@nas", None));
        let error = parse("DOCKER_HOST", "ssh://me:s3cret@nas").unwrap_err().to_string();
        assert!(error.starts_with("DOCKER_HOST: an ssh:// address takes no password"), "{error}");
    }

    #[test]
    fn https_says_how_certificates_are_named() {
        let error = parse("DOCKER_HOST", "https://host:2376").unwrap_err().to_string();
        assert!(error.contains("DOCKER_HOST=tcp://host:2376, DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH"), "{error}");
    }

    #[test]
    fn the_default_is_the_usual_socket() {
        assert_eq!(found(&[]).address, Address::Unix(DEFAULT_SOCKET.into()));
        assert_eq!(found(&[("DOCKER_HOST", "")]).address, Address::Unix(DEFAULT_SOCKET.into()));
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
        let location = find(Some("tcp://b:1"), with(&variables)).unwrap();
        assert_eq!((location.address, location.certificates.unwrap().folder), (tcp_at("b", 1), "/c".into()));
    }

    #[test]
    fn the_host_goes_before_the_context() {
        let both = [("DOCKER_HOST", "tcp://a:1"), ("DOCKER_CONTEXT", "missing")];
        assert_eq!(found(&both).address, tcp_at("a", 1));
    }

    #[test]
    fn an_address_is_written_as_it_is_read() {
        for text in ["unix:///var/run/docker.sock", "tcp://host:2375", "tcp://[::1]:2375"] {
            assert_eq!(parse("address", text).unwrap().to_string(), text);
        }
    }
}
