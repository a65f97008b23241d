//! The resolved model of a project, as `docker compose config` prints it: parsed, and checked for what would reach the
//! host of this server when Compose works on it.

use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use super::project::Project;

/// The members of a service that Compose hands to the engine, and those that only select services. A member of a later
/// version may run programs or read files here, as `provider` and `use_api_socket` do, so that others are refused.
const OF_SERVICE: &str = "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs \
    container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset \
    depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint environment \
    expose \
    external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation labels links logging \
    mac_address mem_limit mem_reservation mem_swappiness memswap_limit network_mode networks oom_kill_disable \
    oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles pull_policy read_only restart \
    runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty \
    ulimits user userns_mode uts volumes volumes_from working_dir";
/// The members of a build that name no file of this host, and those that are checked.
const OF_BUILD: &str = "additional_contexts args cache_from cache_to context dockerfile dockerfile_inline entitlements \
    extra_hosts isolation labels network no_cache platforms privileged provenance pull sbom secrets shm_size tags \
    target \
    ulimits";
/// The members of a model.
const OF_MODEL: &str = "name services networks volumes configs secrets";
/// Beginnings of the names of variables of the plugin's own process.
const OWN_VARIABLES: [&str; 4] = ["HOME", "PATH", "DOCKER_", "COMPOSE_"];

/// The resolved model of a project.
#[derive(Debug, Clone)]
pub(crate) struct Model(Value);

impl Model {
    /// Parses it. Compose prints each `$` twice, so that it can be read again.
    ///
    /// # Errors
    /// Words, if it is none.
    pub(crate) fn parse(output: &[u8]) -> Result<Self, String> {
        let model = serde_json::from_slice(output).map_err(|error| format!("Compose printed no model: {error}"))?;
        Ok(Model(each_text(model, &|text| text.replace("$$", "$"))))
    }

    /// The model with the paths of the host that those of the private folder stand for.
    #[must_use]
    pub(crate) fn of_host(self, project: &Project) -> Self {
        Model(each_text(self.0, &|text| project.origin(&text).unwrap_or(text)))
    }

    /// Its builds, to be changed.
    pub(super) fn builds(&mut self) -> impl Iterator<Item = &mut Map<String, Value>> {
        let services = self.0.get_mut("services").and_then(Value::as_object_mut).into_iter().flatten();
        services.filter_map(|(_, service)| service.get_mut("build")?.as_object_mut())
    }

    /// The text of a file from which Compose reads this model, and nothing else. It takes no variables in keys.
    pub(crate) fn file(&self) -> String {
        let mut model = self.0.clone();
        escape(&mut model);
        model.to_string()
    }

    /// The whole of it.
    pub(crate) fn value(&self) -> &Value {
        &self.0
    }

    /// Its services by their names.
    pub(crate) fn services(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.objects("services")
    }

    /// Its networks, volumes, secrets or configs by their names in the files.
    pub(crate) fn objects(&self, kind: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.0.get(kind).and_then(Value::as_object).into_iter().flatten()
    }

    /// The name of a network or a volume on the engine.
    pub(crate) fn real_name(&self, kind: &str, name: &str) -> String {
        self.0[kind][name]["name"].as_str().unwrap_or(name).to_owned()
    }

    /// Returns true for an object that the project does not make.
    pub(crate) fn is_external(&self, kind: &str, name: &str) -> bool {
        self.0[kind][name]["external"] == true
    }

    /// The contexts of builds that are no folders of this host.
    pub(crate) fn remote_contexts(&self) -> impl Iterator<Item = (&String, &str)> {
        self.services().flat_map(|(name, service)| {
            contexts(&service["build"]).filter(|context| !Path::new(context).is_absolute()).map(move |at| (name, at))
        })
    }

    /// Checks that nothing in it reads, writes or runs a file of this host outside the project's folder.
    ///
    /// # Errors
    /// Words about the first part that does.
    pub(crate) fn check(&self, project: &Project) -> Result<(), String> {
        known(self.0.as_object(), OF_MODEL).map_err(|name| format!("`{name}` cannot be used through this server"))?;
        for kind in ["secrets", "configs"] {
            for (name, object) in self.objects(kind) {
                file_of(object, project).map_err(|problem| format!("{kind}.{name}: {problem}"))?;
            }
        }
        for (name, service) in self.services() {
            let checked = known(service.as_object(), OF_SERVICE)
                .map_err(|name| format!("`{name}` cannot be used through this server"))
                .and_then(|()| build(&service["build"], project))
                .and_then(|()| mounts(service, project));
            checked.map_err(|problem| format!("services.{name}: {problem}"))?;
        }
        Ok(())
    }
}

