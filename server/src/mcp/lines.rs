//! Messages as lines of JSON, and an answer to each line that holds none: rmcp's own transport drops such lines, and
//! their sender waits for ever. Parsing, writing and the error's form are rmcp's.

use std::future::Future;
use std::io;
use std::pin::Pin;

use dockwright::bytes::BytesMut;
use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use rmcp::transport::async_rw::{
    AsyncRwTransport, DEFAULT_MAX_LINE_LENGTH, JsonRpcMessageCodec, JsonRpcMessageCodecError,
};
use serde_json::error::Category;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, Empty};
use tokio_util::codec::Decoder;

/// The most bytes of a line.
const MAX_LINE: usize = DEFAULT_MAX_LINE_LENGTH;

/// The most bytes of an empty buffer that are kept for the next line.
const KEPT_BUFFER: usize = 64 << 10;

/// One session's messages over a pair of byte streams.
pub(super) struct LineTransport<I, O: AsyncWrite> {
    input: I,
    buffer: BytesMut,
    codec: JsonRpcMessageCodec<RxJsonRpcMessage<RoleServer>>,
    output: AsyncRwTransport<RoleServer, Empty, O>,
    /// The answer to an invalid line that is being written. No line is read meanwhile.
    answer: Option<Pin<Box<dyn Future<Output = io::Result<()>> + Send>>>,
}

impl<I: AsyncRead + Send + Unpin, O: AsyncWrite + Send + Unpin + 'static> LineTransport<I, O> {
    pub(super) fn new(input: I, output: O) -> Self {
        LineTransport {
            input,
            buffer: BytesMut::new(),
            codec: JsonRpcMessageCodec::new_with_max_length(MAX_LINE),
            output: AsyncRwTransport::new_server(tokio::io::empty(), output),
            answer: None,
        }
    }

    /// The next message among the bytes that were read, or the answer to a line that holds none.
    fn decode(&mut self) -> Option<Result<RxJsonRpcMessage<RoleServer>, mcp::ErrorData>> {
        loop {
            let before = self.buffer.len();
            match self.codec.decode(&mut self.buffer) {
                Ok(Some(message)) => return Some(Ok(message)),
                // A notification that rmcp ignores. Lines may stand behind it.
                Ok(None) if self.buffer.len() < before => {}
                Ok(None) => return None,
                // An empty line.
                Err(JsonRpcMessageCodecError::Serde(error)) if error.is_eof() && error.column() == 0 => {}
                Err(error) => return Some(Err(problem(&error))),
            }
        }
    }
}

impl<I, O> Transport<RoleServer> for LineTransport<I, O>
where
    I: AsyncRead + Send + Unpin,
    O: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(&mut self, message: TxJsonRpcMessage<RoleServer>) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.output.send(message)
    }

    /// Every wait in here may be dropped and begun again: rmcp does so whenever it has something to send.
    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(answer) = &mut self.answer {
                let sent = answer.await;
                self.answer = None;
                sent.ok()?;
            }
            match self.decode() {
                Some(Ok(message)) => return Some(message),
                Some(Err(problem)) => {
                    self.answer =
                        Some(Box::pin(self.output.send(TxJsonRpcMessage::<RoleServer>::error(problem, None))));
                    continue;
                }
                None if self.buffer.is_empty() && self.buffer.capacity() > KEPT_BUFFER => self.buffer = BytesMut::new(),
                None => {}
            }
            if self.input.read_buf(&mut self.buffer).await.ok()? == 0 {
                return None;
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.close().await
    }
}

/// The answer to a line that holds no message. Its id cannot be known.
fn problem(error: &JsonRpcMessageCodecError) -> mcp::ErrorData {
    match error {
        JsonRpcMessageCodecError::MaxLineLengthExceeded => {
            mcp::ErrorData::parse_error(format!("a line has more than {MAX_LINE} bytes; it was dropped"), None)
        }
        // JSON, but no message. A batch is none: one revision had them, and the next took them back.
        JsonRpcMessageCodecError::Serde(error) if error.classify() == Category::Data => {
            mcp::ErrorData::invalid_request("Invalid request", None)
        }
        JsonRpcMessageCodecError::Serde(error) => {
            mcp::ErrorData::parse_error(format!("a line is not JSON: {error}; it was dropped"), None)
        }
        error => mcp::ErrorData::parse_error(format!("{error}"), None),
    }
}
