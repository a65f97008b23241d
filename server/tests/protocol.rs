//! Sessions of clients, in every version of the protocol, with an engine whose answers are canned.

mod support;

use dockwright_server::settings::Surface;
use rmcp::model as mcp;
use rmcp::{ClientLifecycleMode, ClientServiceExt, ServiceExt};
use serde_json::{Value, json};
use support::{canned, dispatcher, served, session, settings, text};

/// An engine with one container.
fn engine() -> dockwright::Engine {
    canned(|endpoint| match endpoint {
        "GET /containers/json" => Some(json!([{ "Id": "0a1b", "Names": ["/web"], "State": "running" }])),
        "GET /containers/web/json" => Some(json!({ "Id": "0a1b", "Name": "/web" })),
        "GET /volumes/a%2Fb" => Some(json!({ "Name": "a/b" })),
        "DELETE /containers/web" => Some(Value::Null),
        _ => None,
    })
}

fn arguments(arguments: Value) -> mcp::JsonObject {
    arguments.as_object().unwrap().clone()
}

#[tokio::test]
async fn every_version_with_a_handshake_is_spoken_and_an_unknown_one_answered_with_the_newest() {
    for (asked, answered) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let (input, output) = tokio::io::split(served(dispatcher(settings(|_| ()), engine())));
        let mut client = support::Client::new(input, output);
        let result = client.initialize(asked).await;
        assert_eq!(result["protocolVersion"], answered);
        let server = json!({ "name": result["serverInfo"]["name"], "title": result["serverInfo"]["title"] });
        assert_eq!(server, json!({ "name": "dockwright", "title": "Dockwright" }));
        assert_eq!(result["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
        let reply = client.call("container_list", json!({})).await;
        assert!(reply["isError"] == false && text(&reply).contains("web"), "{asked}: {reply}");
    }
}

#[tokio::test]
async fn the_version_without_a_handshake_is_spoken() {
    let newest = ClientLifecycleMode::Discover { preferred_versions: vec![mcp::ProtocolVersion::V_2026_07_28] };
    let client = ().serve_with_lifecycle(served(dispatcher(settings(|_| ()), engine())), newest).await.unwrap();
    assert_eq!(client.peer_info().unwrap().protocol_version, mcp::ProtocolVersion::V_2026_07_28);
    assert!(client.list_all_tools().await.unwrap().len() > 80);
    let reply = client.call_tool(mcp::CallToolRequestParams::new("container_list")).await.unwrap();
    assert_eq!(reply.is_error, Some(false));
}

#[tokio::test]
async fn a_client_of_the_sdk_lists_calls_and_reads() {
    let client = ().serve(served(dispatcher(settings(|_| ()), engine()))).await.unwrap();
    let tools = client.list_all_tools().await.unwrap();
    let again = client.list_all_tools().await.unwrap();
    assert_eq!(tools, again, "the order is stable");
    let call = mcp::CallToolRequestParams::new("container_inspect").with_arguments(arguments(json!({ "id": "web" })));
    let reply = client.call_tool(call).await.unwrap();
    assert!(reply.structured_content.is_none() && reply.is_error == Some(false));
    assert!(!client.list_all_resource_templates().await.unwrap().is_empty());
    let read = client.read_resource(mcp::ReadResourceRequestParams::new("docker://containers/web")).await.unwrap();
    assert!(json!(read.contents)[0]["text"].as_str().unwrap().contains("0a1b"));
}

#[tokio::test]
async fn a_failure_is_a_result_with_its_place_and_reason() {
    let mut client = session(settings(|_| ()), engine()).await;
    for (tool, arguments, said) in [
        ("container_inspect", json!({ "id": "wbe" }), "404"),
        ("container_inspect", json!({}), "id"),
        ("container_lst", json!({}), "container_list"),
        ("session", json!({}), "image_build"),
        ("operation_schema", json!({ "operation": "container_lst" }), "container_list"),
        ("operation_schema", json!({}), "operation"),
    ] {
        let result = client.call(tool, arguments).await;
        assert!(result["isError"] == true && text(&result).contains(said), "{tool}: {result}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_found_comes_with_the_nearest() {
    let mut client = session(settings(|_| ()), engine()).await;
    let result = client.call("container_stop", json!({ "id": "wbe" })).await;
    assert!(text(&result).contains("names are web"), "{result}");
    let mut client =
        session(settings(|settings| settings.exclude_tools = vec!["container_list".into()]), engine()).await;
    let result = client.call("container_stop", json!({ "id": "wbe" })).await;
    assert!(!text(&result).contains("names are web"), "the list is not exposed: {result}");
}

#[tokio::test]
async fn structured_content_is_sent_only_when_it_is_asked_for() {
    for structured in [false, true] {
        let mut client = session(settings(|settings| settings.structured = structured), engine()).await;
        let result = client.call("container_inspect", json!({ "id": "web" })).await;
        assert_eq!(result.get("structuredContent").is_some(), structured, "{result}");
        let tools = client.ask("tools/list", json!({})).await.to_string();
        assert_eq!(tools.contains("\"outputSchema\""), structured);
    }
}

#[tokio::test]
async fn hidden_operations_are_neither_listed_nor_reachable() {
    let read_only = |surface| {
        settings(|settings| {
            settings.read_only = true;
            settings.exclude_tools = vec!["volume_inspect".into()];
            settings.surface = surface;
        })
    };
    for surface in [Surface::Operations, Surface::Tags] {
        let mut client = session(read_only(surface), engine()).await;
        let listed = client.ask("tools/list", json!({})).await;
        assert!(!listed.to_string().contains("container_delete"), "{surface:?}");
        for tool in listed["tools"].as_array().unwrap() {
            assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        }
        let calls = [
            ("container_delete", json!({ "id": "web" })),
            ("docker_container", json!({ "operation": "container_delete", "arguments": { "id": "web" } })),
            ("operation_schema", json!({ "operation": "container_delete" })),
        ];
        for (tool, arguments) in calls {
            let result = client.call(tool, arguments).await;
            assert_eq!(result["isError"], true, "{surface:?} {tool}: {result}");
        }
        let templates = client.ask("resources/templates/list", json!({})).await;
        assert!(templates.to_string().contains("containers") && !templates.to_string().contains("volumes"));
        let read = client.answer("resources/read", json!({ "uri": "docker://volumes/a%2Fb" })).await;
        assert!(read.get("error").is_some(), "{read}");
    }
}

#[tokio::test]
async fn a_tool_of_a_tag_calls_its_own_members_only() {
    let mut client = session(settings(|settings| settings.surface = Surface::Tags), engine()).await;
    let arguments = json!({ "operation": "container_inspect", "arguments": { "id": "web" } });
    let result = client.call("docker_container", arguments.clone()).await;
    assert!(result["isError"] == false && text(&result).contains("0a1b"), "{result}");
    for (tool, arguments, said) in [
        ("docker_system", arguments, "docker_container"),
        ("docker_container", json!({ "operation": "container_inspect", "id": "web" }), "arguments"),
        ("docker_container", json!({ "operation": "container_inspect", "arguments": ["web"] }), "object"),
        ("docker_container", json!({}), "operation"),
        ("container_inspect", json!({ "id": "web" }), "docker_container"),
    ] {
        let result = client.call(tool, arguments).await;
        assert!(result["isError"] == true && text(&result).contains(said), "{tool}: {result}");
    }
}

/// Some clients send the arguments as a text.
#[tokio::test]
async fn arguments_may_be_json_in_a_text() {
    let mut client = session(settings(|_| ()), engine()).await;
    for arguments in [json!({ "id": "web" }).to_string(), json!(json!({ "id": "web" }).to_string()).to_string()] {
        let result = client.call("container_inspect", arguments.into()).await;
        assert!(result["isError"] == false && text(&result).contains("0a1b"), "{result}");
    }
    let result = client.call("container_list", "".into()).await;
    assert!(result["isError"] == false && text(&result).contains("web"), "{result}");
    let result = client.call("container_inspect", r#"{"id": web}"#.into()).await;
    assert_eq!(result["isError"], true);
    assert_eq!(
        text(&result),
        "container_inspect: `arguments` must be an object: JSON breaks at character 8: expected value"
    );
    let mut client = session(settings(|settings| settings.surface = Surface::Tags), engine()).await;
    let arguments = json!({ "operation": "container_inspect", "arguments": r#"{"id": "web"}"# });
    let result = client.call("docker_container", arguments).await;
    assert!(result["isError"] == false && text(&result).contains("0a1b"), "{result}");
}

/// A client with a handshake, and one without.
async fn both_eras() -> [support::Client; 2] {
    let modern = support::client_without_handshake(dispatcher(settings(|_| ()), engine()));
    [session(settings(|_| ()), engine()).await, modern]
}

#[tokio::test]
async fn parameters_that_are_no_request_are_invalid_and_an_unknown_method_is_not_found() {
    for mut client in both_eras().await {
        for (method, params, said) in [
            ("tools/call", json!({ "nme": "x" }), "`name`"),
            ("tools/call", json!({}), "`name`"),
            ("tools/call", json!({ "name": 3 }), "`name`"),
            ("tools/call", json!({ "name": null }), "`name`"),
            ("tools/call", json!({ "name": "container_list", "arguments": ["web"] }), "`arguments`"),
            ("tools/call", json!({ "name": "container_list", "arguments": 3 }), "`arguments`"),
            ("tools/call", json!({ "name": "container_list", "arguments": true }), "`arguments`"),
            ("prompts/get", json!({ "name": ["overview"] }), "`name`"),
            ("prompts/get", json!({ "name": "overview", "arguments": [] }), "`arguments`"),
            ("resources/read", json!({ "url": "docker://containers/web" }), "`uri`"),
            ("completion/complete", json!({ "argument": { "name": "id", "value": "" } }), "`ref`"),
            ("completion/complete", json!({ "ref": { "type": "ref/tool" }, "argument": {} }), "`ref`"),
            ("skills/get", json!({}), "`uri`"),
        ] {
            let answer = client.answer(method, params.clone()).await;
            assert_eq!(answer["error"]["code"], -32602, "{method} {params}: {answer}");
            assert!(answer["error"]["message"].as_str().unwrap().contains(said), "{method} {params}: {answer}");
        }
        assert_eq!(client.answer("tools/cal", json!({})).await["error"]["code"], -32601);
        let result = client.ask("tools/call", json!({ "name": "container_list", "arguments": null })).await;
        assert_eq!(result["isError"], false, "{result}");
    }
}

#[tokio::test]
async fn parameters_that_are_no_object_are_invalid() {
    let mut client = session(settings(|_| ()), engine()).await;
    for method in ["tools/call", "prompts/get", "resources/read", "completion/complete"] {
        assert_eq!(client.answer(method, Value::Null).await["error"]["code"], -32602, "{method}");
        client.write_line(format!(r#"{{"jsonrpc":"2.0","id":"a","method":"{method}"}}"#).as_bytes()).await;
        let answer = client.next().await;
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!("a"), &json!(-32602)), "{method}: {answer}");
        // No request at all, of which even the id is not read.
        for params in [json!([]), json!(["container_list"]), json!("container_list"), json!(3)] {
            client.request(method, params.clone()).await;
            let answer = client.next().await;
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&Value::Null, &json!(-32600)), "{method} {params}");
        }
    }
}

#[tokio::test]
async fn what_was_corrected_is_noted_in_the_reply() {
    let mut client = session(settings(|_| ()), engine()).await;
    let result = client.call("container_inspect", json!({ "ID": " /web" })).await;
    let reply = text(&result);
    assert!(reply.contains("\ndockwright: `ID` was taken as `id`"), "{reply}");
}

#[tokio::test]
async fn resources_are_read_by_their_decoded_names() {
    let mut client = session(settings(|_| ()), engine()).await;
    let read = client.ask("resources/read", json!({ "uri": "docker://containers/web" })).await;
    assert!(read["contents"][0]["text"].as_str().unwrap().contains("0a1b"), "{read}");
}

#[tokio::test]
async fn a_resource_that_is_not_there_is_named_with_the_code_of_the_revision() {
    for (mut client, code) in both_eras().await.into_iter().zip([-32002, -32602]) {
        for uri in ["docker://containers/none", "docker://tea/pot", "file:///etc/passwd", "skill://none/SKILL.md", ""] {
            let error = client.answer("resources/read", json!({ "uri": uri })).await["error"].take();
            assert_eq!((&error["code"], &error["data"]), (&json!(code), &json!({ "uri": uri })), "{error}");
        }
    }
}

#[tokio::test]
async fn the_server_has_an_icon_and_the_address_at_which_it_is_published() {
    let (input, output) = tokio::io::split(served(dispatcher(settings(|_| ()), engine())));
    let server = support::Client::new(input, output).initialize("2025-11-25").await["serverInfo"].take();
    let icon = &server["icons"][0];
    assert!(icon["src"].as_str().unwrap().starts_with("data:image/svg+xml;base64,PHN2Zy"), "{icon}");
    assert_eq!((&icon["mimeType"], &icon["sizes"]), (&json!("image/svg+xml"), &json!(["any"])));
    let address = env!("CARGO_PKG_REPOSITORY");
    assert_eq!(server["websiteUrl"].as_str().unwrap_or_default(), address, "{server}");
}

#[tokio::test]
async fn prompts_are_skills_too() {
    let mut client = support::client_without_handshake(dispatcher(settings(|_| ()), engine()));
    let capabilities = client.ask("server/discover", json!({})).await["capabilities"].take();
    assert_eq!(capabilities["extensions"]["io.modelcontextprotocol/skills"], json!({}));
    let skills = client.ask("skills/list", json!({})).await["skills"].take();
    let prompts = client.ask("prompts/list", json!({})).await["prompts"].take();
    assert_eq!(skills.as_array().unwrap().len(), prompts.as_array().unwrap().len());
    for skill in skills.as_array().unwrap() {
        let uri = json!({ "uri": skill["uri"] });
        assert_eq!(client.ask("skills/get", uri.clone()).await["skill"], *skill);
        let contents = client.ask("resources/read", uri).await["contents"][0].take();
        assert_eq!((&contents["uri"], &contents["mimeType"]), (&skill["uri"], &json!("text/markdown")));
        assert_eq!(contents["text"].as_str().unwrap().len() as u64, skill["resources"][0]["size"]);
    }
    let missing = client.answer("skills/get", json!({ "uri": "skill://none/SKILL.md" })).await;
    assert_eq!(missing["error"]["code"], -32602, "{missing}");
    let no_prompt = settings(|settings| settings.tools = vec!["container_pause".into()]);
    let mut client = support::client_without_handshake(dispatcher(no_prompt, engine()));
    let capabilities = client.ask("server/discover", json!({})).await["capabilities"].take();
    assert!(capabilities.get("extensions").is_none(), "{capabilities}");
    assert_eq!(client.answer("skills/list", json!({})).await["error"]["code"], -32601);
    let read = client.answer("resources/read", json!({ "uri": "skill://overview/SKILL.md" })).await;
    assert_eq!(read["error"]["code"], -32602, "{read}");
}

#[tokio::test]
async fn a_line_that_holds_no_message_is_answered_and_the_session_goes_on() {
    let (input, output) = tokio::io::split(served(dispatcher(settings(|_| ()), engine())));
    let mut client = support::Client::new(input, output);
    // Before the session is open, too.
    client.write_line(b"nonsense").await;
    assert_eq!(client.next().await["error"]["code"], -32700);
    client.initialize("2025-06-18").await;
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let call = |arguments: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"x","arguments":{arguments}}}}}"#)
    };
    let long = vec![b' '; 17 << 20];
    for (line, code) in [
        (b"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"".as_slice(), -32700),
        (b"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"\xff\"}", -32700),
        (call(&deep(200)).as_bytes(), -32700),
        (deep(100_000).as_bytes(), -32700),
        (&long, -32700),
        // Batches are refused, those of the one revision that had them too.
        (b"[]", -32600),
        (br#"[{"jsonrpc":"2.0","id":3,"method":"ping"}]"#, -32600),
        (b"null", -32600),
        (b"3", -32600),
        (b"{}", -32600),
    ] {
        client.write_line(line).await;
        let answer = client.next().await;
        let shown = String::from_utf8_lossy(&line[..line.len().min(60)]).into_owned();
        assert_eq!(answer["error"]["code"], code, "{shown}: {answer}");
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &Value::Null), "{shown}: {answer}");
        assert_eq!(client.answer("ping", json!({})).await["result"], json!({}), "{shown}");
    }
}

#[tokio::test]
async fn lines_that_come_together_or_in_pieces_are_read_one_by_one() {
    let (input, output) = tokio::io::split(served(dispatcher(settings(|_| ()), engine())));
    let mut client = support::Client::new(input, output);
    client.initialize("2025-06-18").await;
    let ping = |id: u8| format!(r#"{{"jsonrpc":"2.0","id":"{id}","method":"ping"}}"#);
    let ignored = r#"{"jsonrpc":"2.0","method":"notifications/of_another_kind"}"#;
    let lines = [ping(1).as_str(), "", ignored, "}", &ping(2), ignored, &ping(3)].join("\r\n");
    for piece in lines.as_bytes().chunks(40) {
        client.write_bytes(piece).await;
        tokio::task::yield_now().await;
    }
    client.write_line(b"").await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(client.next().await);
    }
    assert_eq!(answers.iter().filter(|answer| answer["error"]["code"] == -32700).count(), 1);
    for id in ["1", "2", "3"] {
        assert!(answers.iter().any(|answer| answer["id"] == id), "{answers:?}");
    }
    client.write_line(lines.as_bytes()).await;
    for _ in 0..4 {
        client.next().await;
    }
}
