//! Serves one session over a pair of byte streams, from its first message to its end. The end of the input cancels
//! running calls.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use tokio::io::{self, AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::lines::LineTransport;
use super::streams::StreamLimit;
use super::{Server, Session};

/// The time for running calls after the end of the input, so that `echo … | dockwright` gets its answers.
const GRACE: Duration = Duration::from_secs(1);

/// The time for writing the last answers after that.
const FAREWELL: Duration = Duration::from_millis(500);

/// Serves one client until its input ends. Calls that still run one second later are cancelled.
///
/// # Errors
/// An error if the client does not speak the protocol.
pub async fn serve<I, O>(server: impl Into<Arc<Server>>, input: I, output: O) -> io::Result<()>
where
    I: AsyncRead + Send + Unpin + 'static,
    O: AsyncWrite + Send + Unpin + 'static,
{
    let (input, end) = EndSignalInput::new(input);
    let session = StreamLimit::new(Session::new(server));
    let running = match session.serve(LineTransport::new(input, output)).await {
        Ok(running) => running,
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(io::Error::other(error)),
    };
    let cancellation = running.cancellation_token();
    let mut session = pin!(running.waiting());
    tokio::select! {
        _ = &mut session => return Ok(()),
        _ = end => {}
    }
    if timeout(GRACE, &mut session).await.is_err() {
        cancellation.cancel();
        // A call that does not heed its cancellation ends with the process.
        let _ = timeout(FAREWELL, session).await;
    }
    Ok(())
}

/// Serves one client on standard input and output until the input ends.
///
/// # Errors
/// An error if the client does not speak the protocol.
pub async fn serve_stdio(server: Server) -> io::Result<()> {
    let (input, output) = rmcp::transport::stdio_pipes();
    serve(server, input, output).await
}

/// An input that reports its end.
struct EndSignalInput<I> {
    input: I,
    /// Dropped at the end.
    end: Option<oneshot::Sender<()>>,
}

impl<I> EndSignalInput<I> {
    fn new(input: I) -> (Self, oneshot::Receiver<()>) {
        let (sender, end) = oneshot::channel();
        (EndSignalInput { input, end: Some(sender) }, end)
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for EndSignalInput<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.input).poll_read(context, buffer);
        if matches!(read, Poll::Ready(ref result) if result.is_err() || buffer.filled().len() == before) {
            self.end = None;
        }
        read
    }
}
