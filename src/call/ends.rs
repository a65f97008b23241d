//! The end methods of a call, one for each form of answer.

use serde::de::DeserializeOwned;

use super::{Call, is_raw};
use crate::error::Result;
use crate::reply::{Outcome, Reply, RequestLabel, Text};
use crate::stream::{Archive, ByteStream, Duplex, JsonStream, LogStream};

/// The argument of logs that has a time put before each frame.
const TIMES: &str = "timestamps";

impl Call<'_> {
    /// Sends the call once and returns its answer whatever the status, for programs that pass answers on: a refusal of
    /// the engine is no error here, and its message is the body. No stored login is sent.
    ///
    /// # Errors
    /// Fails as every call does, but never with [`Error::Api`](crate::Error::Api).
    pub async fn answer(self) -> Result<Reply> {
        let (engine, known, version) = (self.engine, self.known(), self.api_version().await?);
        let label = RequestLabel::Operation(self.operation, self.operation.waits.with(&self.arguments));
        let request = self.into_request()?;
        known(version)?;
        engine.answer_at(Some(version), label, request).await
    }

    /// Sends the call and decodes the answer from JSON.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) if the answer is not a `T`, and
    /// [`Error::TooLarge`](crate::Error::TooLarge); otherwise fails as every call does.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        self.finish(Reply::json).await
    }

    /// Sends the call, and reads and discards its answer.
    ///
    /// # Errors
    /// Fails as every call does.
    pub async fn empty(self) -> Result<()> {
        self.finish(async |mut reply| reply.drain().await).await
    }

    /// Sends the call and returns whether it changed anything.
    ///
    /// # Errors
    /// Fails as every call does.
    pub async fn outcome(self) -> Result<Outcome> {
        self.finish(async |mut reply| {
            reply.drain().await?;
            Ok(if reply.status() == http::StatusCode::NOT_MODIFIED { Outcome::Unchanged } else { Outcome::Changed })
        })
        .await
    }

    /// Sends the call and reads the answer as text.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge); otherwise fails as every call does.
    pub async fn text(self) -> Result<String> {
        self.finish(Reply::text).await
    }

    /// Sends the call and decodes the declared headers of the answer.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) if the headers are not an `H`; otherwise fails as every call does.
    pub async fn headers<H: DeserializeOwned>(self) -> Result<H> {
        self.finish(async |mut reply| {
            reply.drain().await?;
            reply.declared_headers()
        })
        .await
    }

    /// Sends the call, reads the answer as text and decodes its declared headers.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) if the headers are not an `H`, and
    /// [`Error::TooLarge`](crate::Error::TooLarge); otherwise fails as every call does.
    pub async fn text_and_headers<H: DeserializeOwned>(self) -> Result<Text<H>> {
        self.finish(async |reply| {
            let headers = reply.declared_headers()?;
            Ok(Text { text: reply.text().await?, headers })
        })
        .await
    }

    /// Sends the call and returns the answer as a stream of bytes.
    ///
    /// # Errors
    /// Fails as every call does.
    pub async fn byte_stream(self) -> Result<ByteStream> {
        self.finish(async |reply| Ok(reply.into_byte_stream())).await
    }

    /// Sends the call, decodes the declared headers of the answer and returns its body as a stream of bytes.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) if the headers are not an `H`; otherwise fails as every call does.
    pub async fn archive<H: DeserializeOwned>(self) -> Result<Archive<H>> {
        self.finish(async |reply| Ok(Archive { headers: reply.declared_headers()?, tar: reply.into_byte_stream() }))
            .await
    }

    /// Sends the call and returns the answer as a stream of JSON values.
    ///
    /// # Errors
    /// Fails as every call does; later errors are items of the stream.
    pub async fn json_stream<T: DeserializeOwned>(self) -> Result<JsonStream<T>> {
        self.finish(async |reply| Ok(reply.into_json_stream())).await
    }

    /// Sends the call and returns the answer as a stream of output. Output of a terminal is read differently, so the
    /// engine is asked for that first.
    ///
    /// # Errors
    /// Fails as every call does; later errors are items of the stream.
    pub async fn log_stream(mut self) -> Result<LogStream> {
        let terminal = Box::pin(self.terminal()).await?;
        let has_times = self.arguments.get(TIMES).is_some_and(|times| *times == true);
        self.finish(async |reply| {
            let terminal = terminal.unwrap_or_else(|| is_raw(&reply));
            Ok(reply.into_log_stream(terminal).with_times(has_times))
        })
        .await
    }

    /// Sends the call and takes over its connection. Output of a terminal is read differently, so the engine is asked
    /// for that first.
    ///
    /// # Errors
    /// Fails as every call does.
    pub async fn duplex(mut self) -> Result<Duplex> {
        let terminal = Box::pin(self.terminal()).await?;
        self.finish(async |reply| {
            let terminal = terminal.unwrap_or_else(|| is_raw(&reply));
            reply.into_duplex(terminal).await
        })
        .await
    }

    /// Sends the call and speaks websocket on its connection. Stdout and stderr arrive merged.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) if the engine agrees to another protocol; otherwise fails as every call
    /// does.
    #[cfg(feature = "ws")]
    pub async fn websocket(self) -> Result<Duplex> {
        let (operation, key) = (self.operation.name, crate::handshake::new_key());
        let mut asking = self;
        asking.headers.extend(crate::handshake::request_headers(&key));
        let agreed = async move |reply: Reply| {
            crate::handshake::check_answer(operation, reply.headers(), &key)?;
            Ok(reply.into_duplex(true).await?.websocket().await)
        };
        asking.finish(agreed).await
    }
}
