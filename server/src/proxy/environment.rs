//! Hides the values of environment variables in an answer. JSON in, the same with a marker in place of each value out.

use dockwright::Value;

/// The marker in place of a value.
const HIDDEN: &str = "hidden";

/// The names of members that hold variables: of containers, services, images and plugins, and the commands that made
/// the layers of an image.
const VARIABLES: &str = "Env";
const COMMANDS: [&str; 2] = ["CreatedBy", "Cmd"];

/// The instruction that sets variables in a layer.
const INSTRUCTION: &str = "ENV ";

/// Hides all values of variables, however deep they are.
pub(super) fn hide(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| match name.as_str() {
            VARIABLES => hide_variables(value),
            name if COMMANDS.contains(&name) => hide_instructions(value),
            _ => hide(value),
        }),
        _ => {}
    }
}

/// Hides the values of `NAME=value`, and of the objects with `Name` and `Value` that plugins have.
fn hide_variables(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide_variables),
        Value::String(text) => {
            let name = text.find('=').map(|end| text[..=end].to_owned());
            *text = name.map_or_else(|| HIDDEN.to_owned(), |name| name + HIDDEN);
        }
        Value::Object(members) => {
            members.iter_mut().filter(|(name, _)| *name != "Name").for_each(|(_, value)| hide_variables(value));
        }
        _ => {}
    }
}

/// Cuts commands behind an instruction that sets variables.
fn hide_instructions(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide_instructions),
        Value::String(text) => {
            if let Some(at) = text.find(INSTRUCTION) {
                text.truncate(at + INSTRUCTION.len());
                text.push_str(HIDDEN);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_hidden_wherever_variables_stand_and_nothing_else_changes() {
        let mut answer = json!({
            "Name": "web", "Config": { "Env": ["A=secret", "B=", "C", "D=a=secret"], "Labels": { "Env": "secret" } },
            "Spec": { "TaskTemplate": { "ContainerSpec": { "Env": ["A=secret"] } } },
            "Plugin": { "Env": [{ "Name": "DEBUG", "Value": "secret", "Description": "d" }] },
            "History": [{ "CreatedBy": "/bin/sh -c #(nop)  ENV A=secret" }, { "CreatedBy": "ENV A=secret B=secret" }],
            "ContainerConfig": { "Cmd": ["/bin/sh", "-c", "#(nop) ", "ENV A=secret"], "Image": "a" },
            "Mixed": [[{ "Env": null }], 7],
        });
        hide(&mut answer);
        assert_eq!(
            answer,
            json!({
                "Name": "web",
                "Config": { "Env": ["A=hidden", "B=hidden", "hidden", "D=hidden"], "Labels": { "Env": "hidden" } },
                "Spec": { "TaskTemplate": { "ContainerSpec": { "Env": ["A=hidden"] } } },
                "Plugin": { "Env": [{ "Name": "DEBUG", "Value": "hidden", "Description": "hidden" }] },
                "History": [{ "CreatedBy": "/bin/sh -c #(nop)  ENV hidden" }, { "CreatedBy": "ENV hidden" }],
                "ContainerConfig": { "Cmd": ["/bin/sh", "-c", "#(nop) ", "ENV hidden"], "Image": "a" },
                "Mixed": [[{ "Env": null }], 7],
            })
        );
    }
}
