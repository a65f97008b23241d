//! Sends the call of an operation with its body, and renders the answer by its presentation. The caller's time limit
//! ends a stream and keeps its output so far, but abandons work whose parts are of no use.

use dockwright::operation::{Answer, Operation};
use dockwright::tar::UnpackLimits;
use dockwright::tools::Tool;
use dockwright::{Call, Error, Value};
use serde_json::Map;

use super::build_session::BuildRequest;
use super::converse::converse;
use super::{history, image, process};
use crate::access::{Access, Failure};
use crate::arguments::{CheckedArguments, ExtraArguments};
use crate::catalogue::presentation::Presentation;
use crate::files::{self, Packing, PathError};
use crate::progress::Progress;
use crate::reply::view::ViewOptions;
use crate::reply::{self, ReadOutput, ReplyOptions, StreamEnd, ToolReply};
use crate::secrets::Safe;

/// The error of one attempt.
pub(super) enum AttemptError {
    /// Nothing was sent.
    NotSent(Failure),
    /// The engine rejected the call, or could not be reached.
    Engine(Error),
    /// The work failed; its output tells why.
    Work(Error, Safe<String>),
}

impl From<Error> for AttemptError {
    fn from(error: Error) -> Self {
        AttemptError::Engine(error)
    }
}

impl From<Failure> for AttemptError {
    fn from(failure: Failure) -> Self {
        AttemptError::NotSent(failure)
    }
}

/// Sends a call and renders its answer.
pub(super) async fn answer(
    access: &Access,
    tool: &'static Tool,
    checked: CheckedArguments,
    progress: &Progress,
) -> Result<ToolReply, AttemptError> {
    let options = options(tool, &checked, reply_options(&checked.extra, access));
    let request = RunRequest { access, tool, options: &options, progress };
    match Presentation::of(tool.operation) {
        Presentation::Answer | Presentation::Value => request.value(checked).await,
        Presentation::Values => request.values(checked).await,
        Presentation::Work => request.work(checked).await,
        Presentation::Archive => request.archive(checked).await,
        Presentation::Output => request.output(checked).await,
    }
}

/// Reply options from the extra arguments of a call and the settings for its engine.
pub(super) fn reply_options(extra: &ExtraArguments, access: &Access) -> ReplyOptions {
    let settings = access.settings();
    ReplyOptions {
        select: extra.select.clone(),
        grep: extra.grep.clone(),
        limit_items: extra.limit_items,
        limit_bytes: extra.limit_bytes,
        show_secrets: settings.show_secrets,
        hides_environment: access.exposure().hides_environment(),
        ..ReplyOptions::new(settings.max_reply)
    }
    .with_time_limit(extra.limit_seconds)
}

/// The limits of an archive that is saved: by default the library's.
fn save_limits(extra: &ExtraArguments) -> UnpackLimits {
    let limits = UnpackLimits::default();
    let limits = extra.limit_bytes.map_or(limits, |bytes| limits.bytes(bytes as u64));
    extra.limit_items.map_or(limits, |entries| limits.entries(entries as u64))
}

/// One call, with a function for each presentation.
struct RunRequest<'a> {
    access: &'a Access,
    tool: &'static Tool,
    options: &'a ReplyOptions,
    progress: &'a Progress,
}

impl<'a> RunRequest<'a> {
    async fn value(&self, checked: CheckedArguments) -> Result<ToolReply, AttemptError> {
        let reply = async {
            let reply = self.call(checked).await?.send().await?;
            Ok(reply::shape(reply, self.tool.operation, self.options).await?)
        };
        match before_deadline(self.options, reply).await {
            Some(result) => result,
            // A wait is not a failure if the event has not happened yet.
            None if self.tool.answer_within.is_some() => Ok(ToolReply::not_yet(self.options)),
            None => Err(self.limit_failure()),
        }
    }

    async fn values(&self, checked: CheckedArguments) -> Result<ToolReply, AttemptError> {
        let history = history::read(self.access, self.tool, &checked.arguments).await;
        let view = self.options.view.map(|view| ViewOptions { history, ..view });
        let options = &ReplyOptions { view, ..self.options.clone() };
        let reply = self.with_deadline(async { Ok(self.call(checked).await?.send().await?) }).await?;
        Ok(reply::gather(reply, self.tool.operation, options, self.progress).await?)
    }

