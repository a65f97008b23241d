//! A project of containers that exist: what was set on each of them comes in, a model that Compose accepts goes out, and
//! words about what no file of Compose can say.

mod joined;
mod members;
mod mounts;
mod objects;
mod source;
mod variables;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::labels::{self, needs};
pub(crate) use source::Source;
pub(crate) use variables::take_secrets;

/// The containers, and the networks and volumes of their engine.
pub(crate) struct Sources<'a> {
    /// The name of the project that they are of, if it is one.
    pub(crate) project: Option<&'a str>,
    pub(crate) containers: Vec<Source>,
    pub(crate) networks: &'a [Value],
    pub(crate) volumes: &'a [Value],
}

/// The model of a project, with notes on what it lacks.
#[derive(Debug)]
pub(crate) struct Generated {
    pub(crate) model: Value,
    pub(crate) notes: Vec<String>,
}

/// Makes the model.
pub(crate) fn generate(sources: Sources<'_>) -> Generated {
    let mut notes = Vec::new();
    let others = joined::Others::new(&sources.containers);
    let mut objects = objects::Objects::new(sources.project, sources.networks, sources.volumes);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut services = Map::new();
    for source in &sources.containers {
        let name = source.service().to_owned();
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        let (service, lost) = service(source, &others, &mut objects);
        if !lost.is_empty() {
            notes.push(format!("{}: no compose file says {}", source.name(), lost.join(", ")));
        }
        match services.get_mut(&name) {
            None => _ = services.insert(name, service.into()),
            Some(first) => {
                let mut before = first.clone();
                if let Value::Object(members) = &mut before {
                    members.shift_remove("scale");
                }
                if before != Value::Object(service) {
                    notes.push(format!(
                        "{}: it differs from the first container of `{name}`, which is shown",
                        source.name()
                    ));
                }
                first["scale"] = (*count).into();
            }
        }
    }
    let mut model = Map::new();
    model.extend(sources.project.map(|project| ("name".to_owned(), project.into())));
    model.insert("services".to_owned(), services.into());
    model.extend(objects.into_members());
    Generated { model: model.into(), notes }
}

/// The service of one container, and the members of its body that have no word in a file.
fn service(
    source: &Source,
    others: &joined::Others,
    objects: &mut objects::Objects<'_>,
) -> (Map<String, Value>, Vec<String>) {
    let mut body = source.body.clone();
    let mut service = Map::new();
    service.insert("image".to_owned(), source.inspect["Config"]["Image"].clone());
    if !source.is_named_by_compose() {
        service.insert("container_name".to_owned(), source.name().into());
    }
    let mut lost = Vec::new();
    members::take(&mut body, &mut service);
    mounts::take(&mut body, &mut service, objects, &mut lost);
    others.name(&mut service);
    joined::networks(source, &mut body, &mut service, objects, &mut lost);
    let needed = needs(source.label(labels::DEPENDS_ON));
    let needed = needed.into_iter().filter(|(name, _)| others.has(name));
    let needed: Map<_, _> = needed.map(|(name, condition)| (name, json!({ "condition": condition }))).collect();
    if !needed.is_empty() {
        service.insert("depends_on".to_owned(), needed.into());
    }
    lost.extend(members::left(&body));
    (service, lost)
}

#[cfg(test)]
mod tests;
