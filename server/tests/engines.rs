//! Several engines in one server: the argument `engine`, replies of all of them, and what each exposes and speaks.

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dockwright::Engine;
use dockwright_server::audit::Audit;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::settings::{Settings, Surface};
use serde_json::{Value, json};
use support::{Client, Stub, canned, served, session, settings, text};
use tokio::io::split;
use tokio::net::TcpListener;

/// An engine with one container, which is named as the engine.
fn engine(name: &'static str) -> Engine {
    canned(move |endpoint| match endpoint {
        "GET /containers/json" => Some(json!([{ "Id": name, "Names": [format!("/{name}")], "State": "running" }])),
        "GET /version" => Some(json!({ "Version": format!("28.0-{name}"), "ApiVersion": "1.55" })),
        "GET /_ping" => Some(json!("OK")),
        "GET /containers/web/json" if name == "nas" => Some(json!({ "Id": "web on nas" })),
        "POST /containers/web/stop" => Some(Value::Null),
        _ => None,
    })
}

/// Settings that name these engines.
fn naming(names: &[&str], change: impl FnOnce(&mut Settings)) -> Settings {
    settings(|settings| {
        settings.engine = names.iter().map(|name| format!("{name}=tcp://user@127.0.0.1:1")).collect();
        change(settings);
    })
}

fn dispatcher(settings: Settings, engines: Vec<(&str, Engine)>, audit: Audit) -> Dispatcher {
    let dispatcher = Dispatcher::new(settings, audit).unwrap();
    engines.into_iter().fold(dispatcher, |dispatcher, (name, engine)| dispatcher.with_named_engine(name, engine))
}

/// A session with a server of these engines.
async fn of(engines: Vec<(&str, Engine)>, change: impl FnOnce(&mut Settings)) -> Client {
    let names: Vec<_> = engines.iter().map(|(name, _)| *name).collect();
    with(dispatcher(naming(&names, change), engines, Audit::to_writer(std::io::sink()))).await
}

async fn with(dispatcher: Dispatcher) -> Client {
    let (input, output) = split(served(dispatcher));
    let mut client = Client::new(input, output);
    client.initialize("2025-06-18").await;
    client
}

/// The sections of a file, in which engines have other settings.
fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// The JSON in the first line of a reply.
fn data(result: &Value) -> Value {
    serde_json::from_str(text(result).lines().next().unwrap()).unwrap()
}

async fn refused(client: &mut Client, tool: &str, arguments: Value, expected: &str) {
    let result = client.call(tool, arguments).await;
    assert!(result["isError"] == true && text(&result).contains(expected), "{expected}: {result}");
}

/// An engine that takes connections and never answers, at this address.
async fn silent() -> (TcpListener, Engine) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = Engine::connect_to(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();
    (listener, engine)
}

async fn tools(client: &mut Client) -> Vec<Value> {
    client.ask("tools/list", json!({})).await["tools"].as_array().unwrap().clone()
}

fn find<'a>(tools: &'a [Value], name: &str) -> &'a Value {
    tools.iter().find(|tool| tool["name"] == name).unwrap_or_else(|| panic!("{name}"))
}

#[tokio::test]
async fn the_list_grows_by_one_argument_and_only_if_there_are_several_engines() {
    let one = tools(&mut session(settings(|_| ()), engine("nas")).await).await;
    let named = tools(&mut of(vec![("nas", engine("nas"))], |_| ()).await).await;
    assert_eq!(named, one, "one engine with a name is one engine");
    let mut several = tools(&mut of(vec![("nas", engine("nas")), ("local", engine("local"))], |_| ()).await).await;
    let grown = Value::from(several.clone()).to_string().len() - Value::from(one.clone()).to_string().len();
    println!("{} bytes for one engine, {grown} more for two", Value::from(one.clone()).to_string().len());
    assert!(grown < one.len() * 85, "{grown} bytes for {} tools", one.len());
    for tool in &mut several {
        let name = tool["name"].as_str().unwrap().to_owned();
        if ["engine_list", "operation_schema"].contains(&name.as_str()) {
            continue;
        }
        let reads = tool["annotations"]["readOnlyHint"] == true;
        let names = if reads { json!(["nas", "local", "*"]) } else { json!(["nas", "local"]) };
        let properties = tool["inputSchema"]["properties"].as_object_mut().unwrap();
        assert_eq!(properties.shift_remove("engine").unwrap(), json!({ "type": "string", "enum": names }), "{name}");
        let required = tool["inputSchema"]["required"].as_array_mut().unwrap();
        assert_eq!(required.remove(0), "engine", "{name}");
        if required.is_empty() {
            tool["inputSchema"].as_object_mut().unwrap().shift_remove("required");
        }
    }
    several.retain(|tool| tool["name"] != "engine_list");
    let without_empty = |tool: &Value| {
        let mut tool = tool.clone();
        if tool["inputSchema"]["required"] == json!([]) {
            tool["inputSchema"].as_object_mut().unwrap().shift_remove("required");
        }
        tool
    };
    assert_eq!(several, one.iter().map(without_empty).collect::<Vec<_>>());
}

