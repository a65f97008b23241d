//! The labels by which Compose knows its containers, networks and volumes.

use std::collections::BTreeMap;

use serde_json::Value;

/// The project.
pub(crate) const PROJECT: &str = "com.docker.compose.project";
/// The service of a container.
pub(crate) const SERVICE: &str = "com.docker.compose.service";
/// The number of a container among those of its service.
pub(crate) const NUMBER: &str = "com.docker.compose.container-number";
/// `True` on a container that ran one command.
pub(crate) const ONE_OFF: &str = "com.docker.compose.oneoff";
/// The hash of the service from which a container was made.
pub(crate) const CONFIG_HASH: &str = "com.docker.compose.config-hash";
/// The id of the image from which it was made.
pub(crate) const IMAGE: &str = "com.docker.compose.image";
/// The services that it needs: `db:service_healthy:false,…`.
pub(crate) const DEPENDS_ON: &str = "com.docker.compose.depends_on";
/// The files of the project.
pub(crate) const CONFIG_FILES: &str = "com.docker.compose.project.config_files";

/// A label of a container, network or volume as the engine lists it; empty if it has none.
pub(crate) fn label<'a>(object: &'a Value, name: &str) -> &'a str {
    object["Labels"].get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The services that a container needs, each with the state that it must have.
pub(crate) fn needs(label: &str) -> BTreeMap<String, String> {
    let parts = label.split(',').filter_map(|part| {
        let mut words = part.split(':');
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_read_from_their_label() {
        let needed = needs("db:service_healthy:false,cache:service_started:true");
        assert_eq!(needed["db"], "service_healthy");
        assert_eq!(needed["cache"], "service_started");
        assert!(needs("").is_empty() && needs("odd").is_empty());
    }
}
