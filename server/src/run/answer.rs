//! Gets the answer of an operation: sends the call with its body, reads the answer as its row says, and shapes it. The
//! caller's limit of time ends a stream with what it has brought, and abandons work whose parts are of no use.

use dockwright::operation::{Answer, Operation};
use dockwright::tools::Tool;
use dockwright::{Call, Error};

use super::converse::converse;
use super::image;
use crate::access::{Access, Failure};
use crate::arguments::{CheckedArguments, ExtraArguments};
use crate::catalogue::presentation::Presentation;
use crate::files::{self, Packing};
use crate::progress::Progress;
use crate::reply::{self, ReplyOptions, ToolReply};
use crate::secrets::Safe;
use crate::settings::Settings;

/// An attempt that failed.
pub(super) enum Attempt {
    /// Before anything was sent.
    Refused(Failure),
    /// At the engine, or on the way to it.
    Failed(Error),
    /// While the engine worked; the output until then says why.
    Broken(Error, Safe<String>),
}

impl From<Error> for Attempt {
    fn from(error: Error) -> Self {
        Attempt::Failed(error)
    }
}

impl From<Failure> for Attempt {
    fn from(failure: Failure) -> Self {
        Attempt::Refused(failure)
    }
}

/// Sends a call and shapes its answer.
pub(super) async fn answer(
    access: &Access,
    tool: &'static Tool,
    checked: CheckedArguments,
    progress: &Progress,
) -> Result<ToolReply, Attempt> {
    let options = options(tool, &checked, access.settings());
    let request = RunRequest { access, tool, options: &options, progress };
    match Presentation::of(tool.operation) {
        Presentation::Answer | Presentation::Value => request.value(checked).await,
        Presentation::Values => request.values(checked).await,
        Presentation::Work => request.work(checked).await,
        Presentation::Archive => request.archive(checked).await,
        Presentation::Output => request.output(checked).await,
    }
}

/// Shows what the arguments of a call ask for, within the server's settings.
pub(super) fn reply_options(extra: &ExtraArguments, settings: &Settings) -> ReplyOptions {
    ReplyOptions {
        select: extra.select.clone(),
        grep: extra.grep.clone(),
        limit_items: extra.limit_items,
        limit_bytes: extra.limit_bytes,
        show_secrets: settings.show_secrets,
        ..ReplyOptions::new(settings.max_reply)
    }
    .within(extra.limit_seconds)
}

/// One call: a function for each presentation.
struct RunRequest<'a> {
    access: &'a Access,
    tool: &'static Tool,
    options: &'a ReplyOptions,
    progress: &'a Progress,
}

impl<'a> RunRequest<'a> {
    async fn value(&self, checked: CheckedArguments) -> Result<ToolReply, Attempt> {
        let shaped = async {
            let reply = self.call(checked).await?.send().await?;
            Ok(reply::shape(reply, self.tool.operation, self.options).await?)
        };
        match timely(self.options, shaped).await {
            Some(shaped) => shaped,
            // A wait has not failed when nothing has happened yet.
            None if self.tool.answer_within.is_some() => Ok(ToolReply::not_yet(self.options)),
            None => Err(self.late()),
        }
    }

    async fn values(&self, checked: CheckedArguments) -> Result<ToolReply, Attempt> {
        let reply = self.in_time(async { Ok(self.call(checked).await?.send().await?) }).await?;
        Ok(reply::gather(reply, self.tool.operation, self.options, self.progress).await?)
    }

    async fn work(&self, checked: CheckedArguments) -> Result<ToolReply, Attempt> {
        let arguments = checked.arguments.clone();
        let reply = self.in_time(async { Ok(self.call(checked).await?.send().await?) }).await?;
        let worked = reply::follow_work(reply, self.tool.operation, self.options, self.progress).await;
        let outcome = worked.map_err(|broken| Attempt::Broken(broken.error, broken.output))?;
        Ok(image::with_image(self.access, &arguments, outcome, self.options).await)
    }

