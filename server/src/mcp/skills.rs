//! The tasks of the prompts as skills, which a host loads by itself when it needs one (the extension of SEP-2640). Each
//! is one file, `skill://diagnose-container/SKILL.md`, and is served if its prompt is.

use rmcp::model as mcp;
use serde_json::Value;

use super::prompts::{Task, exposed_tasks};
use crate::catalogue::Offer;
use crate::dispatch::ENGINE;

/// The form of a skill's file.
pub(super) const MIME_TYPE: &str = "text/markdown";

/// The skills whose tools may all be called.
pub(super) fn list(offer: &Offer) -> Vec<mcp::Skill> {
    exposed_tasks(offer).map(|task| skill(task, offer)).collect()
}

/// The skill of this URI.
pub(super) fn get(offer: &Offer, uri: &str) -> Option<mcp::Skill> {
    exposed_tasks(offer).find(|task| self::uri(task) == uri).map(|task| skill(task, offer))
}

/// The file of the skill of this URI.
pub(super) fn read(offer: &Offer, uri: &str) -> Option<String> {
    exposed_tasks(offer).find(|task| self::uri(task) == uri).map(|task| file(task, offer))
}

fn skill(task: &Task, offer: &Offer) -> mcp::Skill {
    let uri = uri(task);
    let file = mcp::SkillResource::from_bytes(&uri, file(task, offer).as_bytes());
    let frontmatter = mcp::SkillFrontmatter::new(name(task), description(task));
    mcp::Skill::new(uri, frontmatter, mcp::SkillResources::Files(vec![file]))
}

fn uri(task: &Task) -> String {
    format!("skill://{}/{}", name(task), mcp::SKILL_MD)
}

/// A skill's name has hyphens.
fn name(task: &Task) -> String {
    task.name.replace('_', "-")
}

fn description(task: &Task) -> String {
    format!("Docker: {}. {}", task.title.to_lowercase(), task.description)
}

/// The text of the prompt, with the meaning of its arguments below.
fn file(task: &Task, offer: &Offer) -> String {
    // JSON in quotes is YAML too.
    let description = Value::String(description(task));
    let mut file = format!("---\nname: {}\ndescription: {description}\n---\n\n# {}\n", name(task), task.title);
    file += &format!("\n{}\n", task.text);
    if !offer.engine_names().is_empty() {
        file += &format!("\nGive each tool the Docker engine that this is about as `{ENGINE}`.\n");
    }
    if !task.arguments.is_empty() {
        file += "\nFill in, and ask if it is not said:\n\n";
    }
    for argument in &task.arguments {
        let default = argument.default.as_ref().map(|value| format!(" By default `{value}`.")).unwrap_or_default();
        file += &format!("- `{{{}}}`: {}{default}\n", argument.name, argument.description);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::exposure::Exposure;
    use crate::settings::Settings;

    fn offer(settings: &Settings) -> Offer {
        Offer::of_one(Exposure::new(settings).unwrap().into(), None)
    }

    #[test]
    fn each_prompt_is_a_skill_whose_file_is_what_its_entry_says() {
        let offer = offer(&Settings::default());
        let skills = list(&offer);
        assert_eq!(skills.len(), super::super::prompts::list(&offer).len());
        mcp::validate_skills(&skills).unwrap();
        for skill in skills {
            let file = read(&offer, &skill.uri).unwrap();
            assert_eq!(get(&offer, &skill.uri).as_ref(), Some(&skill));
            let mcp::SkillResources::Files(files) = &skill.resources else { panic!("{}", skill.uri) };
            assert_eq!(files.len(), 1);
            files[0].verify(file.as_bytes()).unwrap();
            let (frontmatter, body) = file.strip_prefix("---\n").unwrap().split_once("---\n").unwrap();
            let frontmatter: Value = serde_saphyr::from_str(frontmatter).unwrap();
            assert_eq!(frontmatter, serde_json::to_value(&skill.frontmatter).unwrap(), "{}", skill.uri);
            assert!(skill.frontmatter.description.len() <= 1_024 && body.starts_with("\n# "), "{body}");
        }
    }

    #[test]
    fn a_skill_needs_all_of_its_tools() {
        let offer = offer(&Settings { read_only: true, ..Settings::default() });
        assert!(get(&offer, "skill://diagnose-container/SKILL.md").is_some());
        assert!(get(&offer, "skill://clean-up/SKILL.md").is_none());
        assert!(read(&offer, "skill://clean-up/SKILL.md").is_none());
    }
}
