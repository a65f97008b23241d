//! The parts of a build as they arrive: messages of an engine's answer, or parts that a task reads from BuildKit's own
//! API.

use std::task::{Context, Poll};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
#[cfg(feature = "session")]
use tokio::sync::mpsc;

#[cfg(feature = "session")]
use crate::error::Error;
use crate::error::Result;
use crate::stream::JsonStream;

/// A part of a build.
#[cfg_attr(not(feature = "session"), allow(dead_code, reason = "only a task sends the others"))]
pub(crate) enum BuildPart {
    /// A message of an engine's answer.
    Message(BuildMessage),
    /// A message of BuildKit's trace.
    Trace(Bytes),
    /// The id of the image.
    Image(String),
    /// The build has succeeded.
    End,
}

/// A message of either builder.
#[derive(Deserialize)]
pub(crate) struct BuildMessage {
    pub(super) stream: Option<String>,
    pub(super) status: Option<String>,
    pub(super) id: Option<String>,
    #[serde(rename = "progressDetail")]
    pub(super) progress: Option<ProgressDetail>,
    pub(super) aux: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct ProgressDetail {
    pub(super) current: Option<u64>,
    pub(super) total: Option<u64>,
}

/// The source of the parts.
#[derive(Debug)]
pub(super) enum Parts {
    Messages(Box<JsonStream<BuildMessage>>),
    #[cfg(feature = "session")]
    Task {
        operation: &'static str,
        parts: mpsc::Receiver<Result<BuildPart>>,
        ended: bool,
    },
}

impl Parts {
    /// The next part; `None` at the end.
    pub(super) fn poll_part(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<BuildPart>>> {
        match self {
            Parts::Messages(messages) => {
                messages.poll_value(context).map(|value| value.map(|value| value.map(BuildPart::Message)))
            }
            #[cfg(feature = "session")]
            Parts::Task { operation, parts, ended } => parts.poll_recv(context).map(|part| match part {
                None if !*ended => {
                    *ended = true;
                    // A task that panics says nothing, and its build must not look like one that succeeded.
                    let reason = "the task that reads the build has ended".to_owned();
                    Some(Err(Error::Interrupted { operation, reason, source: None }))
                }
                part => {
                    *ended |= match &part {
                        // Others follow a part that cannot be read.
                        Some(Err(error)) => !matches!(error, Error::Decode { .. }),
                        part => matches!(part, Some(Ok(BuildPart::End))),
                    };
                    part
                }
            }),
        }
    }
}
