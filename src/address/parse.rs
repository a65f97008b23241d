//! A text in, an address out, as the docker CLI reads it.

use std::path::Path;

use http::uri::Authority;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::form::Address;
#[cfg(feature = "ssh")]
use super::ssh;
use crate::error::{Error, Result};

/// The socket that is used if none is named.
pub(crate) const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
const DEFAULT_PIPE: &str = "//./pipe/docker_engine";
const DEFAULT_TCP_PORT: u16 = 2375;
const HTTP_PORT: u16 = 80;

/// The most bytes of a socket's path. A system's structure for it has a fixed size.
const SOCKET_PATH_BYTES: usize = if cfg!(target_os = "macos") { 103 } else { 107 };

/// The characters that are encoded in a base path. `%` is kept, since the path may be encoded already.
const BASE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}').add(b'\\');

/// The address that the docker CLI uses if none is named.
pub(super) fn default_address() -> Address {
    if cfg!(windows) { Address::Pipe(DEFAULT_PIPE.to_owned()) } else { Address::Unix(DEFAULT_SOCKET.into()) }
}

/// Reads an address as the docker CLI does. Errors name its origin, `from`.
pub(crate) fn parse(from: &str, text: &str) -> Result<Address> {
    let text = text.trim();
    let refuse = |problem: String| Error::Address { from: from.to_owned(), problem };
    match text.split_once("://") {
        None if text.is_empty() => Ok(default_address()),
        Some(("unix", path)) => socket(text, path).map_err(refuse),
        Some(("npipe", path)) => pipe(path).map_err(refuse),
        Some(("tcp", rest)) => tcp(rest, DEFAULT_TCP_PORT).ok_or_else(|| refuse(invalid(text))),
        Some(("http", rest)) => tcp(rest, HTTP_PORT).ok_or_else(|| refuse(invalid(text))),
        Some(("https", rest)) => Err(refuse(https(rest))),
        #[cfg(feature = "ssh")]
        Some(("ssh", rest)) => ssh::parse(rest).map(Address::Ssh).map_err(refuse),
        #[cfg(not(feature = "ssh"))]
        Some(("ssh", _)) => Err(refuse(no_ssh())),
        Some(("fd", _)) => Err(refuse(fd())),
        None if !text.starts_with('/') => tcp(text, DEFAULT_TCP_PORT).ok_or_else(|| refuse(invalid(text))),
        _ => Err(refuse(invalid(text))),
    }
}

fn socket(text: &str, path: &str) -> Result<Address, String> {
    match path.len() {
        0 => Ok(Address::Unix(DEFAULT_SOCKET.into())),
        bytes if bytes > SOCKET_PATH_BYTES => Err(format!(
            "the path of a socket has {SOCKET_PATH_BYTES} bytes at most, and this one {bytes}: name a link to it"
        )),
        // With two slashes the first part of the path would be a host.
        _ if !path.starts_with(['/', '@']) && !Path::new(path).exists() => Err(format!(
            "`{text}` is relative to the working directory, and not there: use three slashes, unix:///{path}"
        )),
        _ => Ok(Address::Unix(path.into())),
    }
}

fn pipe(path: &str) -> Result<Address, String> {
    let path = if path.is_empty() { DEFAULT_PIPE } else { path };
    let path = path.replace('\\', "/");
    if !cfg!(windows) {
        return Err("named pipes (npipe://) exist on Windows only: use unix:///path/to/docker.sock".to_owned());
    }
    match path.starts_with("//") {
        true => Ok(Address::Pipe(path)),
        false => Err(format!("`npipe://{path}` is not a pipe: use four slashes, npipe:////./pipe/docker_engine")),
    }
}

/// Reads a host, a port and a base path; `None` if it is none. The CLI drops a user name, a query and a fragment.
fn tcp(rest: &str, default_port: u16) -> Option<Address> {
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest[..end].split_at(rest[..end].find('/').unwrap_or(end));
    let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
    // The CLI allows an empty host: `tcp://:2375`.
    let authority = if authority.is_empty() || authority.starts_with(':') {
        format!("localhost{authority}")
    } else {
        authority.into()
    };
    let parsed: Authority = authority.parse().ok()?;
    let host = parsed.host();
    let port = match authority.strip_prefix(host)?.strip_prefix(':') {
        None => default_port,
        Some(digits) if !digits.starts_with('+') => digits.parse().ok()?,
        Some(_) => return None,
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Some(Address::Tcp { host: host.to_owned(), port, base: base(path) })
}

/// A base path without doubled slashes and dots, encoded; empty for `/`.
fn base(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    segments.iter().map(|segment| format!("/{}", utf8_percent_encode(segment, BASE))).collect()
}

fn invalid(text: &str) -> String {
    let text = without_secrets(text);
    let example = if cfg!(windows) { "npipe:////./pipe/docker_engine" } else { "unix:///path/to/docker.sock" };
    format!("`{text}` is not an engine's address: use {example}, tcp://host:port or ssh://user@host")
}

fn https(rest: &str) -> String {
    let rest = without_secrets(rest);
    format!(
        "https:// does not name the certificates to use: set DOCKER_HOST=tcp://{rest}, DOCKER_TLS_VERIFY=1 and \
         DOCKER_CERT_PATH=/folder/of/pem/files, or use `Engine::with_tls`"
    )
}

/// An address without a user, a password, a query and a fragment, which may hold secrets. The CLI ignores all of them.
fn without_secrets(text: &str) -> String {
    let scheme = text.find("://").map_or("", |end| &text[..end + 3]);
    let scheme = if scheme.contains('@') { "" } else { scheme };
    let rest = &text[scheme.len()..];
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}{}", &host[..host.find(['?', '#']).unwrap_or(host.len())])
}

