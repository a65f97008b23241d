//! Fetching a description from a server on loopback, and from one that does not have it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use std::{fs, thread};

const UPSTREAM: &str = "swagger: '2.0'\ninfo: { title: Cars, version: '1.2' }\npaths: {}\n";

#[test]
fn a_version_is_fetched_and_adopted() {
    let folder = temporary("adopted");
    let served = serve(answer("200 OK", UPSTREAM));
    let output = adopt(&folder, &format!("http://{served}/v{{version}}.yaml"), "1.2");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(fs::read_to_string(folder.join("v1.2.json")).unwrap().contains("\"version\":\"1.2\""));
}

#[test]
fn what_is_not_there_or_no_description_is_told_and_nothing_is_written() {
    let large = "x".repeat((16 << 20) + 1);
    for (answer, expected) in [
        (answer("404 Not Found", "404: Not Found"), "not there (404); name a version that is released"),
        (answer("503 Service Unavailable", ""), "the server answers 503"),
        (answer("200 OK", "<!DOCTYPE html><p>Moved</p>"), "not Swagger 2.0; check that the address leads to"),
        (answer("200 OK", "<a href=\"x: y\">: [</a>"), "check that the address leads to a description"),
        (answer("200 OK", &UPSTREAM.replace("1.2", "1.1")), "describes 1.1, not 1.2; fix the address"),
        (answer("200 OK", &large), "larger than 16 MiB"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe".to_vec(), "not text"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nswagger".to_vec(), "cannot be fetched"),
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "cannot be fetched"),
    ] {
        let folder = temporary("refused");
        let served = serve(answer);
        let output = adopt(&folder, &format!("http://{served}/v{{version}}.yaml"), "1.2");
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{expected}: {told}");
        assert!(told.contains(expected) && told.contains(&format!("http://{served}/v1.2.yaml")), "{expected}: {told}");
        assert!(!folder.join("v1.2.json").exists());
    }
}

#[test]
fn a_server_that_is_silent_or_away_is_told_in_bounded_time() {
    let folder = temporary("silent");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let begun = Instant::now();
    let output = adopt(&folder, &format!("http://{}/{{version}}", silent.local_addr().unwrap()), "1.2");
    assert!(text(&output.stderr).contains("did not arrive within 2 seconds"), "{}", text(&output.stderr));
    assert!(begun.elapsed() < Duration::from_secs(60));

    let away = silent.local_addr().unwrap();
    drop(silent);
    let output = adopt(&folder, &format!("http://{away}/{{version}}"), "1.2");
    assert!(text(&output.stderr).contains("cannot be fetched: "), "{}", text(&output.stderr));
    let output = adopt(&folder, "http://127.0.0.1:1/newest", "1.2");
    assert!(text(&output.stderr).contains("lacks `{version}`"), "{}", text(&output.stderr));
    let output = adopt(&folder, "http://127.0.0.1:1/{version}", "../1");
    assert!(text(&output.stderr).contains("not a version such as `1.56`"), "{}", text(&output.stderr));
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).into_bytes()
}

/// Answers one request.
fn serve(answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut bytes = [0; 1024];
        while !asked.ends_with(b"\r\n\r\n") {
            match stream.read(&mut bytes) {
                Ok(read @ 1..) => asked.extend_from_slice(&bytes[..read]),
                _ => return,
            }
        }
        // The reader goes away from what is too large.
        let _ = stream.write_all(&answer);
    });
    address
}

fn adopt(folder: &Path, address: &str, version: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dockwright-codegen"))
        .args(["--spec".as_ref(), folder.as_os_str()])
        .args(["adopt", "--version", version, "--address", address, "--seconds", "2", "--generated"])
        .arg(folder.join("generated"))
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder that knows an older description, emptied by the next run of its test.
fn temporary(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fetch").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("overlay/corrections")).unwrap();
    fs::write(folder.join("overlay/overlay.yaml"), "title: Cars\n").unwrap();
    let older = r#"{"swagger":"2.0","info":{"title":"Cars","version":"1.1"},"paths":{}}"#;
    fs::write(folder.join("v1.1.json"), older).unwrap();
    folder
}
