//! `container_recreate`: a container in place of another, which differs from it in what the caller says.

pub(super) mod body;
mod changes;
mod defaults;
mod health;
mod networks;
mod pair;
mod ports;
mod refusals;
mod replacement;
mod rollback;
mod variables;
mod volumes;

use serde_json::{Map, Value, json};

use super::answer::reply_options;
use super::composed_call::{ComposedCall, object};
use crate::access::Failure;
use crate::arguments;
use crate::catalogue::container_recreate::HEALTHY_SECONDS;
use crate::reply::{self, ToolReply};
use crate::secrets::Safe;
use crate::unfinished;

use body::Present;
use pair::Replacement;
use replacement::Replaced;

/// The most bytes of what differs.
const CHANGED_BYTES: usize = 4_000;

pub(super) async fn run(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let mut replacement = Box::pin(prepare(&mut call)).await?;
    let old = replacement.old.clone();
    let notes = std::mem::take(&mut replacement.plan.notes);
    // Until here nothing has changed; from here on a call that is dropped is undone.
    let work = format!("container_recreate {}", replacement.name());
    let replaced = unfinished::run(work, |cancellation| replacement.run(cancellation)).await?;
    outcome(&call, &old, replaced, notes)
}

/// Reads what there is, and plans what takes its place.
async fn prepare(call: &mut ComposedCall<'_>) -> Result<Replacement, Failure> {
    let id = arguments::check(call.access.operation("container_inspect")?, taken(call, &["id"]))?.arguments;
    let inspect = call.access.operation("container_inspect")?.operation;
    let old = call.access.json(inspect, id, None).await?;
    let named = old["Config"]["Image"].as_str().unwrap_or_default();
    let old_id = old["Image"].as_str().unwrap_or_default();
    let old_image = image(call, old_id).await?;
    let of_image = |image: &Option<Value>| image.as_ref().map_or(Value::Null, |image| image["Config"].clone());
    if let Some(refusal) = refusals::refusal(&old, &of_image(&old_image)) {
        return Err(refused(&old, &refusal));
    }
    let patch = patch(call).await?;
    let mut notes = Vec::new();
    let (wanted, new_image) = match wanted_image(call, &patch)? {
        Some(wanted) => {
            let pull = || format!("pull it first: image_create {}", json!({ "fromImage": wanted }));
            let image = known_image(call, &wanted).await;
            let image = image.map_err(|failure| match failure.is_not_found() {
                true => failure.with_note(&pull()),
                false => failure,
            })?;
            (wanted, image)
        }
        None => match image(call, named).await? {
            Some(image) => (named.to_owned(), image),
            None => {
                notes.push(format!("{named} names no image any more: it has the same image, by its id"));
                (old_id.to_owned(), known_image(call, old_id).await?)
            }
        },
    };
    if old_image.is_none() {
        notes.push("its image is gone, so all that it had of that is kept as if it were set".to_owned());
    }
    let version = call.access.api_version().await;
    let version = call.access.explain_result(inspect, &Map::new(), version).await?;
    let (image, new_image) = (of_image(&old_image), &new_image["Config"]);
    let present = Present { inspect: &old, image: &image, new_image, version };
    let mut plan = body::plan(&present, &wanted, patch)
        .map_err(|problem| refused(&old, &format!("cannot be planned: {problem}")))?;
    plan.notes.extend(notes);
    if let Some(refusal) = refusals::dependents(call.access, &old).await? {
        return Err(refused(&old, &refusal));
    }
    Ok(Replacement {
        access: call.access.clone(),
        progress: call.progress.clone(),
        platform: platform(&old),
        limit_seconds: call.extra.limit_seconds.unwrap_or(HEALTHY_SECONDS),
        options: reply_options(&call.extra, call.access).with_time_limit(None),
        old,
        plan,
        version,
    })
}

/// The patch of the create body, checked like a create body.
async fn patch(call: &mut ComposedCall<'_>) -> Result<Map<String, Value>, Failure> {
    let create = call.access.operation("container_create")?;
    let mut arguments = taken(call, &["body"]);
    arguments.entry("body").or_insert_with(|| json!({}));
    let checked = arguments::check(create, arguments)?;
    let body = checked.body.unwrap_or_default();
    call.access.check_version(create.operation, &Map::new(), Some(&body)).await?;
    Ok(body.as_object().cloned().unwrap_or_default())
}

