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
