//! The names of the docker CLI's contexts.

use std::fs;
use std::path::Path;

use super::context::folder_name;
use crate::docker_cli::{CliJson, directory};
use crate::warning::Warning;

/// The context that always exists.
const DEFAULT: &str = "default";

/// The names of the docker CLI's contexts, sorted, `default` first. `DOCKER_CONFIG` names the folder of the CLI's
/// configuration, else it is `~/.docker`. Each context whose file cannot be read has a warning, because its name is
/// nowhere else.
#[must_use]
pub fn context_names() -> (Vec<String>, Vec<Warning>) {
    names(|variable| std::env::var_os(variable)?.into_string().ok().filter(|value| !value.is_empty()))
}

fn names(set: impl Fn(&str) -> Option<String>) -> (Vec<String>, Vec<Warning>) {
    let folder = directory(&set).map(|directory| directory.join("contexts").join("meta"));
    let entries = folder.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let (mut names, mut warnings) = (Vec::new(), Vec::new());
    for file in entries.map(|entry| entry.path().join("meta.json")) {
        match name(&file) {
            Ok(name) if name.is_empty() || name == DEFAULT => {}
            Ok(name) => names.push(name),
            Err(problem) => {
                warnings.push(Warning::Configuration(format!("{}: a context is left out: {problem}", file.display())));
            }
        }
    }
    names.sort();
    names.dedup();
    names.insert(0, DEFAULT.to_owned());
    (names, warnings)
}

/// The name in a context's file.
fn name(file: &Path) -> Result<String, String> {
    // A folder without a file is none of the CLI's contexts.
    let Ok(text) = fs::read(file) else { return Ok(String::new()) };
    let meta: CliJson = serde_json::from_str(&String::from_utf8_lossy(&text)).map_err(|error| error.to_string())?;
    let meta = meta.object().map_err(|problem| format!("the content {problem}"))?;
    let name = meta.text("Name")?;
    // It could not be found by its name.
    let is_lost = !name.is_empty() && !file.parent().is_some_and(|folder| folder.ends_with(folder_name(name)));
    if is_lost { Err(format!("this is not the folder of `{name}`")) } else { Ok(name.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_behind_the_default_and_broken_files_are_warned_of() {
        let folder = std::env::temp_dir().join(format!("dockwright-{}-context-names", std::process::id()));
        let home = folder.display().to_string();
        let set = |name: &str| (name == "DOCKER_CONFIG").then(|| home.clone());
        assert_eq!(names(set), (vec!["default".to_owned()], vec![]));
        for (id, text) in [
            (&*folder_name("nas"), r#"{"Name":"nas","Endpoints":{"docker":{"Host":"tcp://nas:2375"}}}"#),
            (&*folder_name("build"), r#"{"NAME":"old","name":"build"}"#),
            ("bb", r#"{"Name":"moved"}"#),
            ("cc", ""),
            ("dd", r#"{"Name":""}"#),
            ("ee", "\0\0"),
            (&*folder_name("default"), r#"{"Name":"default"}"#),
        ] {
            let context = folder.join("contexts/meta").join(id);
            fs::create_dir_all(&context).unwrap();
            fs::write(context.join("meta.json"), text).unwrap();
        }
        fs::create_dir_all(folder.join("contexts/meta/gg")).unwrap();
        let (found, warnings) = names(set);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, ["default", "build", "nas"]);
        let mut warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
        warnings.sort();
        for (warning, file) in warnings.iter().zip(["bb", "cc", "ee"]) {
            assert!(warning.contains(&format!("{file}/meta.json: a context is left out: ")), "{warning}");
        }
        assert_eq!(warnings.len(), 3);
    }
}
