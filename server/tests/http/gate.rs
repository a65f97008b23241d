//! Requests that are let in, and all the others.

use crate::raw::{call, initialize, list, modern, post, post_with, send};
use crate::served::{OTHER, Served, TOKEN};
use serde_json::json;

#[tokio::test]
async fn every_revision_is_served_without_a_session() {
    let server = Served::start().await;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let reply = send(&server.address, post(&initialize(version))).await;
        assert_eq!(reply.message()["result"]["protocolVersion"], version, "{reply:?}");
        assert_eq!(reply.header("mcp-session-id"), None);
        let headers = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\nMCP-Protocol-Version: {version}");
        let reply = send(&server.address, post_with(&headers, &list().to_string())).await;
        assert_eq!(reply.message()["result"]["content"][0]["text"], "[]", "{reply:?}");
    }
    let reply = send(&server.address, modern(list(), false)).await;
    assert_eq!(reply.message()["result"]["content"][0]["text"], "[]", "{reply:?}");
}

#[tokio::test]
async fn a_request_without_the_one_right_token_learns_nothing() {
    let server = Served::start().await;
    let bearer = |token: &str| format!("Authorization: Bearer {token}");
    for headers in [
        String::new(),
        bearer(""),
        bearer(&TOKEN[1..]),
        bearer(&format!("{TOKEN}0")),
        bearer(&TOKEN.to_uppercase()),
        bearer(&format!("{TOKEN}, Bearer {TOKEN}")),
        bearer("alice"),
        bearer(&"a".repeat(1000)),
        format!("Authorization: {TOKEN}"),
        format!("Authorization: Basic {TOKEN}"),
        format!("Authorization: Bearer{TOKEN}"),
        format!("Authorization: Bearer\t{TOKEN}"),
        format!("Cookie: token={TOKEN}"),
        format!("Proxy-Authorization: Bearer {TOKEN}"),
        format!("{}\r\n{}", bearer(TOKEN), bearer(TOKEN)),
        format!("{}\r\n{}", bearer(OTHER), bearer("x")),
    ] {
        let reply = send(&server.address, post_with(format!("Host: localhost\r\n{headers}").trim_end(), "{}")).await;
        assert_eq!(reply.status, 401, "{headers}: {reply:?}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        assert_eq!(reply.body, "a bearer token is required\n");
    }
    for headers in
        [bearer(TOKEN), format!("authorization: bearer {OTHER}"), format!("AUTHORIZATION: BEARER   {OTHER}  ")]
    {
        let headers = format!("Host: localhost\r\n{headers}");
        assert_eq!(send(&server.address, post_with(&headers, &list().to_string())).await.status, 200, "{headers}");
    }
    let in_target = format!("POST /mcp?token={TOKEN}&access_token={TOKEN} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(send(&server.address, in_target).await.status, 401);
}

#[tokio::test]
async fn names_that_lead_here_and_pages_of_the_web_are_refused_even_with_a_token() {
    let server = Served::with(|options| {
        options.hosts = vec!["docker.example".to_owned()];
        options.origins = vec!["https://app.example".to_owned()];
    })
    .await;
    for (headers, status) in [
        ("Host: localhost", 200),
        ("Host: 127.0.0.1:8808", 200),
        ("Host: [::1]:8808", 200),
        ("Host: docker.example", 200),
        ("Host: evil.example", 403),
        ("Host: docker.example.evil.example", 403),
        ("Host: localhost\r\nHost: evil.example", 400),
        ("Host: evil.example\r\nHost: localhost", 400),
        ("Host: localhost\r\nHost: localhost", 400),
        ("Host: localhost, evil.example", 400),
        ("Host:", 400),
        ("X-Forwarded-Host: localhost", 400),
        ("Host: localhost\r\nX-Forwarded-Host: evil.example", 200),
        ("Host: localhost\r\nOrigin: https://app.example", 200),
        ("Host: localhost\r\nOrigin: https://evil.example", 403),
        ("Host: localhost\r\nOrigin: http://localhost", 403),
        ("Host: localhost\r\nOrigin: null", 403),
        ("Host: localhost\r\nOrigin:", 403),
        ("Host: localhost\r\nOrigin: https://app.example\r\nOrigin: https://evil.example", 403),
    ] {
        let headers = format!("{headers}\r\nAuthorization: Bearer {TOKEN}");
        let reply = send(&server.address, post_with(&headers, &list().to_string())).await;
        assert_eq!(reply.status, status, "{headers}: {reply:?}");
    }
}

#[tokio::test]
async fn probes_need_no_token_and_tell_nothing_of_the_engine() {
    let server = Served::start().await;
    for (line, status, body) in [
        ("GET /healthz", 200, "ok\n"),
        ("GET /readyz", 200, "ready\n"),
        ("HEAD /healthz", 200, ""),
        ("POST /healthz", 405, "use GET\n"),
        ("DELETE /readyz", 405, "use GET\n"),
    ] {
        let request = format!("{line} HTTP/1.1\r\nHost: 10.0.0.7:8808\r\nConnection: close\r\n\r\n");
        let reply = send(&server.address, request).await;
        assert_eq!((reply.status, reply.body.as_str()), (status, body), "{line}: {reply:?}");
    }
}

#[tokio::test]
async fn there_is_one_endpoint_and_it_has_one_spelling() {
    let server = Served::start().await;
    let authorized = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close");
    for path in [
        "/",
        "/mcp/",
        "//mcp",
        "/MCP",
        "/mcp/..",
        "/x/../mcp",
        "/./mcp",
        "/%6dcp",
        "/mcp%2f",
        "/mcp%00",
        "/healthz/",
        "/healthz/../mcp",
        "/%2e%2e/mcp",
        "/.well-known/oauth-protected-resource",
        "/v1.51/containers/json",
        "/mcp;a=b",
        "*",
    ] {
        let reply = send(&server.address, format!("GET {path} HTTP/1.1\r\n{authorized}\r\n\r\n")).await;
        assert_eq!(reply.status, 404, "{path}: {reply:?}");
        // Neither does the answer tell who may go on.
        assert_eq!(send(&server.address, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await.status, 404);
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "HEAD", "post"] {
        let reply = send(&server.address, format!("{method} /mcp HTTP/1.1\r\n{authorized}\r\n\r\n")).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")), "{method}: {reply:?}");
    }
    let reply = send(&server.address, format!("CONNECT localhost:80 HTTP/1.1\r\n{authorized}\r\n\r\n")).await;
    assert!((400..=405).contains(&reply.status), "{reply:?}");
}

#[tokio::test]
async fn an_unknown_tool_is_an_answer_and_not_a_status() {
    let server = Served::start().await;
    let reply = send(&server.address, post(&call("container_lst", json!({})))).await;
    assert_eq!((reply.status, &reply.message()["result"]["isError"]), (200, &json!(true)), "{reply:?}");
}
