//! Lists that a client sees: tools, resources, prompts, instructions.

use dockwright_server::audit::Audit;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::settings::{Settings, Surface};
use serde_json::{Value, json};
use tokio::io::split;

use super::support::{Client, served, session, settings};
use super::{data, engine, file, find, refused, serve, tools};

#[tokio::test]
async fn the_list_grows_by_one_argument_and_only_if_there_are_several_engines() {
    let one = tools(&mut session(settings(|_| ()), engine("nas")).await).await;
    let named = tools(&mut serve(vec![("nas", engine("nas"))], |_| ()).await).await;
    assert_eq!(named, one, "one engine with a name is one engine");
    let mut several = tools(&mut serve(vec![("nas", engine("nas")), ("local", engine("local"))], |_| ()).await).await;
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
        let tools = tools(&mut serve(engines(count), |_| ()).await).await;
        find(&tools, "container_list")["inputSchema"]["properties"]["engine"].clone()
    };
    assert_eq!(argument(20).await["enum"].as_array().unwrap().len(), 21);
    let described = json!({ "type": "string", "description": "One of `engine_list`; `*` for all." });
    assert_eq!(argument(21).await, described);
    let mut client = serve(engines(21), |_| ()).await;
    refused(&mut client, "container_list", json!({}), "host-19 and 1 more, see engine_list").await;
    let all = client.call("container_list", json!({ "engine": "*" })).await;
    assert_eq!(data(&all)["answers"].as_object().unwrap().len(), 21);
}

#[tokio::test]
async fn the_instructions_name_the_engines_without_users() {
    let instructions = async |dispatcher: Dispatcher| {
        let (input, output) = split(served(dispatcher));
        let info = Client::new(input, output).initialize("2025-06-18").await;
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
    let mut client = serve(vec![("nas", engine("nas")), ("local", engine("local"))], change).await;
    let templates = client.ask("resources/templates/list", json!({})).await.to_string();
    assert!(templates.contains("\"docker://{engine}/containers/{+id}\""), "{templates}");
    let read = async |client: &mut Client, uri: &str| client.answer("resources/read", json!({ "uri": uri })).await;
    let web = read(&mut client, "docker://nas/containers/web").await;
    assert!(web["result"]["contents"][0]["text"].as_str().unwrap().contains("web on nas"), "{web}");
    let web = read(&mut client, "docker://n%61s/containers/web").await;
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
    assert_eq!(completed(&mut client, json!({ "name": "engine", "value": "" })).await, json!(["local", "nas"]));
    assert_eq!(completed(&mut client, json!({ "name": "engine", "value": "lo" })).await, json!(["local"]));
    assert_eq!(completed(&mut client, json!({ "name": "container", "value": "" })).await, json!([]));
}

#[tokio::test]
async fn schemas_of_operations_and_tools_of_tags_take_the_engine() {
    let engines = || vec![("nas", engine("nas")), ("local", engine("local"))];
    let mut client = serve(engines(), |_| ()).await;
    let schema = client.call("operation_schema", json!({ "operation": "container_create" })).await;
    assert_eq!(data(&schema)["inputSchema"]["properties"]["engine"]["enum"], json!(["nas", "local"]));
    assert_eq!(data(&schema)["inputSchema"]["required"], json!(["engine", "body"]));
    let mut client = serve(engines(), |settings| settings.surface = Surface::Tags).await;
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
async fn the_whole_schema_takes_a_list_of_engines_and_names_those_that_expose_the_tool() {
    let file = file("[engines.nas]\nread_only = true");
    let change = |settings: &mut Settings| settings.engines = Some(file.path().to_owned());
    let mut client = serve(vec![("nas", engine("nas")), ("local", engine("local"))], change).await;
    let stop = find(&tools(&mut client).await, "container_stop")["inputSchema"]["properties"]["engine"].clone();
    assert_eq!(stop["enum"], json!(["local"]));
    let whole = client.call("operation_schema", json!({ "operation": "container_list" })).await;
    assert_eq!(
        data(&whole)["inputSchema"]["properties"]["engine"],
        json!({ "anyOf": [
            { "type": "string", "enum": ["nas", "local", "*"] },
            { "type": "array", "items": { "type": "string", "enum": ["nas", "local"] }, "minItems": 1 },
        ] })
    );
    let list = client.call("operation_schema", json!({ "operation": "engine_list" })).await;
    assert_eq!(data(&list)["inputSchema"], find(&tools(&mut client).await, "engine_list")["inputSchema"]);
}