#[tokio::test]
async fn more_than_twenty_names_are_not_in_the_schemas() {
    let names: Vec<_> = (0..21).map(|number| format!("host-{number:02}")).collect();
    let engines = |count| names[..count].iter().map(|name| (name.as_str(), engine("nas"))).collect();
    let argument = async |count| {
        let tools = tools(&mut of(engines(count), |_| ()).await).await;
        find(&tools, "container_list")["inputSchema"]["properties"]["engine"].clone()
    };
    assert_eq!(argument(20).await["enum"].as_array().unwrap().len(), 21);
    assert_eq!(argument(21).await, json!({ "type": "string" }));
    let mut client = of(engines(21), |_| ()).await;
    refused(&mut client, "container_list", json!({}), "host-19 and 1 more, see engine_list").await;
    let all = client.call("container_list", json!({ "engine": "*" })).await;
    assert_eq!(data(&all)["answers"].as_object().unwrap().len(), 21);
}

#[tokio::test]
async fn a_call_goes_to_the_engine_that_it_names() {
    let mut client = of(vec![("nas", engine("nas")), ("local", engine("local"))], |_| ()).await;
    for name in ["nas", "local"] {
        let reply = client.call("container_list", json!({ "engine": name, "select": "[].Id" })).await;
        assert_eq!(text(&reply), format!("[\"{name}\"]"));
    }
    refused(
        &mut client,
        "container_list",
        json!({}),
        "`engine` is required: the name of an engine; there is nas, local",
    )
    .await;
    refused(&mut client, "container_list", json!({ "engine": 7 }), "`engine` is required").await;
    refused(&mut client, "container_list", json!({ "engine": [] }), "`engine` is required").await;
    refused(&mut client, "container_list", json!({ "engine": "nsa" }), "`nsa`; did you mean `nas`?").await;
    refused(&mut client, "container_list", json!({ "engine": ["nas", "x"] }), "`x`; there is nas, local").await;
    refused(&mut client, "contianer_list", json!({}), "did you mean `container_list`").await;
    for several in [json!("*"), json!(["nas"]), json!(["nas", "local"]), json!("[\"nas\"]")] {
        let expected = "container_stop: it may change something, so `engine` must be one name, not several";
        refused(&mut client, "container_stop", json!({ "engine": several, "id": "web" }), expected).await;
    }
    let stopped = client.call("container_stop", json!({ "engine": "local", "id": "web" })).await;
    assert_eq!(data(&stopped), json!({ "changed": true }));
    let mut one = session(settings(|_| ()), engine("nas")).await;
    refused(&mut one, "container_list", json!({ "engine": "nas" }), "unknown argument `engine`").await;
}

#[tokio::test]
async fn all_engines_answer_under_their_names_and_only_a_failure_of_all_is_an_error() {
    let dead = Engine::connect_to("tcp://127.0.0.1:1").unwrap();
    let engines = vec![("nas", engine("nas")), ("dead", dead), ("local", engine("local"))];
    let mut client = of(engines, |settings| settings.structured = true).await;
    let all = client.call("container_list", json!({ "engine": "*", "select": "[].Id" })).await;
    assert_eq!(all["isError"], false, "{all}");
    assert_eq!(data(&all)["answers"], json!({ "nas": ["nas"], "local": ["local"] }));
    assert!(data(&all)["errors"]["dead"].as_str().unwrap().contains("127.0.0.1:1"), "{all}");
    assert_eq!(all["structuredContent"], data(&all));
    assert!(text(&all).contains("\ndockwright: 1 of 3 engines failed, see `errors`"), "{all}");

    let one = client.call("container_inspect", json!({ "engine": ["nas", "local", "nas"], "id": "web" })).await;
    assert!(one["isError"] == false && data(&one)["answers"]["nas"]["Id"] == "web on nas", "{one}");
    assert!(data(&one)["errors"]["local"].as_str().unwrap().contains("404"), "{one}");

    let none = client.call("container_inspect", json!({ "engine": "[\"local\", \"dead\"]", "id": "web" })).await;
    assert_eq!(none["isError"], true);
    assert!(text(&none).starts_with("container_inspect: failed on all 2 engines\n{\"errors\":{\"local\":"), "{none}");
}

