//! How the answer of an operation is got: sent with all that belongs to it, read in the manner of its row, shaped. The
//! caller's limit of time ends what may go on for ever with what there is, and gives up what would be of no use in part.

use std::future::pending;

use dockwright::operation::{Answer, Operation, Terminal};
use dockwright::tools::Tool;
use dockwright::{Call, Duplex, Error};

use super::{Door, Failure};
use crate::arguments::{self, Checked};
use crate::conveniences;
use crate::files::{self, Packing};
use crate::manner::Manner;
use crate::progress::Progress;
use crate::reply::{self, Shaped, Wanted};
use crate::settings::Settings;

/// How an attempt ended that came to nothing.
pub(super) enum Attempted {
    /// Before anything was sent.
    Refused(Failure),
    /// By the engine, or on the way to it.
    Failed(Error),
    /// By the engine, while it worked: what it had written by then is of use.
    Broken(Error, String),
}

impl From<Error> for Attempted {
    fn from(error: Error) -> Self {
        Attempted::Failed(error)
    }
}

impl From<Failure> for Attempted {
    fn from(failure: Failure) -> Self {
        Attempted::Refused(failure)
    }
}

impl Door {
    /// Sends a call and shapes its answer.
    pub(super) async fn answer(&self, tool: &Tool, checked: Checked, progress: &Progress) -> Result<Shaped, Attempted> {
        let wanted = wanted(tool, &checked, &self.settings);
        let asked = Asked { door: self, tool, wanted: &wanted, progress };
        match Manner::of(tool.operation) {
            Manner::Answer | Manner::Value => asked.value(checked).await,
            Manner::Values => asked.values(checked).await,
            Manner::Work => asked.work(checked).await,
            Manner::Archive => asked.archive(checked).await,
            Manner::Output => asked.output(checked).await,
        }
    }
}

/// What is asked for: a function for each manner of answering.
struct Asked<'a> {
    door: &'a Door,
    tool: &'a Tool,
    wanted: &'a Wanted,
    progress: &'a Progress,
}

impl<'a> Asked<'a> {
    async fn value(&self, checked: Checked) -> Result<Shaped, Attempted> {
        let shaped = async {
            let reply = self.call(checked).await?.send().await?;
            Ok(reply::shape(reply, self.tool.operation, self.wanted).await?)
        };
        match timely(self.wanted, shaped).await {
            Some(shaped) => shaped,
            // What only waits has not failed when nothing has happened yet.
            None if self.tool.seconds.is_some() => Ok(Shaped::not_yet(self.wanted)),
            None => Err(self.late()),
        }
    }

    async fn values(&self, checked: Checked) -> Result<Shaped, Attempted> {
        let reply = self.in_time(async { Ok(self.call(checked).await?.send().await?) }).await?;
        Ok(reply::gathered(reply, self.tool.operation, self.wanted, self.progress).await?)
    }

    async fn work(&self, checked: Checked) -> Result<Shaped, Attempted> {
        let arguments = checked.arguments.clone();
        let reply = self.in_time(async { Ok(self.call(checked).await?.send().await?) }).await?;
        let worked = reply::work(reply, self.tool.operation, self.wanted, self.progress).await;
        let outcome = worked.map_err(|broken| Attempted::Broken(broken.error, broken.output))?;
        Ok(conveniences::with_image(self.door, &arguments, outcome, self.wanted).await)
    }

    async fn archive(&self, checked: Checked) -> Result<Shaped, Attempted> {
        let operation = self.tool.operation;
        let to = checked.own.to.as_deref().map(|to| files::destination(to, &self.door.allowed)).transpose();
        let to = to.map_err(|refused| place(operation, "to", &refused))?;
        let saved = async {
            let archive = self.call(checked).await?.byte_stream().await?;
            Ok(match &to {
                Some(to) => files::save(archive, to, self.wanted).await?,
                None => files::listing(archive, operation, self.wanted).await?,
            })
        };
        self.in_time(saved).await
    }

