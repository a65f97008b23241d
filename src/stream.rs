//! Answers that last: bytes, JSON values, output of processes, and connections that both sides write to. Each is a
//! [`Stream`](futures_core::Stream) and has a `next` of its own, so that none needs another crate; dropping one closes its
//! connection, and the engine stops sending.

mod broken;
mod bytes;
mod duplex;
mod frames;
mod json;
mod lines;
mod log;
mod output;
mod values;
#[cfg(feature = "ws")]
mod websocket;

pub use bytes::{Archive, ByteStream};
pub use duplex::{Duplex, Stdin};
pub use json::JsonStream;
pub use log::{LogLines, LogStream};
pub use output::{Output, Source};

use crate::error::Error;

impl broken::Broken {
    /// The same for callers, beside the operation that was called.
    fn error(self, operation: &'static str) -> Error {
        match self {
            Self::Truncated => Error::Interrupted { operation, reason: format!("the answer is {self}") },
            Self::TooLarge { limit } => Error::TooLarge { operation, limit: limit as u64 },
            Self::Malformed(reason) => Error::Decode { operation, reason, excerpt: String::new() },
        }
    }
}

/// An answer with this body, for tests.
#[cfg(test)]
pub(crate) async fn canned(body: &'static str) -> crate::reply::Reply {
    let engine = crate::Engine::canned(move |_| http::Response::new(body.into()));
    let request = http::Request::new(crate::Body::default());
    engine.raw(request).await.expect("the answer is a success")
}