#[cfg(not(feature = "ssh"))]
fn no_ssh() -> String {
    "this build does not reach engines over ssh://: build it with the cargo feature `ssh`".to_owned()
}

fn fd() -> String {
    "fd:// names a socket that systemd hands to an engine, and is not for clients: use the address at which that engine \
     listens, mostly unix:///var/run/docker.sock"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp_at(host: &str, port: u16, base: &str) -> Address {
        Address::Tcp { host: host.into(), port, base: base.into() }
    }

    #[test]
    fn reads_addresses_as_the_docker_cli_does() {
        for (text, address) in [
            ("unix:///run/user/1000/docker.sock", Address::Unix("/run/user/1000/docker.sock".into())),
            ("unix://@abstract", Address::Unix("@abstract".into())),
            ("unix://", Address::Unix(DEFAULT_SOCKET.into())),
            ("", default_address()),
            ("tcp://engine.example:2376", tcp_at("engine.example", 2376, "")),
            ("tcp://engine.example", tcp_at("engine.example", 2375, "")),
            ("tcp://127.0.0.1:2375/", tcp_at("127.0.0.1", 2375, "")),
            ("tcp://", tcp_at("localhost", 2375, "")),
            ("tcp://:4243", tcp_at("localhost", 4243, "")),
            ("tcp://[::1]:2375", tcp_at("::1", 2375, "")),
            ("tcp://[::1]", tcp_at("::1", 2375, "")),
            ("http://engine.example", tcp_at("engine.example", 80, "")),
            (" engine:2375\n", tcp_at("engine", 2375, "")),
            (":2375", tcp_at("localhost", 2375, "")),
            ("tcp://a/api/endpoints/1/docker/", tcp_at("a", 2375, "/api/endpoints/1/docker")),
            ("a:1/api", tcp_at("a", 1, "/api")),
            ("tcp://a:1/b c/%20d", tcp_at("a", 1, "/b%20c/%20d")),
            ("tcp://a:1//b/./../c?x=1#f", tcp_at("a", 1, "/c")),
            ("tcp://user:word@a:1", tcp_at("a", 1, "")),
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
            "tcp://::1",
            "udp://host",
            "a b",
        ] {
            let error = parse("DOCKER_HOST", text).unwrap_err().to_string();
            assert!(error.starts_with("DOCKER_HOST: `") && error.contains("tcp://host:port"), "{text}: {error}");
        }
    }

    #[test]
    fn no_refusal_repeats_a_secret() {
        for text in [
            "tcp://me:s3cret@h:99999",
            "tcp://me:s3/cret@h:99999",
            "tcp://h:99999?token=s3cret",
            "https://me:s3cret@h:2376/base?x=s3cret#s3cret",
            "htps://me:s3cret@h",
            "me:s3cret@h:x",
            "s3cret@ssh://h o",
            "unix:me:s3cret@h:x",
        ] {
            let error = parse("DOCKER_HOST", text).unwrap_err().to_string();
            assert!(!error.contains("s3") && !error.contains("cret"), "{text}: {error}");
        }
    }

    #[test]
    fn each_slip_has_its_hint() {
        let long = format!("unix:///{}", "a".repeat(SOCKET_PATH_BYTES));
        for (text, hint) in [
            ("unix://var/run/docker.sock", "use three slashes, unix:///var/run/docker.sock"),
            (&long, "bytes at most"),
            ("ssh://root:word@host", "an ssh:// address takes no password"),
            ("fd://3", "fd:// names a socket that systemd hands to an engine"),
            ("https://host:2376", "DOCKER_HOST=tcp://host:2376, DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH"),
        ] {
            let error = parse("DOCKER_HOST", text).unwrap_err().to_string();
            assert!(error.starts_with("DOCKER_HOST: ") && error.contains(hint), "{text}: {error}");
        }
        assert!(parse("address", &long[..long.len() - 1]).is_ok());
    }

    #[test]
    #[cfg(not(windows))]
    fn pipes_are_refused_where_there_are_none_and_without_a_word_of_ssh() {
        let error = parse("DOCKER_HOST", "npipe:////./pipe/docker_engine").unwrap_err().to_string();
        assert!(error.contains("exist on Windows only") && !error.contains("ssh"), "{error}");
    }

    #[test]
    #[cfg(windows)]
    fn reads_pipes() {
        for text in ["npipe:////./pipe/docker_engine", "npipe://", r"npipe://\\.\pipe\docker_engine", ""] {
            assert_eq!(parse("address", text).unwrap(), Address::Pipe(DEFAULT_PIPE.into()), "{text}");
        }
        let error = parse("address", "npipe://./pipe/docker_engine").unwrap_err().to_string();
        assert!(error.contains("use four slashes"), "{error}");
    }

    #[test]
    fn an_address_is_written_as_it_is_read() {
        for text in
            ["unix:///var/run/docker.sock", "unix://@a", "tcp://host:2375", "tcp://[::1]:2375/api", "ssh://root@host"]
        {
            assert_eq!(parse("address", text).unwrap().to_string(), text);
        }
    }
}
