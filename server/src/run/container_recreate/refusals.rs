//! Containers that are not recreated: somebody else keeps them, they could not come back, or others depend on them.

use serde_json::{Map, Value};
use tokio::task::JoinSet;

use crate::access::{Access, Failure};
use crate::run::composed_call::object;

/// Containers that are inspected at once.
const AT_ONCE: usize = 16;

/// Programs that keep containers, by the start of the labels they set, with what to use instead.
const OWNERS: [(&str, &str, &str); 4] = [
    ("com.docker.swarm.", "com.docker.swarm.service.name", "is a task of the swarm service `{}`: use service_update"),
    (
        "com.docker.compose.",
        "com.docker.compose.project",
        "belongs to the Compose project `{}`: change its compose file and run `docker compose up -d`",
    ),
    ("io.kubernetes.", "io.kubernetes.pod.name", "belongs to the Kubernetes pod `{}`: change that"),
    ("com.hashicorp.nomad.", "com.hashicorp.nomad.alloc_id", "belongs to the Nomad allocation `{}`: change that"),
];

/// The label with the paths of a Compose project's files. It is empty if no file keeps the project, as after the prompt
/// `bring_up_stack`.
const COMPOSE_FILES: &str = "com.docker.compose.project.config_files";

/// The reason against recreating a container that its inspect tells. `image` is the configuration of its image, whose
/// labels say nothing of the container.
pub(super) fn refusal(inspect: &Value, image: &Value) -> Option<String> {
    let labels = inspect["Config"]["Labels"].as_object();
    let own = |(key, value): &(&String, &Value)| image["Labels"].get(key.as_str()) != Some(*value);
    let label = |name: &str| labels.and_then(|labels| labels.get(name)).and_then(Value::as_str);
    let files = label(COMPOSE_FILES);
    for (start, name, words) in OWNERS {
        let keeps = files != Some("") || !COMPOSE_FILES.starts_with(start);
        if keeps && labels.into_iter().flatten().filter(own).any(|(key, _)| key.starts_with(start)) {
            let files = files.filter(|files| !files.is_empty()).map(|files| format!(" ({files})"));
            return Some(words.replace("{}", label(name).unwrap_or("?")) + &files.unwrap_or_default());
        }
    }
    let state = &inspect["State"];
    let reason = if inspect["HostConfig"]["AutoRemove"] == true {
        "is deleted by the engine as soon as it stops (AutoRemove), so it could not come back: run a new one beside it"
    } else if state["Paused"] == true {
        "is paused: unpause it first"
    } else if is_in_between(inspect) {
        "has a name that container_recreate gives while it works: wait for that call; if there is none, rename it"
    } else if state["Dead"] == true || state["Status"] == "removing" {
        "is being deleted"
    } else {
        return None;
    };
    Some(reason.to_owned())
}

/// Returns whether a container has the name of one that is being replaced, or of one that is to replace another.
fn is_in_between(inspect: &Value) -> bool {
    let name = inspect["Name"].as_str().unwrap_or_default();
    let id_after = |mark: &str| name.rsplit_once(mark).map(|(_, id)| id).filter(|id| id.len() == 12);
    let is_id = |id: &str| id.bytes().all(|byte| byte.is_ascii_hexdigit());
    ["-old-", "-new-"].into_iter().filter_map(id_after).any(is_id)
}

/// The reason against recreating a container that other containers give: it has yet to replace one, or others joined it
/// or are linked to it.
pub(super) async fn dependents(access: &Access, inspect: &Value) -> Result<Option<String>, Failure> {
    let list = access.operation("container_list")?.operation;
    let listed = access.json(list, object([("all", true.into())]), None).await?;
    let id = inspect["Id"].as_str().unwrap_or_default();
    if let Some(old) = replaced_by(&listed, inspect) {
        return Ok(Some(format!(
            "is to replace {old}: wait for that call of container_recreate; if there is none, delete or rename {old}"
        )));
    }
    let links = listed.as_array().into_iter().flatten().filter(|container| container["Id"] == id);
    let links = links.flat_map(|container| linking(&container["Names"]));
    let mut found: Vec<String> = links.map(|name| format!("{name} (linked)")).collect();
    let others = listed.as_array().into_iter().flatten().filter_map(|container| container["Id"].as_str());
    let mut others = others.filter(|other| *other != id);
    let mut inspects = JoinSet::new();
    loop {
        while inspects.len() < AT_ONCE
            && let Some(other) = others.next()
        {
            inspects.spawn(inspected(access.clone(), object([("id", other.into())])));
        }
        let Some(other) = inspects.join_next().await else { break };
        // One that was deleted meanwhile depends on nothing.
        let Ok(Ok(other)) = other else { continue };
        found.extend(joined(&other, inspect));
    }
    found.sort();
    let names = found.join(", ");
    Ok((!found.is_empty())
        .then(|| format!("has others that depend on it and would lose it, {names}: delete them first")))
}

