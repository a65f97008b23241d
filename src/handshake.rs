//! The opening handshake of a websocket (RFC 6455 section 4): headers of the request, and a check of the answer.

use http::header::{HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::error::{Error, Result};

/// A new random key.
pub(crate) fn new_key() -> String {
    generate_key()
}

/// The headers of a request for a websocket, in addition to those of every upgrade.
pub(crate) fn request_headers(key: &str) -> HeaderMap {
    HeaderMap::from_iter([
        (SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
        (SEC_WEBSOCKET_KEY, HeaderValue::from_str(key).expect("a key is base64")),
    ])
}

/// Checks that an answer is for this key, and not stale or from another protocol.
pub(crate) fn check_answer(operation: &'static str, headers: &HeaderMap, key: &str) -> Result<()> {
    let accepted = headers.get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
    if accepted == Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Ok(());
    }
    let reason = "the engine does not agree to speak websocket".to_owned();
    Err(Error::Decode { operation, reason, excerpt: String::new(), source: None })
}
