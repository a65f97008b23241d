//! The file of `--engines`: TOML in, a section for each engine out. An unknown key is refused, because it might have
//! been meant to withhold something.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use crate::catalogue::nearest::{did_you_mean, nearest};

/// The table that holds the sections.
const ENGINES: &str = "engines";

/// The keys of a section.
const KEYS: [&str; 14] = [
    "address",
    "certificates",
    "api_version",
    "read_only",
    "no_destructive",
    "no_credentials",
    "policy",
    "tags",
    "exclude_tags",
    "tools",
    "exclude_tools",
    "allow_registry",
    "allow_newer",
    "show_secrets",
];

/// The settings of one engine. Missing ones are the server's.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Section {
    pub(super) address: Option<String>,
    /// A folder; a relative one is looked for beside the file.
    pub(super) certificates: Option<PathBuf>,
    pub(super) api_version: Option<String>,
    pub(super) read_only: Option<bool>,
    pub(super) no_destructive: Option<bool>,
    pub(super) no_credentials: Option<bool>,
    /// A file; a relative one is looked for beside this one.
    pub(super) policy: Option<PathBuf>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) exclude_tags: Option<Vec<String>>,
    pub(super) tools: Option<Vec<String>>,
    pub(super) exclude_tools: Option<Vec<String>>,
    pub(super) allow_registry: Option<Vec<String>>,
    pub(super) allow_newer: Option<bool>,
    pub(super) show_secrets: Option<bool>,
}

/// Reads the sections of a file, sorted by name.
///
/// # Errors
/// If it cannot be read, is not TOML, or has other keys.
pub(super) fn read(path: &Path) -> Result<Vec<(String, Section)>, String> {
    let in_file = |problem: String| format!("--engines: {}: {problem}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| in_file(error.to_string()))?;
    let sections = parse(&text).map_err(in_file)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let beside = |section: Section| Section {
        certificates: section.certificates.map(|path| folder.join(path)),
        policy: section.policy.map(|path| folder.join(path)),
        ..section
    };
    Ok(sections.into_iter().map(|(name, section)| (name, beside(section))).collect())
}

fn parse(text: &str) -> Result<Vec<(String, Section)>, String> {
    // The message of the parser quotes a line, which may hold a secret.
    let place = |error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start].lines().count().max(1));
        format!("not TOML: {}{}", error.message(), line.map(|line| format!(" (line {line})")).unwrap_or_default())
    };
    let mut file: Table = toml::from_str(text).map_err(place)?;
    let engines = file.remove(ENGINES);
    check_keys("", &file, &[ENGINES])?;
    let engines = match engines {
        Some(Value::Table(engines)) => engines,
        None => Table::new(),
        Some(_) => return Err("`engines` is not a table; write [engines.NAME]".to_owned()),
    };
    engines.into_iter().map(|(name, section)| Ok((name.clone(), parse_section(&name, section)?))).collect()
}

fn parse_section(name: &str, section: Value) -> Result<Section, String> {
    let Value::Table(section) = section else {
        return Err(format!("`engines.{name}` is not a table; write [engines.{name}]"));
    };
    check_keys(&format!("engines.{name}: "), &section, &KEYS)?;
    for (key, value) in &section {
        let one = Table::from_iter([(key.clone(), value.clone())]);
        Section::deserialize(one).map_err(|error| format!("engines.{name}: {key}: {}", error.message()))?;
    }
    Section::deserialize(section).map_err(|error| format!("engines.{name}: {}", error.message()))
}

fn check_keys(place: &str, table: &Table, known: &[&str]) -> Result<(), String> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let spelled = key.replace('-', "_");
            let near = did_you_mean(&nearest(&spelled, known.iter().copied()));
            Err(format!("{place}unknown key `{key}`{near}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_read_and_every_key_is_known_to_both_lists() {
        let text =
            "[engines.nas]\naddress = 'tcp://nas:2376'\nread_only = true\ntools = ['container_list']\n[engines.b]";
        let sections = parse(text).unwrap();
        assert_eq!(sections[1].0, "nas");
        assert_eq!(sections[1].1.tools.as_deref(), Some(&["container_list".to_owned()][..]));
        assert_eq!(sections[0], ("b".to_owned(), Section::default()));
        for key in KEYS {
            let values = ["'text'", "true", "['text']"].map(|value| parse(&format!("[engines.a]\n{key} = {value}")));
            assert_eq!(values.iter().filter(|parsed| parsed.is_ok()).count(), 1, "{key}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_the_place_and_the_nearest_key() {
        for (text, expected) in [
            ("[engines.nas]\nreadonly = true", "engines.nas: unknown key `readonly`; did you mean `read_only`?"),
            ("[engines.nas]\nread-only = true", "engines.nas: unknown key `read-only`; did you mean `read_only`?"),
            ("[engine.nas]", "unknown key `engine`; did you mean `engines`?"),
            ("read_only = true", "unknown key `read_only`"),
            ("engines = 1", "`engines` is not a table; write [engines.NAME]"),
            ("[engines]\nnas = 'tcp://nas'", "`engines.nas` is not a table; write [engines.nas]"),
            (
                "[engines.nas]\nread_only = 'yes'",
                "engines.nas: read_only: invalid type: string \"yes\", expected a boolean",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), expected, "{text}");
        }
        for text in ["[engines.nas", "[engines.nas]\n[engines.nas]", "[engines.nas]\ntags = []\ntags = []"] {
            let problem = parse(text).unwrap_err();
            assert!(problem.starts_with("not TOML: ") && problem.contains("(line "), "{problem}");
        }
    }
}
