//! An engine with few containers, served from memory in a process of its own.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};

use serde_json::json;

/// The containers of the engine.
const CONTAINERS: usize = 3;

/// Serves until it is killed.
pub fn serve(path: &str) {
    let list: Vec<_> = (0..CONTAINERS)
        .map(|number| {
            json!({
                "Id": format!("{number:064x}"), "Names": [format!("/web-{number}")], "Image": "busybox:test",
                "Command": "sleep 600", "Created": 1_790_000_000, "State": "running", "Status": "Up 2 hours",
                "Ports": [{ "PrivatePort": 80, "PublicPort": 8000 + number, "Type": "tcp" }],
            })
        })
        .collect();
    let list = json!(list).to_string();
    for stream in UnixListener::bind(path).unwrap().incoming() {
        let (stream, list) = (stream.unwrap(), list.clone());
        std::thread::spawn(move || answer(stream, &list));
    }
}

fn answer(mut stream: UnixStream, list: &str) -> io::Result<()> {
    let mut requests = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while requests.read_line(&mut line)? > 0 {
        let body = if line.contains("/_ping") { "OK" } else { list };
        while line.trim() != "" {
            line.clear();
            requests.read_line(&mut line)?;
        }
        line.clear();
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(format!("{head}{body}").as_bytes())?;
    }
    Ok(())
}
