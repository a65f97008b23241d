//! Streams of JSON values: cut anywhere, of either form, and wrong in every way that has a place of its own.

use dockwright::models::EventMessage;
use dockwright::options::{ImageBuildOptions, ImageCreateOptions, SystemEventsOptions};
use dockwright::{Engine, Error, JsonStream, Limits};

use crate::peer::{CHUNKED, Caller, END, Peer, answer};
use crate::soon;

/// A peer whose answer to everything is these bytes, which end well.
fn streaming(bytes: impl Into<Vec<u8>>) -> Peer {
    let bytes = bytes.into();
    Peer::unix(move |mut caller: Caller| {
        let bytes = bytes.clone();
        async move {
            caller.request().await;
            caller.send(CHUNKED).await;
            caller.chunk(bytes).await;
            caller.send(END).await;
            caller.stay().await;
        }
    })
}

async fn events(engine: &Engine) -> JsonStream<EventMessage> {
    engine.system_events(&SystemEventsOptions::default()).await.unwrap()
}

/// The actions of all events, an error as its message.
async fn actions(mut stream: JsonStream<EventMessage>) -> Vec<String> {
    let mut actions = Vec::new();
    while let Some(event) = soon(stream.next()).await {
        actions.push(event.map_or_else(|error| error.to_string(), |event| event.action));
    }
    actions
}

#[tokio::test]
async fn values_arrive_however_they_are_cut() {
    let peer = Peer::unix(async |mut caller| {
        caller.request().await;
        caller.send(CHUNKED).await;
        for byte in "{\"Action\":\"é}\\\"\"}\r\n{\"Action\":\"b\"}{\"Action\":\"c\"}".as_bytes() {
            caller.chunk([*byte]).await;
        }
        caller.send(END).await;
    });
    assert_eq!(actions(events(&peer.engine()).await).await, ["é}\"", "b", "c"]);
}

#[tokio::test]
async fn chunks_arrive_however_the_connection_cuts_them() {
    let peer = Peer::tcp(async |mut caller| {
        caller.request().await;
        let text = [CHUNKED.as_bytes(), &crate::peer::chunk("{\"Action\":\"a\"}\n"), END].concat();
        for byte in text {
            caller.send([byte]).await;
            tokio::task::yield_now().await;
        }
        caller.stay().await;
    })
    .await;
    assert_eq!(actions(events(&peer.engine()).await).await, ["a"]);
}

#[tokio::test]
async fn values_may_be_records_of_a_sequence() {
    let peer = streaming("\x1e{\"Action\":\"a\"}\n\x1e{\"Action\":\"b\"}\n");
    assert_eq!(actions(events(&peer.engine()).await).await, ["a", "b"]);
}

#[tokio::test]
async fn a_wrong_value_is_shown_and_the_next_one_follows() {
    let peer = streaming(b"{\"Action\":\"\xff\xfe\"}\n[7]\n{\"Action\":\"c\"}\n".as_slice());
    let actions = actions(events(&peer.engine()).await).await;
    assert!(actions[0].starts_with("system_events: unexpected answer: invalid unicode code point"), "{actions:?}");
    assert!(actions[0].contains("line 1 column 12") && actions[0].contains("{\"Action\":\""), "{actions:?}");
    assert!(actions[1].contains("invalid type: sequence, expected an object"), "{actions:?}");
    assert_eq!(actions[2..], ["c"]);
}

#[tokio::test]
async fn a_list_with_bytes_that_are_no_text_names_the_place() {
    let body = b"[{\"Id\":\"ab\xff\"}]";
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let peer = Peer::new([head.as_bytes(), body].concat(), crate::peer::Then::Stay);
    let error = peer.engine().container_list(&Default::default()).await.unwrap_err().to_string();
    assert!(error.contains("line 1 column") && error.contains("[{\"Id\":\"ab"), "{error}");
}

#[tokio::test]
async fn a_failure_that_the_engine_reports_ends_the_stream() {
    let text = "{\"stream\":\"Step 1\"}\n\
        {\"errorDetail\":{\"code\":7,\"message\":\"exit 7\\u001b[0m\"},\"error\":\"exit 7\"}\n\
        {\"stream\":\"never seen\"}\n";
    let peer = streaming(text);
    let mut stream = peer.engine().image_build(None, &ImageBuildOptions::default()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().stream.as_deref(), Some("Step 1"));
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Failed { code: Some(7), .. }), "{error:?}");
    assert_eq!(error.to_string(), "image_build: exit 7 [0m");
    assert!(stream.next().await.is_none());
    let peer = streaming("{\"status\":\"Pulling\"}\n{\"error\":\"denied\"}\n");
    let error =
        peer.engine().image_create(None, &ImageCreateOptions::default()).await.unwrap().last().await.unwrap_err();
    assert_eq!(error.to_string(), "image_create: denied");
}

#[tokio::test]
async fn a_value_beyond_the_limit_is_refused_before_it_is_whole() {
    let mut peer = Peer::unix(async |mut caller| {
        caller.request().await;
        caller.send(CHUNKED).await;
        caller.chunk("{\"Action\":\"a\"}{\"Action\":\"").await;
        caller.chunk("x".repeat(2000)).await;
        caller.stay().await;
    });
    let mut stream = events(&peer.engine().with_limits(Limits::default().answer_bytes(1000))).await;
    assert_eq!(stream.next().await.unwrap().unwrap().action, "a");
    let error = soon(stream.next()).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 1000, .. }), "{error:?}");
    assert!(stream.next().await.is_none());
    drop(stream);
    soon(peer.closed.recv()).await.unwrap();
}

#[tokio::test]
async fn the_end_inside_a_value_is_an_interruption() {
    for end in ["{\"Action\":\"b", "{\"Action\":\"b\"", "["] {
        let peer = streaming(format!("{{\"Action\":\"a\"}}\n{end}"));
        let actions = actions(events(&peer.engine()).await).await;
        assert_eq!(
            actions,
            ["a", "system_events: the connection was lost: the answer is cut off in the middle"],
            "{end}"
        );
    }
}

#[tokio::test]
async fn invalid_json_ends_the_stream() {
    let peer = Peer::new(answer("200 OK", "<html>no engine</html>"), crate::peer::Then::Stay);
    let actions = actions(events(&peer.engine()).await).await;
    assert_eq!(actions, ["system_events: unexpected answer: `<` cannot begin a JSON value"]);
}

#[tokio::test]
async fn one_property_of_another_type_does_not_lose_a_list() {
    let rows = r#"[{"Id":"a","Created":"2020-01-01T00:00:00Z"},{"Id":"b","Created":7,"Ports":[{"PrivatePort":"x"}]}]"#;
    let engine = dockwright::Engine::canned(move |_| http::Response::new(rows.into()));
    let list = engine.container_list(&Default::default()).await.unwrap();
    let json = serde_json::to_value(&list).unwrap();
    assert_eq!(json, serde_json::from_str::<serde_json::Value>(rows).unwrap(), "written back as it came");
    assert_eq!(list[0].extra["Created"], "2020-01-01T00:00:00Z");
}
