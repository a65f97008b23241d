//! Where the engine is: the environment or a text in, an address out. It opens nothing; of the file system it reads only
//! the docker CLI's configuration.

mod context;

use std::fmt;
use std::path::PathBuf;

use http::uri::Authority;

use crate::error::{Error, Result};

const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
const DEFAULT_TCP_PORT: u16 = 2375;
const HTTP_PORT: u16 = 80;

/// How an engine is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// A unix socket.
    Unix(PathBuf),
    /// TCP without encryption.
    Tcp {
        /// A name or an IP address, an IPv6 one without its brackets.
        host: String,
        port: u16,
    },
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Unix(path) => write!(f, "unix://{}", path.display()),
            Address::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
        }
    }
}

/// Finds the engine as the docker CLI does: `DOCKER_HOST`, else the context that `DOCKER_CONTEXT` or the CLI's
/// configuration names, else the default socket.
pub(crate) fn find(environment: impl Fn(&str) -> Option<String>) -> Result<Address> {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    if let Some(host) = set("DOCKER_HOST") {
        let address = parse("DOCKER_HOST", &host)?;
        let plain = matches!(address, Address::Tcp { .. });
        return match set("DOCKER_TLS_VERIFY").or_else(|| set("DOCKER_TLS")) {
            Some(_) if plain => Err(unsupported("DOCKER_TLS_VERIFY", "TLS")),
            _ => Ok(address),
        };
    }
    match context::current(&set)? {
        Some(context) => parse(&context.origin, &context.host),
        None => Ok(Address::Unix(DEFAULT_SOCKET.into())),
    }
}

/// Reads an address as the docker CLI does; `from` says where it stood.
pub(crate) fn parse(from: &str, text: &str) -> Result<Address> {
    let text = text.trim();
    match text.split_once("://") {
        Some(("unix", "")) => Ok(Address::Unix(DEFAULT_SOCKET.into())),
        Some(("unix", path)) => Ok(Address::Unix(path.into())),
        Some(("tcp", authority)) => tcp(from, text, authority, DEFAULT_TCP_PORT),
        Some(("http", authority)) => tcp(from, text, authority, HTTP_PORT),
        Some((scheme @ ("https" | "ssh" | "npipe" | "fd"), _)) => Err(unsupported(from, &format!("{scheme}://"))),
        None if !text.contains('/') => tcp(from, text, text, DEFAULT_TCP_PORT),
        _ => Err(invalid(from, text)),
    }
}

fn tcp(from: &str, text: &str, authority: &str, default_port: u16) -> Result<Address> {
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    // The CLI leaves the host out as a matter of course: `tcp://:2375`.
    let authority = if authority.is_empty() || authority.starts_with(':') {
        format!("localhost{authority}")
    } else {
        authority.into()
    };
    let parsed: Authority = authority.parse().map_err(|_| invalid(from, text))?;
    let host = parsed.host();
    // A user name would make the prefix another.
    let port = match authority.strip_prefix(host).map(|rest| rest.strip_prefix(':')) {
        Some(None) => default_port,
        Some(Some(digits)) if !digits.starts_with('+') => digits.parse().map_err(|_| invalid(from, text))?,
        _ => return Err(invalid(from, text)),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Ok(Address::Tcp { host: host.to_owned(), port })
}

fn invalid(from: &str, text: &str) -> Error {
    let problem = format!("`{text}` is not an engine's address: use unix:///path/to/docker.sock or tcp://host:port");
    Error::Address { from: from.to_owned(), problem }
}

fn unsupported(from: &str, what: &str) -> Error {
    let problem = format!(
        "this build does not reach engines over {what} yet: forward the engine's socket to a local one \
         (ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock user@host) and use unix:///tmp/docker.sock"
    );
    Error::Address { from: from.to_owned(), problem }
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

    #[test]
    fn reads_addresses_as_the_docker_cli_does() {
        for (text, address) in [
            ("unix:///run/user/1000/docker.sock", Address::Unix("/run/user/1000/docker.sock".into())),
            ("unix://", Address::Unix(DEFAULT_SOCKET.into())),
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
    fn says_which_ways_are_not_built_yet() {
        for text in ["ssh://root@host", "https://host:2376", "npipe:////./pipe/docker_engine", "fd://3"] {
            let error = parse("DOCKER_HOST", text).unwrap_err().to_string();
            assert!(error.starts_with("DOCKER_HOST: this build does not reach"), "{error}");
        }
        let error = find(with(&[("DOCKER_HOST", "tcp://host:2376"), ("DOCKER_TLS_VERIFY", "1")])).unwrap_err();
        assert!(error.to_string().starts_with("DOCKER_TLS_VERIFY: this build does not reach"), "{error}");
    }

    #[test]
    fn the_default_is_the_usual_socket() {
        assert_eq!(find(with(&[])).unwrap(), Address::Unix(DEFAULT_SOCKET.into()));
        assert_eq!(find(with(&[("DOCKER_HOST", "")])).unwrap(), Address::Unix(DEFAULT_SOCKET.into()));
        // A socket needs no TLS, whatever the variable says.
        let verify = [("DOCKER_HOST", "unix:///a.sock"), ("DOCKER_TLS_VERIFY", "1")];
        assert_eq!(find(with(&verify)).unwrap(), Address::Unix("/a.sock".into()));
    }

    #[test]
    fn the_host_goes_before_the_context() {
        let both = [("DOCKER_HOST", "tcp://a:1"), ("DOCKER_CONTEXT", "missing")];
        assert_eq!(find(with(&both)).unwrap(), tcp_at("a", 1));
    }

    #[test]
    fn an_address_is_written_as_it_is_read() {
        for text in ["unix:///var/run/docker.sock", "tcp://host:2375", "tcp://[::1]:2375"] {
            assert_eq!(parse("address", text).unwrap().to_string(), text);
        }
    }
}
