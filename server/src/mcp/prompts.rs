//! Everyday tasks as MCP prompts: a person picks one from a menu, and its text tells the model which tools to call. A
//! prompt is listed if all tools that it names may be called. The tasks stand in `prompts.json`.

use std::sync::LazyLock;

use rmcp::model as mcp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::catalogue::Offer;
use crate::catalogue::nearest::{did_you_mean, nearest};
use crate::dispatch::{ENGINE, Engines};

/// A task.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Task {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) description: String,
    /// The tools that the text names.
    tools: Vec<String>,
    #[serde(default)]
    pub(super) arguments: Vec<TaskArgument>,
    /// The text for the model; `{name}` stands for an argument.
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskArgument {
    pub(super) name: String,
    pub(super) description: String,
    /// The default value; an argument without one is required.
    pub(super) default: Option<String>,
    /// The collection of objects whose names complete the value, `containers`.
    completes: Option<String>,
}

static TASKS: LazyLock<Vec<Task>> =
    LazyLock::new(|| serde_json::from_str(include_str!("prompts.json")).expect("a test reads it"));

/// The prompts whose tools may all be called.
pub(super) fn list(offer: &Offer) -> Vec<mcp::Prompt> {
    let are_several = !offer.engine_names().is_empty();
    exposed_tasks(offer).map(|task| task.to_prompt(are_several)).collect()
}

/// A prompt with its arguments filled in. Among several engines it is about the one that is named.
///
/// # Errors
/// A text, if there is no such prompt or engine, or an argument is missing.
pub(super) fn get(
    engines: &Engines,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<mcp::GetPromptResult, String> {
    let offer = engines.offer();
    let task = find(&offer, name)?;
    let given = |name: &str| arguments.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let required = |argument: &str| format!("{name}: argument `{argument}` is required");
    let mut text = task.text.clone();
    for argument in &task.arguments {
        let value = given(&argument.name).or(argument.default.as_deref());
        let value = value.ok_or_else(|| required(&argument.name))?;
        text = text.replace(&format!("{{{}}}", argument.name), value);
    }
    if engines.are_several() {
        let engine = given(ENGINE).ok_or_else(|| required(ENGINE))?;
        let access = engines.find(engine).map_err(|problem| format!("{name}: {problem}"))?;
        if !Offer::of_one(access.exposure().clone(), None).has_all(&task.tools) {
            return Err(format!("{name}: `{engine}` does not expose all of {}", task.tools.join(", ")));
        }
        text = format!("This is about the Docker engine `{engine}`: give it to each tool as `{ENGINE}`.\n\n{text}");
    }
    let message = mcp::PromptMessage::new_text(mcp::Role::User, text);
    Ok(mcp::GetPromptResult::new(vec![message]).with_description(task.description.clone()))
}

/// The collection whose names complete an argument of a prompt; `None` if nothing does.
///
/// # Errors
/// A text, if there is no such prompt.
pub(super) fn completes(offer: &Offer, name: &str, argument: &str) -> Result<Option<&'static str>, String> {
    let argument = find(offer, name)?.arguments.iter().find(|known| known.name == argument);
    Ok(argument.and_then(|argument| argument.completes.as_deref()))
}

fn find(offer: &Offer, name: &str) -> Result<&'static Task, String> {
    exposed_tasks(offer).find(|task| task.name == name).ok_or_else(|| {
        let near = nearest(name, exposed_tasks(offer).map(|task| task.name.as_str()));
        format!("unknown prompt `{name}`{}", did_you_mean(&near))
    })
}

/// The tasks whose tools may all be called.
pub(super) fn exposed_tasks(offer: &Offer) -> impl Iterator<Item = &'static Task> {
    TASKS.iter().filter(|task| offer.has_all(&task.tools))
}

impl Task {
    fn to_prompt(&self, takes_engine: bool) -> mcp::Prompt {
        let arguments = self.arguments.iter().map(|argument| {
            mcp::PromptArgument::new(&argument.name)
                .with_description(&argument.description)
                .with_required(argument.default.is_none())
        });
        let engine = takes_engine.then(|| {
            mcp::PromptArgument::new(ENGINE).with_description("Name of the Docker engine").with_required(true)
        });
        let arguments = engine.into_iter().chain(arguments).collect();
        mcp::Prompt::new(&self.name, Some(&self.description), Some(arguments)).with_title(&self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Entry;
    use crate::settings::Settings;

    fn engines(settings: Settings) -> Engines {
        Engines::new(settings).unwrap()
    }

    #[test]
    fn each_task_lists_the_tools_and_arguments_that_its_text_names() {
        let everything = engines(Settings::default());
        assert_eq!(list(&everything.offer()).len(), TASKS.len());
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
        let everything = engines(Settings::default());
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
        let read_only = list(&engines(Settings { read_only: true, ..Settings::default() }).offer());
        assert!(read_only.iter().any(|prompt| prompt.name == "diagnose_container"));
        assert!(!read_only.iter().any(|prompt| prompt.name == "clean_up"));
    }
}
