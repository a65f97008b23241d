//! Bounds of size and number.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dockwright::Engine;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::raw::{call, list, post, post_with, rest, send};
use crate::served::{Served, TOKEN};
use crate::support::Stub;

#[tokio::test]
async fn a_body_has_four_mebibytes_whoever_tells_its_length() {
    let server = Served::start().await;
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}");
    let padded = |length: usize| {
        let body = list().to_string();
        body.clone() + &" ".repeat(length - body.len())
    };
    let fitting = send(&server.address, post_with(&headers, &padded(4 << 20))).await;
    assert_eq!(fitting.message()["result"]["isError"], false);
    assert_eq!(send(&server.address, post_with(&headers, &padded((4 << 20) + 1))).await.status, 413);
    // Chunks tell no length before.
    let head = post_with(&headers, "").replace("Content-Length: 0", "Transfer-Encoding: chunked");
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, "a".repeat(1 << 20));
    assert_eq!(send(&server.address, format!("{head}{}", chunk.repeat(6))).await.status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_after_the_last_waits_for_its_place_and_is_told_to_come_back() {
    let server = Served::start().await;
    let mut held = Vec::new();
    for _ in 0..256 {
        held.push(unfinished(&server).await);
    }
    // One place that becomes free is enough for one that waits.
    let waiting = tokio::spawn({
        let address = server.address.clone();
        async move { send(&address, post(&list())).await }
    });
    sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    held.pop();
    assert_eq!(waiting.await.unwrap().status, 200);

    held.push(unfinished(&server).await);
    let refused = send(&server.address, post(&list())).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")), "{refused:?}");
    // From then on others need not wait.
    let begun = std::time::Instant::now();
    assert_eq!(send(&server.address, post(&list())).await.status, 503);
    drop(held);
    sleep(Duration::from_millis(200)).await;
    assert_eq!(send(&server.address, post(&list())).await.status, 200, "{:?}", begun.elapsed());
}

/// A request with a token whose body does not come.
async fn unfinished(server: &Served) -> TcpStream {
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}");
    let head = post_with(&headers, "").replace("Content-Length: 0", "Content-Length: 1");
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_make_room_for_others() {
    let server = Served::start().await;
    let mut idle = Vec::new();
    for _ in 0..256 {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(post(&list()).replace("Connection: close\r\n", "").as_bytes()).await.unwrap();
        idle.push(stream);
    }
    assert_eq!(send(&server.address, post(&list())).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_token_keeps_nobody_out() {
    let server = Served::start().await;
    for begins in ["", "POST /mcp HTTP/1.1\r\nHost: loc", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nPOST /mcp HT"] {
        let mut held = Vec::new();
        // All places, and as many connections again that wait for one.
        for _ in 0..512 {
            let mut stream = TcpStream::connect(&server.address).await.unwrap();
            stream.write_all(begins.as_bytes()).await.unwrap();
            held.push(stream);
        }
        let trickling = tokio::spawn(async move {
            loop {
                for stream in &mut held {
                    let _ = stream.write_all(b"x").await;
                }
                sleep(Duration::from_millis(200)).await;
            }
        });
        let begun = std::time::Instant::now();
        assert_eq!(send(&server.address, post(&list())).await.status, 200, "{begins}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{begins}: {:?}", begun.elapsed());
        trickling.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_that_never_end_keep_no_small_one_out() {
    let server = Served::start().await;
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}");
    let head = post_with(&headers, "").replace("Content-Length: 0", "Transfer-Encoding: chunked");
    let mut held = Vec::new();
    for _ in 0..32 {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(format!("{head}20000\r\n{}", "a".repeat(0x11000)).as_bytes()).await.unwrap();
        held.push(stream);
    }
    let small = list().to_string();
    let chunked = format!("{head}{:x}\r\n{small}\r\n0\r\n\r\n", small.len());
    let begun = std::time::Instant::now();
    assert_eq!(send(&server.address, chunked).await.status, 200);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_call_after_the_last_is_told_to_come_back() {
    let mut stub = Stub::start().await;
    let engine = Engine::at(&stub.address).unwrap();
    let server = Served::with(|options| options.engine = engine).await;
    let waiting = Arc::new(AtomicUsize::new(0));
    let (mut clients, mut asked) = (Vec::new(), Vec::new());
    for _ in 0..64 {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        let wait = call("container_wait", json!({ "id": "web" }));
        stream.write_all(post(&wait).as_bytes()).await.unwrap();
        asked.push(stub.next().await);
        waiting.fetch_add(1, Ordering::Relaxed);
        clients.push(stream);
    }
    let refused = send(&server.address, post(&list())).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")), "{refused:?}");
    // Requests that are no calls have no such bound.
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    assert_eq!(send(&server.address, post(&ping)).await.status, 200);
    asked.pop().unwrap().answer("{\"StatusCode\":0}").await;
    let ended = rest(clients.pop().unwrap()).await;
    assert!(ended.body.contains("StatusCode"), "{ended:?}");
    let answering = tokio::spawn({
        let address = server.address.clone();
        async move { send(&address, post(&list())).await }
    });
    stub.next().await.answer("[]").await;
    assert_eq!(answering.await.unwrap().status, 200);
}
