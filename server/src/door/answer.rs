//! How the answer of an operation is got: sent with all that belongs to it, read in the manner of its row, shaped. The
//! caller's limit of time ends what may go on for ever with what there is, and gives up what would be of no use in part.

use std::future::pending;
use std::time::Duration;

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
        let operation = tool.operation;
        let limit = limit(tool, &checked);
        let tail = arguments::tail(&checked);
        let wanted = Wanted { limit_seconds: limit, tail, ..Wanted::new(&checked.own, &self.settings) };
        let to = match &checked.own.to {
            Some(to) => {
                Some(files::destination(to, &self.allowed).map_err(|refused| place(operation, "to", &refused))?)
            }
            None => None,
        };
        let input = checked.own.input.clone();
        let arguments = checked.arguments.clone();
        let call = self.prepare(operation, checked).await?;
        let given_up = || late(tool, limit);
        match Manner::of(operation) {
            Manner::Answer | Manner::Value => {
                let shaped = async { reply::shape(call.send().await?, operation, &wanted).await };
                match within(limit, shaped).await {
                    Some(shaped) => Ok(shaped?),
                    // What only waits has not failed when nothing has happened yet.
                    None if tool.seconds.is_some() => {
                        Ok(Shaped::not_yet(limit.unwrap_or_default(), tool.given_up, &wanted))
                    }
                    None => Err(given_up().into()),
                }
            }
            Manner::Values => {
                let reply = within(limit, call.send()).await.ok_or_else(given_up)??;
                Ok(reply::gathered(reply, operation, &wanted, progress).await?)
            }
            Manner::Work => {
                let reply = within(limit, call.send()).await.ok_or_else(given_up)??;
                let worked = reply::work(reply, operation, &wanted, Some(tool.given_up), progress).await;
                let outcome = worked.map_err(|broken| Attempted::Broken(broken.error, broken.output))?;
                Ok(conveniences::with_image(self, &arguments, outcome, &wanted).await)
            }
            Manner::Archive => {
                let saved = async {
                    let archive = call.byte_stream().await?;
                    match &to {
                        Some(to) => files::save(archive, to, &wanted).await,
                        None => files::listing(archive, operation, &wanted).await,
                    }
                };
                Ok(within(limit, saved).await.ok_or_else(given_up)??)
            }
            Manner::Output => {
                let more = reply::lines_from(operation);
                if operation.answer == Answer::LogStream {
                    let output = within(limit, call.log_stream()).await.ok_or_else(given_up)??;
                    return Ok(reply::output(output, &wanted, &more, progress).await?);
                }
                let connect = async {
                    match operation.answer {
                        Answer::Websocket => call.websocket().await,
                        _ => call.duplex().await,
                    }
                };
                let connection = within(limit, connect).await.ok_or_else(given_up)??;
                let (write, output) = converse(operation, connection, input);
                tokio::select! {
                    shaped = reply::output(output, &wanted, &more, progress) => Ok(shaped?),
                    never = write => match never {},
                }
            }
        }
    }

    /// The call, with its body.
    async fn prepare(&self, operation: &'static Operation, checked: Checked) -> Result<Call<'_>, Attempted> {
        let content = match &checked.own.context {
            Some(context) => {
                let packing = packing(operation, &checked);
                let body = files::body(context, &self.allowed, packing).await;
                Some(body.map_err(|refused| place(operation, "context", &refused))?)
            }
            None => None,
        };
        let call = self.engine()?.call(operation).arguments(checked.arguments);
        Ok(match (&checked.body, content) {
            (Some(body), _) => call.body(body),
            (None, content) => call.content(content),
        })
    }
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

/// After how many seconds an answer is ended. Logs end by themselves unless they are followed.
fn limit(tool: &Tool, checked: &Checked) -> Option<u64> {
    let follows = checked.arguments.get("follow").is_some_and(|follow| follow == true);
    let endless = tool.operation.answer != Answer::LogStream || follows;
    checked.own.limit_seconds.or(tool.seconds.filter(|_| endless))
}

fn late(tool: &Tool, limit: Option<u64>) -> Failure {
    Failure::Limit { operation: tool.operation.name, seconds: limit.unwrap_or_default(), given_up: tool.given_up }
}

fn packing<'a>(operation: &Operation, checked: &'a Checked) -> Packing<'a> {
    let name = "dockerfile";
    if !operation.parameters.iter().any(|parameter| parameter.name == name) {
        return Packing::Plain;
    }
    let dockerfile = checked.arguments.get(name).and_then(|dockerfile| dockerfile.as_str());
    Packing::Build { dockerfile }
}

fn place(operation: &Operation, argument: &str, refused: &files::Refused) -> Attempted {
    Failure::Request(format!("{}: argument `{argument}`: {refused}", operation.name)).into()
}

/// What comes within the caller's own limit.
async fn within<T>(seconds: Option<u64>, answer: impl Future<Output = T>) -> Option<T> {
    match seconds {
        Some(seconds) => tokio::time::timeout(Duration::from_secs(seconds), answer).await.ok(),
        None => Some(answer.await),
    }
}
