//! Calls in which both sides send messages: folders, results, agents of ssh.

use std::fs;
use std::io;

use dockwright_archive::Context;
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::super::methods::{FILES, FORWARD_AGENT, OUTPUT, UPLOAD};
use super::*;
use crate::grpc::{Frames, frame};
use crate::protobuf::{Fields, Value};

/// A call whose messages are sent one by one.
struct Stream {
    sender: Option<mpsc::UnboundedSender<io::Result<Bytes>>>,
    answer: hyper::body::Incoming,
    frames: Frames,
    end: Option<HeaderMap>,
}

/// A packet in its parts: its kind, its number, its contents, and the path that it announces.
#[derive(Debug, Default, PartialEq)]
struct Packet {
    kind: u64,
    number: u64,
    contents: Bytes,
    path: String,
}

impl Stream {
    async fn begin(client: &mut Client, method: &str, headers: &[(&'static str, &str)]) -> Self {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let body = Body::stream(futures_util::stream::poll_fn(move |context| receiver.poll_recv(context)));
        let mut call = Request::post(format!("http://localhost{method}"));
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        let answer = client.send_request(call.body(body).unwrap()).await.unwrap();
        let end = answer.headers().contains_key("grpc-status").then(|| answer.headers().clone());
        Stream { sender: Some(sender), answer: answer.into_body(), frames: Frames::new(usize::MAX), end }
    }

    fn send(&self, message: &[u8]) {
        self.sender.as_ref().unwrap().send(Ok(frame(message))).unwrap();
    }

    fn request(&self, number: u64) {
        self.send(&Message::default().number(1, 1).number(3, number).finish());
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(message) = self.frames.next().unwrap() {
                return Some(message);
            }
            let piece = self.answer.frame().await?.unwrap();
            match piece.into_data() {
                Ok(data) => self.frames.push(&data),
                Err(piece) => self.end = piece.into_trailers().ok(),
            }
        }
    }

    async fn packet(&mut self) -> Option<Packet> {
        let mut packet = Packet::default();
        let mut fields = Fields::new(self.next().await?);
        while let Some(field) = fields.next().unwrap() {
            match field {
                (1, Value::Number(kind)) => packet.kind = kind,
                (3, Value::Number(number)) => packet.number = number,
                (4, Value::Bytes(contents)) => packet.contents = contents,
                (2, Value::Bytes(attributes)) => {
                    let Some((1, Value::Bytes(path))) = Fields::new(attributes).next().unwrap() else { continue };
                    packet.path = String::from_utf8(path.to_vec()).unwrap();
                }
                _ => {}
            }
        }
        Some(packet)
    }

    /// The paths that are announced.
    async fn announced(&mut self) -> Vec<String> {
        let mut paths = Vec::new();
        loop {
            match self.packet().await.unwrap() {
                Packet { path, kind: 0, .. } if path.is_empty() => return paths,
                Packet { path, .. } => paths.push(path),
            }
        }
    }

    /// The status and its message.
    async fn end(mut self) -> (String, String) {
        while self.next().await.is_some() {}
        let end = self.end.unwrap();
        let text = |name: &str| end.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        (text("grpc-status"), text("grpc-message"))
    }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, content)| fs::write(folder.path().join(name), content).unwrap());
    folder
}

async fn engine_of(folder: &TempDir) -> (Client, OpenSession) {
    engine(Session::new("a").folder("context", Context::new(folder.path()).tree().unwrap())).await
}

const DIR: (&str, &str) = ("dir-name", "context");

