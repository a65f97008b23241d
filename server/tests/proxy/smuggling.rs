//! Requests that could be taken for others than they are. Whatever reaches the engine is a list of containers, written
//! by the proxy itself.

use crate::engine::{Seen, json};
use crate::proxied::{OBSERVE, Proxied, status};

/// A request that the policy denies, to be hidden in others.
const HIDDEN: &str = "POST /v1.51/containers/create HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n\
                      Content-Length: 34\r\n\r\n{\"HostConfig\":{\"Privileged\":true}}";
const LIST: &str = "GET /v1.51/containers/json HTTP/1.1\r\nHost: docker\r\n";

/// Headers that the proxy writes for a list.
const OWN: [&str; 3] = ["host", "user-agent", "accept"];

fn is_list(seen: &Seen) -> bool {
    seen.line == "GET /v1.51/containers/json HTTP/1.1"
        && seen.body.is_empty()
        && seen.headers.iter().all(|(name, value)| OWN.contains(&name.as_str()) && !value.contains("evil"))
}

#[tokio::test]
async fn no_form_of_smuggling_reaches_the_engine() {
    let chunked = "Transfer-Encoding: chunked";
    let hidden_length = HIDDEN.len();
    let forms = [
        format!("{LIST}Content-Length: 0\r\n{chunked}\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("{LIST}{chunked}\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("{LIST}Content-Length: {hidden_length}\r\nContent-Length: 0\r\n\r\n{HIDDEN}"),
        format!("{LIST}Content-Length: 0, {hidden_length}\r\n\r\n{HIDDEN}"),
        format!("{LIST}Content-Length: +0\r\n\r\n{HIDDEN}"),
        format!("{LIST}Content-Length: -1\r\n\r\n{HIDDEN}"),
        format!("{LIST}Content-Length: 0x0\r\n\r\n{HIDDEN}"),
        format!("{LIST}Content-Length: 99999999999999999999\r\n\r\n{HIDDEN}"),
        format!("{LIST}Content-Length : 0\r\n\r\n{HIDDEN}"),
        format!("{LIST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("{LIST}Transfer-Encoding: identity\r\n\r\n{HIDDEN}"),
        format!("{LIST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("{LIST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("{LIST}{chunked}\r\n{chunked}\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("{LIST}Transfer-Encoding:\u{b}chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("{LIST}A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("{LIST}A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("{LIST}A: b\0\r\n\r\n{HIDDEN}"),
        LIST.replace("\r\n", "\n") + "\n" + &HIDDEN.replace("\r\n", "\n"),
        format!("{LIST}{chunked}\r\n\r\n0;evil={HIDDEN}\r\n\r\n"),
        format!("{LIST}{chunked}\r\n\r\n0\r\n{HIDDEN}\r\n\r\n"),
        format!("{LIST}{chunked}\r\n\r\nffffffffffffffff\r\n{HIDDEN}"),
        format!("{LIST}{chunked}\r\n\r\n0\n\n{HIDDEN}"),
        format!("{LIST}Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n{HIDDEN}"),
        format!("{LIST}Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{{}}{HIDDEN}"),
        format!("{LIST}Expect: 100-continue\r\nContent-Length: 0\r\n\r\n{HIDDEN}"),
        format!("GET http://evil/v1.51/containers/json HTTP/1.1\r\nHost: docker\r\n\r\n{HIDDEN}"),
        format!("GET /v1.51/containers/json?a=\r\n\r\n{HIDDEN}"),
        format!("GET /v1.51/containers/json HTTP/1.1 evil HTTP/1.1\r\nHost: docker\r\n\r\n{HIDDEN}"),
        format!("CONNECT evil:80 HTTP/1.1\r\nHost: docker\r\n\r\n{HIDDEN}"),
        format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{HIDDEN}"),
        format!("{LIST}X-HTTP-Method-Override: DELETE\r\nX-Evil: evil\r\n\r\n{HIDDEN}"),
        format!("{LIST}\r\n{HIDDEN}"),
        HIDDEN.to_owned(),
    ];
    for form in forms {
        let proxied = Proxied::start(OBSERVE, |_| json(200, "[]"));
        let answers = proxied.send(&form).await;
        let seen = proxied.engine.seen();
        assert!(seen.len() <= 1 && seen.iter().all(is_list), "{form}\nreached the engine: {seen:?}");
        assert!(!answers.contains("HTTP/1.1 201"), "{form}: {answers}");
        assert_eq!(answers.matches("HTTP/1.1 200").count(), seen.len(), "{form}: {answers}");
    }
}

#[tokio::test]
async fn requests_that_come_at_once_are_judged_one_by_one() {
    let proxied = Proxied::start(OBSERVE, |_| json(200, "[]"));
    let answers = proxied.send(format!("{LIST}\r\n{HIDDEN}{LIST}Connection: close\r\n\r\n")).await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 2, "{answers}");
    assert!(answers.contains("HTTP/1.1 403"), "{answers}");
    assert!(proxied.engine.seen().iter().all(is_list) && proxied.engine.seen().len() == 2);
}

#[tokio::test]
async fn targets_that_an_engine_could_take_in_another_meaning_stay_behind() {
    let proxied = Proxied::start(OBSERVE, |_| json(200, "[]"));
    for target in [
        "//v1.51/containers/json",
        "/v1.51/./containers/json",
        "/v1.51/x/../containers/json",
        "/v1.51/containers/json/",
        "/v1.51/containers/json?all=1&all=0",
        "/v1.51/containers/json?x;y",
        "/v9.99/containers/json",
        "/v1.51/containers/%00/json",
        "/grpc",
        "/debug/pprof/",
        "*",
    ] {
        let answer = proxied.ask(&format!("GET {target}"), "", "").await;
        assert!((400..405).contains(&status(&answer)), "{target}: {answer}");
    }
    assert_eq!(proxied.engine.seen().len(), 0);
    let answer = proxied.ask("GET /v1.51/containers/%6Ason?limit=3&all=True", "", "").await;
    assert_eq!(status(&answer), 200, "{answer}");
    assert_eq!(proxied.engine.seen()[0].line, "GET /v1.51/containers/json?all=true&limit=3 HTTP/1.1");
}

#[tokio::test]
async fn pages_of_the_web_are_refused() {
    let hosts = dockwright_server::http::Hosts::new(None, &["docker".to_owned()]).unwrap();
    let audit = dockwright_server::audit::Audit::to_writer(std::io::sink());
    let proxied = Proxied::with(OBSERVE, Some(hosts), audit, |_| json(200, "[]"));
    let websocket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://evil.example";
    for (line, headers) in [
        ("GET /containers/json", "Origin: https://evil.example"),
        ("GET /containers/json", "Origin: null"),
        ("GET /containers/json", "Sec-Fetch-Site: cross-site"),
        ("POST /containers/a/kill", "Origin: http://localhost:2375"),
        ("GET /containers/a/attach/ws?stream=1&stdin=1", websocket),
    ] {
        let answer = proxied.ask(line, headers, "").await;
        assert_eq!(status(&answer), 403, "{line} {headers}: {answer}");
    }
    for host in ["evil.example", "docker.evil.example", "localhost.evil.example:2375"] {
        let answer = proxied.send(format!("GET /containers/json HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        assert_eq!(status(&answer), 403, "{host}: {answer}");
    }
    assert_eq!(proxied.engine.seen().len(), 0);
    for host in ["docker", "127.0.0.1:2375", "localhost"] {
        let request = format!("GET /containers/json HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = proxied.send(request).await;
        assert_eq!(status(&answer), 200, "{host}: {answer}");
    }
}
