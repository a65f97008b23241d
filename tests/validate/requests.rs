//! The requests to an engine: the arguments of each operation, as data. Names in a path come from the lists that were
//! answered before.

use dockwright::Operation;
use dockwright::operation::{Answer, Segment};
use http::Method;
use serde_json::{Map, Value, json};

use crate::live::Answered;

/// Where the things that paths name are listed.
struct Things {
    /// The first segment of their paths.
    below: &'static str,
    listed_by: &'static str,
    /// JSON pointers: to the list in an answer, and to the name in an item.
    list: &'static str,
    name: &'static str,
}

const THINGS: [Things; 11] = [
    Things { below: "containers", listed_by: "ContainerList", list: "", name: "/Id" },
    Things { below: "images", listed_by: "ImageList", list: "", name: "/RepoTags/0" },
    Things { below: "networks", listed_by: "NetworkList", list: "", name: "/Id" },
    Things { below: "volumes", listed_by: "VolumeList", list: "/Volumes", name: "/Name" },
    Things { below: "plugins", listed_by: "PluginList", list: "", name: "/Name" },
    Things { below: "nodes", listed_by: "NodeList", list: "", name: "/ID" },
    Things { below: "services", listed_by: "ServiceList", list: "", name: "/ID" },
    Things { below: "tasks", listed_by: "TaskList", list: "", name: "/ID" },
    Things { below: "secrets", listed_by: "SecretList", list: "", name: "/ID" },
    Things { below: "configs", listed_by: "ConfigList", list: "", name: "/ID" },
    Things { below: "exec", listed_by: "ContainerInspect", list: "/ExecIDs", name: "" },
];

/// The arguments beside the path, for each of the requests that are made; none is one request without any.
fn arguments(id: &str, search: &str) -> Vec<Value> {
    let registry = std::env::var("DOCKWRIGHT_TEST_REGISTRY").unwrap_or_default();
    match id {
        "ContainerList" => vec![json!({"all": true}), json!({"all": true, "size": true})],
        "ContainerInspect" => vec![json!({"size": true})],
        "ContainerTop" => vec![json!({}), json!({"ps_args": "aux"})],
        "ContainerStats" => vec![json!({"stream": false}), json!({"stream": false, "one-shot": true})],
        "ContainerLogs" | "ServiceLogs" | "TaskLogs" => vec![json!({"stdout": true, "stderr": true})],
        "ContainerArchive" => vec![json!({"path": "/etc"})],
        "ImageList" => vec![json!({"all": true}), json!({"digests": true, "shared-size": true, "manifests": true})],
        "ImageInspect" => vec![json!({}), json!({"manifests": true})],
        "ImageGetAll" => vec![json!({"names": ["busybox:test"]})],
        "ImageSearch" => vec![json!({"term": search})],
        "ImageAttestations" => vec![json!({"statement": true})],
        "GetPluginPrivileges" => vec![json!({"remote": format!("{registry}/validate-plugin:latest")})],
        "DistributionInspect" => vec![json!({"name": format!("{registry}/busybox:test")})],
        "NetworkInspect" => vec![json!({"verbose": true})],
        "ServiceList" => vec![json!({"status": true})],
        "ServiceInspect" => vec![json!({}), json!({"insertDefaults": true})],
        "SystemDataUsage" => vec![json!({}), json!({"verbose": true})],
        "SystemEvents" => vec![json!({"since": "1", "until": now()})],
        _ => vec![json!({})],
    }
}

/// Every GET is sent, but that of a websocket, which is no request with an answer.
pub fn is_asked(operation: &Operation) -> bool {
    operation.method == Method::GET && operation.answer != Answer::Websocket
}

/// The turn of an operation: lists name the things that others need, and containers name execs.
pub fn turn(operation: &Operation) -> usize {
    match path_argument(operation) {
        None => 0,
        Some(_) if below(operation) == "exec" => 2,
        Some(_) => 1,
    }
}

/// All requests of an operation.
pub fn requests(operation: &Operation, before: &[Answered], search: &str) -> Vec<Map<String, Value>> {
    let arguments = arguments(operation.id, search).into_iter().filter_map(|arguments| match arguments {
        Value::Object(arguments) => Some(arguments),
        _ => None,
    });
    match path_argument(operation) {
        Some(argument) => arguments
            .flat_map(|arguments| match arguments.contains_key(argument) {
                true => vec![arguments],
                false => each_thing(operation, before)
                    .into_iter()
                    .map(|name| arguments.clone().into_iter().chain([(argument.to_owned(), name)]).collect())
                    .collect(),
            })
            .collect(),
        None => arguments.collect(),
    }
}

fn each_thing(operation: &Operation, before: &[Answered]) -> Vec<Value> {
    let below = below(operation);
    let things = THINGS.iter().find(|things| things.below == below);
    let things = things.unwrap_or_else(|| panic!("{}: where are {below} listed?", operation.id));
    let lists = before.iter().filter(|answered| answered.operation.id == things.listed_by);
    let items = lists.filter_map(|answered| answered.recorded.body.pointer(things.list)?.as_array()).flatten();
    let names = items.filter_map(|item| item.pointer(things.name).cloned());
    // An old engine lists an image without a tag so, such as one that a failed build leaves: it names nothing.
    let mut names: Vec<Value> = names.filter(|name| name != "<none>:<none>").collect();
    // A list that was sent for in several ways names all several times.
    names.sort_by_key(Value::to_string);
    names.dedup();
    names
}

fn path_argument(operation: &Operation) -> Option<&'static str> {
    operation.path.iter().find_map(|segment| match segment {
        Segment::Argument(name) => Some(*name),
        Segment::Literal(_) => None,
    })
}

fn below(operation: &Operation) -> &'static str {
    match operation.path.first() {
        Some(Segment::Literal(literal)) => literal,
        _ => "",
    }
}

fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("it is later than 1970").as_secs().to_string()
}
