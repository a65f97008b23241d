//! A registry that can be searched, on loopback: the engine sends it the requests for Docker Hub.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

const FOUND: &str = r#"{"query":"validate","num_results":1,"results":[{"name":"validate","description":"A test",
    "star_count":3,"is_official":false,"is_automated":true,"is_trusted":true}]}"#;

/// Serves until the process ends; the term to search for comes back.
pub fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
    format!("{address}/validate")
}

fn answer(mut peer: TcpStream) {
    // A request without a body ends where its headers do, and these fit in one read.
    let _ = peer.read(&mut [0; 8192]);
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Docker-Registry-Standalone: true\r\nConnection: close";
    let _ = write!(peer, "{head}\r\nContent-Length: {}\r\n\r\n{FOUND}", FOUND.len());
}
