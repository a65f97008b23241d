//! A connection on which the engine has switched to another protocol: bytes pass both ways until both sides have ended.
//! It is never used for HTTP again, on either side.

use std::time::Duration;

use dockwright::bytes::Bytes;
use dockwright::{Body, Duplex, Reply};
use http::StatusCode;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::answer::{ProxyAnswer, whole};
use super::failure::Failure;
use super::record::Record;
use super::relay::{Source, with_body};
use super::revocation::Revocation;
use super::upgrade::Upgrade;
use crate::http::Takeover;

/// The bytes that are read at once.
const BUFFER_BYTES: usize = 16 << 10;
/// The longest time that a client has to end its side once the engine has ended the connection.
const LINGER: Duration = Duration::from_secs(5);

/// Returns true if the engine has switched the protocol.
pub(super) fn is_switched(reply: &Reply) -> bool {
    reply.status() == StatusCode::SWITCHING_PROTOCOLS
}

/// Opens a tunnel: the answer that switches the client's connection too. The work on it is done once that is sent.
pub(super) async fn open(
    upgrade: &Upgrade,
    reply: Reply,
    record: Record,
    revocation: Revocation,
    client: OnUpgrade,
    takeover: &Takeover,
) -> Result<ProxyAnswer, Failure> {
    let mut headers = HeaderMap::from_iter(upgrade.answer());
    for name in [CONTENT_TYPE, SEC_WEBSOCKET_ACCEPT] {
        headers.extend(reply.headers().get(&name).map(|value| (name, value.clone())));
    }
    let engine = reply.into_duplex(true).await.map_err(Failure::Engine)?;
    takeover.set(async move {
        // A client that is gone has cancelled the call.
        let Ok(client) = client.await else { return };
        tokio::select! {
            passed = both_ways(TokioIo::new(client), engine) => record.end(StatusCode::SWITCHING_PROTOCOLS, passed),
            () = revocation => record.fail(&Failure::Revoked),
        }
    });
    Ok(with_body(StatusCode::SWITCHING_PROTOCOLS, headers, whole(Bytes::new())))
}

/// The answer to a client that did not ask for a switch: output alone, after which the connection ends.
pub(super) async fn answer(reply: Reply, record: Record, revocation: Revocation) -> Result<ProxyAnswer, Failure> {
    let mut headers = HeaderMap::from_iter([(CONNECTION, HeaderValue::from_static("close"))]);
    headers.extend(reply.headers().get(CONTENT_TYPE).map(|value| (CONTENT_TYPE, value.clone())));
    let mut engine = reply.into_duplex(true).await.map_err(Failure::Engine)?;
    // A process that reads its input must not wait for more.
    let _ = engine.shutdown().await;
    let body = Source::Output(Body::reader(engine)).into_body(StatusCode::OK, None, record, revocation);
    Ok(with_body(StatusCode::OK, headers, body))
}

/// Passes bytes both ways, each end when it comes. Returns the number of those for the client.
async fn both_ways(client: impl AsyncRead + AsyncWrite + Unpin, engine: Duplex) -> u64 {
    let (mut from_client, mut to_client) = tokio::io::split(client);
    let (mut from_engine, mut to_engine) = tokio::io::split(engine);
    let mut passed = 0;
    {
        let input = pass(&mut from_client, &mut to_engine, |_| ());
        let output = pass(&mut from_engine, &mut to_client, |bytes| passed += bytes);
        tokio::pin!(input, output);
        tokio::select! {
            ended = &mut input => {
                // A client that broke is gone. One that ended its side reads on, and so does one whose input the
                // engine no longer takes.
                if ended != Ended::Broken {
                    output.await;
                }
            }
            ended = &mut output => {
                if ended == Ended::Reader {
                    let _ = timeout(LINGER, input).await;
                }
            }
        }
    }
    passed
}

/// The way in which one direction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// Its reader came to the end, which the writer was told.
    Reader,
    /// Its reader broke.
    Broken,
    /// Its writer takes no more.
    Writer,
}

async fn pass(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
    mut count: impl FnMut(u64),
) -> Ended {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let bytes = match reader.read(&mut buffer).await {
            Ok(0) => break,
            Ok(bytes) => bytes,
            Err(_) => return Ended::Broken,
        };
        if writer.write_all(&buffer[..bytes]).await.is_err() || writer.flush().await.is_err() {
            return Ended::Writer;
        }
        count(bytes as u64);
    }
    match writer.shutdown().await {
        Ok(()) => Ended::Reader,
        Err(_) => Ended::Writer,
    }
}
