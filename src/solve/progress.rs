//! A build from its request to its end: the trace is passed on while it runs, then the image or the error.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::message::image;
use crate::build::BuildPart;
use crate::error::{Error, Result, exit_code};
use crate::grpc::{Answer, Client, Code, Status};
use crate::reply::{MESSAGE_BYTES, readable};

/// The name that begins messages.
pub(super) const OPERATION: &str = "solve";

/// The methods of BuildKit's own API, which are facts.
const SOLVE: &str = "/moby.buildkit.v1.Control/Solve";
const STATUS: &str = "/moby.buildkit.v1.Control/Status";

/// The time for which the rest of the trace is awaited once the build has ended. The trace of a build that was refused
/// never begins.
const TRACE_DELAY: Duration = Duration::from_secs(3);

/// The receiver of parts; it is gone if the program has dropped the build.
type Sender = mpsc::Sender<Result<BuildPart>>;

/// Builds by a request, follows the build by another, and sends its parts.
pub(super) async fn report(client: Client, solve: Bytes, status: Bytes, sender: Sender) {
    let (answer, trace) = (client.call(SOLVE, &solve), client.call(STATUS, &status));
    let Some(answer) = follow(answer, trace, &sender).await else { return };
    let parts = match answer.and_then(|answer| Ok(image(answer)?)) {
        Ok(id) => id.map(BuildPart::Image).into_iter().chain([BuildPart::End]).map(Ok).collect(),
        Err(status) => vec![Err(explain(status))],
    };
    for part in parts {
        let _ = sender.send(part).await;
    }
}

/// Passes the trace on until the build has ended. `None` if nobody wants it any more.
async fn follow(answer: Answer, mut trace: Answer, sender: &Sender) -> Option<Result<Bytes, Status>> {
    let mut answer = pin!(answer.message());
    let mut ended = None;
    loop {
        let message = match &ended {
            Some(_) => timeout(TRACE_DELAY, trace.next()).await.unwrap_or(Ok(None)),
            None => tokio::select! {
                answer = &mut answer => {
                    ended = Some(answer);
                    continue;
                }
                message = trace.next() => message,
            },
        };
        match message {
            Ok(Some(message)) => sender.send(Ok(BuildPart::Trace(message))).await.ok()?,
            Ok(None) => break,
            Err(status) => {
                // The build goes on without its trace, and a build that fails says why itself.
                tracing::debug!(target: "dockwright::solve", ?status, "the trace has ended");
                break;
            }
        }
    }
    match ended {
        Some(answer) => Some(answer),
        None => Some(answer.await),
    }
}

/// The end of a call as an error for callers.
pub(super) fn explain(Status { code, message }: Status) -> Error {
    match code {
        Code::Unavailable => Error::Interrupted { operation: OPERATION, reason: message, source: None },
        _ => {
            let code = exit_code(&message);
            Error::Failed { operation: OPERATION, message: readable(&message, MESSAGE_BYTES), code }
        }
    }
}
