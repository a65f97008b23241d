//! Names by which clients may call the server, as the header `Host` has them. A page of the web whose name leads to
//! this machine (DNS rebinding) sends its own name there, and is refused.

use std::net::IpAddr;

use http::header::HOST;
use http::request::Parts;
use http::{StatusCode, Version};

use super::authority::host_and_port;

/// Allowed hosts.
#[derive(Debug, Clone)]
pub struct Hosts(Vec<Host>);

/// A name or address without brackets in lower case, and a port if only that is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    name: String,
    port: Option<u16>,
}

impl Hosts {
    /// Allows the names of loopback, the address of the listener, and `more`: names with or without a port.
    ///
    /// # Errors
    /// A text about the first that is no name.
    pub fn new(listener: Option<IpAddr>, more: &[String]) -> Result<Self, String> {
        let listener = listener.filter(|address| !address.is_unspecified()).map(|address| address.to_string());
        let known = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into_iter().chain(listener);
        let mut hosts: Vec<_> = known.map(|name| Host { name, port: None }).collect();
        for text in more {
            hosts.push(
                parse(text).ok_or_else(|| format!("`{text}`: give a name such as docker.example, or with a port"))?,
            );
        }
        Ok(Hosts(hosts))
    }

    /// Refuses a request for another host, or one whose host is not clear.
    ///
    /// # Errors
    /// The status of the answer, and its line.
    pub fn check(&self, request: &Parts) -> Result<(), (StatusCode, &'static str)> {
        let bad = |line| (StatusCode::BAD_REQUEST, line);
        let mut values = request.headers.get_all(HOST).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(bad("give exactly one header Host"));
        };
        let host = value.to_str().ok().and_then(parse).ok_or_else(|| bad("the header Host is not a name"))?;
        let in_target = request.uri.authority().map(|authority| parse(authority.as_str()));
        if in_target.is_some_and(|target| target.as_ref() != Some(&host)) {
            return Err(bad("the target of the request is not of the header Host"));
        }
        if request.version < Version::HTTP_11 {
            return Err(bad("use HTTP/1.1"));
        }
        let is_allowed =
            |allowed: &Host| allowed.name == host.name && allowed.port.is_none_or(|port| host.port == Some(port));
        match self.0.iter().any(is_allowed) {
            true => Ok(()),
            false => Err((StatusCode::FORBIDDEN, "this host is not allowed")),
        }
    }
}

fn parse(text: &str) -> Option<Host> {
    host_and_port(text).map(|(name, port)| Host { name, port })
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn status(hosts: &Hosts, target: &str, values: &[&str]) -> u16 {
        let mut request = Request::builder().uri(target);
        for value in values {
            request = request.header(HOST, *value);
        }
        let (request, ()) = request.body(()).unwrap().into_parts();
        hosts.check(&request).map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn names_of_loopback_and_allowed_ones_pass_with_any_port() {
        let hosts =
            Hosts::new("10.0.0.1".parse().ok(), &["Docker.example".to_owned(), "a.example:443".to_owned()]).unwrap();
        for host in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1:8808",
            "[::1]:8808",
            "10.0.0.1",
            "docker.example:99",
            "a.example:443",
        ] {
            assert_eq!(status(&hosts, "/mcp", &[host]), 200, "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "a.example",
            "a.example:80",
            "0.0.0.0",
            "2130706433",
        ] {
            assert_eq!(status(&hosts, "/mcp", &[host]), 403, "{host}");
        }
    }

    #[test]
    fn requests_whose_host_is_unclear_are_malformed() {
        let hosts = Hosts::new(None, &[]).unwrap();
        for hosts_given in [
            &[][..],
            &["localhost", "localhost"],
            &["localhost", "evil.example"],
            &["user@localhost"],
            &["localhost:"],
            &["localhost:x"],
            &["localhost:+1"],
            &["localhost:65536"],
            &["localhost:1:2"],
            &[""],
            &["a b"],
        ] {
            assert_eq!(status(&hosts, "/mcp", hosts_given), 400, "{hosts_given:?}");
        }
        assert_eq!(status(&hosts, "http://localhost/mcp", &["localhost"]), 200);
        for target in ["http://evil.example/mcp", "http://localhost:1/mcp", "http://user@localhost/mcp"] {
            assert_eq!(status(&hosts, target, &["localhost"]), 400, "{target}");
        }
    }

    #[test]
    fn an_unspecified_address_is_no_name_and_a_wrong_name_is_refused() {
        let hosts = Hosts::new("0.0.0.0".parse().ok(), &[]).unwrap();
        assert_eq!(status(&hosts, "/mcp", &["0.0.0.0"]), 403);
        assert!(Hosts::new(None, &["https://a.example".to_owned()]).is_err());
    }
}
