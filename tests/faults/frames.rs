//! Multiplexed output that breaks off, or is none: the complete frames are returned, and then the reason for the end.

use dockwright::{Error, LogStream, Source};

use crate::peer::{Caller, END, Peer, chunk};
use crate::{frame, logs, soon};

/// Ways in which an answer can end after its last byte.
const ENDINGS: [&str; 4] = ["chunked", "chunked and cut", "counted", "closed"];

/// A peer whose container wrote this, in an answer that ends one way or another.
fn writing(bytes: Vec<u8>, ending: &'static str) -> Peer {
    let length = format!("Content-Length: {}", bytes.len());
    let (header, body) = match ending {
        "chunked" => ("Transfer-Encoding: chunked", [chunk(bytes), END.to_vec()].concat()),
        "chunked and cut" => ("Transfer-Encoding: chunked", chunk(bytes)),
        "counted" => (&*length, bytes),
        _ => ("Connection: close", bytes),
    };
    let answer = [format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n").into_bytes(), body].concat();
    Peer::unix(move |mut caller: Caller| {
        let answer = answer.clone();
        async move {
            while caller.call().await.is_some() {
                caller.send(&answer).await;
                if !matches!(ending, "chunked" | "counted") {
                    return;
                }
            }
        }
    })
}

/// Reads a stream: the text that came, and the error at its end.
async fn read(mut stream: LogStream) -> (String, Option<Error>) {
    let mut text = String::new();
    let end = loop {
        match soon(stream.next()).await {
            Some(Ok(output)) => text.push_str(str::from_utf8(&output.bytes).unwrap()),
            Some(Err(error)) => break Some(error),
            None => break None,
        }
    };
    assert!(stream.next().await.is_none(), "nothing comes after the end");
    (text, end)
}

async fn read_from(peer: &Peer) -> (String, Option<Error>) {
    read(logs(&peer.engine()).await.unwrap()).await
}

#[tokio::test]
async fn output_that_breaks_off_inside_a_frame_comes_and_then_an_error() {
    let whole = [frame("one\n"), frame("two\n")].concat();
    for ending in ENDINGS {
        // In the second frame: within its header, right behind it, within its payload.
        for (length, expected) in [(13, "one\n"), (19, "one\n"), (20, "one\n"), (22, "one\ntw")] {
            let (text, end) = read_from(&writing(whole[..length].to_vec(), ending)).await;
            assert_eq!(text, expected, "{ending}, {length} bytes");
            assert!(matches!(end, Some(Error::Interrupted { .. })), "{ending}, {length} bytes: {end:?}");
        }
    }
}

#[tokio::test]
async fn output_that_ends_between_frames_ends_well_if_the_answer_does() {
    for ending in ENDINGS {
        let (text, end) = read_from(&writing(frame("one\n"), ending)).await;
        assert_eq!(text, "one\n", "{ending}");
        assert_eq!(end.is_some(), ending == "chunked and cut", "{ending}: {end:?}");
    }
}

#[tokio::test]
async fn lines_that_break_off_come_as_far_as_they_came() {
    let peer = writing([frame("one\ntw"), frame("o\nthree")[..10].to_vec()].concat(), "chunked");
    let mut lines = logs(&peer.engine()).await.unwrap().lines(1000);
    let mut read = Vec::new();
    let error = loop {
        match lines.next().await.unwrap() {
            Ok(line) => read.push(String::from_utf8(line.bytes.to_vec()).unwrap()),
            Err(error) => break error,
        }
    };
    assert_eq!(read, ["one", "two"]);
    assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn a_frame_of_an_unknown_source_is_shown() {
    for (header, shown) in [(*b"\x09\0\0\0\0\0\0\x01", "\\t\\x00"), (*b"root@web", "`root@web`")] {
        let peer = writing([frame("one\n"), header.to_vec(), b"!".to_vec()].concat(), "chunked");
        let (text, end) = read_from(&peer).await;
        assert_eq!(text, "one\n");
        assert!(matches!(&end, Some(Error::Decode { reason, .. }) if reason.contains(shown)), "{end:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_come_as_they_are() {
    let bytes: Vec<u8> = (0..=255).collect();
    let peer = writing(frame(&bytes), "chunked");
    let output = logs(&peer.engine()).await.unwrap().next().await.unwrap().unwrap();
    assert_eq!((output.source, output.bytes.to_vec()), (Source::Stdout, bytes));
}
