//! An engine on a loopback port. It answers pings, hands every other request to the test, and reports a connection that
//! is closed.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

pub struct Stub {
    pub address: String,
    conversations: mpsc::UnboundedReceiver<Conversation>,
}

/// A request that waits for its answer.
pub struct Conversation {
    pub endpoint: String,
    /// Its head as it was sent.
    request: String,
    connection: TcpStream,
    version: String,
}

impl Stub {
    pub async fn start() -> Self {
        Stub::speaking(dockwright::API_VERSION).await
    }

    /// Starts as an engine that speaks this version at most.
    pub async fn speaking(version: &str) -> Self {
        Stub::listen(TcpListener::bind("127.0.0.1:0").await.unwrap(), version)
    }

    /// Starts at an address that was a stub's before.
    pub async fn start_at(address: &str) -> Self {
        let listener = TcpListener::bind(address.trim_start_matches("tcp://")).await.unwrap();
        Stub::listen(listener, dockwright::API_VERSION)
    }

    fn listen(listener: TcpListener, version: &str) -> Self {
        let version = version.to_owned();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        let (sender, conversations) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(hear(connection, version.clone(), sender.clone()));
            }
        });
        Stub { address, conversations }
    }

    /// The next request that is not a ping.
    pub async fn next(&mut self) -> Conversation {
        timeout(Duration::from_secs(20), self.conversations.recv()).await.expect("a request comes").unwrap()
    }
}

impl Conversation {
    /// The value of a header, named in small letters.
    #[allow(dead_code, reason = "not every test looks at headers")]
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.request.lines().filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Refuses with this status and JSON.
    pub async fn refuse(mut self, status: u16, body: &str) {
        let head = self.head(&format!("Content-Length: {}\r\nConnection: close", body.len()));
        let head = head.replacen("200 OK", &format!("{status} Refused"), 1);
        self.connection.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    }

    /// Answers with JSON.
    pub async fn answer(mut self, body: &str) {
        let head = self.head(&format!("Content-Length: {}\r\nConnection: close", body.len()));
        self.connection.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    }

    /// Begins an answer that goes on.
    pub async fn begin(&mut self) {
        let head = self.head("Transfer-Encoding: chunked\r\nConnection: close");
        self.connection.write_all(head.as_bytes()).await.unwrap();
    }

    /// Goes on with it.
    pub async fn write(&mut self, piece: &str) {
        self.connection.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes()).await.unwrap();
    }

    /// Ends it.
    pub async fn end(mut self) {
        self.connection.write_all(b"0\r\n\r\n").await.unwrap();
    }

    fn head(&self, fields: &str) -> String {
        head(&self.version, fields)
    }

    /// Waits until the other side has closed the connection.
    pub async fn closed(mut self) {
        // The body of a request may still lie there.
        while matches!(self.connection.read(&mut [0; 4096]).await, Ok(1..)) {}
    }
}

async fn hear(mut connection: TcpStream, version: String, sender: mpsc::UnboundedSender<Conversation>) {
    loop {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            match connection.read_u8().await {
                Ok(byte) => request.push(byte),
                Err(_) => return,
            }
        }
        let request = String::from_utf8(request).unwrap();
        let endpoint = request.split(' ').take(2).collect::<Vec<_>>().join(" ");
        if !endpoint.ends_with(" /_ping") {
            let _ = sender.send(Conversation { endpoint, request, connection, version });
            return;
        }
        connection.write_all(format!("{}OK", head(&version, "Content-Length: 2")).as_bytes()).await.unwrap();
    }
}

/// Starts a server that is no engine: it reads a little of each connection, writes these bytes and closes it.
pub async fn listener(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ = connection.read(&mut [0; 4096]).await;
            let _ = connection.write_all(answer.as_bytes()).await;
        }
    });
    address
}

/// Writes the head of an answer. One that ends its connection must say so, or the next request may go to a closed one.
fn head(version: &str, fields: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nApi-Version: {version}\r\n{fields}\r\n\r\n")
}