/// A value whose texts and names are changed.
fn each_text(value: Value, change: &impl Fn(String) -> String) -> Value {
    let member = |(name, member)| (change(name), each_text(member, change));
    match value {
        Value::String(text) => change(text).into(),
        Value::Array(items) => items.into_iter().map(|item| each_text(item, change)).collect(),
        Value::Object(members) => members.into_iter().map(member).collect(),
        value => value,
    }
}

fn escape(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.replace('$', "$$"),
        Value::Array(items) => items.iter_mut().for_each(escape),
        Value::Object(members) => members.values_mut().for_each(escape),
        _ => {}
    }
}

/// Checks that members are among those of a list, or extensions.
fn known(members: Option<&Map<String, Value>>, list: &str) -> Result<(), String> {
    let is_known = |name: &str| name.starts_with("x-") || list.split_whitespace().any(|known| known == name);
    let is_set = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
    let unknown = members.into_iter().flatten().find(|(name, value)| is_set(value) && !is_known(name));
    unknown.map_or(Ok(()), |(name, _)| Err(name.clone()))
}

/// Checks the source of a secret or a config.
fn file_of(object: &Value, project: &Project) -> Result<(), String> {
    if let Some(variable) = object["environment"].as_str()
        && OWN_VARIABLES.iter().any(|own| variable.starts_with(own))
    {
        return Err(format!("`{variable}` is a variable of Compose's own"));
    }
    let Some(file) = object["file"].as_str() else { return Ok(()) };
    if project.files.texts().is_some() {
        return Err("its `file` would be gone when this call ends; use `content` or `environment`".to_owned());
    }
    project.files.check(Path::new(file), &project.root)
}

/// The contexts of a build.
fn contexts(build: &Value) -> impl Iterator<Item = &str> {
    let others = build["additional_contexts"].as_object().into_iter().flatten().filter_map(|(_, at)| at.as_str());
    let is_elsewhere = |at: &&str| !at.starts_with("service:") && !at.starts_with("target:");
    build["context"].as_str().into_iter().chain(others.filter(is_elsewhere))
}

