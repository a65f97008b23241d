//! Hides the values of environment variables, whatever they are, in answers of the engine: of containers, images, tasks
//! and plugins, and in the steps of an image's history. Output of processes is text, in which nobody can tell them.

use serde_json::{Map, Value};

use super::rules::MARKER;

/// Members that hold environment variables, in small letters.
const VARIABLES: [&str; 2] = ["env", "environment"];

/// The member of a step of an image's history that holds its instruction.
const INSTRUCTION: &str = "CreatedBy";

/// The member of an image that an older engine made, and the one in it that holds the last instruction.
const LAST_STEP: &str = "ContainerConfig";
const COMMAND: &str = "Cmd";

/// Hides all values of environment variables in an answer.
pub fn hide_environment(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide_environment),
        Value::Object(members) => members.iter_mut().for_each(|(name, member)| match member {
            member if VARIABLES.contains(&name.to_ascii_lowercase().as_str()) => hide_values(member),
            member if name == INSTRUCTION => hide_in_instructions(member),
            member => {
                if let Some(command) = member.get_mut(COMMAND).filter(|_| name == LAST_STEP) {
                    hide_in_instructions(command);
                }
                hide_environment(member);
            }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Hides the values of variables: `A=1`, `{"Name": "A", "Value": "1"}` or `{"A": "1"}`.
fn hide_values(variables: &mut Value) {
    match variables {
        Value::String(variable) => {
            if let Some((name, _)) = variable.split_once('=') {
                *variable = format!("{name}={MARKER}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_values),
        Value::Object(members) if members.contains_key("Name") => hide_member(members, "Value"),
        Value::Object(members) => members.values_mut().for_each(|value| *value = MARKER.into()),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn hide_member(members: &mut Map<String, Value>, name: &str) {
    if let Some(value) = members.get_mut(name).filter(|value| !value.is_null()) {
        *value = MARKER.into();
    }
}

fn hide_in_instructions(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide_in_instructions),
        Value::String(instruction) => hide_in_instruction(instruction),
        _ => {}
    }
}

/// Hides the rest of an instruction from its first variable: `ENV A=1`, and `RUN |1 A=1 /bin/sh -c make` with arguments
/// of a build, which its processes get as variables.
fn hide_in_instruction(instruction: &mut String) {
    let mut words = instruction.match_indices(|letter: char| !letter.is_whitespace());
    let rest = words.find_map(|(at, _)| {
        let begins = at == 0 || instruction[..at].ends_with(char::is_whitespace);
        let word = instruction[at..].split_whitespace().next().filter(|_| begins)?;
        let count = word.strip_prefix('|').is_some_and(|count| count.parse::<u32>().is_ok());
        (word.eq_ignore_ascii_case("ENV") || count).then_some(at + word.len())
    });
    if let Some(rest) = rest {
        *instruction = format!("{} {MARKER}", &instruction[..rest]);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_hidden_wherever_variables_stand_and_names_stay() {
        let mut answer = json!([{
            "Config": { "Env": ["PATH=/bin", "EMPTY=", "A=1=2", "UNSET"], "Cmd": ["ENV A=1"] },
            "Spec": { "TaskTemplate": { "ContainerSpec": { "Env": ["B=two words"] }, "PluginSpec": { "Env": ["C=3"] } } },
            "Settings": { "Env": [{ "Name": "D", "Value": "4", "Settable": ["value"] }, { "Name": "E", "Value": null }] },
            "Environment": { "F": "6" },
            "LogConfig": { "Config": { "env": "G=7" } },
            "ContainerConfig": { "Cmd": ["/bin/sh", "-c", "#(nop) ", "ENV H=8"] },
            "Labels": { "x": "1" },
        }]);
        hide_environment(&mut answer);
        let hidden = |name: &str| format!("{name}={MARKER}");
        assert_eq!(
            answer,
            json!([{
                "Config": { "Env": [hidden("PATH"), hidden("EMPTY"), hidden("A"), "UNSET"], "Cmd": ["ENV A=1"] },
                "Spec": { "TaskTemplate": {
                    "ContainerSpec": { "Env": [hidden("B")] }, "PluginSpec": { "Env": [hidden("C")] },
                } },
                "Settings": { "Env": [
                    { "Name": "D", "Value": MARKER, "Settable": ["value"] }, { "Name": "E", "Value": null },
                ] },
                "Environment": { "F": MARKER },
                "LogConfig": { "Config": { "env": hidden("G") } },
                "ContainerConfig": { "Cmd": ["/bin/sh", "-c", "#(nop) ", format!("ENV {MARKER}")] },
                "Labels": { "x": "1" },
            }])
        );
    }

    #[test]
    fn instructions_of_an_image_lose_what_follows_their_first_variable() {
        for (written, shown) in [
            ("ENV A=1 B=2", "ENV [redacted by dockwright]"),
            ("/bin/sh -c #(nop)  ENV A=1", "/bin/sh -c #(nop)  ENV [redacted by dockwright]"),
            ("|2 A=1 B=2 /bin/sh -c make", "|2 [redacted by dockwright]"),
            ("RUN |1 A=1 /bin/sh -c make # buildkit", "RUN |1 [redacted by dockwright]"),
            ("COPY ENVIRONMENT /x # buildkit", "COPY ENVIRONMENT /x # buildkit"),
            ("RUN /bin/sh -c a | b", "RUN /bin/sh -c a | b"),
            ("", ""),
        ] {
            let mut answer = json!([{ "CreatedBy": written }]);
            hide_environment(&mut answer);
            assert_eq!(answer[0]["CreatedBy"], shown);
        }
    }
}
