//! Clients that are slow or silent. Their clock is paused, and goes on when nothing else can happen.

use std::time::Duration;

use dockwright::Engine;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep};

use crate::raw::{ACCEPT, call, list, modern, post, request, rest};
use crate::served::{Served, TOKEN};
use crate::support::Stub;

const BOUND: Duration = Duration::from_secs(31);

#[tokio::test(start_paused = true)]
async fn a_connection_without_a_whole_head_is_closed() {
    let server = Served::start().await;
    for head in ["", "POST /mcp HTTP/1.1\r\nHost: loc"] {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        rest(stream).await;
        assert!(begun.elapsed() < BOUND, "{head}: {:?}", begun.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_idle_after_an_answer_is_closed() {
    let server = Served::start().await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(post(&list()).replace("Connection: close\r\n", "").as_bytes()).await.unwrap();
    let begun = Instant::now();
    let reply = rest(stream).await;
    assert!(reply.status == 200 && begun.elapsed() < BOUND, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_on_the_way_when_the_server_ends_is_answered() {
    let server = Served::start().await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    // The server has accepted it, and read nothing.
    sleep(Duration::from_millis(100)).await;
    server.drain.cancel();
    sleep(Duration::from_millis(100)).await;
    stream.write_all(post(&list()).as_bytes()).await.unwrap();
    assert_eq!(rest(stream).await.status, 503);
    let silent = TcpStream::connect(&server.address).await;
    assert!(silent.is_err(), "a server that has ended accepts nothing");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_a_byte_a_minute_is_closed() {
    let server = Served::start().await;
    let body = list().to_string();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n{ACCEPT}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    for slow in [&head, &body] {
        let begun = Instant::now();
        let stream = TcpStream::connect(&server.address).await.unwrap();
        let (input, mut output) = stream.into_split();
        let before = if slow == &body { head.clone() } else { String::new() };
        let bytes = slow.clone().into_bytes();
        let writing = tokio::spawn(async move {
            output.write_all(before.as_bytes()).await.unwrap();
            for byte in bytes {
                sleep(Duration::from_secs(60)).await;
                if output.write_all(&[byte]).await.is_err() {
                    break;
                }
            }
        });
        let reply = rest(input).await;
        assert!(begun.elapsed() < BOUND && [0, 408].contains(&reply.status), "{:?}: {reply:?}", begun.elapsed());
        writing.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_reads_is_closed_and_holds_up_nobody() {
    let server = Served::start().await;
    // Small buffers of the system, so that an answer does not fit into them.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1 << 12).unwrap();
    let mut stream = socket.connect(server.address.parse().unwrap()).await.unwrap();
    let tools = request("tools/list", json!({}));
    let asked = post(&tools).replace("Connection: close\r\n", "");
    stream.write_all(asked.repeat(100).as_bytes()).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    for _ in 0..4 {
        let mut other = TcpStream::connect(&server.address).await.unwrap();
        other.write_all(post(&list()).as_bytes()).await.unwrap();
        assert_eq!(rest(other).await.status, 200);
    }
    sleep(Duration::from_secs(120)).await;
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text).await;
    let answers = String::from_utf8_lossy(&text).matches("HTTP/1.1 200").count();
    assert!(answers < 100, "{answers} answers were written for a client that does not read");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_long_keeps_its_connection() {
    let mut stub = Stub::start().await;
    let engine = Engine::at(&stub.address).unwrap();
    let server = Served::with(|options| options.engine = engine).await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let wait = call("container_wait", json!({ "id": "web" }));
    // In this revision nothing is written until there is an answer.
    stream.write_all(modern(wait, false).as_bytes()).await.unwrap();
    let asked = stub.next().await;
    sleep(Duration::from_secs(600)).await;
    asked.answer("{\"StatusCode\":7}").await;
    assert_eq!(rest(stream).await.message()["result"]["isError"], false);
}
