//! Everyday tasks as MCP prompts: a person picks one from a menu, and its text tells the model which tools to call. A
//! prompt is listed if all tools that it names may be called. The tasks stand in `prompts.json`.

use std::sync::LazyLock;

use rmcp::model as mcp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::catalogue::Entry;
use crate::catalogue::exposure::Exposure;
use crate::catalogue::nearest::{did_you_mean, nearest};

/// A task.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Task {
    name: String,
    title: String,
    description: String,
    /// The tools that the text names.
    tools: Vec<String>,
    #[serde(default)]
    arguments: Vec<TaskArgument>,
    /// The text for the model; `{name}` stands for an argument.
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaskArgument {
    name: String,
    description: String,
    /// The default value; an argument without one is required.
    default: Option<String>,
}

static TASKS: LazyLock<Vec<Task>> =
    LazyLock::new(|| serde_json::from_str(include_str!("prompts.json")).expect("a test reads it"));

/// The prompts whose tools may all be called.
pub(super) fn list(exposure: &Exposure) -> Vec<mcp::Prompt> {
    exposed_tasks(exposure).map(Task::to_prompt).collect()
}

/// A prompt with its arguments filled in.
///
/// # Errors
/// A text, if there is no such prompt or an argument is missing.
pub(super) fn get(
    exposure: &Exposure,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<mcp::GetPromptResult, String> {
    let Some(task) = exposed_tasks(exposure).find(|task| task.name == name) else {
        let near = nearest(name, exposed_tasks(exposure).map(|task| task.name.as_str()));
        return Err(format!("unknown prompt `{name}`{}", did_you_mean(&near)));
    };
    let mut text = task.text.clone();
    for argument in &task.arguments {
        let text_value = arguments.get(&argument.name).and_then(Value::as_str).map(str::trim);
        let value = text_value.filter(|value| !value.is_empty()).or(argument.default.as_deref());
        let value = value.ok_or_else(|| format!("{name}: argument `{}` is required", argument.name))?;
        text = text.replace(&format!("{{{}}}", argument.name), value);
    }
    let message = mcp::PromptMessage::new_text(mcp::Role::User, text);
    Ok(mcp::GetPromptResult::new(vec![message]).with_description(task.description.clone()))
}

fn exposed_tasks(exposure: &Exposure) -> impl Iterator<Item = &'static Task> {
    let names: Vec<_> = Entry::exposed(exposure).map(Entry::name).collect();
    TASKS.iter().filter(move |task| task.tools.iter().all(|tool| names.contains(&tool.as_str())))
}

impl Task {
    fn to_prompt(&self) -> mcp::Prompt {
        let arguments = self.arguments.iter().map(|argument| {
            mcp::PromptArgument::new(&argument.name)
                .with_description(&argument.description)
                .with_required(argument.default.is_none())
        });
        mcp::Prompt::new(&self.name, Some(&self.description), Some(arguments.collect())).with_title(&self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn exposure(settings: &Settings) -> Exposure {
        Exposure::new(settings).unwrap()
    }

    #[test]
    fn each_task_lists_the_tools_and_arguments_that_its_text_names() {
        let everything = exposure(&Settings::default());
        assert_eq!(list(&everything).len(), TASKS.len());
        let names: Vec<_> = Entry::all().map(Entry::name).collect();
        for task in TASKS.iter() {
            let words: Vec<_> = task.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
            let mut named: Vec<_> = names.iter().filter(|name| words.contains(name)).collect();
            let mut tools: Vec<_> = task.tools.iter().map(String::as_str).collect();
            named.sort();
            tools.sort_unstable();
            assert_eq!(named.into_iter().copied().collect::<Vec<_>>(), tools, "{}", task.name);
            for argument in &task.arguments {
                assert!(task.text.contains(&format!("{{{}}}", argument.name)), "{}: {}", task.name, argument.name);
            }
        }
    }

    #[test]
    fn arguments_are_filled_in_and_missing_ones_are_named() {
        let everything = exposure(&Settings::default());
        let arguments = Map::from_iter([("container".to_owned(), "db".into())]);
        let prompt = get(&everything, "diagnose_container", &arguments).unwrap();
        assert!(serde_json::to_string(&prompt).unwrap().contains("container `db`"));
        let missing = get(&everything, "diagnose_container", &Map::new()).unwrap_err();
        assert_eq!(missing, "diagnose_container: argument `container` is required");
        let unknown = get(&everything, "clean", &Map::new()).unwrap_err();
        assert_eq!(unknown, "unknown prompt `clean`; did you mean `clean_up`?");
    }

    #[test]
    fn a_task_needs_all_of_its_tools() {
        let read_only = list(&exposure(&Settings { read_only: true, ..Settings::default() }));
        assert!(read_only.iter().any(|prompt| prompt.name == "diagnose_container"));
        assert!(!read_only.iter().any(|prompt| prompt.name == "clean_up"));
    }
}
