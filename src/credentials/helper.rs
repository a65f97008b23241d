//! A credential helper, a program `docker-credential-NAME`, and its answers. A helper that fails, prints something else
//! or hangs is told by its name and its words, and never by anything that may be a secret.

mod failure;
mod process;
mod sharing;

use std::ffi::OsString;
use std::io;
use std::process::Output;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::process::Command;

use super::login::Login;
use crate::reply::readable;
pub(super) use failure::HelperFailure;
use sharing::{Question, share};

/// The most bytes of a helper's words in a message.
const WORDS_BYTES: usize = 200;

/// The words by which every helper says that it has no such login.
const NOT_FOUND: &str = "credentials not found in native keychain";

/// A credential helper.
#[derive(Clone)]
pub(super) struct Helper {
    /// The part of its program's name after `docker-credential-`.
    pub name: String,
    /// The time for an answer.
    pub limit: Duration,
    /// The folders with helpers, as in `PATH`; those of this process, if this is `None`.
    pub search_path: Option<OsString>,
}

impl Helper {
    pub fn program(&self) -> String {
        format!("docker-credential-{}", self.name)
    }

    /// The login for a server; `None` if the helper has none.
    pub async fn get(&self, server: &str) -> Result<Option<Login>, HelperFailure> {
        let output = self.run("get", server).await?;
        if !output.status.success() {
            // Only on stdout, as the CLI reads it: a failure may quote these words on stderr.
            let has_none = String::from_utf8_lossy(&output.stdout).trim() == NOT_FOUND;
            return if has_none { Ok(None) } else { Err(self.refusal(&output)) };
        }
        let answer = self.object(&output)?;
        let text = |name: &str| {
            let member = answer.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            member.and_then(|(_, value)| value.as_str()).unwrap_or_default()
        };
        let login = Login::from_helper(text("Username"), text("Secret"));
        Ok(Some(login).filter(|login| !login.is_empty()))
    }

    /// The servers that it has logins for.
    pub async fn list(&self) -> Result<Vec<String>, HelperFailure> {
        let output = self.run("list", "unused").await?;
        if !output.status.success() {
            return Err(self.refusal(&output));
        }
        Ok(self.object(&output)?.into_iter().map(|(server, _)| server).collect())
    }

    /// Runs the program, once for all who ask for this answer meanwhile.
    async fn run(&self, verb: &'static str, input: &str) -> Result<Output, HelperFailure> {
        let question =
            Question { program: self.program(), search_path: self.search_path.clone(), verb, input: input.to_owned() };
        share(question, async || self.run_alone(verb, input).await).await
    }

    async fn run_alone(&self, verb: &str, input: &str) -> Result<Output, HelperFailure> {
        let mut command = Command::new(self.program());
        command.arg(verb);
        if let Some(path) = &self.search_path {
            command.env("PATH", path);
        }
        process::run(command, input, self.limit).await.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => HelperFailure::Missing(format!("{}: no such program on PATH", self.shown())),
            io::ErrorKind::TimedOut => {
                HelperFailure::Silent(format!("{}: no answer within {:?}", self.shown(), self.limit))
            }
            _ => self.broken(&error.to_string()),
        })
    }

    /// The JSON object of an answer. Anything else is not quoted: it may be a secret.
    fn object(&self, output: &Output) -> Result<Map<String, Value>, HelperFailure> {
        serde_json::from_slice(&output.stdout).map_err(|_| self.broken("its answer is not the JSON of a helper"))
    }

    fn refusal(&self, output: &Output) -> HelperFailure {
        match words(output) {
            // The JSON of a login may stand there all the same.
            Some(words) if !words.contains(['{', '"']) => self.broken(&words),
            _ => self.broken(&format!("it ended with {}", output.status)),
        }
    }

    fn broken(&self, words: &str) -> HelperFailure {
        HelperFailure::Broken(format!("{}: {}", self.shown(), readable(words, WORDS_BYTES)))
    }

    /// The program's name, safe for a message.
    fn shown(&self) -> String {
        readable(&self.program(), WORDS_BYTES)
    }
}

/// The words of a helper that failed. It prints them to stdout; others use stderr.
fn words(output: &Output) -> Option<String> {
    let outputs = [&output.stdout, &output.stderr].into_iter();
    outputs.map(|output| String::from_utf8_lossy(output).trim().to_owned()).find(|words| !words.is_empty())
}

#[cfg(all(test, unix))]
mod tests;