#[tokio::test]
async fn an_engine_that_hangs_holds_up_nobody_and_its_part_says_so() {
    let (_listener, hanging) = silent().await;
    let mut client = of(vec![("nas", engine("nas")), ("slow", hanging)], |_| ()).await;
    let begun = Instant::now();
    let all = client.call("container_list", json!({ "engine": "*", "limit_seconds": 1, "select": "[].Id" })).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(all["isError"] == false && data(&all)["answers"]["nas"][0] == "nas", "{all}");
    let expected = "container_list: no answer within 1 s, the time limit among several engines";
    assert_eq!(data(&all)["errors"]["slow"], expected);
}

#[tokio::test]
async fn the_list_of_engines_says_what_each_speaks_and_exposes_and_if_it_answers() {
    let (_listener, hanging) = silent().await;
    let dead = Engine::connect_to("tcp://127.0.0.1:1").unwrap();
    let file = file("[engines.nas]\nread_only = true\n[engines.local]\ntools = ['container_list']");
    let engines = vec![("nas", engine("nas")), ("local", engine("local")), ("dead", dead), ("slow", hanging)];
    let mut client = of(engines, |settings| settings.engines = Some(file.path().to_owned())).await;
    let begun = Instant::now();
    let list = client.call("engine_list", json!({})).await;
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
    let list = data(&list);
    assert_eq!(list[0]["name"], "nas");
    assert_eq!((&list[0]["answers"], &list[0]["version"]), (&json!(true), &json!("28.0-nas")));
    assert_eq!(list[0]["api"], dockwright::API_VERSION);
    assert!(list[0]["exposes"].as_str().unwrap().ends_with("tools, read-only"), "{list}");
    assert!(list[1]["exposes"].as_str().unwrap().starts_with("1 of "), "{list}");
    assert_eq!((&list[1]["answers"], &list[1]["problem"]), (&json!(true), &Value::Null), "{list}");
    assert_eq!((&list[2]["answers"], &list[2]["address"]), (&json!(false), &json!("tcp://127.0.0.1:1")));
    assert!(list[2]["problem"].as_str().unwrap().contains("127.0.0.1:1"), "{list}");
    assert_eq!((&list[3]["answers"], &list[3]["problem"]), (&json!(false), &json!("no answer within 5 s")));
    assert!(list[3]["exposes"].as_str().unwrap().starts_with("all "), "{list}");

    let some = client.call("engine_list", json!({ "grep": "^(nas|local) " })).await;
    assert_eq!(data(&some).as_array().unwrap().len(), 2);
    assert!(text(&some).ends_with("dockwright: grep: 2 of 4 engines match"), "{some}");
    refused(&mut client, "engine_list", json!({ "engine": "nas" }), "unknown argument `engine`; it takes `grep`").await;
    let mut one = session(settings(|_| ()), engine("nas")).await;
    refused(&mut one, "engine_list", json!({}), "there is no tool `engine_list`").await;
}