/// Checks the files of a build.
fn build(build: &Value, project: &Project) -> Result<(), String> {
    known(build.as_object(), OF_BUILD).map_err(|name| format!("build.{name} cannot be used through this server"))?;
    for context in contexts(build).filter(|context| Path::new(context).is_absolute()) {
        project.files.check(Path::new(context), &project.root).map_err(|problem| format!("build: {problem}"))?;
    }
    if let (Some(context), Some(dockerfile)) = (build["context"].as_str(), build["dockerfile"].as_str())
        && Path::new(context).is_absolute()
        && build["dockerfile_inline"].is_null()
    {
        let file = plain(&Path::new(context).join(dockerfile));
        project.files.check(&file, &project.root).map_err(|problem| format!("build.dockerfile: {problem}"))?;
    }
    for name in ["cache_from", "cache_to"] {
        let mut caches = build[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        caches.try_for_each(|cache| cache_place(name, cache))?;
    }
    Ok(())
}

/// Checks that a cache of builds is an image: others are files of this host.
fn cache_place(name: &str, cache: &str) -> Result<(), String> {
    let parts = || cache.split(',').filter_map(|part| part.split_once('='));
    let is_image = parts().all(|(key, value)| match key.trim() {
        "type" => matches!(value.trim(), "registry" | "inline"),
        key => matches!(key, "ref" | "mode" | "compression" | "image-manifest" | "oci-mediatypes"),
    });
    let is_typed = parts().next().is_none() || parts().any(|(key, _)| key.trim() == "type");
    match is_image && is_typed && !cache.contains('"') {
        true => Ok(()),
        false => Err(format!("build.{name}: only caches of type registry and inline can be used through this server")),
    }
}

/// Checks that no mount is of the private folder, which is removed at the end of the call. `~` leads there too.
fn mounts(service: &Value, project: &Project) -> Result<(), String> {
    let binds = service["volumes"].as_array().into_iter().flatten().filter(|volume| volume["type"] == "bind");
    let sources = binds.filter_map(|bind| bind["source"].as_str());
    match sources.map(Path::new).find(|source| source.starts_with(project.workspace.path(""))) {
        Some(source) => {
            let shown = source.strip_prefix(&project.root).map(|below| format!("./{}", below.display()));
            let shown = shown.unwrap_or_else(|_| "~ or ..".to_owned());
            Err(format!(
                "the mount of `{shown}` would be gone when this call ends; give a whole path of the engine's host, a \
                 volume, or `configs` with `content`"
            ))
        }
        None => Ok(()),
    }
}

/// A path whose `.` and `..` are taken out.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = plain.pop(),
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::plugin::Workspace;
    use super::super::request::ProjectRequest;
    use super::*;
    use crate::files::AllowedFolders;

    fn project() -> Project {
        let files = json!({ "compose.yaml": "services: {}", "app/Dockerfile": "FROM x" });
        let request =
            ProjectRequest { name: "x".to_owned(), files: files.as_object().cloned(), ..ProjectRequest::default() };
        Project::prepare(request, &AllowedFolders::default(), Workspace::new().unwrap()).unwrap()
    }

    fn checked(project: &Project, model: Value) -> Result<(), String> {
        Model(model).check(project)
    }

    #[test]
    fn what_stays_in_the_folder_passes() {
        let project = project();
        let root = project.root.display();
        let service = json!({
            "image": "x", "x-note": 1, "privileged": false,
            "build": { "context": format!("{root}/app"), "dockerfile": "Dockerfile",
                "cache_from": ["a/b:c", "type=registry,ref=a/b"], "additional_contexts": { "o": "service:o" } },
            "volumes": [{ "type": "bind", "source": "/etc", "target": "/e" }],
        });
        assert_eq!(checked(&project, json!({ "name": "x", "services": { "a": service } })), Ok(()));
    }

    #[test]
    fn what_reaches_this_host_is_refused() {
        let project = project();
        let root = project.root.display().to_string();
        let app = format!("{root}/app");
        for service in [
            json!({ "provider": { "type": "x" } }),
            json!({ "use_api_socket": true }),
            json!({ "credential_spec": { "file": "/etc/passwd" } }),
            json!({ "new_in_2030": 1 }),
            json!({ "build": { "context": "/etc" } }),
            json!({ "build": { "context": app, "dockerfile": "/etc/passwd" } }),
            json!({ "build": { "context": app, "dockerfile": "../../../x" } }),
            json!({ "build": { "context": format!("{root}/../x") } }),
            json!({ "build": { "context": app, "additional_contexts": { "o": "/etc" } } }),
            json!({ "build": { "context": app, "ssh": ["default"] } }),
            json!({ "build": { "context": app, "cache_to": ["type=local,dest=/etc/x"] } }),
            json!({ "build": { "context": app, "cache_to": ["dest=/etc/x,type=local"] } }),
            json!({ "build": { "context": app, "cache_from": ["\"type=local\",src=/etc"] } }),
            json!({ "volumes": [{ "type": "bind", "source": format!("{root}/html"), "target": "/h" }] }),
            json!({ "volumes": [{ "type": "bind", "source": project.workspace.path("home/x"), "target": "/h" }] }),
        ] {
            let words = checked(&project, json!({ "services": { "a": service } }));
            assert!(words.is_err(), "{service}");
        }
        for model in [
            json!({ "models": { "m": {} } }),
            json!({ "secrets": { "s": { "file": "/etc/passwd" } } }),
            json!({ "secrets": { "s": { "environment": "PATH" } } }),
            json!({ "configs": { "c": { "file": format!("{root}/x") } } }),
        ] {
            assert!(checked(&project, model.clone()).is_err(), "{model}");
        }
    }

    #[test]
    fn a_model_is_read_as_it_was_printed() {
        let printed =
            json!({ "services": { "a": { "labels": { "k$$$$": "v$$$$" }, "command": ["$$A"] } } }).to_string();
        let model = Model::parse(printed.as_bytes()).unwrap();
        assert_eq!(model.value()["services"]["a"]["labels"], json!({ "k$$": "v$$" }));
        let again = json!({ "services": { "a": { "labels": { "k$$": "v$$$$" }, "command": ["$$A"] } } }).to_string();
        assert_eq!(model.file(), again);
    }

    #[test]
    fn remote_contexts_are_found() {
        let build =
            json!({ "context": "https://x/y.git", "additional_contexts": { "a": "docker-image://b", "c": "/d" } });
        let model = Model(json!({ "services": { "a": { "build": build } } }));
        let found: Vec<_> = model.remote_contexts().map(|(_, at)| at).collect();
        assert_eq!(found, ["https://x/y.git", "docker-image://b"]);
    }
}
