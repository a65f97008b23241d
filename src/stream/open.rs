//! The head of a reply in, a stream of its body out.

use serde::de::DeserializeOwned;

use super::bytes::ByteStream;
use super::duplex::Duplex;
use super::json::JsonStream;
use super::log::LogStream;
use crate::error::Result;
use crate::reply::Reply;

impl Reply {
    /// The body as a stream of bytes.
    pub fn into_byte_stream(self) -> ByteStream {
        ByteStream::new(self)
    }

    /// The body as a stream of JSON values.
    pub fn into_json_stream<T: DeserializeOwned>(self) -> JsonStream<T> {
        JsonStream::new(self)
    }

    /// The body as a stream of output: with a terminal the raw bytes, without one separated into stdout and stderr.
    pub fn into_log_stream(self, terminal: bool) -> LogStream {
        LogStream::from_reply(self, terminal)
    }

    /// The connection itself after an upgrade (101); otherwise the answer, for reading only. Output is read as by
    /// [`into_log_stream`](Reply::into_log_stream).
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) if the connection is lost before it is handed over.
    pub async fn into_duplex(mut self, terminal: bool) -> Result<Duplex> {
        Ok(match self.upgrade().await? {
            Some(connection) => Duplex::upgraded(self.operation(), connection, terminal),
            None => Duplex::answered(self, terminal),
        })
    }
}
