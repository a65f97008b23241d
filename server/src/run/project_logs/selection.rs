//! The containers whose logs are read: those that the engine lists for a call, with a name for the lines of each.

use serde_json::{Map, Value};

use crate::access::Failure;
use crate::arguments;
use crate::catalogue::nearest::{did_you_mean, nearest};
use crate::secrets::Safe;

use super::super::composed_call::{ComposedCall, object};
use super::name::NAME;

/// The most containers whose logs are read.
const CONTAINERS: usize = 100;
/// The most letters of a name before lines.
const LABEL_LETTERS: usize = 40;
/// The labels by which Compose marks its containers.
const PROJECT: &str = "com.docker.compose.project";
const SERVICE: &str = "com.docker.compose.service";

/// A container whose log is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Container {
    pub(super) id: String,
    /// Its service, or its own name where services would not tell containers apart.
    pub(super) label: Safe<String>,
}

/// A container as the engine lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Listed {
    id: String,
    name: String,
    service: Option<String>,
    project: Option<String>,
}

/// Selects containers by the arguments of a call.
pub(super) async fn select(call: &ComposedCall<'_>, arguments: &Map<String, Value>) -> Result<Vec<Container>, Failure> {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (project, label) = (text("project"), text("label"));
    let filters = arguments.get("filters").filter(|filters| filters.as_object().is_some_and(|keys| !keys.is_empty()));
    let wanted = arguments.get("containers").and_then(Value::as_array).filter(|names| !names.is_empty());
    if project.is_none() && label.is_none() && filters.is_none() && wanted.is_none() {
        return Err(refused("give `project`, `label`, `filters` or `containers`"));
    }
    let labels = project.map(|project| format!("{PROJECT}={project}")).into_iter().chain(label.map(str::to_owned));
    let mut listed = list(call, filters, labels.collect()).await?;
    if let Some(wanted) = wanted {
        listed = choose(&listed, wanted.iter().filter_map(Value::as_str)).map_err(|problem| refused(&problem))?;
    }
    match listed.len() {
        0 => match project {
            Some(project) => Err(unknown_project(call, project).await),
            None => Err(refused("no container matches")),
        },
        1..=CONTAINERS => Ok(labelled(listed)),
        many => Err(refused(&format!(
            "{many} containers match, and the logs of at most {CONTAINERS} are merged: narrow them with `filters`, such as \
             {{\"status\": \"running\"}}, or name them in `containers`"
        ))),
    }
}

fn refused(problem: &str) -> Failure {
    Failure::Request(Safe::line(&format!("{NAME}: {problem}")).into_inner())
}

/// Lists containers, stopped ones too.
async fn list(call: &ComposedCall<'_>, filters: Option<&Value>, labels: Vec<String>) -> Result<Vec<Listed>, Failure> {
    let list = call.access.operation("container_list")?;
    let mut arguments = object([("all", true.into())]);
    arguments.extend(filters.map(|filters| ("filters".to_owned(), filters.clone())));
    let mut arguments = arguments::check(list, arguments)?.arguments;
    if !labels.is_empty() {
        let filters = arguments.entry("filters").or_insert_with(|| Value::Object(Map::new()));
        let values = filters.as_object_mut().map(|keys| keys.entry("label").or_insert_with(|| Value::Array(vec![])));
        if let Some(Value::Array(values)) = values {
            values.extend(labels.into_iter().map(Value::from));
        }
    }
    let answer = call.access.json(list.operation, arguments, None).await?;
    Ok(answer.as_array().into_iter().flatten().map(listed).collect())
}

fn listed(container: &Value) -> Listed {
    let label = |name: &str| container["Labels"].get(name).and_then(Value::as_str).map(str::to_owned);
    let id = container["Id"].as_str().unwrap_or_default();
    let name = container["Names"].get(0).and_then(Value::as_str).map(|name| name.trim_start_matches('/'));
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.get(..12).unwrap_or(id)).to_owned();
    Listed { id: id.to_owned(), name, service: label(SERVICE), project: label(PROJECT) }
}

/// The containers of these names, ids or services.
fn choose<'a>(listed: &[Listed], wanted: impl Iterator<Item = &'a str>) -> Result<Vec<Listed>, String> {
    let mut chosen: Vec<Listed> = Vec::new();
    for wanted in wanted {
        let wanted = wanted.trim().trim_start_matches('/');
        let tests: [&dyn Fn(&Listed) -> bool; 3] = [
            &|container| container.name == wanted,
            &|container| wanted.len() >= 4 && container.id.starts_with(wanted),
            &|container| container.service.as_deref() == Some(wanted),
        ];
        let found = tests.iter().map(|test| listed.iter().filter(|container| test(container)).collect::<Vec<_>>());
        let Some(found) = found.into_iter().find(|found| !found.is_empty()) else {
            let names = listed.iter().flat_map(|container| [Some(&container.name), container.service.as_ref()]);
            let near = nearest(wanted, names.flatten().map(String::as_str));
            return Err(format!("no container `{wanted}` among these{}", did_you_mean(&near)));
        };
        for container in found {
            if !chosen.contains(container) {
                chosen.push(container.clone());
            }
        }
    }
    Ok(chosen)
}