    async fn output(&self, mut checked: Checked) -> Result<Shaped, Attempted> {
        let operation = self.tool.operation;
        let more = reply::lines_from(operation);
        let input = checked.own.input.take();
        if operation.answer == Answer::LogStream {
            let output = self.in_time(async { Ok(self.call(checked).await?.log_stream().await?) }).await?;
            return Ok(reply::output(output, self.wanted, &more, self.progress).await?);
        }
        let connect = async {
            let call = self.call(checked).await?;
            Ok(match operation.answer {
                Answer::Websocket => call.websocket().await?,
                _ => call.duplex().await?,
            })
        };
        let connection = self.in_time(connect).await?;
        let (write, output) = converse(operation, connection, input);
        tokio::select! {
            shaped = reply::output(output, self.wanted, &more, self.progress) => Ok(shaped?),
            never = write => match never {},
        }
    }

    /// The call, with its body.
    async fn call(&self, checked: Checked) -> Result<Call<'a>, Attempted> {
        let operation = self.tool.operation;
        let content = match &checked.own.context {
            Some(context) => {
                let body = files::body(context, &self.door.allowed, packing(operation, &checked)).await;
                Some(body.map_err(|refused| place(operation, "context", &refused))?)
            }
            None => None,
        };
        let engine = self.door.engine()?;
        let mut arguments = checked.arguments;
        for added in &checked.added {
            // Asked only where it matters: most arguments are as old as their operation.
            if operation.newer.iter().any(|newer| newer.path == [added])
                && !operation.knows(added, engine.api_version().await?)
            {
                arguments.shift_remove(added);
            }
        }
        let call = engine.call(operation).arguments(arguments);
        let call = if checked.own.allow_newer { call.allow_newer() } else { call };
        Ok(match (&checked.body, content) {
            (Some(body), _) => call.body(body),
            (None, content) => call.content(content),
        })
    }

    /// What comes in time; else the failure that says what was given up.
    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, Attempted>>) -> Result<T, Attempted> {
        timely(self.wanted, answer).await.unwrap_or_else(|| Err(self.late()))
    }

    fn late(&self) -> Attempted {
        let seconds = self.wanted.limit_seconds.unwrap_or_default();
        Failure::Limit { operation: self.tool.operation.name, seconds, given_up: self.tool.given_up }.into()
    }
}

/// What comes before the caller's deadline.
async fn timely<T>(wanted: &Wanted, answer: impl Future<Output = T>) -> Option<T> {
    match wanted.deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, answer).await.ok(),
        None => Some(answer.await),
    }
}

/// What a call wants to see, and until when. Logs end by themselves unless they are followed.
fn wanted(tool: &Tool, checked: &Checked, settings: &Settings) -> Wanted {
    let follows = checked.arguments.get("follow").is_some_and(|follow| follow == true);
    let endless = tool.operation.answer != Answer::LogStream || follows;
    let limit = checked.own.limit_seconds.or(tool.seconds.filter(|_| endless));
    let tail = arguments::tail(checked);
    Wanted { tail, given_up: tool.given_up, ..Wanted::new(&checked.own, settings).within(limit) }
}

/// What writes to a connection, for as long as it lasts, and what is read from it.
///
/// A command that was prepared to run ends when it has read all of its input: that is closed. The main process of a
/// container keeps its stdin, because an engine may take its end for the end of the connection.
pub(crate) fn converse(
    operation: &Operation,
    connection: Duplex,
    input: Option<String>,
) -> (impl Future<Output = std::convert::Infallible>, dockwright::LogStream) {
    let closes = matches!(operation.terminal, Some(Terminal::Body { .. }));
    let (mut stdin, output) = connection.split();
    let write = async move {
        // Why input is not taken is told by the output, or by its end.
        let _ = stdin.write_all(input.unwrap_or_default().as_bytes()).await;
        if closes {
            let _ = stdin.close().await;
            return pending().await;
        }
        let _open = stdin;
        pending().await
    };
    (write, output)
}

fn packing<'a>(operation: &Operation, checked: &'a Checked) -> Packing<'a> {
    let name = "dockerfile";
    if !arguments::takes(operation, name) {
        return Packing::Plain;
    }
    let dockerfile = checked.arguments.get(name).and_then(|dockerfile| dockerfile.as_str());
    Packing::Build { dockerfile }
}

fn place(operation: &Operation, argument: &str, refused: &files::Refused) -> Attempted {
    Failure::Request(format!("{}: argument `{argument}`: {refused}", operation.name)).into()
}
