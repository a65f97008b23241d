//! Explains a negotiation that failed: the problem at the address, and a remedy. It knows the error and the address,
//! and opens no connection.

use http::StatusCode;

use crate::address::Address;
use crate::error::{Error, Phase};
use crate::reply::readable;

/// The most bytes of a server's own message that are quoted.
const QUOTED_BYTES: usize = 200;

/// Port of ssh.
const SSH: u16 = 22;

const SET_TLS: &str = "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH=/folder/of/pem/files";

/// The address that was peer.
pub(super) struct Peer<'a> {
    pub address: Option<&'a Address>,
    pub is_encrypted: bool,
}

/// Turns the error of a request for the API version into one about the address. Errors that name it already stay.
pub(super) fn explain(peer: &Peer<'_>, error: Error) -> Error {
    let (problem, remedy, is_temporary) = match error {
        Error::Api { status, message, .. } => refused(peer, status, &message),
        Error::Decode { reason, .. } => (reason, other_service(peer), false),
        // hyper's words for bytes that arrive before the request is sent.
        Error::Interrupted { reason, .. } if reason.contains("unexpected message") => {
            ("it speaks first, as ssh does and HTTP does not".to_owned(), other_service(peer), false)
        }
        Error::Interrupted { reason, .. } => {
            let problem = format!("it closed the connection without an answer: {reason}");
            (problem, format!("start the engine again if it died; else {}", other_service(peer)), true)
        }
        Error::Timeout { limit, phase, .. } => {
            let what =
                if phase == Phase::Idle { "stops in its answer" } else { "accepts the connection and sends nothing" };
            let problem = format!("it {what} within {limit:?}");
            (problem, format!("restart the engine if it hangs; else {}", other_service(peer)), true)
        }
        error => return error,
    };
    let address = peer.address.map_or_else(|| "canned".to_owned(), Address::to_string);
    Error::NoEngine { address, problem, remedy, is_temporary }
}

/// The problem for an answer with this status.
fn refused(peer: &Peer<'_>, status: StatusCode, message: &str) -> (String, String, bool) {
    let is_page = message.trim_start().starts_with('<');
    let quoted = if is_page { "a web page".to_owned() } else { readable(message, QUOTED_BYTES) };
    let problem = format!("it answers GET /_ping with status {}: {quoted}", status.as_u16());
    let lower = message.to_lowercase();
    // The words of Go's and of nginx's server for a request without TLS to a port with TLS.
    if !peer.is_encrypted && (lower.contains("https server") || lower.contains("https port")) {
        let said = if is_page { "a request without TLS was sent to an HTTPS port" } else { &quoted };
        return (format!("it wants TLS: {said}"), SET_TLS.to_owned(), false);
    }
    let (remedy, is_temporary) = match status.as_u16() {
        502..=504 => {
            ("a proxy is there, and its engine does not answer: start that engine, or correct the proxy", true)
        }
        401 | 403 | 407 => {
            ("a proxy or an authorization plugin forbids it: let it pass GET /_ping, or correct the address", false)
        }
        429 => ("try again later", true),
        500 if !is_page => ("read the engine's log, or correct the address if another server is there", false),
        _ => ("another HTTP server is there: correct the address or its port", false),
    };
    (problem, remedy.to_owned(), is_temporary)
}

/// The remedy if something else may listen at the address.
fn other_service(peer: &Peer<'_>) -> String {
    let Some(Address::Tcp { port, .. }) = peer.address else {
        return "correct the address: another program has this socket".to_owned();
    };
    match (peer.is_encrypted, *port) {
        (_, SSH) => "correct the address: port 22 is ssh's; use ssh://user@host".to_owned(),
        (true, _) => "correct the address or its port: another service may be there".to_owned(),
        (false, _) => {
            format!("correct the address or its port: another service may be there, or one with TLS ({SET_TLS})")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn explained(address: &str, is_encrypted: bool, error: Error) -> Error {
        let address = crate::address::parse("address", address).unwrap();
        explain(&Peer { address: Some(&address), is_encrypted }, error)
    }

    fn refusal(status: u16, message: &str) -> Error {
        Error::Api {
            operation: "negotiation",
            endpoint: "GET /_ping".into(),
            status: StatusCode::from_u16(status).unwrap(),
            message: message.into(),
        }
    }

    #[test]
    fn every_failure_names_the_address_the_problem_and_a_remedy() {
        let lost = || Error::Interrupted { operation: "negotiation", reason: "connection reset".into(), source: None };
        let first = || Error::Interrupted {
            operation: "negotiation",
            reason: "received unexpected message from connection".into(),
            source: None,
        };
        let silent =
            || Error::Timeout { operation: "negotiation", phase: Phase::FirstByte, limit: Duration::from_secs(5) };
        let garbage = || Error::Decode {
            operation: "negotiation",
            reason: "its answer is not HTTP".into(),
            excerpt: String::new(),
            source: None,
        };
        for (address, error, parts) in [
            (
                "tcp://a:1",
                refusal(400, "Client sent an HTTP request to an HTTPS server."),
                ["HTTPS server", "DOCKER_TLS_VERIFY=1"],
            ),
            (
                "tcp://a:1",
                refusal(400, "<html>The plain HTTP request was sent to HTTPS port"),
                ["wants TLS", "DOCKER_TLS_VERIFY=1"],
            ),
            ("tcp://a:1", refusal(502, "<html><h1>Bad Gateway"), ["502: a web page", "start that engine"]),
            ("tcp://a:1", refusal(503, "no server available"), ["503: no server", "a proxy is there"]),
            ("tcp://a:1", refusal(404, "<!DOCTYPE html>"), ["404: a web page", "another HTTP server"]),
            ("tcp://a:1", refusal(301, "Moved"), ["301", "another HTTP server"]),
            ("tcp://a:1", refusal(403, "denied"), ["403: denied", "forbids it"]),
            ("tcp://a:22", garbage(), ["not HTTP", "use ssh://user@host"]),
            ("tcp://a:2376", garbage(), ["not HTTP", "one with TLS"]),
            ("tcp://a:1", first(), ["speaks first", "correct the address"]),
            ("tcp://a:1", lost(), ["closed the connection", "correct the address"]),
            ("unix:///a.sock", lost(), ["closed the connection", "another program has this socket"]),
            ("tcp://a:1", silent(), ["sends nothing within 5s", "restart the engine"]),
        ] {
            let error = explained(address, false, error);
            let text = error.to_string();
            assert!(text.starts_with(&format!("no Docker engine answers at {address}: ")), "{text}");
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
            assert!(error.status().is_none() && !text.contains("<html>"), "{text}");
        }
        assert!(explained("tcp://a:1", true, silent()).is_retryable());
        assert!(!explained("tcp://a:1", true, lost()).to_string().contains("TLS"));
        assert!(!explained("tcp://a:1", true, refusal(404, "")).is_retryable());
    }
}