#[tokio::test]
async fn files_are_announced_and_sent_when_they_are_requested() {
    let large = "x".repeat(200_000);
    let folder = folder(&[("Dockerfile", ""), ("large", &large), ("none", ""), ("out", "")]);
    let (mut client, _open) = engine_of(&folder).await;
    let mut stream = Stream::begin(&mut client, FILES, &[DIR, ("exclude-patterns", "out")]).await;
    assert_eq!(stream.announced().await, ["Dockerfile", "large", "none"]);
    stream.request(1);
    stream.request(2);
    let mut contents = Vec::new();
    for number in [1, 2] {
        loop {
            let packet = stream.packet().await.unwrap();
            assert_eq!((packet.kind, packet.number), (2, number));
            if packet.contents.is_empty() {
                break;
            }
            contents.extend_from_slice(&packet.contents);
        }
    }
    assert_eq!(contents, large.as_bytes());
    stream.send(&Message::default().number(1, 3).finish());
    assert_eq!(stream.packet().await.unwrap().kind, 3);
    assert_eq!(stream.end().await.0, "0");
}

#[tokio::test]
async fn patterns_that_are_escaped_are_read() {
    let folder = folder(&[("Dockerfile", ""), ("ü 1", ""), ("b", "")]);
    let (mut client, _open) = engine_of(&folder).await;
    let headers = [DIR, ("followpaths", "%C3%BC+1"), ("followpaths-encoded", "1"), ("include-patterns", "b")];
    let mut stream = Stream::begin(&mut client, FILES, &headers).await;
    assert_eq!(stream.announced().await, ["b", "ü 1"]);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_named() {
    for (content, problem) in [("", "shrank"), ("longer than before", "grew")] {
        let folder = folder(&[("Dockerfile", ""), ("word", "before")]);
        let (mut client, _open) = engine_of(&folder).await;
        let mut stream = Stream::begin(&mut client, FILES, &[DIR]).await;
        stream.announced().await;
        fs::write(folder.path().join("word"), content).unwrap();
        stream.request(1);
        let mut packet = stream.packet().await.unwrap();
        if packet.kind == 2 {
            packet = stream.packet().await.unwrap();
        }
        let text = String::from_utf8(packet.contents.to_vec()).unwrap();
        assert!(packet.kind == 4 && text.contains("/word: ") && text.contains(problem), "{text}");
        assert_eq!(stream.end().await.0, "9");
    }
}

#[tokio::test]
async fn an_engine_that_asks_for_what_it_was_not_given_is_refused() {
    let folder = folder(&[("Dockerfile", "x")]);
    let (mut client, _open) = engine_of(&folder).await;
    let other = Stream::begin(&mut client, FILES, &[("dir-name", "other")]).await;
    assert_eq!(other.end().await, ("5".into(), "this build has no folder `other`".into()));
    for numbers in [&[7][..], &[0, 0]] {
        let mut stream = Stream::begin(&mut client, FILES, &[DIR]).await;
        stream.announced().await;
        numbers.iter().for_each(|number| stream.request(*number));
        assert_eq!(stream.end().await.0, "3", "{numbers:?}");
    }
    let mut gone = Stream::begin(&mut client, FILES, &[DIR]).await;
    gone.announced().await;
    gone.sender = None;
    assert_eq!(gone.end().await.0, "2");
}

#[tokio::test]
async fn a_few_folders_are_sent_at_once_and_others_wait() {
    let folder = folder(&[("Dockerfile", "x")]);
    let (mut client, _open) = engine_of(&folder).await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        let mut stream = Stream::begin(&mut client, FILES, &[DIR]).await;
        stream.announced().await;
        streams.push(stream);
    }
    let mut last = Stream::begin(&mut client, FILES, &[DIR]).await;
    let waits = tokio::time::timeout(std::time::Duration::from_millis(200), last.announced()).await;
    assert!(waits.is_err(), "eight others are under way");
    streams.pop();
    last.announced().await;
}