/// Names each container so that no two have the same name: by service, else by its own name.
fn labelled(listed: Vec<Listed>) -> Vec<Container> {
    let service = |container: &Listed| container.service.clone().unwrap_or_else(|| container.name.clone());
    let occurs_once = |labels: &[String], label: &str| labels.iter().filter(|other| *other == label).count() == 1;
    let services: Vec<_> = listed.iter().map(service).collect();
    let label = |(container, service): (&Listed, &String)| match occurs_once(&services, service) {
        true => service.clone(),
        false => container.name.clone(),
    };
    let mut labels: Vec<_> = listed.iter().zip(&services).map(label).collect();
    if !labels.iter().all(|label| occurs_once(&labels, label)) {
        labels = listed.iter().map(|container| container.name.clone()).collect();
    }
    let short = |label: String| Safe::line(&label).map(|label| label.chars().take(LABEL_LETTERS).collect());
    let containers = listed.into_iter().zip(labels);
    containers.map(|(container, label)| Container { id: container.id, label: short(label) }).collect()
}

/// The refusal of a project without containers, with the projects that have some.
async fn unknown_project(call: &ComposedCall<'_>, project: &str) -> Failure {
    let others = match list(call, None, vec![PROJECT.to_owned()]).await {
        Ok(others) => others,
        Err(failure) => return failure,
    };
    let mut names: Vec<_> = others.iter().filter_map(|container| container.project.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    let near = nearest(project, names.iter().copied());
    let known = match (near.is_empty(), names.is_empty()) {
        (_, true) => "; no container here is of a compose project".to_owned(),
        (false, _) => did_you_mean(&near),
        (true, false) => format!("; there are {}", names[..names.len().min(CONTAINERS / 10)].join(", ")),
    };
    refused(&format!("no container of the compose project `{project}`{known}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn containers() -> Vec<Listed> {
        let container = |id: &str, name: &str, service: Option<&str>| {
            let mut labels = Map::new();
            labels.extend(service.map(|service| (SERVICE.to_owned(), service.into())));
            listed(&json!({ "Id": id, "Names": [format!("/{name}")], "Labels": labels }))
        };
        vec![
            container("aaaa1", "shop-web-1", Some("web")),
            container("bbbb2", "shop-web-2", Some("web")),
            container("cccc3", "shop-db-1", Some("db")),
            container("dddd4", "other", None),
        ]
    }

    fn labels(listed: Vec<Listed>) -> Vec<String> {
        labelled(listed).into_iter().map(|container| container.label.into_inner()).collect()
    }

    #[test]
    fn lines_are_named_by_service_unless_that_is_ambiguous() {
        assert_eq!(labels(containers()), ["shop-web-1", "shop-web-2", "db", "other"]);
        let mut same = containers();
        same[3].name = "db".to_owned();
        assert_eq!(labels(same), ["shop-web-1", "shop-web-2", "shop-db-1", "db"]);
        let odd = vec![Listed { name: "x".into(), service: Some("a\nb\u{1b}[1m".repeat(30)), ..Listed::default() }];
        let labels = labels(odd);
        assert!(!labels[0].contains(['\n', '\u{1b}']) && labels[0].chars().count() == LABEL_LETTERS, "{labels:?}");
    }

    #[test]
    fn containers_are_chosen_by_name_id_or_service() {
        let chosen = |wanted: &[&str]| {
            let chosen = choose(&containers(), wanted.iter().copied())?;
            Ok::<_, String>(chosen.into_iter().map(|container| container.id).collect::<Vec<_>>())
        };
        assert_eq!(chosen(&["web"]).unwrap(), ["aaaa1", "bbbb2"]);
        assert_eq!(chosen(&["/other ", "cccc", "shop-db-1"]).unwrap(), ["dddd4", "cccc3"]);
        assert_eq!(chosen(&["db", "ohter"]).unwrap_err(), "no container `ohter` among these; did you mean `other`?");
    }

    #[test]
    fn a_container_without_a_name_is_known_by_its_id() {
        let unnamed = listed(&json!({ "Id": "0123456789abcdef", "Names": null, "Labels": null }));
        assert_eq!((unnamed.name.as_str(), unnamed.service), ("0123456789ab", None));
    }
}
