//! Streams without a peer, as users write tests with.

use dockwright::options::SystemEventsOptions;
use dockwright::{Engine, Source};
use http::Response;

use crate::{frame, logs};

/// A container with a terminal or without one, its output, its archive, and its events.
fn engine(terminal: bool) -> Engine {
    Engine::canned(move |request| {
        let body = match request.uri().path() {
            "/containers/web/json" => format!(r#"{{"Config":{{"Tty":{terminal}}}}}"#).into_bytes(),
            "/containers/web/logs" if terminal => b"one\r\ntwo\r\n".to_vec(),
            "/containers/web/logs" => frame("one\ntwo\n"),
            "/containers/web/export" => b"tar".to_vec(),
            "/events" => b"{\"Action\":\"a\"}\n{\"Action\":\"b\"}\n".to_vec(),
            path => unreachable!("{path}"),
        };
        Response::new(body.into())
    })
}

#[tokio::test]
async fn a_canned_engine_gives_output_with_a_terminal_and_without_one() {
    for (terminal, source) in [(false, Source::Stdout), (true, Source::Terminal)] {
        let mut lines = logs(&engine(terminal)).await.unwrap().lines(100);
        for expected in ["one", "two"] {
            let line = lines.next().await.unwrap().unwrap();
            assert_eq!((line.source, &line.bytes[..]), (source, expected.as_bytes()));
        }
        assert!(lines.next().await.is_none());
    }
}

#[tokio::test]
async fn a_canned_engine_gives_values_and_archives() {
    let engine = engine(false);
    let mut events = engine.system_events(&SystemEventsOptions::default()).await.unwrap();
    for expected in ["a", "b"] {
        assert_eq!(events.next().await.unwrap().unwrap().action, expected);
    }
    assert!(events.next().await.is_none());
    let mut archive = engine.container_export("web").await.unwrap();
    assert_eq!(archive.next().await.unwrap().unwrap(), "tar");
    assert!(archive.next().await.is_none());
}
