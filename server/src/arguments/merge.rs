//! Merge patches (RFC 7396) for updates that replace a whole object, so that a model cannot delete members that it did
//! not see or saw redacted. The row of an update names the operation that reads the object, `GET /services/{id}` for
//! `POST /services/{id}/update`. Nothing here sends a request.

use dockwright::operation::{LoginRegistry, Operation};
use serde_json::{Map, Value};

use super::CheckedArguments;
use super::location::Location;
use super::problem::Problems;
use crate::secrets::MARKER;

/// The parameter for the version of the object that is replaced.
pub(super) const VERSION: &str = "version";

/// Returns the arguments for the reading operation, which are the update's arguments for its path.
#[must_use]
pub fn reading_arguments(reader: &Operation, update: &CheckedArguments) -> Map<String, Value> {
    let shared = reader
        .path_parameters()
        .filter_map(|parameter| Some((parameter.name.to_owned(), update.arguments.get(parameter.name)?.clone())));
    shared.collect()
}

/// Returns true if the caller named the version of the object to update.
#[must_use]
pub fn names_a_version(update: &CheckedArguments) -> bool {
    update.arguments.contains_key(VERSION)
}

/// Returns true if a patch sets the part of the body that names the registry of a login. The completed body names it in
/// any case, and a login that is sent replaces the one that a swarm keeps for its service.
#[must_use]
pub fn sets_registry(update: &Operation, patch: Option<&Value>) -> bool {
    match update.login.map(|login| login.registry) {
        Some(LoginRegistry::Body(pointer)) => patch.is_some_and(|patch| patch.pointer(pointer).is_some()),
        _ => true,
    }
}

/// Completes a checked update: applies its patch to the `Spec` of the object that was read, and adds the object's
/// version. A version from the caller stays, so that the engine refuses the update if the object has changed since.
///
/// # Errors
/// A text, if the object has no spec or no version.
pub fn complete(update: &mut CheckedArguments, mut read: Value) -> Result<(), &'static str> {
    let version = read.pointer("/Version/Index").cloned().ok_or("the object's current state has no version")?;
    let spec = read.get_mut("Spec").map(Value::take).ok_or("the object's current state has no spec")?;
    update.body = Some(apply(update.body.take().unwrap_or_else(|| Map::new().into()), spec));
    update.arguments.entry(VERSION).or_insert(version);
    Ok(())
}

/// Applies a merge patch: an object changes the members that it names, `null` removes one, anything else replaces.
#[must_use]
pub fn apply(patch: Value, full: Value) -> Value {
    let Value::Object(patch) = patch else { return patch };
    let mut merged = match full {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, change) in patch {
        if change.is_null() {
            merged.shift_remove(&name);
        } else {
            let member = merged.entry(name).or_insert(Value::Null);
            *member = apply(change, member.take());
        }
    }
    merged.into()
}

/// Reports every text that holds the marker for a hidden secret, as sending it would overwrite the secret.
pub(super) fn refuse_markers(value: &Value, at: &Location, problems: &mut Problems) {
    match value {
        Value::String(text) if text.contains(MARKER) => {
            problems
                .add(at, &format!("`{MARKER}` stands for a secret that was not shown; send its value or leave it out"));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                refuse_markers(item, &Location::Index(at, index), problems);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                refuse_markers(member, &Location::Key(at, name), problems);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use dockwright::operations;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_table_names_the_reader_of_every_update_that_replaces_a_spec() {
        let pairs: Vec<_> =
            operations::ALL.iter().filter_map(|update| Some((update.name, update.reads?.name))).collect();
        assert_eq!(
            pairs,
            [
                ("config_update", "config_inspect"),
                ("node_update", "node_inspect"),
                ("secret_update", "secret_inspect"),
                ("service_update", "service_inspect"),
                ("swarm_update", "swarm_inspect"),
            ]
        );
    }

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn a_patch_is_applied_as_the_rfc_says() {
        for (full, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"a":"foo"}), json!(null), json!(null)),
            (json!({"a":"foo"}), json!("bar"), json!("bar")),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            assert_eq!(apply(patch.clone(), full.clone()), result, "{full} {patch}");
        }
    }

    #[test]
    fn an_update_is_completed_with_the_object_that_was_read() {
        let read = json!({"Version": {"Index": 7}, "Spec": {"Name": "web", "Mode": {"Replicated": {"Replicas": 1}}}});
        let body = json!({"Mode": {"Replicated": {"Replicas": 3}}});
        let mut update = CheckedArguments { body: Some(body), ..CheckedArguments::default() };
        complete(&mut update, read.clone()).unwrap();
        assert_eq!(update.body, Some(json!({"Name": "web", "Mode": {"Replicated": {"Replicas": 3}}})));
        assert_eq!(update.arguments[VERSION], 7);

        update.arguments.insert(VERSION.to_owned(), 5.into());
        complete(&mut update, read).unwrap();
        assert_eq!(update.arguments[VERSION], 5, "the caller's version guards the update");
        assert!(complete(&mut update, json!({"Spec": {}})).is_err());
    }

    #[test]
    fn only_a_patch_of_the_image_is_about_a_registry() {
        let update = &operations::SERVICE_UPDATE;
        for (patch, sets) in [
            (Some(json!({"TaskTemplate": {"ContainerSpec": {"Image": "a.test/x"}}})), true),
            (Some(json!({"TaskTemplate": {"ContainerSpec": {"Env": []}}})), false),
            (Some(json!({"TaskTemplate": {"ForceUpdate": 1}})), false),
            (Some(json!({"Mode": {"Replicated": {"Replicas": 3}}})), false),
            (Some(json!({})), false),
            (None, false),
        ] {
            assert_eq!(sets_registry(update, patch.as_ref()), sets, "{patch:?}");
        }
        assert!(sets_registry(&operations::NODE_UPDATE, None), "it takes no login");
    }

    #[test]
    fn the_reader_gets_the_arguments_that_name_the_object() {
        let arguments = json!({"id": "web", "version": 3, "rollback": "previous"}).as_object().unwrap().clone();
        let update = CheckedArguments { arguments, ..CheckedArguments::default() };
        let reader = operations::SERVICE_UPDATE.reads.unwrap();
        assert_eq!(Value::from(reading_arguments(reader, &update)), json!({"id": "web"}));
    }
}
