//! Bytes that are no request, or that a proxy in front could read in another way.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::raw::{ACCEPT, Reply, exchange, list, post, post_with, send};
use crate::served::{Served, TOKEN};

fn authorized() -> String {
    format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\n{ACCEPT}")
}

#[tokio::test]
async fn bodies_whose_end_is_unclear_are_refused_and_end_the_connection() {
    let server = Served::start().await;
    let hidden = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let message = list().to_string();
    let chunks = format!("{:x}\r\n{message}\r\n0\r\n\r\n", message.len());
    for framing in [
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 4, 5",
        "Content-Length: -1",
        "Content-Length: +4",
        "Content-Length: 0x4",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding : chunked",
        " Transfer-Encoding: chunked",
        "Transfer-Encoding:\u{b}chunked",
    ] {
        let request = format!("POST /mcp HTTP/1.1\r\n{}\r\n{framing}\r\n\r\n{chunks}{hidden}", authorized());
        let reply = send(&server.address, request).await;
        assert!([400, 501].contains(&reply.status), "{framing}: {reply:?}");
        assert!(!reply.body.contains("HTTP/1.1 200"), "a second request was answered: {framing}: {reply:?}");
    }
    // The chunks count, and nothing is read behind them, because a proxy in front may believe the length.
    for framing in
        ["Transfer-Encoding: chunked\r\nContent-Length: 4", "Content-Length: 4\r\nTransfer-Encoding: chunked"]
    {
        let request = format!("POST /mcp HTTP/1.1\r\n{}\r\n{framing}\r\n\r\n{chunks}{hidden}", authorized());
        let reply = send(&server.address, request).await;
        assert_eq!(reply.status, 200, "{framing}: {reply:?}");
        assert!(!reply.body.contains("HTTP/1.1 200"), "a second request was answered: {framing}: {reply:?}");
    }
}

#[tokio::test]
async fn a_chunked_body_is_read_and_a_broken_one_is_not() {
    let server = Served::start().await;
    let message = list().to_string();
    let head =
        format!("POST /mcp HTTP/1.1\r\n{}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n", authorized());
    let (first, second) = message.split_at(7);
    let chunks =
        format!("{:x}\r\n{first}\r\n{:X};a=b\r\n{second}\r\n0\r\nTrailer: x\r\n\r\n", first.len(), second.len());
    assert_eq!(send(&server.address, format!("{head}{chunks}")).await.message()["result"]["isError"], false);
    for chunks in
        ["z\r\n", "-1\r\n{}\r\n", "fffffffffffffffff\r\n", "2\r\n{}x", "2\n{}\n0\n\n", "0x2\r\n{}\r\n0\r\n\r\n"]
    {
        let reply = send(&server.address, format!("{head}{chunks}")).await;
        assert_eq!(reply.status, 400, "{chunks}: {reply:?}");
    }
}

#[tokio::test]
async fn the_target_of_a_request_may_name_no_other_host() {
    let server = Served::start().await;
    let body = list().to_string();
    for (target, status) in [
        ("http://localhost/mcp", 200),
        ("http://evil.example/mcp", 400),
        ("http://localhost@evil.example/mcp", 400),
        ("//evil.example/mcp", 404),
        ("evil.example", 400),
    ] {
        let length = body.len();
        let headers = format!("{}\r\nContent-Length: {length}\r\nConnection: close", authorized());
        let reply = send(&server.address, format!("POST {target} HTTP/1.1\r\n{headers}\r\n\r\n{body}")).await;
        assert_eq!(reply.status, status, "{target}: {reply:?}");
    }
}