async fn inspected(access: Access, id: Map<String, Value>) -> Result<Value, Failure> {
    access.json(access.operation("container_inspect")?.operation, id, None).await
}

/// The old container that a container is about to replace, which is called so until it is deleted.
fn replaced_by<'a>(listed: &'a Value, inspect: &Value) -> Option<&'a str> {
    let start = format!("{}-old-", inspect["Name"].as_str()?);
    let names = listed.as_array()?.iter().filter_map(|container| Some((container, container["Names"][0].as_str()?)));
    names
        .filter_map(|(container, name)| Some((container["Id"].as_str()?, name, name.strip_prefix(&start)?)))
        .find(|(id, _, rest)| rest.len() >= 12 && id.starts_with(rest))
        .map(|(_, name, _)| name.trim_start_matches('/'))
}

/// The containers with a link to the one of these names, which has a name for each: `/web/database`.
fn linking(names: &Value) -> Vec<&str> {
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    names.filter_map(|name| name.trim_start_matches('/').split_once('/')).map(|(name, _)| name).collect()
}

/// Names what `other` shares with a container that it joined.
fn joined(other: &Value, inspect: &Value) -> Option<String> {
    let (id, name) = (inspect["Id"].as_str()?, inspect["Name"].as_str()?.trim_start_matches('/'));
    let joins = |mode: &Value| {
        let joined = mode.as_str()?.strip_prefix("container:")?.trim_start_matches('/');
        (joined == name || joined.len() >= 12 && id.starts_with(joined)).then_some(())
    };
    let modes = [("NetworkMode", "its network"), ("PidMode", "its processes"), ("IpcMode", "its memory")];
    let shared: Vec<_> =
        modes.iter().filter_map(|(mode, words)| joins(&other["HostConfig"][*mode]).map(|()| *words)).collect();
    let other = other["Name"].as_str()?.trim_start_matches('/');
    (!shared.is_empty()).then(|| format!("{other} (shares {})", shared.join(" and ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_container_that_somebody_keeps_is_refused() {
        let with =
            |labels: Value, image: Value| refusal(&json!({"Config": {"Labels": labels}}), &json!({"Labels": image}));
        let compose = json!({"com.docker.compose.project": "shop", "com.docker.compose.service": "web"});
        let words = with(compose.clone(), json!({})).unwrap();
        assert!(words.contains("`shop`") && words.contains("docker compose up"), "{words}");
        assert_eq!(with(compose.clone(), compose), None, "the image was built by Compose, and run by hand");
        let without_file = json!({"com.docker.compose.project": "shop", COMPOSE_FILES: ""});
        assert_eq!(with(without_file, json!({})), None, "no file keeps it");
        let swarm = json!({"com.docker.swarm.service.name": "api", "com.docker.swarm.task": ""});
        assert!(with(swarm, Value::Null).unwrap().contains("`api`: use service_update"));
        assert_eq!(with(json!({"com.docker.desktop": "1"}), Value::Null), None);
    }

    #[test]
    fn a_container_that_could_not_come_back_is_refused() {
        let of = |inspect: Value| refusal(&inspect, &Value::Null).unwrap_or_default();
        assert!(of(json!({"HostConfig": {"AutoRemove": true}})).contains("AutoRemove"));
        assert!(of(json!({"State": {"Paused": true}})).contains("unpause"));
        assert!(of(json!({"Name": "/web-old-0123456789ab"})).contains("rename it"));
        assert_eq!(of(json!({"Name": "/web-old-certificates"})), "");
        assert_eq!(of(json!({"State": {"Restarting": true, "Status": "restarting"}})), "");
    }

    #[test]
    fn others_that_joined_it_or_link_to_it_are_found() {
        let inspect = json!({"Id": "76b44f5cef758f38", "Name": "/web"});
        let shared = |host: Value| joined(&json!({"Name": "/side", "HostConfig": host}), &inspect).unwrap_or_default();
        assert_eq!(shared(json!({"NetworkMode": "container:76b44f5cef758f38"})), "side (shares its network)");
        assert_eq!(
            shared(json!({"PidMode": "container:web", "IpcMode": "container:76b44f5cef75"})).matches("its").count(),
            2
        );
        assert_eq!(shared(json!({"NetworkMode": "container:other", "PidMode": "host"})), "");
        let old =
            json!([{"Id": "0123456789abcdef", "Names": ["/web-old-0123456789ab"]}, {"Id": "1", "Names": ["/web-old"]}]);
        assert_eq!(replaced_by(&old, &inspect), Some("web-old-0123456789ab"));
        assert_eq!(replaced_by(&old, &json!({"Name": "/we"})), None);
        assert_eq!(linking(&json!(["/db", "/linked/database"])), ["linked"]);
    }
}
