//! The page of `container_table` for clients that show pages. `tests/clients/page` shows it in a browser.

mod support;

use dockwright_server::settings::{Settings, Surface};
use serde_json::{Value, json};
use support::{Client, canned, dispatcher, served, settings};

const URI: &str = "ui://dockwright/containers";
const EXTENSION: &str = "io.modelcontextprotocol/ui";
const HTML: &str = include_str!("../src/mcp/pages/containers.html");

/// The capabilities of a client that shows pages of these types.
fn pages(types: Value) -> Value {
    json!({ "extensions": { EXTENSION: { "mimeTypes": types } } })
}

fn capable() -> Value {
    pages(json!(["text/html;profile=mcp-app"]))
}

/// An engine without containers.
fn engine() -> dockwright::Engine {
    canned(|endpoint| (endpoint == "GET /containers/json").then(|| json!([])))
}

/// A session of a client with these capabilities, and the server's.
async fn session(settings: Settings, capabilities: Value) -> (Client, Value) {
    let (input, output) = tokio::io::split(served(dispatcher(settings, engine())));
    let mut client = Client::new(input, output);
    let params = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": capabilities,
        "clientInfo": { "name": "test", "version": "1" },
    });
    let result = client.ask("initialize", params).await;
    client.notify("notifications/initialized", json!({})).await;
    (client, result["capabilities"].clone())
}

#[tokio::test]
async fn a_client_that_shows_pages_finds_the_page_by_its_tool_and_reads_it() {
    let (mut client, offered) = session(settings(|_| ()), capable()).await;
    assert_eq!(offered["extensions"][EXTENSION], json!({}));
    let tools = client.ask("tools/list", json!({})).await;
    let linked: Vec<_> =
        tools["tools"].as_array().unwrap().iter().filter(|tool| tool["_meta"]["ui"] != Value::Null).collect();
    assert_eq!(linked.len(), 1);
    assert_eq!(
        (&linked[0]["name"], &linked[0]["_meta"]["ui"]["resourceUri"]),
        (&json!("container_table"), &json!(URI))
    );
    let listed = client.ask("resources/list", json!({})).await["resources"].take();
    let read = client.ask("resources/read", json!({ "uri": URI })).await["contents"].take();
    for page in [&listed[0], &read[0]] {
        assert_eq!((&page["uri"], &page["mimeType"]), (&json!(URI), &json!("text/html;profile=mcp-app")));
        let domains = page["_meta"]["ui"]["csp"].as_object().unwrap();
        assert!(domains.len() == 4 && domains.values().all(|domains| *domains == json!([])), "{domains:?}");
    }
    let html = read[0]["text"].as_str().unwrap();
    assert!(html.starts_with("<!doctype html>") && html.contains(" container_logs "), "{html}");
    assert!(html.contains("data-engine=\"\""));
}

#[tokio::test]
async fn only_a_client_that_shows_pages_is_sent_structured_content_for_it_and_lists_it() {
    for (capabilities, is_shown) in [
        (capable(), true),
        (json!({}), false),
        (json!({ "extensions": {} }), false),
        (json!({ "extensions": { EXTENSION: {} } }), false),
        (pages(json!(["text/uri-list"])), false),
        (pages(json!("text/html;profile=mcp-app")), false),
    ] {
        let (mut client, _) = session(settings(|_| ()), capabilities.clone()).await;
        let listed = client.ask("resources/list", json!({})).await["resources"].take();
        assert_eq!(listed.as_array().unwrap().len(), usize::from(is_shown), "{capabilities}");
        let table = client.call("container_table", json!({})).await;
        assert_eq!(table["structuredContent"]["rows"].is_array(), is_shown, "{table}");
        assert!(client.call("container_list", json!({})).await.get("structuredContent").is_none());
    }
}

#[tokio::test]
async fn without_a_handshake_each_request_says_for_itself_that_pages_are_shown() {
    let (input, output) = tokio::io::split(served(dispatcher(settings(|_| ()), engine())));
    let mut client = Client::new(input, output);
    for (capabilities, count) in [(capable(), 1), (json!({}), 0), (capable(), 1)] {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        });
        let listed = client.ask("resources/list", json!({ "_meta": meta })).await;
        assert_eq!(listed["resources"].as_array().unwrap().len(), count, "{listed}");
        let params = json!({ "_meta": meta, "name": "container_table", "arguments": {} });
        let table = client.ask("tools/call", params).await;
        assert_eq!(table.get("structuredContent").is_some(), count == 1, "{table}");
    }
}

#[tokio::test]
async fn a_server_without_the_tool_has_no_page() {
    let changes: [fn(&mut Settings); 3] = [
        |settings| settings.exclude_tools = vec!["container_table".into()],
        |settings| settings.exclude_tools = vec!["container_stats".into()],
        |settings| settings.surface = Surface::Tags,
    ];
    for change in changes {
        let (mut client, offered) = session(settings(change), capable()).await;
        assert!(offered["extensions"].get(EXTENSION).is_none(), "{offered}");
        assert_eq!(client.ask("resources/list", json!({})).await["resources"], json!([]));
        let read = client.answer("resources/read", json!({ "uri": URI })).await;
        assert!(read.get("error").is_some(), "{read}");
        let tools = client.ask("tools/list", json!({})).await;
        assert!(!tools.to_string().contains(URI));
    }
}

#[tokio::test]
async fn the_page_is_told_of_the_tools_and_the_engines_that_there_are() {
    let no_logs = |settings: &mut Settings| settings.exclude_tools = vec!["container_logs".into()];
    let several = |settings: &mut Settings| settings.engine = vec!["a=unix:///a".into(), "b=unix:///b".into()];
    let mut pages = Vec::new();
    for change in [no_logs as fn(&mut Settings), several] {
        let (mut client, _) = session(settings(change), capable()).await;
        let read = client.ask("resources/read", json!({ "uri": URI })).await["contents"].take();
        pages.push(read[0]["text"].as_str().unwrap().to_owned());
    }
    let told = |page: &str| page.lines().find(|line| line.starts_with("<html")).unwrap().to_owned();
    assert!(
        !told(&pages[0]).contains("container_logs") && told(&pages[0]).contains("container_table"),
        "{}",
        told(&pages[0])
    );
    assert!(
        told(&pages[1]).contains("container_logs") && told(&pages[1]).contains("data-engine=\"*\""),
        "{}",
        told(&pages[1])
    );
}

#[test]
fn the_page_is_small_loads_nothing_and_makes_no_html_of_text() {
    assert!(HTML.lines().count() <= 300 && HTML.lines().all(|line| line.len() <= 120));
    for word in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "setHTML",
        "eval(",
        "Function(",
        "import ",
        "url(",
    ] {
        assert!(!HTML.contains(word), "{word}");
    }
    for word in ["://", "src=", "href=", "fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon"] {
        assert!(!HTML.contains(word), "{word}");
    }
    assert!(HTML.contains("default-src 'none'"));
    assert_eq!((HTML.matches("data-tools=\"\"").count(), HTML.matches("data-engine=\"\"").count()), (1, 1));
}
