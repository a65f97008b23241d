//! Connections that end under a request: the requests that are sent again, and all others, which are not.

use bytes::Bytes;
use dockwright::Error;

use crate::peer::{Peer, Then, answer, get};

/// Sends a request and then `second`, on a connection that the peer ends after it has read the second request and sent
/// `before_end`. Each further connection is ended in the same way.
async fn closed_under(
    second: http::Request<Bytes>,
    before_end: &'static str,
) -> (dockwright::Result<String>, Vec<String>) {
    let mut peer = Peer::unix(move |mut caller| async move {
        caller.request().await;
        caller.send(answer("200 OK", "[]")).await;
        caller.request().await;
        caller.send(before_end).await;
    });
    let engine = peer.engine();
    engine.raw(get("/a")).await.unwrap().bytes().await.unwrap();
    tokio::task::yield_now().await;
    let result = match engine.raw(second).await {
        Ok(reply) => reply.text().await,
        Err(error) => Err(error),
    };
    (result, peer.seen().iter().map(|request| request.lines().next().unwrap().to_owned()).collect())
}

fn without_body(method: http::Method) -> http::Request<Bytes> {
    http::Request::builder().method(method).uri("/b").body(Bytes::new()).unwrap()
}

#[tokio::test]
async fn a_get_or_head_whose_used_connection_ends_unanswered_is_sent_once_more() {
    for method in [http::Method::GET, http::Method::HEAD] {
        let (result, asked) = closed_under(without_body(method.clone()), "").await;
        assert!(result.is_ok(), "{method}: {result:?}");
        let again = format!("{method} /v1.51/b HTTP/1.1");
        assert_eq!(asked, ["GET /v1.51/a HTTP/1.1", &again, &again]);
    }
}

#[tokio::test]
async fn other_requests_and_answers_that_began_are_never_sent_again() {
    let with_body = http::Request::get("/b").body(Bytes::from_static(b"{}")).unwrap();
    for (second, before_end) in [
        (without_body(http::Method::POST), ""),
        (without_body(http::Method::PUT), ""),
        (without_body(http::Method::DELETE), ""),
        (with_body, ""),
        (without_body(http::Method::GET), "H"),
        (without_body(http::Method::GET), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n["),
    ] {
        let name = format!("{} {before_end}", second.method());
        let (result, asked) = closed_under(second, before_end).await;
        assert!(matches!(result, Err(Error::Interrupted { .. })), "{name}: {result:?}");
        assert_eq!(asked.len(), 2, "{name}");
    }
}

#[tokio::test]
async fn no_call_is_lost_to_a_proxy_that_closes_after_each_answer_without_a_word() {
    let mut peer = Peer::new(answer("200 OK", "[]"), Then::Close);
    let engine = peer.engine();
    for _ in 0..300 {
        engine.raw(get("/a")).await.unwrap().bytes().await.unwrap();
    }
    // A request that was read and not answered was sent once more, so there may be more than calls.
    assert!(peer.seen().len() >= 300);
}
