//! Policies that change while clients are connected.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::engine::{Reaction, json};
use crate::proxied::{OBSERVE, OPEN, Proxied, rest, status, until};

const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
                      5\r\nfirst\r\n";
const SWITCH: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello ";
const EVENTS: &str = "GET /v1.51/events HTTP/1.1\r\nHost: docker\r\n\r\n";
const ATTACH: &str = "POST /v1.51/containers/a/attach?stream=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\n\
                      Upgrade: tcp\r\n\r\n";

#[tokio::test]
async fn a_new_policy_ends_what_it_denies() {
    let mut proxied = Proxied::start(OPEN, |seen| {
        let reaction = if seen.line.contains("attach") { SWITCH } else { STREAM };
        Reaction::Hold(reaction.to_owned())
    });
    let (mut events, mut attached) = (proxied.connect().await, proxied.connect().await);
    events.write_all(EVENTS.as_bytes()).await.unwrap();
    attached.write_all(ATTACH.as_bytes()).await.unwrap();
    until(&mut events, "first").await;
    until(&mut attached, "hello ").await;

    // A policy that allows both to look, and not to attach.
    assert_eq!(proxied.replace(OBSERVE), Ok(1));
    proxied.engine.ended().await;
    assert_eq!(rest(&mut attached).await, "");
    assert!(tokio::time::timeout(Duration::from_millis(300), proxied.engine.ended.recv()).await.is_err());

    let denied = "preset = \"observe\"\n[deny]\noperations = [\"system_events\"]";
    assert_eq!(proxied.replace(denied), Ok(1));
    proxied.engine.ended().await;
    let end = rest(&mut events).await;
    assert!(!end.contains("0\r\n\r\n"), "a stream that is cut does not look whole: {end}");
    let answer = proxied.ask("GET /v1.51/events", "", "").await;
    assert_eq!(status(&answer), 403, "{answer}");
}

#[tokio::test]
async fn a_bad_policy_changes_nothing() {
    let proxied = Proxied::start(OBSERVE, |_| json(200, "[]"));
    let problem = proxied.replace("preset = \"open\"\nnonsense = 1").unwrap_err();
    assert!(problem.contains("line 2, column 1"), "{problem}");
    assert_eq!(status(&proxied.ask("POST /v1.51/containers/prune", "", "").await), 403);
    assert_eq!(status(&proxied.ask("GET /v1.51/containers/json", "", "").await), 200);
}

#[tokio::test]
async fn a_stream_that_a_new_policy_would_narrow_ends() {
    let mut proxied = Proxied::start(OPEN, |_| Reaction::Hold(STREAM.to_owned()));
    let mut events = proxied.connect().await;
    events.write_all(EVENTS.as_bytes()).await.unwrap();
    until(&mut events, "first").await;
    assert_eq!(proxied.replace("preset = \"develop\"\n[own]\nlabel = \"owner=a\""), Ok(1));
    proxied.engine.ended().await;
}