#[tokio::test]
async fn other_versions_and_other_protocols_are_refused() {
    let server = Served::start().await;
    let request = post(&list());
    for (bytes, statuses) in [
        (request.replace("HTTP/1.1", "HTTP/1.0"), 400..=400),
        (request.replace("HTTP/1.1", "HTTP/2.0"), 400..=505),
        (request.replace("HTTP/1.1", "HTTP/0.9"), 400..=505),
        // hyper knows this opening, and only closes the connection.
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 0..=0),
        ("GET /mcp\r\n\r\n".to_owned(), 400..=400),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}".to_owned() + &"a".repeat(300) + "\r\n\r\n", 400..=400),
        (json!({ "jsonrpc": "2.0" }).to_string() + "\r\n\r\n", 400..=400),
        ("GET /mcp HTTP/1.1\r\nHost: localhost\r\nA\0: b\r\n\r\n".to_owned(), 400..=400),
        ("GET /mcp HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n".to_owned(), 400..=400),
    ] {
        let reply = send(&server.address, &bytes).await;
        assert!(statuses.contains(&reply.status), "{bytes}: {reply:?}");
    }
}

#[tokio::test]
async fn large_headers_are_refused() {
    let server = Served::start().await;
    for headers in [format!("A: {}", "a".repeat(80_000)), "A: a\r\n".repeat(200), format!("{}: a", "A".repeat(70_000))]
    {
        let headers = format!("{}\r\nConnection: close\r\n{}", authorized(), headers.trim_end());
        let reply = send(&server.address, format!("GET /mcp HTTP/1.1\r\n{headers}\r\n\r\n")).await;
        assert!([400, 431].contains(&reply.status), "{reply:?}");
    }
    let reply =
        send(&server.address, format!("GET /{} HTTP/1.1\r\n{}\r\n\r\n", "a".repeat(80_000), authorized())).await;
    assert!([400, 414, 431].contains(&reply.status), "{reply:?}");
}

#[tokio::test]
async fn requests_that_come_at_once_are_answered_in_their_order() {
    let server = Served::start().await;
    let kept = post(&list()).replace("Connection: close\r\n", "");
    let reply = send(&server.address, format!("{kept}{kept}{}", post(&list()))).await;
    assert_eq!(reply.body.matches("HTTP/1.1 200").count(), 2, "{reply:?}");
    // A refusal ends the connection, so that nothing behind it is taken for a request.
    let refused = post_with("Host: localhost", "{}").replace("Connection: close\r\n", "");
    let reply = send(&server.address, format!("{refused}{kept}")).await;
    assert_eq!((reply.status, reply.body.matches("HTTP/1.1").count()), (401, 0), "{reply:?}");
}

#[tokio::test]
async fn bodies_that_are_no_message_are_errors_of_the_protocol() {
    let server = Served::start().await;
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}");
    for (body, code) in [
        ("", -32700),
        ("{", -32700),
        ("nonsense", -32700),
        ("[]", -32600),
        ("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", -32600),
        ("7", -32600),
        ("{}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1}", -32600),
    ] {
        let reply = send(&server.address, post_with(&headers, body)).await;
        assert_eq!((reply.status, &reply.message()["error"]["code"]), (400, &json!(code)), "{body}: {reply:?}");
    }
    let text = post_with(&headers, "{}").replace("Content-Type: application/json", "Content-Type: text/plain");
    assert_eq!(send(&server.address, text).await.status, 415);
    let html = post_with(&headers, "{}").replace("text/event-stream", "text/html");
    assert_eq!(send(&server.address, html).await.status, 406);
}

#[tokio::test]
async fn a_body_is_asked_for_only_if_it_will_be_read() {
    let server = Served::start().await;
    let body = list().to_string();
    let head = |token: &str, length: usize| {
        format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{ACCEPT}\r\n\
             Content-Length: {length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        )
    };
    assert_eq!(send(&server.address, head("wrong", 10)).await.status, 401);
    assert_eq!(send(&server.address, head(TOKEN, 5 << 20)).await.status, 413);
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(head(TOKEN, body.len()).as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    let reply: Reply = exchange(stream, body).await;
    assert_eq!(reply.message()["result"]["isError"], false);
}