    async fn work(&self, mut checked: CheckedArguments) -> Result<ToolReply, AttemptError> {
        let operation = self.tool.operation;
        let begin = async {
            let (build, mut context) = (BuildRequest::of(operation, &checked), checked.extra.context.take());
            let arguments = checked.arguments.clone();
            let mut call = self.call(checked).await?;
            let mut session = None;
            // Only a build that is allowed opens a session.
            if let Some(build) = build {
                (call, session) = build.prepare(self.access, call, &mut context).await?;
            }
            let call = self.with_content(call, context.as_ref(), &arguments).await?;
            Ok((call.send().await?, arguments, session))
        };
        // The engine asks the session until the build has ended.
        let (reply, arguments, _session) = self.with_deadline(begin).await?;
        let outcome = reply::follow_work(reply, self.tool.operation, self.options, self.progress).await;
        let outcome = outcome.map_err(|failure| AttemptError::Work(failure.error, failure.output))?;
        Ok(image::with_image(self.access, self.tool, &arguments, outcome, self.options).await)
    }

    async fn archive(&self, checked: CheckedArguments) -> Result<ToolReply, AttemptError> {
        let operation = self.tool.operation;
        let open = async |checked| Ok(self.call(checked).await?.byte_stream().await?);
        let Some(to) = checked.extra.to.as_deref() else {
            let archived = checked.arguments.get("path").and_then(|path| path.as_str()).map(str::to_owned);
            let options = ReplyOptions { archived, ..self.options.clone() };
            let archive = self.with_deadline(open(checked)).await?;
            return Ok(reply::list_archive(archive, operation, &options).await?);
        };
        let to = files::destination(to, operation.takes("path"), self.access.folders());
        let to = to.map_err(|error| path_failure(operation, "to", &error))?;
        let limits = save_limits(&checked.extra);
        // The limits are for the files, not for the reply.
        let options = ReplyOptions { limit_items: None, limit_bytes: None, ..self.options.clone() };
        let saved = async {
            let archive = open(checked).await?;
            Ok(files::save(archive, operation, to, limits, &options).await?)
        };
        self.with_deadline(saved).await
    }

    async fn output(&self, mut checked: CheckedArguments) -> Result<ToolReply, AttemptError> {
        let operation = self.tool.operation;
        let more = reply::line_arguments(operation);
        let input = checked.extra.input.take();
        let (running, arguments) = (process::running(operation, &checked), checked.arguments.clone());
        let read = if operation.answer == Answer::LogStream {
            let output = self.with_deadline(async { Ok(self.call(checked).await?.log_stream().await?) }).await?;
            reply::read_output(output, self.options, &more, self.progress).await
        } else {
            let connect = async {
                let call = self.call(checked).await?;
                Ok(match operation.answer {
                    Answer::Websocket => call.websocket().await?,
                    _ => call.duplex().await?,
                })
            };
            let connection = self.with_deadline(connect).await?;
            let (write, output) = converse(operation, connection, input);
            tokio::select! {
                read = reply::read_output(output, self.options, &more, self.progress) => read,
                never = write => match never {},
            }
        };
        let note = process::note(self.access, running, &arguments, &read.end).await;
        match read {
            // Nothing is lost: what only reads can be called again.
            ReadOutput { end: StreamEnd::Failed(error), bytes: 0, .. } if operation.annotations.read_only => {
                Err(error.into())
            }
            read => Ok(read.reply.with_notes(note)),
        }
    }

