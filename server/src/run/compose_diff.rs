//! `compose_diff`: compares the resolved files of a project with what the engine has.

mod keys;
mod objects;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use self::keys::differing;
use self::objects::{NETWORKS, VOLUMES, objects};
use super::answer::reply_options;
use super::compose_members::{list, listed, name};
use super::compose_project::{Resolved, resolve};
use super::composed_call::{ComposedCall, object};
use crate::access::Failure;
use crate::compose::hash::config_hash;
use crate::compose::labels::{self, label};
use crate::compose::service;
use crate::reply::{self, ToolReply};
use crate::secrets::Safe;

const NAME: &str = "compose_diff";
/// The most containers that are compared.
const MOST: usize = 100;

pub(super) async fn run(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let resolved = resolve(&call, NAME).await?;
    let listing = call.access.operation("container_list")?.operation;
    let containers = list(&call, listing, &resolved.project.name).await?;
    let mut changes = object([("project", resolved.project.name.clone().into())]);
    let services = services(&call, &resolved, &containers).await?;
    let orphans: Vec<_> = containers.iter().filter(|container| !is_of(&resolved, container)).map(name).collect();
    let networks = objects(&resolved.model, &NETWORKS, &listed(&call, "network_list", "").await?);
    let volumes = objects(&resolved.model, &VOLUMES, &listed(&call, "volume_list", "/Volumes").await?);
    for (key, value) in [
        ("services", Value::Object(services)),
        ("orphans", json!(orphans)),
        (NETWORKS.member, networks.into()),
        (VOLUMES.member, volumes.into()),
    ] {
        let is_empty = value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
        if !is_empty {
            changes.insert(key.to_owned(), value);
        }
    }
    let note = (changes.len() == 1).then(|| "compose_up would change nothing".to_owned());
    let options = reply_options(&call.extra, call.access).with_time_limit(None);
    let warnings = resolved.warnings.iter().map(|warning| Safe::line(warning).into_inner());
    let notes: Vec<_> = note.into_iter().chain(warnings).collect();
    Ok(ToolReply::data(reply::outcome(changes.into(), listing, &options), notes, &options))
}

fn is_of(resolved: &Resolved, container: &Value) -> bool {
    resolved.model.services().any(|(name, _)| name == label(container, labels::SERVICE))
}

/// The services that would change, each with the action and its reasons.
async fn services(
    call: &ComposedCall<'_>,
    resolved: &Resolved,
    containers: &[Value],
) -> Result<Map<String, Value>, Failure> {
    let mut by_service: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for container in containers.iter().take(MOST) {
        by_service.entry(label(container, labels::SERVICE)).or_default().push(container);
    }
    let mut services = Map::new();
    let first = first_ids(&by_service);
    for (name, wanted) in resolved.model.services() {
        let wanted = &joined(wanted, &first);
        let existing = by_service.remove(name.as_str()).unwrap_or_default();
        let count = replicas(wanted);
        let change = match existing.first() {
            None if count == 0 => None,
            None => Some(json!({ "action": "create", "count": count })),
            Some(container) => {
                let why = reasons(call, resolved, (name, wanted), container).await?;
                let is_stopped = existing.iter().any(|container| container["State"] != "running");
                match (why, existing.len() as u64) {
                    (Some(why), _) => Some(json!({ "action": "recreate", "why": why })),
                    (None, has) if has != count => Some(json!({ "action": "scale", "from": has, "to": count })),
                    (None, _) if is_stopped => Some(json!({ "action": "start" })),
                    (None, _) => None,
                }
            }
        };
        services.extend(change.map(|change| (name.clone(), change)));
    }
    Ok(services)
}

/// The ids of the first containers of all services.
fn first_ids(by_service: &BTreeMap<&str, Vec<&Value>>) -> BTreeMap<String, String> {
    let first = |(service, containers): (&&str, &Vec<&Value>)| {
        Some(((*service).to_owned(), containers.first()?["Id"].as_str()?.to_owned()))
    };
    by_service.iter().filter_map(first).collect()
}

/// A service whose references to others are those to their containers, as in the hash that Compose keeps.
fn joined(service: &Value, first: &BTreeMap<String, String>) -> Value {
    let mut service = service.clone();
    for name in ["network_mode", "pid", "ipc"] {
        let other = service[name].as_str().and_then(|mode| first.get(mode.strip_prefix("service:")?));
        if let Some(id) = other {
            service[name] = format!("container:{id}").into();
        }
    }
    for from in service.get_mut("volumes_from").and_then(Value::as_array_mut).into_iter().flatten() {
        let text = from.as_str().unwrap_or_default();
        let other = text.split(':').next().and_then(|name| first.get(name).cloned());
        if let Some(container) = text.strip_prefix("container:").map(str::to_owned).or(other) {
            *from = container.into();
        }
    }
    service
}

/// The number of containers that a service is to have.
fn replicas(service: &Value) -> u64 {
    service["scale"].as_u64().or_else(|| service["deploy"]["replicas"].as_u64()).unwrap_or(1)
}

/// The reasons why a container would be made anew; `None` if it stays.
async fn reasons(
    call: &ComposedCall<'_>,
    resolved: &Resolved,
    (name, wanted): (&str, &Value),
    container: &Value,
) -> Result<Option<Value>, Failure> {
    let body = service::body(name, wanted, &resolved.model);
    let image = call.access.operation("image_inspect")?.operation;
    let image = call.access.json(image, object([("name", body["Image"].clone())]), None).await;
    let image = match image {
        Ok(image) => image,
        Err(failure) if failure.is_not_found() => Value::Null,
        Err(failure) => return Err(failure),
    };
    let mut why = Map::new();
    if image.is_null() {
        why.insert("image".to_owned(), "not on this engine".into());
    } else if image["Id"] != label(container, labels::IMAGE) {
        why.insert("image".to_owned(), json!({ "has": label(container, labels::IMAGE), "wanted": image["Id"] }));
    }
    if config_hash(wanted) != label(container, labels::CONFIG_HASH) {
        let inspect = call.access.operation("container_inspect")?.operation;
        let inspect = call.access.json(inspect, object([("id", container["Id"].clone())]), None).await?;
        let keys = differing(&body, &inspect, &image);
        let keys = if keys.is_empty() { "others than are compared here".into() } else { Value::Object(keys) };
        why.insert("keys".to_owned(), keys);
    }
    // An image that is not there is pulled, and does not alone make a container anew.
    let is_recreated = why.contains_key("keys") || why.get("image").is_some_and(Value::is_object);
    Ok(is_recreated.then(|| why.into()))
}
