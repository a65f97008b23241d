//! Answers to clients: a body of bytes, or one that is passed on as it arrives.

use std::io;

use dockwright::bytes::Bytes;
use http::Response;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};

/// The body of an answer. An error ends the connection, so that no client takes a part for the whole.
pub(super) type ProxyBody = UnsyncBoxBody<Bytes, io::Error>;

/// An answer to a client.
pub(super) type ProxyAnswer = Response<ProxyBody>;

/// A body that is whole.
pub(super) fn whole(bytes: impl Into<Bytes>) -> ProxyBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}