/// The image that the caller names.
fn wanted_image(call: &ComposedCall<'_>, patch: &Map<String, Value>) -> Result<Option<String>, Failure> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    match (text(call.arguments.get("image")), text(patch.get("Image"))) {
        (Some(image), Some(other)) if image != other => {
            Err(Failure::Request(format!("container_recreate: `image` is {image} and `body.Image` {other}: give one")))
        }
        (image, other) => Ok(image.or(other)),
    }
}

/// An image, if it is there.
async fn image(call: &ComposedCall<'_>, name: &str) -> Result<Option<Value>, Failure> {
    match known_image(call, name).await {
        Ok(image) => Ok(Some(image)),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn known_image(call: &ComposedCall<'_>, name: &str) -> Result<Value, Failure> {
    call.access.json(call.access.operation("image_inspect")?.operation, object([("name", name.into())]), None).await
}

/// The variant of an image of several, as `os/arch/variant`.
fn platform(inspect: &Value) -> Option<String> {
    let platform = &inspect["ImageManifestDescriptor"]["platform"];
    let parts = ["os", "architecture", "variant"].map(|part| platform[part].as_str());
    let platform = parts.into_iter().flatten().collect::<Vec<_>>().join("/");
    (!platform.is_empty()).then_some(platform)
}

/// Some of the arguments, taken out of the call.
fn taken(call: &mut ComposedCall<'_>, names: &[&str]) -> Map<String, Value> {
    let take = |name: &&str| Some(((*name).to_owned(), call.arguments.shift_remove(*name)?));
    names.iter().filter_map(take).collect()
}

fn refused(old: &Value, reason: &str) -> Failure {
    let name = old["Name"].as_str().unwrap_or_default().trim_start_matches('/');
    Failure::Request(Safe::line(&format!("container_recreate: {name} {reason}; nothing was changed")).into_inner())
}

/// The reply: the new container, and what differs from the old one.
fn outcome(call: &ComposedCall<'_>, old: &Value, replaced: Replaced, notes: Vec<String>) -> Result<ToolReply, Failure> {
    let operation = call.access.operation("container_create")?.operation;
    let Replaced { inspect, state, warnings, version, .. } = &replaced;
    let options = reply_options(&call.extra, call.access).with_time_limit(None);
    let changed = changes::changes(old, inspect, *version, operation, &options);
    let changed = changed.map(|changed| reply::limits::cut(changed, CHANGED_BYTES).0);
    let mut outcome = object([
        ("Id", inspect["Id"].clone()),
        ("Name", inspect["Name"].clone()),
        ("Image", inspect["Config"]["Image"].clone()),
        ("Replaced", old["Id"].clone()),
        ("State", (*state).into()),
    ]);
    let ports = published(inspect);
    if !ports.is_empty() {
        outcome.insert("Ports".to_owned(), ports.into());
    }
    if warnings.as_array().is_some_and(|warnings| !warnings.is_empty()) {
        outcome.insert("Warnings".to_owned(), warnings.clone());
    }
    let outcome = reply::outcome(outcome.into(), operation, &options);
    Ok(ToolReply::data(outcome, notes.into_iter().chain(replaced.notes), &options).with_member("changed", changed))
}

/// The published ports, each with the addresses of the host.
fn published(inspect: &Value) -> Map<String, Value> {
    let ports = inspect["NetworkSettings"]["Ports"].as_object();
    let ports = ports.into_iter().flatten().filter_map(|(port, bindings)| {
        let bindings = bindings.as_array().filter(|bindings| !bindings.is_empty())?;
        let address = |binding: &Value| {
            let part = |name: &str| binding[name].as_str().unwrap_or_default().to_owned();
            let ip = part("HostIp");
            if ip.contains(':') { format!("[{ip}]:{}", part("HostPort")) } else { format!("{ip}:{}", part("HostPort")) }
        };
        Some((port.clone(), bindings.iter().map(address).collect()))
    });
    ports.collect()
}
