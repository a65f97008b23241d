//! An engine on a unix socket that keeps the bytes of every request, and answers as a test says.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

/// The answer to the question for the version.
const PONG: &[u8] = b"HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Length: 2\r\n\r\nOK";

/// A request as it reached the engine.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its first line.
    pub line: String,
    /// Its headers, names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The engine's answer to a request.
pub enum Reaction {
    /// These bytes, after which the connection stays.
    Answer(String),
    /// These bytes, after which the connection ends.
    Last(String),
    /// These bytes, after which the engine waits for the end of the connection and reports it.
    Hold(String),
    /// These bytes, after which each byte is sent back until the other side ends, and then `bye`.
    Echo(String),
    /// These bytes, after which more follow for as long as the other side takes them.
    Flood(String),
    /// The answer of JSON after this time.
    Late(Duration, String),
}

type Answer = dyn Fn(&Seen) -> Reaction + Send + Sync;

pub struct Engine {
    pub socket: PathBuf,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// A message for each connection that was held and ended.
    pub ended: mpsc::UnboundedReceiver<()>,
}

impl Engine {
    pub fn start(folder: &Path, answer: impl Fn(&Seen) -> Reaction + Send + Sync + 'static) -> Self {
        let socket = folder.join("engine.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let (sender, ended) = mpsc::unbounded_channel();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (all, answer): (_, Arc<Answer>) = (Arc::clone(&seen), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(speak(connection, Arc::clone(&all), Arc::clone(&answer), sender.clone()));
            }
        });
        Engine { socket, seen, ended }
    }

    /// The requests so far, but for those for the version.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until a connection that was held has ended.
    pub async fn ended(&mut self) {
        tokio::time::timeout(Duration::from_secs(10), self.ended.recv()).await.expect("the connection ends").unwrap();
    }
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// An answer of JSON.
pub fn json(status: u16, body: &str) -> Reaction {
    let length = body.len();
    Reaction::Answer(format!(
        "HTTP/1.1 {status} Status\r\nApi-Version: 1.51\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    ))
}

async fn speak(
    mut connection: UnixStream,
    all: Arc<Mutex<Vec<Seen>>>,
    answer: Arc<Answer>,
    ended: mpsc::UnboundedSender<()>,
) {
    while let Some(seen) = request(&mut connection).await {
        if seen.line == "GET /_ping HTTP/1.1" {
            let _ = connection.write_all(PONG).await;
            continue;
        }
        all.lock().unwrap().push(seen.clone());
        match answer(&seen) {
            Reaction::Answer(bytes) => connection.write_all(bytes.as_bytes()).await.unwrap(),
            Reaction::Late(time, body) => {
                tokio::time::sleep(time).await;
                let Reaction::Answer(bytes) = json(200, &body) else { unreachable!("it is an answer") };
                connection.write_all(bytes.as_bytes()).await.unwrap();
            }
            Reaction::Flood(bytes) => {
                connection.write_all(bytes.as_bytes()).await.unwrap();
                while connection.write_all(&[b'x'; 1 << 16]).await.is_ok() {}
                return ended.send(()).unwrap_or_default();
            }
            Reaction::Last(bytes) => return connection.write_all(bytes.as_bytes()).await.unwrap(),
            Reaction::Hold(bytes) => {
                connection.write_all(bytes.as_bytes()).await.unwrap();
                while matches!(connection.read(&mut [0; 64]).await, Ok(1..)) {}
                return ended.send(()).unwrap_or_default();
            }
            Reaction::Echo(bytes) => {
                connection.write_all(bytes.as_bytes()).await.unwrap();
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = connection.read(&mut buffer).await {
                    connection.write_all(&buffer[..count]).await.unwrap();
                }
                let _ = connection.write_all(b"bye").await;
                return ended.send(()).unwrap_or_default();
            }
        }
    }
}

/// Reads a request whole.
async fn request(connection: &mut UnixStream) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let mut seen = Seen { line, headers, body: Vec::new() };
    if seen.header("transfer-encoding").is_some() {
        while let Some(size @ 1..) = chunk_size(connection).await {
            let mut chunk = vec![0; size + 2];
            connection.read_exact(&mut chunk).await.ok()?;
            // Large bodies are counted, and not kept.
            if seen.body.len() < 1 << 20 {
                seen.body.extend(&chunk[..size]);
            }
        }
        connection.read_exact(&mut [0; 2]).await.ok()?;
    } else if let Some(length) = seen.header("content-length") {
        let mut body = vec![0; length.parse().unwrap()];
        connection.read_exact(&mut body).await.ok()?;
        seen.body = body;
    }
    Some(seen)
}

async fn chunk_size(connection: &mut UnixStream) -> Option<usize> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(connection.read_u8().await.ok()?);
    }
    usize::from_str_radix(str::from_utf8(&line).ok()?.trim(), 16).ok()
}
