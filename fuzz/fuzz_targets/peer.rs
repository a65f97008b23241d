//! The engine's side: requests in, the plan's answer out, in pieces, and then the end.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::plan::{Plan, Road};
use crate::reference::{self, End};

/// Serves every connection. Sends the received stdin of each when it has ended, or `None` if it did not read so far.
pub async fn accept(listener: &UnixListener, plan: &Arc<Plan>, ended: UnboundedSender<Option<Vec<u8>>>) -> Infallible {
    loop {
        let (stream, _) = listener.accept().await.expect("the listener is open");
        let (plan, ended) = (plan.clone(), ended.clone());
        tokio::spawn(async move {
            let _ = ended.send(serve(stream, &plan).await);
        });
    }
}

/// The bytes that the client sent after its request; `None` if nobody read them.
async fn serve(mut stream: UnixStream, plan: &Plan) -> Option<Vec<u8>> {
    let mut request = read_request(&mut stream).await?;
    if request.starts_with("GET /v1.51/containers/c/json") {
        let body = format!(r#"{{"Config":{{"Tty":{}}}}}"#, plan.road == Road::AttachTerminal);
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.ok()?;
        request = read_request(&mut stream).await?;
    }
    let answer = with_key(&plan.answer, &request);
    let mut received = Vec::new();
    let (first, rest) = if plan.patient { answer.split_at(head_bytes(&answer)) } else { (&answer[..], &[][..]) };
    // A client may close while this is written.
    let _ = send(&mut stream, first, &plan.pieces).await;
    if plan.patient {
        read_stdin(&mut stream, plan.road, &mut received).await;
        let _ = send(&mut stream, rest, &plan.pieces).await;
    }
    if plan.abrupt {
        return None;
    }
    let _ = stream.shutdown().await;
    let _ = stream.read_to_end(&mut received).await;
    Some(received)
}

/// Reads until stdin is closed, by the end of the connection or by a websocket's close.
async fn read_stdin(stream: &mut UnixStream, road: Road, received: &mut Vec<u8>) {
    let closed = |received: &[u8]| road == Road::Websocket && reference::from_client(received).1 == End::Whole;
    while !closed(received) && stream.read_buf(received).await.is_ok_and(|length| length > 0) {}
}

fn head_bytes(answer: &[u8]) -> usize {
    answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(0, |end| end + 4)
}

async fn send(stream: &mut UnixStream, mut answer: &[u8], pieces: &[usize]) -> std::io::Result<()> {
    for &piece in pieces {
        let (piece, rest) = answer.split_at(piece.min(answer.len()));
        answer = rest;
        stream.write_all(piece).await?;
        // Lets the client read it before the next piece.
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
    }
    stream.write_all(answer).await
}

/// Inserts a websocket's answer to the key of this request.
fn with_key(answer: &[u8], request: &str) -> Vec<u8> {
    const PLACE: &[u8] = b"{accept}";
    let key = request.lines().find_map(|line| line.strip_prefix("sec-websocket-key: "));
    let place = key.and_then(|_| answer.windows(PLACE.len()).position(|window| window == PLACE));
    match (key, place) {
        (Some(key), Some(at)) => {
            [&answer[..at], derive_accept_key(key.as_bytes()).as_bytes(), &answer[at + PLACE.len()..]].concat()
        }
        _ => answer.to_vec(),
    }
}

/// The head of a request, after its body was read too; `None` at the end of the connection.
async fn read_request(stream: &mut UnixStream) -> Option<String> {
    let mut bytes = Vec::new();
    while stream.read_buf(&mut bytes).await.ok()? > 0 {
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().expect("a length is a number")) {
            return Some(head.to_owned());
        }
    }
    None
}
