//! `preview: true` of a prune: what would go, and how many bytes that would free, from what the engine lists. Nothing is
//! deleted. The engine chooses again when it prunes, so what happens in between counts.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use dockwright::operation::Operation;
use dockwright::tools::Tool;
use serde_json::{Map, Value, json};

use super::{Run, object, used};
use crate::arguments::{Checked, unix_seconds};
use crate::door::{Door, Failure};
use crate::progress::Progress;
use crate::reply::{self, Shaped, Wanted};

/// The argument that asks for it.
pub(crate) const PREVIEW: &str = "preview";

/// Since this API version only volumes without a name go, unless all are asked for.
const ANONYMOUS_ONLY: (u16, u16) = (1, 42);

/// Whether an operation takes away what is not used.
pub(crate) fn is_prune(operation: &Operation) -> bool {
    Prune::of(operation.name).is_some()
}

/// What a prune chooses from, and how.
struct Prune {
    /// The operation that lists it.
    lists: &'static str,
    /// Its arguments.
    arguments: fn() -> Value,
    /// Where the list is in the answer.
    list: &'static str,
    /// The filters that are followed here.
    filters: &'static [&'static str],
    /// The operation that tells which containers are connected to one of them, where the list does not.
    inspects: &'static str,
    /// The property with the time that `until` is compared with.
    since: &'static str,
    /// Whether something goes.
    goes: fn(&Value, &Asked) -> bool,
    /// How it is shown.
    shown: &'static [&'static str],
    /// Where the bytes are that it frees.
    bytes: &'static str,
}

/// What a prune was asked.
struct Asked {
    arguments: Map<String, Value>,
    filters: Map<String, Value>,
    /// Whether the engine spares volumes that have names.
    spares_named: bool,
}

impl Prune {
    fn of(name: &str) -> Option<Self> {
        let usage = "system_data_usage";
        Some(match name {
            "container_prune" => Prune {
                lists: "container_list",
                arguments: || json!({ "all": true, "size": true, "filters": { "status": ["created", "exited", "dead"] } }),
                list: "",
                filters: &["label", "label!", "until"],
                inspects: "",
                since: "Created",
                goes: |_, _| true,
                shown: &["Id", "Names", "Image", "Status", "SizeRw"],
                bytes: "/SizeRw",
            },
            "image_prune" => Prune {
                lists: usage,
                arguments: || json!({ "type": ["image"] }),
                list: "/Images",
                filters: &["label", "label!", "until", "dangling"],
                inspects: "",
                since: "Created",
                goes: |image, asked| image["Containers"] == 0 && (asked.says("dangling", false) || !has_name(image)),
                shown: &["Id", "RepoTags", "Size"],
                bytes: "/Size",
            },
            "volume_prune" => Prune {
                lists: usage,
                arguments: || json!({ "type": ["volume"] }),
                list: "/Volumes",
                filters: &["label", "label!", "all"],
                inspects: "",
                since: "",
                goes: |volume, asked| {
                    let is_anonymous = volume["Labels"].get("com.docker.volume.anonymous").is_some();
                    let chosen = is_anonymous || asked.says("all", true) || !asked.spares_named;
                    volume.pointer("/UsageData/RefCount") == Some(&json!(0)) && volume["Driver"] == "local" && chosen
                },
                shown: &["Name", "UsageData", "Labels"],
                bytes: "/UsageData/Size",
            },
            "network_prune" => Prune {
                lists: "network_list",
                arguments: || json!({ "filters": { "dangling": ["true"] } }),
                list: "",
                filters: &["label", "label!", "until"],
                inspects: "network_inspect",
                since: "Created",
                goes: |network, _| network["Ingress"] != true,
                shown: &["Name", "Id", "Driver"],
                bytes: "",
            },
            "build_prune" => Prune {
                lists: usage,
                arguments: || json!({ "type": ["build-cache"] }),
                list: "/BuildCache",
                filters: &["until"],
                inspects: "",
                since: "LastUsedAt",
                goes: |record, asked| {
                    let kept =
                        record["Shared"] == true || matches!(record["Type"].as_str(), Some("internal" | "frontend"));
                    record["InUse"] != true && (!kept || asked.arguments.get("all").is_some_and(|all| *all == true))
                },
                shown: &["ID", "Type", "Description", "Size"],
                bytes: "/Size",
            },
            _ => return None,
        })
    }

    /// The list in an answer. Go writes an empty one as null; one that is not there says nothing.
    fn listed<'a>(&self, name: &str, answer: &'a Value) -> Result<&'a [Value], Failure> {
        match answer.pointer(self.list) {
            Some(list) => Ok(list.as_array().map(Vec::as_slice).unwrap_or_default()),
            None => {
                let problem = "this engine does not list what a preview needs; list it with";
                Err(Failure::Request(format!("{name}: {problem} {}", self.lists)))
            }
        }
    }

    /// What a caller is told of what goes.
    fn outcome(&self, going: &[&Value]) -> Map<String, Value> {
        let bytes = going.iter().filter_map(|item| item.pointer(self.bytes)?.as_i64()).filter(|bytes| *bytes > 0);
        let shown = |item: &&Value| {
            self.shown.iter().filter_map(|name| Some(((*name).to_owned(), item.get(*name)?.clone()))).collect::<Value>()
        };
        let would = going.iter().map(shown).collect();
        let mut outcome = object([("would_delete", would), ("count", going.len().into())]);
        if !self.bytes.is_empty() {
            outcome.insert("bytes".to_owned(), bytes.sum::<i64>().into());
        }
        outcome
    }

    /// The filters of a call, if a preview can follow all that is asked.
    fn followed(&self, name: &str, checked: &Checked) -> Result<Map<String, Value>, Failure> {
        if let Some(other) = checked.arguments.keys().find(|name| !["filters", "all"].contains(&name.as_str())) {
            let problem = format!("a preview cannot follow `{other}`: the engine alone knows what it spares");
            return Err(Failure::Request(format!("{name}: {problem}")));
        }
        let filters = checked.arguments.get("filters").and_then(Value::as_object).cloned().unwrap_or_default();
        if let Some(other) = filters.keys().find(|key| !self.filters.contains(&key.as_str())) {
            let known = self.filters.join(", ");
            return Err(Failure::Request(format!(
                "{name}: a preview cannot follow the filter `{other}`, only {known}"
            )));
        }
        Ok(filters)
    }
}

