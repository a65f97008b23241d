//! The wish of a client to switch the protocol of its connection, which only some rows grant.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dockwright::Value;
use dockwright::operation::Operation;
use dockwright_policy::{Call, Refusal};
use http::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};

use super::failure::Failure;

const WEBSOCKET: &str = "websocket";
/// The version of websockets, and the bytes of a key.
const VERSION: &str = "13";
const KEY_BYTES: usize = 16;

/// The protocol that a client wants to switch to, which is that of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Upgrade {
    protocol: &'static str,
    /// The key of a websocket.
    key: Option<HeaderValue>,
}

impl Upgrade {
    /// The switch that a client wants; `None` if it wants none, or one that its request has not, which HTTP lets a
    /// server pass over.
    ///
    /// # Errors
    /// If it wants another protocol than that of the row, or only half of a websocket.
    pub(super) fn wanted(operation: &Operation, headers: &HeaderMap) -> Result<Option<Self>, Failure> {
        let Some(protocol) = operation.protocol else { return Ok(None) };
        let mut values = headers.get_all(UPGRADE).iter();
        let is_protocol = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(protocol.as_bytes());
        match (values.next(), values.next()) {
            (None, _) if protocol == WEBSOCKET => refuse("a websocket is expected"),
            (None, _) => Ok(None),
            (Some(value), None) if is_protocol(value) && is_announced(headers) => {
                let key = if protocol == WEBSOCKET { Some(websocket_key(headers)?) } else { None };
                Ok(Some(Upgrade { protocol, key }))
            }
            _ => refuse(&format!("only `Connection: Upgrade` with `Upgrade: {protocol}` is taken")),
        }
    }

    /// The headers for the engine, beside those of the row.
    pub(super) fn headers(&self) -> HeaderMap {
        let version = self.key.as_ref().map(|_| (SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION)));
        self.key.iter().map(|key| (SEC_WEBSOCKET_KEY, key.clone())).chain(version).collect()
    }

    /// The headers of the answer that switches.
    pub(super) fn answer(&self) -> [(HeaderName, HeaderValue); 2] {
        [(CONNECTION, HeaderValue::from_static("Upgrade")), (UPGRADE, HeaderValue::from_static(self.protocol))]
    }
}

/// Refuses a call that would send input without a switch, for which there is no way.
pub(super) fn check_input(call: &Call, upgrade: Option<&Upgrade>) -> Result<(), Failure> {
    let has_input = call.operation.protocol.is_some() && call.arguments.get("stdin") == Some(&Value::Bool(true));
    match has_input && upgrade.is_none() {
        true => refuse("input needs the headers `Connection: Upgrade` and `Upgrade`"),
        false => Ok(()),
    }
}

/// Returns true if the header `Connection` names the upgrade.
fn is_announced(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|token| token.trim().eq_ignore_ascii_case("upgrade"))
}

/// The key of a websocket, written anew from its bytes.
fn websocket_key(headers: &HeaderMap) -> Result<HeaderValue, Failure> {
    let single = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none())
    };
    let key = single(SEC_WEBSOCKET_KEY).and_then(|key| BASE64_STANDARD.decode(key).ok());
    let is_known = single(SEC_WEBSOCKET_VERSION).is_some_and(|version| version == VERSION);
    match key.filter(|key| key.len() == KEY_BYTES && is_known) {
        Some(key) => HeaderValue::from_str(&BASE64_STANDARD.encode(key)).or_else(|_| refuse("the key is not text")),
        None => refuse("the headers of the websocket are not those of version 13"),
    }
}

fn refuse<T>(words: &str) -> Result<T, Failure> {
    Err(Failure::Refused(Refusal { rule: "request", words: words.to_owned(), absent: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(protocol: &str) -> &'static Operation {
        dockwright::operations::ALL.iter().find(|row| row.protocol == Some(protocol)).unwrap()
    }

    fn wanted(protocol: &str, headers: &[(&'static str, &'static str)]) -> Result<Option<Upgrade>, u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        Upgrade::wanted(row(protocol), &map).map_err(|failure| failure.status().as_u16())
    }

    #[test]
    fn only_the_protocol_of_the_row_is_switched_to() {
        let connection = ("connection", "keep-alive, Upgrade");
        assert!(wanted("tcp", &[connection, ("upgrade", "TCP")]).unwrap().is_some());
        assert_eq!(wanted("tcp", &[]), Ok(None));
        for headers in [
            [connection, ("upgrade", "h2c")].as_slice(),
            &[connection, ("upgrade", "tcp"), ("upgrade", "tcp")],
            &[connection, ("upgrade", "tcp, h2c")],
            &[("connection", "close"), ("upgrade", "tcp")],
        ] {
            assert_eq!(wanted("tcp", headers), Err(400), "{headers:?}");
        }
        let plain = dockwright::operations::ALL.iter().find(|row| row.protocol.is_none()).unwrap();
        let h2c = HeaderMap::from_iter([(UPGRADE, HeaderValue::from_static("h2c"))]);
        assert!(Upgrade::wanted(plain, &h2c).unwrap().is_none());
    }

    #[test]
    fn a_websocket_has_one_whole_key() {
        let (connection, upgrade) = (("connection", "Upgrade"), ("upgrade", "websocket"));
        let (version, key) = (("sec-websocket-version", "13"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="));
        let headers = wanted("websocket", &[connection, upgrade, version, key]).unwrap().unwrap().headers();
        assert_eq!((headers.len(), headers["sec-websocket-key"].as_bytes()), (2, key.1.as_bytes()));
        for headers in [
            [connection, upgrade, version].as_slice(),
            &[connection, upgrade, key],
            &[connection, upgrade, version, key, key],
            &[connection, upgrade, version, ("sec-websocket-key", "dGhl")],
            &[connection, upgrade, ("sec-websocket-version", "8"), key],
            &[version, key],
        ] {
            assert_eq!(wanted("websocket", headers), Err(400), "{headers:?}");
        }
    }
}
