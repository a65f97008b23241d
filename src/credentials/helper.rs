//! A credential helper, a program `docker-credential-NAME`, and its answers. A helper that fails, prints something else
//! or hangs is told by its name and its words, and never by anything that may be a secret.

use std::ffi::OsString;
use std::io;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::login::Login;
use crate::reply::readable;

/// The most bytes of an answer. A login has some kilobytes at most, a list a few dozen bytes for each registry.
const ANSWER_BYTES: u64 = 256 * 1024;

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

/// A helper gave no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HelperFailure {
    /// There is no such program.
    Missing(String),
    /// It answered with an error or with nonsense.
    Broken(String),
    /// It did not answer in time.
    Silent(String),
}

impl HelperFailure {
    /// The failure in words, which begin with the program's name.
    pub fn words(&self) -> &str {
        let (HelperFailure::Missing(words) | HelperFailure::Broken(words) | HelperFailure::Silent(words)) = self;
        words
    }
}

impl Helper {
    pub fn program(&self) -> String {
        format!("docker-credential-{}", self.name)
    }

    /// The login for a server; `None` if the helper has none.
    pub async fn get(&self, server: &str) -> Result<Option<Login>, HelperFailure> {
        let output = self.run("get", server).await?;
        if !output.status.success() {
            let has_none = words(&output).is_some_and(|words| words == NOT_FOUND);
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

    /// Runs the program. It is killed when the limit has passed, and when the future is dropped.
    async fn run(&self, verb: &str, input: &str) -> Result<Output, HelperFailure> {
        let mut command = Command::new(self.program());
        command.arg(verb).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(path) = &self.search_path {
            command.env("PATH", path);
        }
        let child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => HelperFailure::Missing(format!("{}: no such program on PATH", self.shown())),
            _ => self.broken(&error.to_string()),
        })?;
        match tokio::time::timeout(self.limit, answer(child, input)).await {
            Ok(output) => output.map_err(|error| self.broken(&error.to_string())),
            Err(_) => {
                let words = format!("{}: no answer within {:?}", self.shown(), self.limit);
                Err(HelperFailure::Silent(words))
            }
        }
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

/// Gives a child its input and reads its output to the end. A child that fails to end is killed when it is dropped.
async fn answer(mut child: Child, input: &str) -> io::Result<Output> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        // A helper that ends without reading breaks the pipe, and its answer counts all the same. The end of the input
        // comes with the drop.
        if let Some(mut stdin) = stdin {
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        Ok(())
    };
    let ((), stdout, stderr) = tokio::try_join!(write, read(stdout), read(stderr))?;
    Ok(Output { status: child.wait().await?, stdout, stderr })
}

async fn read(output: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(output) = output {
        output.take(ANSWER_BYTES + 1).read_to_end(&mut bytes).await?;
    }
    if bytes.len() as u64 > ANSWER_BYTES {
        return Err(io::Error::other(format!("its answer has more than {ANSWER_BYTES} bytes")));
    }
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests;
