//! `compose_generate`: reads containers with their images, and writes the compose file that makes them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use serde_saphyr::{ser_options, to_string_with_options};

use super::answer::reply_options;
use super::compose_members::{list, listed};
use super::compose_project::{project_name, refused, texts};
use super::composed_call::{ComposedCall, object};
use super::container_recreate::body::{Present, settings};
use crate::access::Failure;
use crate::compose::generate::{Generated, Source, Sources, generate, take_secrets};
use crate::reply::{self, ToolReply};
use crate::secrets::Safe;

const NAME: &str = "compose_generate";
/// The tag by whose words secrets are found.
const TAG: &str = "Container";
/// The file that is written.
const FILE: &str = "compose.yaml";
/// The most containers.
const MOST: usize = 50;

pub(super) async fn run(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let (project, ids) = wanted(&call).await?;
    call.progress.step(|| Safe::trusted(format!("reading {} containers", ids.len())));
    let mut notes = Vec::new();
    let containers = sources(&call, ids, &mut notes).await?;
    let networks = listed(&call, "network_list", "").await?;
    let volumes = listed(&call, "volume_list", "/Volumes").await?;
    let sources = Sources { project: project.as_deref(), containers, networks: &networks, volumes: &volumes };
    let generated = generate(sources);
    let options = reply_options(&call.extra, call.access).with_time_limit(None);
    let Generated { model, notes: losses } = generated;
    let mut variables = Vec::new();
    let mut is_elsewhere = false;
    let mut text = Ok(String::new());
    let shown = reply::safe(model.clone(), TAG, &options).map(|mut shown| {
        (variables, is_elsewhere) = take_secrets(&mut shown, &model);
        text = yaml(&shown);
        text.clone().unwrap_or_default()
    });
    text.map_err(|problem| refused(NAME, &problem))?;
    if shown.len() > options.room() {
        return Err(refused(NAME, &format!("the file has {} bytes: name fewer `containers`", shown.len())));
    }
    notes.extend(losses);
    if is_elsewhere {
        notes.push("a secret is hidden where no variable can stand: write its value there".to_owned());
    }
    let notes: Vec<_> = notes.iter().map(|note| Safe::line(note).into_inner()).collect();
    let data = shown.map(|text| {
        let mut data = object([(FILE, text.into())]);
        if !variables.is_empty() {
            data.insert("variables".to_owned(), json!(variables));
        }
        data.into()
    });
    Ok(ToolReply::data(data, notes, &options))
}

/// The name of the project and its containers, or the containers that are named.
async fn wanted(call: &ComposedCall<'_>) -> Result<(Option<String>, Vec<String>), Failure> {
    let names = texts(call, "containers");
    let (project, ids) = match (call.arguments.contains_key("project"), names.is_empty()) {
        (true, true) => {
            let project = project_name(call, NAME)?;
            let operation = call.access.operation("container_list")?.operation;
            let containers = list(call, operation, &project).await?;
            let ids: Vec<_> = containers.iter().filter_map(|one| one["Id"].as_str().map(str::to_owned)).collect();
            if ids.is_empty() {
                let problem = format!("no container of the project `{project}`; compose_list names all projects");
                return Err(refused(NAME, &problem));
            }
            (Some(project), ids)
        }
        (false, false) => (None, names),
        _ => return Err(refused(NAME, "give either `project` or `containers`")),
    };
    match ids.len() <= MOST {
        true => Ok((project, ids)),
        false => Err(refused(NAME, &format!("{} containers, and at most {MOST}: name some `containers`", ids.len()))),
    }
}

/// The containers, each with what was set on it.
async fn sources(call: &ComposedCall<'_>, ids: Vec<String>, notes: &mut Vec<String>) -> Result<Vec<Source>, Failure> {
    let inspect = call.access.operation("container_inspect")?.operation;
    let version = call.access.api_version().await;
    let version = call.access.explain_result(inspect, &Map::new(), version).await?;
    let mut images: BTreeMap<String, Value> = BTreeMap::new();
    let mut sources = Vec::new();
    for id in ids {
        let container = call.access.json(inspect, object([("id", id.into())]), None).await?;
        let image = container["Image"].as_str().unwrap_or_default().to_owned();
        if !images.contains_key(&image) {
            let config = config(call, &image).await?;
            if config.is_null() {
                let name = container["Name"].as_str().unwrap_or_default().trim_start_matches('/');
                notes.push(format!("{name}: its image is gone, so all that it had of that stands in the file"));
            }
            images.insert(image.clone(), config);
        }
        let image = &images[&image];
        let body = settings(&Present { inspect: &container, image, new_image: image, version });
        sources.push(Source { body, inspect: container });
    }
    Ok(sources)
}

/// The configuration of an image; null if it is gone.
async fn config(call: &ComposedCall<'_>, image: &str) -> Result<Value, Failure> {
    let inspect = call.access.operation("image_inspect")?.operation;
    match call.access.json(inspect, object([("name", image.into())]), None).await {
        Ok(mut image) => Ok(image["Config"].take()),
        Err(failure) if failure.is_not_found() => Ok(Value::Null),
        Err(failure) => Err(failure),
    }
}

/// A model as the text of a file. Long texts stay on one line, so that no parser changes them.
fn yaml(model: &Value) -> Result<String, String> {
    to_string_with_options(model, ser_options! { prefer_block_scalars: false }).map_err(|error| error.to_string())
}
