//! A server in a client's configuration.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::place::Place;

/// The program's name, which is that of its packages.
pub(super) const PROGRAM: &str = "dockwright";

/// Start of a package's name with its version.
const PACKAGE: &str = "dockwright@";

/// Commands that start a program of a package.
const LAUNCHERS: &[&str] = &["npx", "uvx", "pipx", "bunx"];

/// A server that a client starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientEntry {
    pub(crate) name: String,
    /// The file, and the project in it.
    pub(crate) origin: String,
    pub(crate) command: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    /// Variables whose value only the client knows.
    pub(crate) unknown: Vec<String>,
    working_folder: Option<PathBuf>,
    pub(crate) is_disabled: bool,
}

impl ClientEntry {
    /// Reads an entry; `None` if it starts no command.
    pub(crate) fn read(name: &str, origin: &str, entry: &Value, place: &Place) -> Option<Self> {
        let known = |text: &str| expand(text, place);
        let texts = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let arguments = entry["args"].as_array().into_iter().flatten().map(texts);
        let (mut env, mut unknown) = (Vec::new(), Vec::new());
        for (variable, value) in entry["env"].as_object().unwrap_or(&Map::new()) {
            match known(&texts(value)) {
                Some(value) => env.push((variable.clone(), value)),
                None => unknown.push(variable.clone()),
            }
        }
        Some(ClientEntry {
            name: name.to_owned(),
            origin: origin.to_owned(),
            command: entry["command"].as_str().map(|command| known(command).unwrap_or_else(|| command.to_owned()))?,
            arguments: arguments.map(|argument| known(&argument).unwrap_or(argument)).collect(),
            env,
            unknown,
            working_folder: entry["cwd"].as_str().and_then(known).map(PathBuf::from),
            is_disabled: entry["disabled"] == true || entry["enabled"] == false,
        })
    }

    /// Tells if it is meant to start this program, directly or through another one.
    pub(crate) fn names_this_program(&self) -> bool {
        let name = self.name.to_lowercase();
        name == "docker" || name.contains("dockwright") || self.command_line().contains("dockwright")
    }

    /// Tells if the command is this program, itself or from a registry of packages.
    pub(crate) fn starts_this_program(&self) -> bool {
        let command = Path::new(&self.command);
        command.file_stem().is_some_and(|stem| stem == PROGRAM)
            || self.package().is_some()
            || command.is_absolute() && is_running(command)
    }

    /// The arguments of this program: behind the package, if the command fetches one.
    pub(crate) fn own_arguments(&self) -> &[String] {
        self.package().map_or(&self.arguments, |place| &self.arguments[place + 1..])
    }

    /// The place of this program's package among the arguments of a command that starts programs of packages.
    fn package(&self) -> Option<usize> {
        let stem = Path::new(&self.command).file_stem()?;
        let is_option = |argument: &String| ["-y", "--yes", "run"].contains(&argument.as_str());
        let place = self.arguments.iter().position(|argument| !is_option(argument))?;
        let is_ours = self.arguments[place] == PROGRAM || self.arguments[place].starts_with(PACKAGE);
        (is_ours && LAUNCHERS.iter().any(|launcher| stem == *launcher)).then_some(place)
    }

    /// The command and its arguments, for people.
    pub(crate) fn command_line(&self) -> String {
        let quoted = |word: &String| match word.contains([' ', '\'', '"']) || word.is_empty() {
            true => format!("{word:?}"),
            false => word.clone(),
        };
        [vec![self.command.clone()], self.arguments.iter().map(quoted).collect()].concat().join(" ")
    }

    /// The folder in which the client starts it.
    pub(crate) fn folder(&self, place: &Place) -> PathBuf {
        self.working_folder.as_deref().map_or_else(|| place.project.clone(), |folder| place.project.join(folder))
    }
}

/// Tells if a file is the program of this process.
fn is_running(file: &Path) -> bool {
    let real = |file: &Path| file.canonicalize().ok();
    std::env::current_exe().is_ok_and(|running| real(file).is_some_and(|file| Some(file) == real(&running)))
}

/// Replaces `${VAR}`, `${VAR:-default}`, `${env:VAR}`, `${userHome}` and `${workspaceFolder}`, as clients do; `None` if
/// only the client knows the value.
fn expand(text: &str, place: &Place) -> Option<String> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once("${").and_then(|(before, name)| Some((before, name.split_once('}')?)))
    {
        expanded.push_str(before);
        expanded.push_str(&value(name, place)?);
        rest = after;
    }
    Some(expanded + rest)
}

fn value(name: &str, place: &Place) -> Option<String> {
    let folder = |path: &Path| Some(path.display().to_string());
    let (name, default) = match name.split_once(":-") {
        Some((name, default)) => (name, Some(default.to_owned())),
        None => (name.strip_prefix("env:").unwrap_or(name), None),
    };
    match name {
        "userHome" => folder(&place.home),
        "workspaceFolder" => folder(&place.project),
        name => std::env::var(name).ok().or(default),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_are_replaced_or_the_variable_is_unknown() {
        let place = Place { home: "/home/a".into(), project: "/src".into(), settings: "/home/a/.config".into() };
        let entry = json!({
            "command": "${userHome}/bin/dockwright",
            "args": ["--max-reply", 5000, "${workspaceFolder}/b c"],
            "env": { "A": "${NO_SUCH_VARIABLE:-x}", "B": "${input:token}", "C": true, "D": "${env:NO_SUCH_VARIABLE}" },
        });
        let entry = ClientEntry::read("Docker", "/f", &entry, &place).unwrap();
        assert_eq!(entry.command_line(), r#"/home/a/bin/dockwright --max-reply 5000 "/src/b c""#);
        let env: Vec<_> = entry.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!((env, entry.unknown), (vec![("A", "x"), ("C", "true")], vec!["B".to_owned(), "D".to_owned()]));
    }
    #[test]
    fn arguments_behind_a_package_are_this_programs() {
        let place = Place { home: "/home/a".into(), project: "/src".into(), settings: "/home/a/.config".into() };
        for (command, arguments, own) in [
            ("npx", &["-y", "dockwright@0.2.0", "--read-only"][..], Some(&["--read-only"][..])),
            ("/usr/bin/uvx", &["dockwright"], Some(&[])),
            ("pipx", &["run", "dockwright", "serve"], Some(&["serve"])),
            ("/opt/dockwright", &["serve"], Some(&["serve"])),
            ("npx", &["-y", "other", "dockwright"], None),
        ] {
            let entry = json!({ "command": command, "args": arguments });
            let entry = ClientEntry::read("docker", "/f", &entry, &place).unwrap();
            assert_eq!(
                entry.starts_this_program().then(|| entry.own_arguments().to_vec()),
                own.map(|own| own.iter().map(|word| (*word).to_owned()).collect()),
                "{command}"
            );
        }
    }
}
