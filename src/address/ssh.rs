//! The part of an address after `ssh://` in, what ssh needs to know out. It refuses what ssh has no use for, and never
//! repeats the text, which may hold a password.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// A host that ssh reaches, and the engine's socket there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SshAddress {
    /// `None` leaves it to ssh's configuration.
    pub user: Option<String>,
    /// A name of DNS or of ssh's configuration, or an IP address; IPv6 without brackets.
    pub host: String,
    /// `None` leaves it to ssh's configuration.
    pub port: Option<u16>,
    /// `None` is the socket that the docker CLI uses there.
    pub socket: Option<String>,
}

/// Characters that OpenSSH accepts in no name, since shells would read them.
const FORBIDDEN: &str = "'`\";&<>|(){}";

/// Reads an address. The error is the problem and what to write instead.
pub(super) fn parse(rest: &str) -> Result<SshAddress, String> {
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    match path.find(['?', '#']).map(|at| path.as_bytes()[at]) {
        Some(b'?') => return Err(refused("query", "leave out `?` and the rest")),
        Some(_) => return Err(refused("fragment", "leave out `#` and the rest")),
        None => {}
    }
    let (user, place) = match authority.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => {
            return Err(refused("password", "let ssh log in with a key, from its agent or its configuration"));
        }
        Some((user, place)) => (Some(decoded(user)?).filter(|user| !user.is_empty()), place),
        None => (None, authority),
    };
    let (host, port) = host_and_port(place)?;
    let socket = Some(decoded(path)?).filter(|path| !path.is_empty() && path != "/");
    let is_user = |user: &String| is_name(user, FORBIDDEN) && !user.ends_with('\\');
    match () {
        () if host.is_empty() => Err(malformed("a host's name")),
        () if !is_name(&host, "$\\") || !is_name(&host, FORBIDDEN) => Err(malformed("another host's name")),
        () if !user.as_ref().is_none_or(is_user) => Err(malformed("another user's name")),
        () if socket.as_ref().is_some_and(|path| path.contains(char::is_control)) => Err(malformed("another path")),
        () => Ok(SshAddress { user, host, port, socket }),
    }
}

fn host_and_port(place: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = match place.strip_prefix('[').and_then(|place| place.split_once(']')) {
        Some((host, "")) => (host, ""),
        Some((host, port)) => (host, port.strip_prefix(':').ok_or_else(|| malformed("`:` before the port"))?),
        None => place.split_once(':').unwrap_or((place, "")),
    };
    Ok((decoded(host)?, parse_port(port)?))
}

fn parse_port(text: &str) -> Result<Option<u16>, String> {
    match text.parse() {
        _ if text.is_empty() => Ok(None),
        Ok(port @ 1..) if !text.starts_with('+') => Ok(Some(port)),
        _ => Err(malformed("a port from 1 to 65535, and brackets around an IPv6 address")),
    }
}

/// Tells whether ssh takes a name: no option, nothing that a shell reads.
fn is_name(name: &str, forbidden: &str) -> bool {
    let is_wrong = |letter: char| letter.is_control() || letter.is_whitespace() || forbidden.contains(letter);
    !name.starts_with('-') && !name.contains(is_wrong)
}

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| malformed("UTF-8 behind its percent signs"))?;
    Ok(decoded.into_owned())
}

fn refused(part: &str, remedy: &str) -> String {
    format!("an ssh:// address takes no {part}: {remedy}")
}

fn malformed(expected: &str) -> String {
    format!("this ssh:// address needs {expected}: use ssh://user@host:port/path/to/docker.sock")
}

impl fmt::Display for SshAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The characters that would end a part of the address.
        const SPECIAL: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'?').add(b'#');
        const IN_USER: &AsciiSet = &SPECIAL.add(b'/').add(b':').add(b'@');
        f.write_str("ssh://")?;
        if let Some(user) = &self.user {
            write!(f, "{}@", utf8_percent_encode(user, IN_USER))?;
        }
        match self.host.contains(':') {
            true => write!(f, "[{}]", utf8_percent_encode(&self.host, SPECIAL))?,
            false => write!(f, "{}", utf8_percent_encode(&self.host, IN_USER))?,
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        match &self.socket {
            Some(path) => write!(f, "{}", utf8_percent_encode(path, SPECIAL)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(user: &str, host: &str, port: u16, socket: &str) -> SshAddress {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        SshAddress { user: some(user), host: host.into(), port: Some(port).filter(|p| *p != 0), socket: some(socket) }
    }

    #[test]
    fn an_address_is_read_as_the_docker_cli_reads_it_and_written_as_it_is() {
        for (text, expected) in [
            ("nas", address("", "nas", 0, "")),
            ("me@nas:2222", address("me", "nas", 2222, "")),
            ("me@nas/run/user/1000/docker.sock", address("me", "nas", 0, "/run/user/1000/docker.sock")),
            ("[::1]:22/a", address("", "::1", 22, "/a")),
            ("[fe80::1%25eth0]", address("", "fe80::1%eth0", 0, "")),
            ("corp%5Cme@nas", address("corp\\me", "nas", 0, "")),
            ("nas/a%20b%3F", address("", "nas", 0, "/a b?")),
            ("me%40corp@nas", address("me@corp", "nas", 0, "")),
        ] {
            let parsed = parse(text).unwrap();
            assert_eq!(parsed, expected, "{text}");
            let written = parsed.to_string();
            assert_eq!(parse(written.strip_prefix("ssh://").unwrap()).unwrap(), expected, "{text}: {written}");
        }
        for (text, written) in [("nas/", "ssh://nas"), ("@nas:", "ssh://nas"), ("[::1]", "ssh://[::1]")] {
            assert_eq!(parse(text).unwrap().to_string(), written);
        }
    }

    #[test]
    fn a_part_that_ssh_has_no_use_for_is_named_and_a_password_is_never_repeated() {
        for (text, named) in [
            ("me:s3cret@nas", "no password"),
            ("me:@nas", "no password"),
            ("me:s3cret?@nas", "no query"),
            ("nas?s3cret=1", "no query"),
            ("nas/run/docker.sock?a", "no query"),
            ("nas#s3cret", "no fragment"),
            ("", "a host's name"),
            ("me@", "a host's name"),
            ("/run/docker.sock", "a host's name"),
            ("-oProxyCommand=x", "another host's name"),
            ("a b", "another host's name"),
            ("a%20b", "another host's name"),
            ("a$(s3cret)", "another host's name"),
            ("-x@nas", "another user's name"),
            ("`s3cret`@nas", "another user's name"),
            ("nas:99999", "a port"),
            ("nas:0", "a port"),
            ("nas:+22", "a port"),
            ("::1", "brackets around an IPv6 address"),
            ("[::1]22", "before the port"),
            ("nas/a%0Ab", "another path"),
            ("nas/%ff", "UTF-8"),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(named) && !problem.contains("s3cret"), "{text}: {problem}");
        }
    }
}
