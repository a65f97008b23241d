//! The world of one answer: names and a folder that nobody else uses, and a shell with the docker CLI. All that bears
//! such a name goes away with it.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use regex::{Captures, Regex};
use tempfile::TempDir;

use crate::bench::{unique, variable};
use crate::session::Session;

/// Removes everything whose name ends in `$1`.
const CLEAN_UP: &str = r#"
docker ps --all --quiet --filter "name=$1" | xargs -r docker rm --force --volumes
docker images --format '{{.Repository}}:{{.Tag}}' | grep -e "$1" | xargs -r docker rmi --force
docker network ls --quiet --filter "name=$1" | xargs -r docker network rm
docker volume ls --quiet --filter "name=$1" | xargs -r docker volume rm
"#;

pub struct World {
    words: BTreeMap<String, String>,
    /// The end of all other names.
    suffix: String,
    folder: TempDir,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a port is free").port();
        let words = [
            ("folder", folder.path().to_str().expect("it is text").to_owned()),
            ("port", port.to_string()),
            ("registry", variable("REGISTRY")),
        ];
        let words = words.into_iter().map(|(word, value)| (word.to_owned(), value)).collect();
        World { words, suffix: unique("").replace("tool", ""), folder }
    }

    /// A session of a model with tools that may use the folder.
    pub fn session(&self) -> Session {
        let folder = &self.words["folder"];
        Session::with(&variable("HOST"), &["--allow-path", folder, "--allow-write", folder])
    }

    /// Puts a name in the place of each `{word}`. `{{word}}` is a Go template's.
    pub fn fill(&self, text: &str) -> String {
        let word = Regex::new(r"\{\{[a-z]+\}\}|\{([a-z]+)\}").expect("it is one");
        let name = |found: &Captures| match found.get(1).map(|word| word.as_str()) {
            None => found[0].to_owned(),
            Some(word) => self.words.get(word).cloned().unwrap_or_else(|| format!("{word}{}", self.suffix)),
        };
        word.replace_all(text, name).into_owned()
    }

    /// Learns a word from each line `word=value`.
    pub fn learn(&mut self, printed: &str) {
        let pairs = printed.lines().filter_map(|line| line.split_once('='));
        self.words.extend(pairs.map(|(word, value)| (word.to_owned(), value.to_owned())));
    }

    /// Runs lines in a shell, and returns all that they print.
    ///
    /// # Panics
    /// If one fails.
    pub fn shell(&self, lines: &str) -> String {
        let lines = self.fill(lines);
        let mut shell = Command::new("bash");
        shell.args(["-o", "pipefail", "-ec", &format!("exec 2>&1\n{lines}")]).stdin(Stdio::null());
        shell.current_dir(self.folder.path()).env("DOCKER_HOST", variable("HOST"));
        let output = shell.output().expect("bash runs");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{lines}: {printed}");
        printed
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let mut shell = Command::new("bash");
        shell.args(["-c", CLEAN_UP, "bash", &self.suffix]).env("DOCKER_HOST", variable("HOST"));
        let _ = shell.output();
    }
}