/// What a prune with these arguments would take away.
pub(crate) async fn preview(
    door: &Door,
    tool: &'static Tool,
    checked: Checked,
    progress: &Progress,
) -> Result<Shaped, Failure> {
    let name = tool.operation.name;
    let prune = Prune::of(name).ok_or_else(|| Failure::Request(format!("{name}: it has no preview")))?;
    let lists = used(prune.lists, door.exposure()).map_err(|missing| missing.failure(name))?;
    let filters = prune.followed(name, &checked)?;
    let run = Run { door, tools: Vec::new(), arguments: Map::new(), progress };
    let Value::Object(mut arguments) = (prune.arguments)() else { unreachable!("they are written as objects above") };
    let version = async { door.engine()?.api_version().await }.await;
    let version = run.told(lists.operation, &arguments, version).await?;
    // They only spare the engine work.
    arguments.retain(|name, _| lists.operation.knows(name, version));
    let spares_named = (version.major, version.minor) >= ANONYMOUS_ONLY;
    let answer = run.json(lists.operation, arguments, None).await?;

    let asked = Asked { arguments: checked.arguments, filters, spares_named };
    let until = asked.until().map_err(|problem| Failure::Request(format!("{name}: {problem}")))?;
    let list = prune.listed(name, &answer)?;
    let goes = |item: &&Value| {
        (prune.goes)(item, &asked)
            && asked.labels_fit(&item["Labels"])
            && until.is_none_or(|until| seconds(&item[prune.since]).is_some_and(|since| since < until))
    };
    let mut going: Vec<_> = list.iter().filter(goes).collect();
    if !prune.inspects.is_empty() {
        let inspects = used(prune.inspects, door.exposure()).map_err(|missing| missing.failure(name))?;
        going = unconnected(&run, inspects.operation, going).await?;
    }
    let outcome = prune.outcome(&going);
    let wanted = Wanted::new(&checked.own, door.settings());
    match &wanted.select {
        Some(expression) => {
            let mut outcome = Value::Object(outcome);
            reply::safe(&mut outcome, lists.operation.tag, &wanted);
            let selected = reply::json::selected_of(outcome, lists.operation, &wanted, expression, None).await;
            run.told(lists.operation, &Map::new(), selected).await
        }
        None => Ok(reply::value(outcome.into(), lists.operation, &wanted)),
    }
}

/// The networks to which no container is connected. The engine's lists leave the containers out, and so what they are asked
/// for as `dangling` has those in use too.
async fn unconnected<'a>(
    run: &Run<'_>,
    inspect: &'static Operation,
    networks: Vec<&'a Value>,
) -> Result<Vec<&'a Value>, Failure> {
    let mut free = Vec::new();
    for network in networks {
        match run.json(inspect, object([("id", network["Id"].clone())]), None).await {
            Ok(whole) if whole["Containers"].as_object().is_none_or(Map::is_empty) => free.push(network),
            Ok(_) => {}
            // Somebody else was faster.
            Err(failure) if failure.is_not_found() => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(free)
}

impl Asked {
    fn values(&self, filter: &str) -> impl Iterator<Item = &str> {
        self.filters.get(filter).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether a filter is given and says so.
    fn says(&self, filter: &str, what: bool) -> bool {
        let is = |value: &str| if what { ["1", "true"].contains(&value) } else { ["0", "false"].contains(&value) };
        self.values(filter).any(is)
    }

    fn labels_fit(&self, labels: &Value) -> bool {
        let has = |wanted: &str| match wanted.split_once('=') {
            Some((key, value)) => labels.get(key).is_some_and(|label| label == value),
            None => labels.get(wanted).is_some(),
        };
        self.values("label").all(has) && !self.values("label!").any(has)
    }

    /// The Unix time before which something must be to go.
    fn until(&self) -> Result<Option<i64>, String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        match self.values("until").next() {
            None => Ok(None),
            Some(text) => match unix_seconds(text, now) {
                Some(seconds) => Ok(Some(seconds)),
                None => {
                    Err(format!("the filter `until` cannot be `{text}`: write it as `24h` or `2026-01-02T03:04:05Z`"))
                }
            },
        }
    }
}

/// Whether an image is known by a name.
fn has_name(image: &Value) -> bool {
    let tags = image["RepoTags"].as_array().map(Vec::as_slice).unwrap_or_default();
    tags.iter().any(|tag| tag != "<none>:<none>")
}

/// A time of the engine in Unix seconds.
fn seconds(time: &Value) -> Option<i64> {
    match time {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp()),
        other => other.as_i64(),
    }
}
