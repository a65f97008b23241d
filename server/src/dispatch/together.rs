//! One call to several engines: the limits of each part, and the parts put together.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::access::{Access, Failure};
use crate::arguments;
use crate::catalogue::Entry;
use crate::reply::engines::{Part, join, share};
use crate::reply::{ReplyOptions, ToolReply};
use crate::secrets::Safe;

/// The longest time for an engine's part, unless the call has a limit of its own.
const SECONDS: u64 = 30;
/// The time that an engine has beyond the limit that the call hands on to it.
const GRACE: u64 = 5;

/// The limits of each part.
pub(super) struct Limits {
    /// The characters of its reply.
    pub(super) max_reply: usize,
    /// The time after which nobody waits for it.
    pub(super) seconds: u64,
}

impl Limits {
    /// Shares the limits of a call fairly, and hands them on with its arguments.
    ///
    /// # Errors
    /// [`Failure::Request`], if a reply has no room for so many parts.
    pub(super) fn share(
        entry: Entry,
        arguments: &mut Map<String, Value>,
        max_reply: usize,
        engines: usize,
    ) -> Result<Self, Failure> {
        let Some(max_reply) = share(max_reply, engines) else {
            let most = (1..engines).rev().find(|fewer| share(max_reply, *fewer).is_some()).unwrap_or(1);
            let problem = format!("a reply has room for {most} engines, and this is for {engines}: name fewer");
            return Err(Failure::Request(format!("{}: {problem}", entry.name())));
        };
        if let Some(bytes) = number(arguments, "limit_bytes").filter(|bytes| *bytes > 0) {
            arguments.insert("limit_bytes".to_owned(), (bytes / engines as u64).max(1).into());
        }
        let seconds = match (number(arguments, "limit_seconds"), arguments::property(entry, "limit_seconds")) {
            (Some(seconds), Some(_)) => seconds.saturating_add(GRACE),
            // The tool has no such argument, so this limit is for the parts alone.
            (Some(seconds), None) if seconds > 0 => {
                arguments.shift_remove("limit_seconds");
                seconds
            }
            (None, Some(limit)) => {
                limit["default"].as_u64().map_or(SECONDS, |default| SECONDS.max(default.saturating_add(GRACE)))
            }
            _ => SECONDS,
        };
        Ok(Limits { max_reply, seconds })
    }

    /// Runs the call of one part until its time is over.
    pub(super) async fn run(
        &self,
        tool: &str,
        call: impl Future<Output = Result<ToolReply, Failure>>,
    ) -> Result<ToolReply, Failure> {
        let over = || {
            let seconds = self.seconds;
            Err(Failure::Ended(format!("{tool}: no answer within {seconds} s, the time limit among several engines")))
        };
        tokio::time::timeout(Duration::from_secs(self.seconds), call).await.unwrap_or_else(|_| over())
    }
}

/// Puts the results of the engines together.
///
/// # Errors
/// [`Failure::Outcome`], if all of them failed.
pub(super) fn combine(
    tool: &str,
    results: Vec<(&Access, Result<ToolReply, Failure>)>,
    max_reply: usize,
) -> Result<ToolReply, Failure> {
    let all_failed = results.iter().all(|(_, result)| result.is_err());
    let show_secrets = results.iter().all(|(access, _)| access.settings().show_secrets);
    let count = results.len();
    let parts = results.into_iter().map(|(access, result)| Part {
        engine: access.name().map(|name| (**name).to_owned()).unwrap_or_default(),
        // A failure's text is made of safe parts.
        result: result.map_err(|failure| Safe::trusted(failure.to_string())),
    });
    let reply = join(parts.collect(), &ReplyOptions { show_secrets, ..ReplyOptions::new(max_reply) });
    match all_failed {
        true => Err(Failure::Outcome(Safe::trusted(format!("{tool}: failed on all {count} engines\n{reply}")))),
        false => Ok(reply),
    }
}

/// A number among the arguments, which may be written as a text.
fn number(arguments: &Map<String, Value>, name: &str) -> Option<u64> {
    let value = arguments.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}
