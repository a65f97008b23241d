//! Logs of many containers as one, from an engine that makes them up: however long they are, memory does not grow.

mod support;

use dockwright::Engine;
use serde_json::{Value, json};
use support::{session, settings, text};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const CONTAINERS: usize = 10;
/// The most memory that reading logs of any length takes.
const MEMORY_KIB: u64 = 20 << 10;

/// The bytes of a log, and those with `DOCKWRIGHT_LONG` set, which take minutes.
const BYTES: (usize, usize) = (4_000_000, 100_000_000);

#[tokio::test(flavor = "multi_thread")]
async fn ten_long_logs_take_constant_memory() {
    let is_long = std::env::var_os("DOCKWRIGHT_LONG").is_some();
    read_logs(if is_long { BYTES.1 } else { BYTES.0 }).await;
}

/// Reads ten logs of so many bytes, whose lines alternate.
async fn read_logs(bytes: usize) {
    let mut client = session(settings(|_| ()), Engine::at(&engine(bytes).await).unwrap()).await;
    let mut call = async |more: Value| {
        let mut arguments = json!({ "project": "shop", "limit_seconds": 600 });
        arguments.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        let call = json!({ "name": "project_logs", "arguments": arguments, "_meta": { "progressToken": "t" } });
        let reading = client.request("tools/call", call).await;
        loop {
            let message = client.next().await;
            if message["id"] == reading {
                break text(&message["result"]).to_owned();
            }
        }
    };
    call(json!({ "containers": ["s0"], "tail": "1" })).await;
    let before = memory_kib("VmRSS");
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let text = call(json!({ "grep": "line", "limit_items": 5 })).await;
    let grown = memory_kib("VmHWM").saturating_sub(before);
    println!("{CONTAINERS} logs of {bytes} bytes: {grown} KiB");
    assert!(grown <= MEMORY_KIB, "{grown} KiB");

    let last = bytes / line(0, 0).len() - 1;
    let shown = |stream: usize| format!("s{stream}| {}", line(stream, last).trim_end().split_once(' ').unwrap().1);
    let expected: Vec<_> = (CONTAINERS - 5..CONTAINERS).map(shown).collect();
    assert_eq!(text.lines().skip(1).take(5).collect::<Vec<_>>(), expected, "{text}");
    assert!(text.contains("lines match") && text.contains("the last 5 of "), "{text}");
}

fn memory_kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A line of a log with its time: in each round every container writes one.
fn line(stream: usize, number: usize) -> String {
    let milliseconds = number * CONTAINERS + stream;
    let (hours, rest) = (milliseconds / 3_600_000, milliseconds % 3_600_000);
    let (minutes, seconds, rest) = (rest / 60_000, rest / 1_000 % 60, rest % 1_000);
    let time = format!("2026-01-01T{hours:02}:{minutes:02}:{seconds:02}.{rest:03}000000Z");
    format!("{time} line {number:09} of {stream:02} {}\n", "x".repeat(90))
}

/// An engine with ten containers whose logs have so many bytes each.
async fn engine(bytes: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(answer(connection, bytes));
        }
    });
    address
}

async fn answer(mut connection: TcpStream, bytes: usize) -> std::io::Result<()> {
    let (read, mut write) = connection.split();
    let mut lines = BufReader::new(read).lines();
    let mut path = String::new();
    while let Some(line) = lines.next_line().await? {
        if let Some(request) = line.strip_suffix(" HTTP/1.1") {
            path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        }
        if !line.is_empty() {
            continue;
        }
        let head = format!("HTTP/1.1 200 OK\r\nApi-Version: {}\r\n", dockwright::API_VERSION);
        let stream = path.split("/containers/s").nth(1).and_then(|rest| rest.get(..1)).and_then(|id| id.parse().ok());
        match stream {
            Some(stream) if path.contains("/logs") => {
                write.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await?;
                return send_log(&mut write, stream, bytes).await;
            }
            _ => {
                let body = small_answer(&path);
                let head = format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
                write.write_all(format!("{head}{body}").as_bytes()).await?;
            }
        }
    }
    Ok(())
}

fn small_answer(path: &str) -> String {
    let container = |number: usize| {
        let labels =
            json!({ "com.docker.compose.project": "shop", "com.docker.compose.service": format!("s{number}") });
        json!({ "Id": format!("s{number}"), "Names": [format!("/shop-s{number}-1")], "Labels": labels })
    };
    match path {
        _ if path.contains("/_ping") => "OK".to_owned(),
        _ if path.contains("/containers/json") => (0..CONTAINERS).map(container).collect::<Value>().to_string(),
        _ => json!({ "Config": { "Tty": false } }).to_string(),
    }
}

/// Sends a log in frames of a line each, many at a time.
async fn send_log(write: &mut (impl AsyncWriteExt + Unpin), stream: usize, bytes: usize) -> std::io::Result<()> {
    let count = bytes / line(0, 0).len();
    for start in (0..count).step_by(100) {
        let mut frames = Vec::new();
        for number in start..count.min(start + 100) {
            let text = line(stream, number);
            frames.extend_from_slice(&[1, 0, 0, 0]);
            frames.extend_from_slice(&u32::try_from(text.len()).unwrap().to_be_bytes());
            frames.extend_from_slice(text.as_bytes());
        }
        write.write_all(&frames).await?;
    }
    Ok(())
}
