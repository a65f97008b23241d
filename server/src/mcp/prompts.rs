//! Everyday tasks as MCP prompts: what a person picks from a menu, filled in and put into words that name the tools. A
//! prompt is listed if every tool that it names may be called. The tasks themselves are `prompts.json`, in our words.

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
    arguments: Vec<Argument>,
    /// What is asked of the model; `{name}` stands for an argument.
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    name: String,
    description: String,
    /// What it is unless given; without it, it must be given.
    default: Option<String>,
}

static TASKS: LazyLock<Vec<Task>> =
    LazyLock::new(|| serde_json::from_str(include_str!("prompts.json")).expect("a test reads it"));

/// The prompts whose tools may all be called.
pub(super) fn listed(exposure: &Exposure) -> Vec<mcp::Prompt> {
    exposed(exposure).map(Task::shown).collect()
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
    let Some(task) = exposed(exposure).find(|task| task.name == name) else {
        let near = nearest(name, exposed(exposure).map(|task| task.name.as_str()));
        return Err(format!("there is no prompt `{name}`{}", did_you_mean(&near)));
    };
    let mut text = task.text.clone();
    for argument in &task.arguments {
        let given =
            arguments.get(&argument.name).and_then(Value::as_str).map(str::trim).filter(|given| !given.is_empty());
        let value = given.or(argument.default.as_deref());
        let value = value.ok_or_else(|| format!("{name}: argument `{}`: it is required", argument.name))?;
        text = text.replace(&format!("{{{}}}", argument.name), value);
    }
    let message = mcp::PromptMessage::new_text(mcp::Role::User, text);
    Ok(mcp::GetPromptResult::new(vec![message]).with_description(task.description.clone()))
}

fn exposed(exposure: &Exposure) -> impl Iterator<Item = &'static Task> {
    let names: Vec<_> = Entry::exposed(exposure).map(Entry::name).collect();
    TASKS.iter().filter(move |task| task.tools.iter().all(|tool| names.contains(&tool.as_str())))
}

impl Task {
    fn shown(&self) -> mcp::Prompt {
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
    fn each_task_is_whole_and_its_tools_are_those_that_it_names() {
        let everything = exposure(&Settings::default());
        assert_eq!(listed(&everything).len(), TASKS.len());
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
    fn arguments_are_filled_in_and_what_is_missing_is_told() {
        let everything = exposure(&Settings::default());
        let arguments = Map::from_iter([("container".to_owned(), "db".into())]);
        let prompt = get(&everything, "diagnose_container", &arguments).unwrap();
        assert!(serde_json::to_string(&prompt).unwrap().contains("container `db`"));
        let missing = get(&everything, "diagnose_container", &Map::new()).unwrap_err();
        assert_eq!(missing, "diagnose_container: argument `container`: it is required");
        let unknown = get(&everything, "clean", &Map::new()).unwrap_err();
        assert_eq!(unknown, "there is no prompt `clean`; did you mean `clean_up`?");
    }

    #[test]
    fn a_task_needs_all_of_its_tools() {
        let read_only = listed(&exposure(&Settings { read_only: true, ..Settings::default() }));
        assert!(read_only.iter().any(|prompt| prompt.name == "diagnose_container"));
        assert!(!read_only.iter().any(|prompt| prompt.name == "clean_up"));
    }
}
