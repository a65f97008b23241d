//! Takes out of a container's configuration what its image gave it, so that the next image gives its own.

use serde_json::{Map, Value, json};

/// Members that the image gives as a whole.
const WHOLE: [&str; 4] = ["User", "StopSignal", "ArgsEscaped", "Shell"];
/// Members to which the image adds keys that the container does not set.
const MAPS: [&str; 3] = ["ExposedPorts", "Volumes", "Labels"];

/// Takes out what a container has of its image. `image` is the configuration of the image.
pub(super) fn take_out(config: &mut Map<String, Value>, image: &Value) {
    for name in WHOLE {
        remove_if(config, name, |value| *value == image[name]);
    }
    for name in MAPS {
        let Some(members) = config.get_mut(name).and_then(Value::as_object_mut) else { continue };
        members.retain(|key, value| image[name].get(key) != Some(value));
        remove_if(config, name, is_empty);
    }
    remove_if(config, "WorkingDir", |folder| root(folder) == root(&image["WorkingDir"]));
    if let Some(variables) = config.get_mut("Env").and_then(Value::as_array_mut) {
        let given = image["Env"].as_array().map(Vec::as_slice).unwrap_or_default();
        variables.retain(|variable| !given.contains(variable));
        remove_if(config, "Env", is_empty);
    }
    take_out_command(config, image);
    take_out_healthcheck(config, image);
}

/// Returns whether a value means that nothing is set.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn remove_if(config: &mut Map<String, Value>, name: &str, test: impl Fn(&Value) -> bool) {
    if config.get(name).is_some_and(test) {
        config.shift_remove(name);
    }
}

/// A working directory; none is `/`.
fn root(folder: &Value) -> &str {
    folder.as_str().filter(|folder| !folder.is_empty()).unwrap_or("/")
}

/// An entrypoint that a container sets drops the image's command; `[""]` stands for one that it took away.
fn take_out_command(config: &mut Map<String, Value>, image: &Value) {
    let words = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let (entrypoint, command) = (words(config.get("Entrypoint")), words(config.get("Cmd")));
    let inherits_entrypoint = entrypoint == words(image.get("Entrypoint"));
    let inherits_command = command == words(image.get("Cmd"));
    if inherits_entrypoint && (inherits_command || !command.is_empty()) {
        config.shift_remove("Entrypoint");
    }
    if inherits_entrypoint && inherits_command || command.is_empty() {
        config.shift_remove("Cmd");
    }
    if !inherits_entrypoint && entrypoint.is_empty() {
        config.insert("Entrypoint".to_owned(), json!([""]));
    }
}

/// The image gives the parts of a check that the container does not set.
fn take_out_healthcheck(config: &mut Map<String, Value>, image: &Value) {
    let Some(check) = config.get_mut("Healthcheck").and_then(Value::as_object_mut) else { return };
    check.retain(|part, value| image["Healthcheck"].get(part) != Some(value));
    remove_if(config, "Healthcheck", is_empty);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(config: Value, image: Value) -> Value {
        let Value::Object(mut config) = config else { unreachable!() };
        take_out(&mut config, &image);
        config.into()
    }

    #[test]
    fn what_the_image_gave_is_taken_out_and_the_rest_stays() {
        let image = json!({
            "User": "1000", "StopSignal": "SIGQUIT", "WorkingDir": "/srv", "Env": ["PATH=/bin", "VERSION=1"],
            "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/data": {}}, "Labels": {"team": "infra", "keep": "image"},
        });
        assert_eq!(left(image.clone(), image.clone()), json!({}));
        let own = json!({
            "User": "0", "WorkingDir": "/", "Env": ["VERSION=9", "A=1", "PATH"], "ExposedPorts": {"81/tcp": {}},
            "Volumes": {"/anon": {}}, "Labels": {"keep": "mine", "own": "1"}, "Tty": true,
        });
        assert_eq!(left(own.clone(), image.clone()), own);
        assert_eq!(left(json!({"WorkingDir": "/"}), json!({})), json!({}), "none is the root");
        assert_eq!(left(own.clone(), Value::Null)["Env"], own["Env"], "of an image that is gone nothing is known");
    }

    #[test]
    fn a_command_means_the_same_with_another_image() {
        let image = json!({"Entrypoint": ["sh", "-c"], "Cmd": ["serve"]});
        for (config, kept) in [
            (json!({"Entrypoint": ["sh", "-c"], "Cmd": ["serve"]}), json!({})),
            (json!({"Entrypoint": ["sh", "-c"], "Cmd": ["other"]}), json!({"Cmd": ["other"]})),
            (json!({"Entrypoint": ["sh", "-c"], "Cmd": null}), json!({"Entrypoint": ["sh", "-c"]})),
            (json!({"Entrypoint": ["sleep"], "Cmd": ["serve"]}), json!({"Entrypoint": ["sleep"], "Cmd": ["serve"]})),
            (json!({"Entrypoint": ["sleep"], "Cmd": null}), json!({"Entrypoint": ["sleep"]})),
            (json!({"Entrypoint": null, "Cmd": ["serve"]}), json!({"Entrypoint": [""], "Cmd": ["serve"]})),
        ] {
            assert_eq!(left(config.clone(), image.clone()), kept, "{config}");
        }
        let plain = json!({"Cmd": ["sh"]});
        assert_eq!(left(json!({"Entrypoint": null, "Cmd": ["sh"]}), plain.clone())["Cmd"], Value::Null);
        assert_eq!(left(json!({"Cmd": ["ls"]}), plain), json!({"Cmd": ["ls"]}));
    }

    #[test]
    fn a_check_keeps_the_parts_that_the_container_set() {
        let image = json!({"Healthcheck": {"Test": ["CMD", "true"], "Interval": 5}});
        let check = |check: Value| left(json!({ "Healthcheck": check }), image.clone());
        assert_eq!(check(json!({"Test": ["CMD", "true"], "Interval": 5})), json!({}));
        assert_eq!(check(json!({"Test": ["CMD", "true"], "Interval": 7}))["Healthcheck"], json!({"Interval": 7}));
        assert_eq!(check(json!({"Test": ["NONE"], "Interval": 5}))["Healthcheck"], json!({"Test": ["NONE"]}));
    }
}