    /// Builds the call, with its body.
    async fn call(&self, checked: CheckedArguments) -> Result<Call<'a>, AttemptError> {
        let operation = self.tool.operation;
        let CheckedArguments { mut arguments, body, extra, defaulted, keeps_login, .. } = checked;
        for added in &defaulted {
            // Negotiates the version only if it matters: most arguments are as old as their operation.
            if operation.versioned.iter().any(|newer| newer.path == [added])
                && !operation.knows(added, self.access.api_version().await?)
            {
                arguments.shift_remove(added);
            }
        }
        // Before a host file is read, so that a request that is refused reads none.
        let call = self.access.call(operation, arguments.clone(), body.as_ref()).await?;
        let call = if extra.allow_newer { call.allow_newer() } else { call };
        let call = if keeps_login { call.without_stored_login() } else { call };
        self.with_content(call, extra.context.as_ref(), &arguments).await
    }

    /// Adds the files of the argument `context` to a call.
    async fn with_content(
        &self,
        call: Call<'a>,
        context: Option<&Value>,
        arguments: &Map<String, Value>,
    ) -> Result<Call<'a>, AttemptError> {
        let Some(context) = context else { return Ok(call) };
        let operation = self.tool.operation;
        let body = files::body(context, self.access.folders(), packing(operation, arguments)).await;
        Ok(call.content(body.map_err(|error| path_failure(operation, "context", &error))?))
    }

    /// Waits for an answer until the deadline, then fails.
    async fn with_deadline<T>(&self, answer: impl Future<Output = Result<T, AttemptError>>) -> Result<T, AttemptError> {
        before_deadline(self.options, answer).await.unwrap_or_else(|| Err(self.limit_failure()))
    }

    fn limit_failure(&self) -> AttemptError {
        let seconds = self.options.limit_seconds.unwrap_or_default();
        Failure::Limit { operation: self.tool.operation.name, seconds, when_abandoned: self.tool.when_abandoned }.into()
    }
}

/// Waits for an answer until the deadline; `None` if it has passed.
async fn before_deadline<T>(options: &ReplyOptions, answer: impl Future<Output = T>) -> Option<T> {
    match options.deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, answer).await.ok(),
        None => Some(answer.await),
    }
}

/// The seconds that an archive is read for to list it, by default.
const LISTING_SECONDS: u64 = 60;

/// Reply options of a call. Logs that are not followed end without a time limit.
fn options(tool: &Tool, checked: &CheckedArguments, options: ReplyOptions) -> ReplyOptions {
    let follows = checked.arguments.get("follow").is_some_and(|follow| follow == true);
    let endless = tool.operation.answer != Answer::LogStream || follows;
    let lists = Presentation::of(tool.operation) == Presentation::Archive && checked.extra.to.is_none();
    let default = if lists { Some(LISTING_SECONDS) } else { tool.answer_within.filter(|_| endless) };
    let limit = checked.extra.limit_seconds.or(default);
    let options = options.with_time_limit(limit);
    // A search in a log that goes on is a wait for lines.
    let stops_at_limit = follows && checked.extra.grep.is_some();
    let options = ReplyOptions { view: view(tool, checked), tail: checked.tail(), stops_at_limit, ..options };
    ReplyOptions { when_abandoned: tool.when_abandoned, ..options }
}

/// The view of a tool, as the arguments of a call want it.
fn view(tool: &Tool, checked: &CheckedArguments) -> Option<ViewOptions> {
    let asks_for = |name: &&str| checked.arguments.get(*name).is_some_and(|value| *value != false);
    // A filter for events of commands wants to see them.
    let chosen = checked.arguments.get("filters").and_then(|filters| filters["event"].as_array());
    let commands = chosen.is_some_and(|events| {
        events.iter().any(|event| event.as_str().is_some_and(|event| event.starts_with("exec_")))
    });
    let objects = tool.objects_if.iter().any(asks_for);
    Some(ViewOptions { objects, commands, ..ViewOptions::new(tool.view?) })
}

fn packing<'a>(operation: &Operation, arguments: &'a Map<String, Value>) -> Packing<'a> {
    let name = "dockerfile";
    if !operation.takes(name) {
        return Packing::Plain;
    }
    let dockerfile = arguments.get(name).and_then(|dockerfile| dockerfile.as_str());
    Packing::Build { dockerfile }
}

/// Failure for an argument with a host path or files.
fn path_failure(operation: &Operation, argument: &str, error: &PathError) -> AttemptError {
    Failure::Request(format!("{}: argument `{argument}`: {error}", operation.name)).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_archive_is_listed_for_a_minute_and_saved_for_as_long_as_it_takes() {
        let tool = crate::catalogue::operations::find("container_archive").unwrap();
        let seconds = |more: serde_json::Value| {
            let mut arguments = json!({ "id": "web", "path": "/" });
            arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let checked = crate::arguments::check(tool, arguments.as_object().unwrap().clone()).unwrap();
            options(tool, &checked, ReplyOptions::default()).limit_seconds
        };
        assert_eq!(seconds(json!({})), Some(60));
        assert_eq!(seconds(json!({ "limit_seconds": 600 })), Some(600));
        assert_eq!(seconds(json!({ "to": "/tmp" })), None);
    }
}
