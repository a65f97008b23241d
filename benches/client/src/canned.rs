//! An engine with three answers, served from memory: requests on a unix socket in, the bytes of a real engine out. It
//! is a process of its own, so that its work is not counted as the clients'.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};

use serde_json::{Value, json};

/// The recorded answers of an engine of API 1.51. Its containers are the pattern for a thousand.
const RECORDED: &str = include_str!("../../../tests/answers/v1.51.json");

const CONTAINERS: usize = 1000;
const MIB: usize = 1024 * 1024;

/// Serves until it is killed.
pub fn serve(path: &str) -> io::Result<()> {
    let _ = fs::remove_file(path);
    let list = serde_json::to_vec(&containers())?;
    let listener = UnixListener::bind(path)?;
    std::thread::scope(|threads| {
        for stream in listener.incoming() {
            let (stream, list) = (stream?, &list);
            // A client that leaves in the middle ends only its thread.
            threads.spawn(move || answer_all(stream, list));
        }
        Ok(())
    })
}

fn answer_all(mut stream: UnixStream, list: &[u8]) -> io::Result<()> {
    let mut requests = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while requests.read_line(&mut line)? > 0 {
        // `GET /v1.51/containers/json?all=true HTTP/1.1`
        let target = line.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
        let path: Vec<_> = target.split('/').skip_while(|part| part.is_empty() || part.starts_with("v1.")).collect();
        match path[..] {
            ["_ping"] => stream.write_all(&with_length("text/plain; charset=utf-8", b"OK"))?,
            ["containers", "json"] => {
                let mut answer = chunked("application/json");
                chunk(&mut answer, list);
                answer.extend_from_slice(b"0\r\n\r\n");
                stream.write_all(&answer)?;
            }
            ["containers", _, "json"] => {
                stream.write_all(&with_length("application/json", br#"{"Config":{"Tty":false}}"#))?;
            }
            ["containers", shape, "logs"] => logs(&mut stream, shape)?,
            _ => return Err(io::Error::other(line)),
        }
        while line.trim() != "" {
            line.clear();
            requests.read_line(&mut line)?;
        }
        line.clear();
    }
    Ok(())
}

/// A thousand containers like those of the recorded engine, each with an id and a name of its own.
fn containers() -> Vec<Value> {
    let recorded: Vec<Value> = serde_json::from_str(RECORDED).expect("the recording is JSON");
    let list = recorded.iter().find(|answer| answer["get"] == "/containers/json?all=true").expect("a list is recorded");
    let patterns = list["body"].as_array().expect("a list is an array");
    let numbered = |(number, pattern): (usize, &Value)| {
        let mut container = pattern.clone();
        container["Id"] = json!(format!("{number:064x}"));
        container["Names"] = json!([format!("/web-{number}")]);
        container
    };
    patterns.iter().cycle().take(CONTAINERS).enumerate().map(numbered).collect()
}

/// Logs of the container `SHAPE-MIB`: as many MiB of output, nine of ten frames to stdout. `lines` are lines of 100
/// bytes, as the engine sends them: a frame each, a chunk each. `joined` are the same lines, in chunks of 32 KiB, as a
/// proxy may join them. `blocks` are frames of 32 KiB, a chunk each.
fn logs(stream: &mut UnixStream, container: &str) -> io::Result<()> {
    let (shape, mib) = container.split_once('-').ok_or_else(|| io::Error::other("the container is SHAPE-MIB"))?;
    let frame_bytes = if shape == "blocks" { 32 * 1024 } else { 100 };
    let frames = MIB / frame_bytes;
    let mut block = Vec::new();
    let mut joined = Vec::new();
    for number in 0..frames {
        let frame = frame(if number % 10 == 9 { 2 } else { 1 }, frame_bytes);
        if shape == "joined" {
            joined.extend_from_slice(&frame);
            if joined.len() < 32 * 1024 && number + 1 < frames {
                continue;
            }
            chunk(&mut block, &std::mem::take(&mut joined));
        } else {
            chunk(&mut block, &frame);
        }
    }
    stream.write_all(&chunked("application/vnd.docker.multiplexed-stream"))?;
    let mib: usize = mib.parse().map_err(io::Error::other)?;
    for _ in 0..mib * MIB / (frames * frame_bytes) {
        stream.write_all(&block)?;
    }
    stream.write_all(b"0\r\n\r\n")
}

fn frame(source: u8, length: usize) -> Vec<u8> {
    let [a, b, c, d] = u32::try_from(length).expect("frames are short").to_be_bytes();
    let mut frame = vec![source, 0, 0, 0, a, b, c, d];
    frame.extend((1..length).map(|at| b'!' + (at % 90) as u8));
    frame.push(b'\n');
    frame
}

fn head(content_type: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Type: {content_type}\r\nDocker-Experimental: false\r\n\
         Ostype: linux\r\nServer: Docker/28.5.2 (linux)\r\nDate: Sun, 22 Nov 2026 19:02:44 GMT\r\n"
    )
}

fn with_length(content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!("{}Content-Length: {}\r\n\r\n", head(content_type), body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn chunked(content_type: &str) -> Vec<u8> {
    format!("{}Transfer-Encoding: chunked\r\n\r\n", head(content_type)).into_bytes()
}

fn chunk(into: &mut Vec<u8>, bytes: &[u8]) {
    into.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
    into.extend_from_slice(bytes);
    into.extend_from_slice(b"\r\n");
}