    async fn archive(&self, checked: CheckedArguments) -> Result<ToolReply, Attempt> {
        let operation = self.tool.operation;
        let to = checked.extra.to.as_deref().map(|to| files::destination(to, self.access.folders())).transpose();
        let to = to.map_err(|refused| place(operation, "to", &refused))?;
        let saved = async {
            let archive = self.call(checked).await?.byte_stream().await?;
            Ok(match &to {
                Some(to) => files::save(archive, to, self.options).await?,
                None => reply::list_archive(archive, operation, self.options).await?,
            })
        };
        self.in_time(saved).await
    }

    async fn output(&self, mut checked: CheckedArguments) -> Result<ToolReply, Attempt> {
        let operation = self.tool.operation;
        let more = reply::lines_from(operation);
        let input = checked.extra.input.take();
        if operation.answer == Answer::LogStream {
            let output = self.in_time(async { Ok(self.call(checked).await?.log_stream().await?) }).await?;
            return Ok(reply::show_output(output, self.options, &more, self.progress).await?);
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
            shaped = reply::show_output(output, self.options, &more, self.progress) => Ok(shaped?),
            never = write => match never {},
        }
    }

    /// The call, with its body.
    async fn call(&self, checked: CheckedArguments) -> Result<Call<'a>, Attempt> {
        let operation = self.tool.operation;
        // Refused before a file of the host is read.
        let call = self.access.call(operation)?;
        let content = match &checked.extra.context {
            Some(context) => {
                let body = files::body(context, self.access.folders(), packing(operation, &checked)).await;
                Some(body.map_err(|refused| place(operation, "context", &refused))?)
            }
            None => None,
        };
        let mut arguments = checked.arguments;
        for added in &checked.defaulted {
            // Asked only where it matters: most arguments are as old as their operation.
            if operation.versioned.iter().any(|newer| newer.path == [added])
                && !operation.knows(added, self.access.api_version().await?)
            {
                arguments.shift_remove(added);
            }
        }
        let call = call.arguments(arguments);
        let call = if checked.extra.allow_newer { call.allow_newer() } else { call };
        Ok(match (&checked.body, content) {
            (Some(body), _) => call.body(body),
            (None, content) => call.content(content),
        })
    }

    /// Waits for an answer until the deadline; then the failure says what was abandoned.
    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, Attempt>>) -> Result<T, Attempt> {
        timely(self.options, answer).await.unwrap_or_else(|| Err(self.late()))
    }

    fn late(&self) -> Attempt {
        let seconds = self.options.limit_seconds.unwrap_or_default();
        Failure::Limit { operation: self.tool.operation.name, seconds, when_abandoned: self.tool.when_abandoned }.into()
    }
}

/// Waits for an answer until the caller's deadline.
async fn timely<T>(options: &ReplyOptions, answer: impl Future<Output = T>) -> Option<T> {
    match options.deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, answer).await.ok(),
        None => Some(answer.await),
    }
}

/// The options of a call. Logs end by themselves unless they are followed.
fn options(tool: &Tool, checked: &CheckedArguments, settings: &Settings) -> ReplyOptions {
    let follows = checked.arguments.get("follow").is_some_and(|follow| follow == true);
    let endless = tool.operation.answer != Answer::LogStream || follows;
    let limit = checked.extra.limit_seconds.or(tool.answer_within.filter(|_| endless));
    let options = reply_options(&checked.extra, settings).within(limit);
    ReplyOptions { tail: checked.tail(), when_abandoned: tool.when_abandoned, ..options }
}

fn packing<'a>(operation: &Operation, checked: &'a CheckedArguments) -> Packing<'a> {
    let name = "dockerfile";
    if !operation.takes(name) {
        return Packing::Plain;
    }
    let dockerfile = checked.arguments.get(name).and_then(|dockerfile| dockerfile.as_str());
    Packing::Build { dockerfile }
}

fn place(operation: &Operation, argument: &str, refused: &files::PathError) -> Attempt {
    Failure::Request(format!("{}: argument `{argument}`: {refused}", operation.name)).into()
}
