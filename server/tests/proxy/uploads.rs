//! Archives on their way to the engine.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::engine::{Reaction, json};
use crate::proxied::{OPEN, Proxied, status, until};

const BUILD: &str = "POST /v1.51/build HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\n\
                     Transfer-Encoding: chunked\r\n";

#[tokio::test]
async fn an_archive_of_any_size_passes_in_little_memory() {
    let proxied = Proxied::start(OPEN, |_| json(200, "{}"));
    let mut stream = proxied.connect().await;
    stream.write_all(format!("{BUILD}\r\n").as_bytes()).await.unwrap();
    let piece = [format!("{:x}\r\n", 1 << 20).into_bytes(), vec![b'x'; 1 << 20], b"\r\n".to_vec()].concat();
    let before = memory();
    for _ in 0..256 {
        stream.write_all(&piece).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let answer = until(&mut stream, "{}").await;
    assert_eq!(status(&answer), 200, "{answer}");
    let more = memory().saturating_sub(before);
    assert!(more < 64 << 20, "{more} bytes more after an archive of 256 MiB");
}

#[tokio::test]
async fn an_archive_that_breaks_off_is_no_archive() {
    let mut proxied = Proxied::start(OPEN, |_| Reaction::Hold(String::new()));
    let mut stream = proxied.connect().await;
    stream.write_all(format!("{BUILD}\r\n3\r\nabc\r\n").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(proxied.engine.seen().is_empty(), "the engine saw no end of it");
    assert!(proxied.engine.ended.try_recv().is_err());
}

#[tokio::test]
async fn an_early_refusal_is_heard_by_a_client_that_still_sends() {
    let proxied = Proxied::start(OPEN, |_| json(200, "{}"));
    let answer = proxied
        .ask("PUT /v1.51/containers/a/archive?path=/x", "Content-Type: text/html\r\nContent-Length: 3", "abc")
        .await;
    assert!(status(&answer) == 400 && answer.contains("content type is not that of an archive"), "{answer}");
}

/// The bytes of memory of this process.
fn memory() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}
