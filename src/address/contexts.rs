//! The names of the docker CLI's contexts. Files that name none are passed over, as in the CLI's own list.

use std::fs;

use crate::docker_cli::{CliJson, directory};

/// The context that always exists.
const DEFAULT: &str = "default";

/// The names of the docker CLI's contexts, sorted, `default` first. `DOCKER_CONFIG` names the folder of the CLI's
/// configuration, else it is `~/.docker`.
#[must_use]
pub fn context_names() -> Vec<String> {
    names(|variable| std::env::var_os(variable)?.into_string().ok().filter(|value| !value.is_empty()))
}

fn names(set: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let folder = directory(&set).map(|directory| directory.join("contexts").join("meta"));
    let entries = folder.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let metas = entries.filter_map(|entry| fs::read(entry.path().join("meta.json")).ok());
    let names = metas.filter_map(|text| {
        let meta = serde_json::from_str::<CliJson>(&String::from_utf8_lossy(&text)).ok()?.object().ok()?;
        meta.text("Name").map(str::to_owned).ok()
    });
    let mut names: Vec<_> = names.filter(|name| !name.is_empty() && name != DEFAULT).collect();
    names.sort();
    names.dedup();
    names.insert(0, DEFAULT.to_owned());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_behind_the_default_and_broken_files_are_passed_over() {
        let folder = std::env::temp_dir().join(format!("dockwright-{}-context-names", std::process::id()));
        let home = folder.display().to_string();
        let set = |name: &str| (name == "DOCKER_CONFIG").then(|| home.clone());
        assert_eq!(names(set), ["default"]);
        for (id, text) in [
            ("aa", r#"{"Name":"nas","Endpoints":{"docker":{"Host":"tcp://nas:2375"}}}"#),
            ("bb", r#"{"NAME":"old","name":"build"}"#),
            ("cc", ""),
            ("dd", r#"{"Name":""}"#),
            ("ee", "\0\0"),
            ("ff", r#"{"Name":"default"}"#),
        ] {
            let context = folder.join("contexts/meta").join(id);
            fs::create_dir_all(&context).unwrap();
            fs::write(context.join("meta.json"), text).unwrap();
        }
        let found = names(set);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, ["default", "build", "nas"]);
    }
}
