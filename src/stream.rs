//! Answers that last: bytes, JSON values, output of processes, and connections that both sides write to. Each has a
//! `next` of its own and is a [`Stream`](futures_core::Stream), so no other crate is needed. Dropping one closes its
//! connection, and the engine stops sending.

mod bytes;
mod duplex;
mod error;
mod explain;
mod frames;
mod json;
mod lines;
mod log;
mod open;
mod output;
mod output_half;
mod split;
mod values;
#[cfg(feature = "ws")]
mod websocket;

pub use bytes::{Archive, ByteStream};
pub use duplex::Duplex;
pub use json::JsonStream;
pub use log::{LogLines, LogStream};
pub use output::{Output, Source};
pub use split::Stdin;

/// An answer with this body, for tests.
#[cfg(test)]
pub(crate) async fn canned(body: &'static str) -> crate::reply::Reply {
    let engine = crate::Engine::canned(move |_| http::Response::new(body.into()));
    let request = http::Request::new(crate::Body::default());
    engine.raw(request).await.expect("the answer is a success")
}
