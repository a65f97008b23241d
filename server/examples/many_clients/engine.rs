//! An engine with few containers, served from memory in a process of its own, on a unix socket and over tcp.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;

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
    let (unix, tcp) = (UnixListener::bind(path).unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    eprintln!("http://{}/", tcp.local_addr().unwrap());
    let of_tcp = list.clone();
    std::thread::spawn(move || {
        for stream in tcp.incoming() {
            let (stream, list) = (stream.unwrap(), of_tcp.clone());
            stream.set_nodelay(true).unwrap();
            std::thread::spawn(move || answer(stream.try_clone()?, stream, &list));
        }
    });
    for stream in unix.incoming() {
        let (stream, list) = (stream.unwrap(), list.clone());
        std::thread::spawn(move || answer(stream.try_clone()?, stream, &list));
    }
}

fn answer(requests: impl Read, mut stream: impl Write, list: &str) -> io::Result<()> {
    let mut requests = BufReader::new(requests);
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
