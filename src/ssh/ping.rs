//! A question that every engine answers, to see if a new way leads to one.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// A question whose answer is a head, after which the connection is as good as new.
pub(super) const HEAD: &[u8] = b"HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n";

const PING: &[u8] = b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";

/// The time after which a connection that is still open counts as taken: its engine may be slow.
pub(super) const ANSWER: Duration = Duration::from_secs(5);

/// Returns false if the connection is closed without a byte.
pub(super) async fn reaches_engine(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<bool> {
    let question = async {
        stream.write_all(PING).await?;
        stream.flush().await?;
        Ok(stream.read(&mut [0; 16]).await? > 0)
    };
    timeout(ANSWER, question).await.unwrap_or(Ok(true))
}
