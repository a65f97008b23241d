//! The objects of a list, and what a name that is none of theirs may mean: another way to write one, a service of
//! Compose, an image, several at once, or a slip.

use serde_json::Value;

use crate::catalogue::nearest::nearest;

/// The most names in a hint.
const NAMES: usize = 5;

/// The fewest digits by which an id is known.
const ID_DIGITS: usize = 4;

/// Labels whose value is the name that an object has in a file of Compose.
const COMPOSE_NAMES: [&str; 3] =
    ["com.docker.compose.service", "com.docker.compose.network", "com.docker.compose.volume"];

/// Labels whose value names the project or the stack that an object belongs to.
const PROJECTS: [&str; 2] = ["com.docker.compose.project", "com.docker.stack.namespace"];

/// One object of a list, by all that may stand for it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Listed {
    pub(super) names: Vec<String>,
    id: String,
    image: String,
    compose_names: Vec<String>,
    projects: Vec<String>,
}

/// The objects of a list. A list of volumes is inside an object.
pub(super) fn objects_in(list: &Value) -> Vec<Listed> {
    let elements = match list {
        Value::Object(object) => object.values().find_map(Value::as_array),
        list => list.as_array(),
    };
    elements.into_iter().flatten().map(listed).collect()
}

/// Reads an object, from any of the API's properties for its name.
fn listed(element: &Value) -> Listed {
    let single = [element.pointer("/Name"), element.pointer("/Spec/Name"), element.pointer("/Description/Hostname")];
    let several = ["/Names", "/RepoTags"].into_iter().filter_map(|path| element.pointer(path)?.as_array());
    let names = single.into_iter().flatten().chain(several.flatten()).filter_map(Value::as_str);
    let id = element["Id"].as_str().or_else(|| element["ID"].as_str());
    let labels = [&element["Labels"], &element["Spec"]["Labels"]];
    let label = |key: &&str| labels.iter().find_map(|labels| labels.get(*key)?.as_str()).map(str::to_owned);
    Listed {
        names: names.map(|name| name.trim_start_matches('/').to_owned()).collect(),
        id: id.unwrap_or_default().to_owned(),
        image: element["Image"].as_str().unwrap_or_default().to_owned(),
        compose_names: COMPOSE_NAMES.iter().filter_map(label).collect(),
        projects: PROJECTS.iter().filter_map(label).collect(),
    }
}

/// The hint for a name that no object has. None if one has it: then the engine did not find a part of it, or the
/// endpoint.
pub(super) fn meaning(name: &str, objects: &[Listed]) -> Option<String> {
    let has_name = |object: &Listed, name: &str| object.names.iter().any(|known| known == name);
    let is_id = |object: &Listed| object.id.len() > ID_DIGITS && object.id.starts_with(name);
    if objects.iter().any(|object| has_name(object, name) || name.len() >= ID_DIGITS && is_id(object)) {
        return None;
    }
    let bare = bare(name);
    let same = objects.iter().find(|object| has_name(object, &bare) || has_id(object, &bare));
    if let Some(object) = same {
        return Some(format!("write {}", object.names.first().unwrap_or(&object.id)));
    }
    let parts: Vec<&str> = name.split([',', ' ']).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && parts.iter().all(|part| objects.iter().any(|object| has_name(object, part))) {
        return Some(format!("one at a time: {}", parts.join(", then ")));
    }
    let in_compose = |object: &Listed| object.compose_names.iter().any(|known| known == name);
    if let Some(names) = named(objects, &in_compose) {
        return Some(format!("Compose has {names} for that"));
    }
    let in_project = |object: &Listed| object.projects.iter().any(|known| known == name);
    if let Some(names) = named(objects, &in_project) {
        return Some(format!("that is the project of {names}"));
    }
    let of_image = |object: &Listed| object.image == name || object.image == format!("{name}:latest");
    if let Some(names) = named(objects, &of_image) {
        return Some(format!("that is the image of {names}"));
    }
    let near = nearest(name, objects.iter().flat_map(|object| &object.names).map(String::as_str));
    (!near.is_empty()).then(|| format!("the nearest names are {}", near.join(", ")))
}

/// A name without what other programs put around it: `docker://`, `sha256:`, a tag, an ellipsis, upper case.
fn bare(name: &str) -> String {
    let name = name.rsplit("://").next().unwrap_or(name);
    let name = ["sha256:", "container:", "container/"]
        .iter()
        .fold(name, |name, prefix| name.strip_prefix(prefix).unwrap_or(name));
    let name = name.trim_end_matches(['…', '.', '/']).trim_end_matches(":latest");
    let is_id = name.len() >= ID_DIGITS && name.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_id { name.to_lowercase() } else { name.to_owned() }
}

fn has_id(object: &Listed, start: &str) -> bool {
    let id = object.id.strip_prefix("sha256:").unwrap_or(&object.id);
    start.len() >= ID_DIGITS && id.starts_with(start)
}

/// The first names of the objects that this is true of.
fn named(objects: &[Listed], is_it: &dyn Fn(&Listed) -> bool) -> Option<String> {
    let names: Vec<&str> = objects
        .iter()
        .filter(|object| is_it(object))
        .filter_map(|object| object.names.first())
        .map(String::as_str)
        .collect();
    let more = if names.len() > NAMES { ", …" } else { "" };
    (!names.is_empty()).then(|| names.iter().take(NAMES).copied().collect::<Vec<_>>().join(", ") + more)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_found_in_every_kind_of_list() {
        for list in [
            json!([{ "Names": ["/web"] }, { "Names": null }]),
            json!([{ "RepoTags": ["web"] }, { "RepoTags": null }]),
            json!({ "Volumes": [{ "Name": "web" }], "Warnings": null }),
            json!([{ "Spec": { "Name": "web" } }]),
        ] {
            assert_eq!(objects_in(&list)[0].names, ["web"], "{list}");
        }
        assert_eq!(objects_in(&json!({ "Volumes": null })), []);
    }

    #[test]
    fn a_name_that_nobody_has_means_something_all_the_same() {
        let id = "5f0c".repeat(16);
        let labels = json!({"com.docker.compose.service": "db", "com.docker.compose.project": "shop"});
        let objects = objects_in(&json!([
            {"Id": id, "Names": ["/shop-db-1"], "Image": "postgres:17", "Labels": labels},
            {"Id": "77aa".repeat(16), "Names": ["/web"], "Image": "nginx:latest", "Labels": null},
        ]));
        for (name, hint) in [
            ("db", "Compose has shop-db-1 for that"),
            ("shop", "that is the project of shop-db-1"),
            ("nginx", "that is the image of web"),
            ("postgres:17", "that is the image of shop-db-1"),
            (&format!("sha256:{id}"), "write shop-db-1"),
            (&id.to_uppercase(), "write shop-db-1"),
            ("5f0c5f…", "write shop-db-1"),
            ("docker://web", "write web"),
            ("container:web", "write web"),
            ("web:latest", "write web"),
            ("web,shop-db-1", "one at a time: web, then shop-db-1"),
            ("wbe", "the nearest names are web"),
        ] {
            assert_eq!(meaning(name, &objects).as_deref(), Some(hint), "{name}");
        }
        assert_eq!((meaning("web", &objects), meaning("zzz", &objects), meaning(&id, &objects)), (None, None, None));
    }
}
