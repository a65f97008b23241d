//! Environment variables of a patch. They are merged by name, since a model that does not see a secret cannot write the
//! whole list.

use serde_json::{Map, Value};

/// Takes `Env` out of a patch and applies it to the body: `A=1` sets A, `A` takes it away, the others stay. `null`
/// takes away all that the image does not give. `image` is the configuration of the new image.
pub(super) fn merge(
    patch: &mut Map<String, Value>,
    body: &mut Map<String, Value>,
    image: &Value,
    notes: &mut Vec<String>,
) {
    if !patch.get("Env").is_some_and(Value::is_array) {
        return;
    }
    let Some(Value::Array(entries)) = patch.shift_remove("Env") else { return };
    let mut variables = match body.shift_remove("Env") {
        Some(Value::Array(variables)) => variables,
        _ => Vec::new(),
    };
    let is_given = |name: &str| image["Env"].as_array().into_iter().flatten().any(|given| name_of(given) == name);
    for entry in entries {
        let name = name_of(&entry).to_owned();
        let before = variables.len();
        variables.retain(|variable| name_of(variable) != name);
        let is_set = entry.as_str().is_some_and(|entry| entry.contains('='));
        // The engine takes a name without a value for a variable of the image that is taken away.
        if is_set || is_given(&name) {
            variables.push(entry);
        } else if variables.len() == before {
            notes.push(format!("Env: {name} was not set"));
        }
    }
    notes.push("Env was merged by name: variables that it does not name stay".to_owned());
    if !variables.is_empty() {
        body.insert("Env".to_owned(), variables.into());
    }
}

fn name_of(variable: &Value) -> &str {
    let variable = variable.as_str().unwrap_or_default();
    variable.split_once('=').map_or(variable, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(body: Value, env: Value, image: Value) -> (Value, Vec<String>) {
        let Value::Object(mut body) = body else { unreachable!() };
        let mut patch = Map::from_iter([("Env".to_owned(), env)]);
        let mut notes = Vec::new();
        merge(&mut patch, &mut body, &image, &mut notes);
        (body.shift_remove("Env").unwrap_or_default(), notes)
    }

    #[test]
    fn variables_are_merged_by_name() {
        let body = json!({"Env": ["DB_PASSWORD=hunter2", "A=1", "AB=2"]});
        let image = json!({"Env": ["PATH=/bin", "A=0"]});
        let env = |env: Value| merged(body.clone(), env, image.clone()).0;
        assert_eq!(env(json!(["A=2", "C=x=y"])), json!(["DB_PASSWORD=hunter2", "AB=2", "A=2", "C=x=y"]));
        assert_eq!(env(json!(["DB_PASSWORD"])), json!(["A=1", "AB=2"]));
        assert_eq!(env(json!(["A"])), json!(["DB_PASSWORD=hunter2", "AB=2", "A"]), "the image's value must not show");
        assert_eq!(env(json!(["PATH"])), json!(["DB_PASSWORD=hunter2", "A=1", "AB=2", "PATH"]));
        assert_eq!(env(json!(["A="])), json!(["DB_PASSWORD=hunter2", "AB=2", "A="]));
        assert_eq!(env(json!([])), body["Env"]);
        assert_eq!(merged(json!({}), json!(["A"]), json!({})).1[0], "Env: A was not set");
    }
}