#[tokio::test]
async fn each_engine_exposes_its_own_tools_and_a_refusal_names_the_others() {
    let file = file("[engines.nas]\nread_only = true\n[engines.local]\nexclude_tools = ['container_list']");
    let change = |settings: &mut Settings| {
        settings.engines = Some(file.path().to_owned());
        settings.exclude_tools = vec!["volume_prune".to_owned()];
    };
    let mut client = of(vec![("nas", engine("nas")), ("local", engine("local"))], change).await;
    let listed = tools(&mut client).await;
    find(&listed, "container_list");
    find(&listed, "container_stop");
    assert!(!listed.iter().any(|tool| tool["name"] == "volume_prune"));
    let expected =
        "container_stop: not exposed: the server runs read-only. That is for the engine `nas`; `local` exposes it";
    refused(&mut client, "container_stop", json!({ "engine": "nas", "id": "web" }), expected).await;
    let expected = "That is for the engine `local`; `nas` exposes it";
    refused(&mut client, "container_list", json!({ "engine": "local" }), expected).await;
    refused(&mut client, "volume_prune", json!({ "engine": "nas" }), "no engine exposes it").await;
    let all = client.call("container_list", json!({ "engine": "*" })).await;
    assert!(data(&all)["answers"]["nas"].is_array(), "{all}");
    assert!(data(&all)["errors"]["local"].as_str().unwrap().contains("not exposed"), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_engine_is_spoken_to_in_its_own_version() {
    let mut old = Stub::speaking("1.41").await;
    let engines = vec![("old", Engine::connect_to(&old.address).unwrap()), ("new", engine("nas"))];
    let mut client = of(engines, |_| ()).await;
    let whole = tools(&mut client).await.len();
    let asked = json!({ "name": "container_list", "arguments": { "engine": "*" } });
    let asked = client.request("tools/call", asked).await;
    let sent = old.next().await;
    assert_eq!(sent.endpoint, "GET /v1.41/containers/json");
    sent.answer("[]").await;
    let answer = client.next().await;
    assert_eq!(answer["id"], asked, "the new engine still has all tools: {answer}");
    assert_eq!(data(&answer["result"])["answers"]["old"], json!([]));
    assert_eq!(tools(&mut client).await.len(), whole);
    let newer = json!({ "engine": "old", "name": "a" });
    refused(&mut client, "image_attestations", newer, "needs API 1.55, and 1.41 is spoken").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_every_engine_lacks_leaves_the_list() {
    let mut stubs = [Stub::speaking("1.41").await, Stub::speaking("1.42").await];
    let engines = ["a", "b"].into_iter().zip(&stubs);
    let engines = engines.map(|(name, stub)| (name, Engine::connect_to(&stub.address).unwrap())).collect();
    let mut client = of(engines, |_| ()).await;
    let whole = tools(&mut client).await.len();
    let list = json!({ "name": "container_list", "arguments": { "engine": "*" } });
    client.request("tools/call", list).await;
    for stub in &mut stubs {
        stub.next().await.answer("[]").await;
    }
    let (first, second) = (client.next().await, client.next().await);
    assert!([first, second].iter().any(|message| message["method"] == "notifications/tools/list_changed"));
    let left = tools(&mut client).await;
    assert!(left.len() < whole && left.iter().any(|tool| tool["name"] == "volume_update"), "1.42 has it");
    assert!(!left.iter().any(|tool| tool["name"] == "image_attestations"));
}

/// A place for audit lines that a test can read.
#[derive(Clone, Default)]
struct Trail(Arc<Mutex<Vec<u8>>>);

impl Write for Trail {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Trail {
    fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn audit_lines_name_the_engine_of_each_part() {
    let trail = Trail::default();
    let engines = vec![("nas", engine("nas")), ("local", engine("local"))];
    let dispatcher = dispatcher(naming(&["nas", "local"], |_| ()), engines, Audit::to_writer(trail.clone()));
    let mut client = with(dispatcher).await;
    client.call("container_inspect", json!({ "engine": "*", "id": "web" })).await;
    let lines = trail.lines();
    let begun: Vec<_> = lines.iter().filter(|line| line["event"] == "begin").collect();
    let mut named: Vec<_> = begun.iter().map(|line| line["engine_name"].as_str().unwrap()).collect();
    named.sort_unstable();
    assert_eq!((named, lines.len()), (vec!["local", "nas"], 4));
    for line in begun {
        assert_eq!((&line["target"], &line["asks"]), (&json!("web"), &json!(["id"])), "{line}");
        let end = lines.iter().find(|end| end["call"] == line["call"] && end["event"] == "end").unwrap();
        assert_eq!(end["outcome"], if line["engine_name"] == "nas" { "ok" } else { "404" });
    }
    for (tool, arguments, outcome) in [
        ("container_stop", json!({ "engine": "*", "id": "web" }), "refused: arguments"),
        ("container_list", json!({}), "refused: arguments"),
        ("no_tool", json!({}), "unknown tool"),
        ("engine_list", json!({}), "ok"),
    ] {
        client.call(tool, arguments).await;
        let lines: Vec<_> = trail.lines().into_iter().filter(|line| line["tool"] == tool).collect();
        assert_eq!((lines.len(), &lines[1]["outcome"]), (2, &json!(outcome)), "{lines:?}");
        assert_eq!(lines[0].get("engine"), None, "{lines:?}");
    }
}

#[tokio::test]
async fn the_instructions_name_the_engines_without_users() {
    let instructions = async |dispatcher: Dispatcher| {
        let (input, output) = split(served(dispatcher));
        let info = Client::new(input, output).initialize("2025-06-18").await;
        assert_eq!(
            info["capabilities"].get("completions").is_some(),
            info["instructions"].as_str().unwrap().contains("`*`")
        );
        info["instructions"].as_str().unwrap().to_owned()
    };
    let server = |engines: &[&str]| {
        let settings = settings(|settings| settings.engine = engines.iter().map(ToString::to_string).collect());
        Dispatcher::new(settings, Audit::to_writer(std::io::sink())).unwrap()
    };
    let one = instructions(server(&["nas=unix:///nas.sock"])).await;
    assert!(one.starts_with("Controls the Docker engine `nas` at unix:///nas.sock: one tool per endpoint"), "{one}");
    let broken = instructions(server(&["nas=not an address"])).await;
    assert!(broken.starts_with("Controls a Docker engine: one tool per endpoint"), "{broken}");
    let two = instructions(server(&["nas=unix:///nas.sock", "build=tcp://build:2375"])).await;
    assert!(two.starts_with("Controls 2 Docker engines, nas (unix:///nas.sock), build (tcp://build:2375). "), "{two}");
    let many: Vec<_> = (0..400).map(|number| format!("host-{number}=tcp://host-{number}:2375")).collect();
    let many = instructions(server(&many.iter().map(String::as_str).collect::<Vec<_>>())).await;
    assert!(many.starts_with("Controls 400 Docker engines, host-0 (tcp://host-0:2375), "), "{many}");
    for text in [one, two, many] {
        println!("{} bytes", text.len());
        assert!(text.len() <= 2_048, "{}", text.len());
    }
}

#[tokio::test]
async fn resources_prompts_and_completions_know_the_engines() {
    let file = file("[engines.nas]\ntags = ['Container']");
    let change = |settings: &mut Settings| settings.engines = Some(file.path().to_owned());
    let mut client = of(vec![("nas", engine("nas")), ("local", engine("local"))], change).await;
    let templates = client.ask("resources/templates/list", json!({})).await.to_string();
    assert!(templates.contains("\"docker://{engine}/containers/{+id}\""), "{templates}");
    let read = async |client: &mut Client, uri: &str| client.answer("resources/read", json!({ "uri": uri })).await;
    let web = read(&mut client, "docker://nas/containers/web").await;
    assert!(web["result"]["contents"][0]["text"].as_str().unwrap().contains("web on nas"), "{web}");
    for (uri, expected) in [
        ("docker://local/containers/web", "404"),
        ("docker://nsa/containers/web", "did you mean `nas`?"),
        ("docker://containers/web", "unknown resource"),
        ("docker://nas", "unknown resource"),
    ] {
        let failed = read(&mut client, uri).await;
        assert!(failed["error"]["message"].as_str().unwrap().contains(expected), "{uri}: {failed}");
    }
    let prompts = client.ask("prompts/list", json!({})).await;
    for prompt in prompts["prompts"].as_array().unwrap() {
        assert_eq!(
            (&prompt["arguments"][0]["name"], &prompt["arguments"][0]["required"]),
            (&json!("engine"), &json!(true))
        );
    }
    let get = async |client: &mut Client, name: &str, engine: &str| {
        let arguments = json!({ "engine": engine, "container": "web" });
        client.answer("prompts/get", json!({ "name": name, "arguments": arguments })).await.to_string()
    };
    let prompt = get(&mut client, "diagnose_container", "local").await;
    assert!(prompt.contains("This is about the Docker engine `local`"), "{prompt}");
    assert!(get(&mut client, "clean_up", "nas").await.contains("`nas` does not expose all of"));
    assert!(get(&mut client, "clean_up", "loca").await.contains("did you mean `local`?"));
    assert!(get(&mut client, "clean_up", "").await.contains("argument `engine` is required"));
    let completed = async |client: &mut Client, argument: Value| {
        let of = json!({ "type": "ref/prompt", "name": "clean_up" });
        client.ask("completion/complete", json!({ "ref": of, "argument": argument })).await["completion"]["values"]
            .clone()
    };
    assert_eq!(completed(&mut client, json!({ "name": "engine", "value": "" })).await, json!(["nas", "local"]));
    assert_eq!(completed(&mut client, json!({ "name": "engine", "value": "lo" })).await, json!(["local"]));
    assert_eq!(completed(&mut client, json!({ "name": "container", "value": "" })).await, json!([]));
}

#[tokio::test]
async fn schemas_of_operations_and_tools_of_tags_take_the_engine() {
    let engines = || vec![("nas", engine("nas")), ("local", engine("local"))];
    let mut client = of(engines(), |_| ()).await;
    let schema = client.call("operation_schema", json!({ "operation": "container_create" })).await;
    assert_eq!(data(&schema)["inputSchema"]["properties"]["engine"]["enum"], json!(["nas", "local"]));
    assert_eq!(data(&schema)["inputSchema"]["required"], json!(["engine", "body"]));
    let mut client = of(engines(), |settings| settings.surface = Surface::Tags).await;
    let listed = tools(&mut client).await;
    let container = &find(&listed, "docker_container")["inputSchema"];
    assert_eq!(
        (&container["required"], &container["properties"]["engine"]["enum"][2]),
        (&json!(["engine", "operation"]), &json!("*"))
    );
    let call = json!({ "engine": "*", "operation": "container_list", "arguments": { "select": "[].Id" } });
    let all = client.call("docker_container", call).await;
    assert_eq!(data(&all), json!({ "answers": { "nas": ["nas"], "local": ["local"] } }));
    let missing = json!({ "operation": "container_list" });
    refused(&mut client, "docker_container", missing, "`engine` is required").await;
    assert_eq!(data(&client.call("engine_list", json!({})).await)[1]["name"], "local");
}

#[tokio::test]
async fn work_belongs_to_its_engine() {
    let mut stub = Stub::start().await;
    let engines = vec![("nas", Engine::connect_to(&stub.address).unwrap()), ("local", engine("local"))];
    let mut client = of(engines, |_| ()).await;
    let pull = json!({ "engine": "nas", "fromImage": "busybox", "detach": true });
    let asked = client.request("tools/call", json!({ "name": "image_create", "arguments": pull })).await;
    let mut pulling = stub.next().await;
    pulling.begin().await;
    let started = client.next().await;
    assert_eq!(started["id"], asked);
    let name = data(&started["result"])["name"].as_str().unwrap().to_owned();
    let list = client.call("work_list", json!({ "engine": "*" })).await;
    let answers = &data(&list)["answers"];
    assert_eq!((&answers["nas"][0]["engine"], &answers["local"]), (&json!("nas"), &json!([])), "{list}");
    refused(&mut client, "work_join", json!({ "engine": "local", "name": name }), "no work is named").await;
    refused(&mut client, "work_cancel", json!({ "engine": "local", "name": name }), "no work is named").await;
    let ended = client.call("work_cancel", json!({ "engine": "nas", "name": name })).await;
    assert_eq!(data(&ended)["state"], "cancelled", "{ended}");
}

#[tokio::test]
async fn the_length_of_a_reply_is_shared_fairly() {
    let long = |name: &'static str| {
        canned(move |_| {
            Some(json!((0..500).map(|number| json!({ "Id": format!("{name}-{number}") })).collect::<Vec<_>>()))
        })
    };
    let names = ["a", "b", "c", "d"];
    let engines = || names.map(|name| (name, long(name))).into();
    let mut client = of(engines(), |settings| settings.max_reply = 8_000).await;
    for (limit, most) in [(json!(null), 8_000), (json!(2_000), 3_000), (json!("2000"), 3_000)] {
        let all =
            client.call("container_list", json!({ "engine": "*", "select": "[].Id", "limit_bytes": limit })).await;
        assert!(text(&all).len() <= most, "{limit}: {}", text(&all).len());
        let lengths = names.map(|name| data(&all)["answers"][name].to_string().len());
        let (least, greatest) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
        assert!(*least > 100 && greatest - least < 20, "{lengths:?}");
    }
    let names: Vec<_> = (0..40).map(|number| format!("host-{number}")).collect();
    let many = names.iter().map(|name| (name.as_str(), engine("nas"))).collect();
    let mut client = of(many, |settings| settings.max_reply = 3_000).await;
    let expected = "container_list: a reply has room for 14 engines, and this is for 40: name fewer";
    refused(&mut client, "container_list", json!({ "engine": "*" }), expected).await;
}