#[tokio::test]
async fn a_result_is_written_before_its_call_ends_and_a_part_of_one_is_not() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("out.tar");
    let mut tar = Vec::new();
    Context::all_of(folder(&[("a", "hello")]).path()).write(&mut tar).unwrap();
    for (sent, status) in [(&tar[..700], "9"), (&tar[..], "0")] {
        let (mut client, _open) = engine(Session::new("a").output(Output::archive(&path))).await;
        let mut stream = Stream::begin(&mut client, OUTPUT, &[]).await;
        for piece in sent.chunks(300) {
            stream.send(&Message::default().bytes(1, piece).finish());
        }
        stream.sender = None;
        assert_eq!(stream.end().await.0, status);
        assert_eq!(path.exists(), status == "0");
        let (code, message) = Stream::begin(&mut client, OUTPUT, &[]).await.end().await;
        assert!(code == "5" && message.contains("handed over already"), "{message}");
    }
    assert_eq!(fs::read(path).unwrap(), tar);
}

#[cfg(unix)]
#[tokio::test]
async fn a_step_gets_signatures_of_an_agent_and_nothing_else() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let place = tempfile::tempdir().unwrap();
    let socket = place.path().join("agent");
    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let agent = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut request = [0; 6];
        connection.read_exact(&mut request).await.unwrap();
        connection.write_all(b"\0\0\0\x03\x0eok").await.unwrap();
        let mut rest = Vec::new();
        connection.read_to_end(&mut rest).await.unwrap();
        assert_eq!((&request, &rest[..]), (b"\0\0\0\x02\x0dx", &b""[..]));
    });
    let (mut client, _open) = engine(Session::new("a").ssh("default", SshAgent::socket(&socket))).await;
    let other = Stream::begin(&mut client, FORWARD_AGENT, &[("buildkit.ssh.id", "other")]).await;
    assert_eq!(other.end().await.0, "5");
    let mut stream = Stream::begin(&mut client, FORWARD_AGENT, &[("buildkit.ssh.id", "default")]).await;
    // A request for a signature in two pieces, then one to forget all keys.
    for piece in ["\0\0\0\x02", "\x0dx\0\0\0\x01\x13"] {
        stream.send(&question(piece));
    }
    assert_eq!(stream.next().await.unwrap(), question("\0\0\0\x03\x0eok"));
    assert_eq!(stream.next().await.unwrap(), question("\0\0\0\x01\x05"));
    stream.sender = None;
    assert_eq!(stream.end().await.0, "0");
    agent.await.unwrap();
}

#[tokio::test]
async fn an_archive_is_sent_in_pieces_and_once() {
    let mut session = Session::new("a");
    let [address, other] = [vec![7; 2_500_000], vec![8; 10]].map(|archive| session.archive(archive));
    let path = |address: &str| address.strip_prefix("http://buildkit-session").unwrap().to_owned();
    assert_ne!(address, other);
    let (mut client, _open) = engine(session).await;
    let mut stream = Stream::begin(&mut client, UPLOAD, &[("urlpath", &path(&address))]).await;
    let mut archive = Vec::new();
    while let Some(message) = stream.next().await {
        let Some((1, Value::Bytes(piece))) = Fields::new(message).next().unwrap() else { panic!("it has bytes") };
        assert!(piece.len() <= 1024 * 1024);
        archive.extend_from_slice(&piece);
    }
    assert_eq!((archive, stream.end().await.0), (vec![7; 2_500_000], "0".to_owned()));
    for (path, problem) in [(path(&address), "already sent"), ("/no-such".to_owned(), "not found")] {
        let (code, message) = Stream::begin(&mut client, UPLOAD, &[("urlpath", &path)]).await.end().await;
        assert!(code == "5" && message.contains(problem), "{message}");
    }
}

#[tokio::test]
async fn an_archive_that_cannot_be_read_says_why() {
    let mut session = Session::new("a");
    let address = session.archive(Body::writer(|_| Err(io::Error::other("no such disk"))));
    let (mut client, _open) = engine(session).await;
    let path = address.strip_prefix("http://buildkit-session").unwrap();
    let (code, message) = Stream::begin(&mut client, UPLOAD, &[("urlpath", path)]).await.end().await;
    assert!(code == "9" && message.contains("no such disk"), "{message}");
}
