//! `work_list`, `work_join` and `work_cancel`: tools about calls that run on without their caller.

use serde_json::Value;

use super::composed_call::ComposedCall;
use super::detach::{describe, reply, wait};
use crate::access::Failure;
use crate::catalogue::presentation::COMPOSED_SECONDS;
use crate::reply::ToolReply;
use crate::work::{Outcome, WorkTicket};

/// The bytes of a list that are left for the last piece of work and a note.
const RESERVE: usize = 500;

/// Lists all work, as much as there is room for.
pub(super) fn list(call: &ComposedCall<'_>) -> ToolReply {
    let max_reply = call.access.settings().max_reply;
    let all = call.registry.list();
    let mut room = max_reply.saturating_sub(RESERVE);
    let mut shown = Vec::new();
    for work in &all {
        let described = describe(work);
        let bytes = described.to_string().len() + 1;
        if bytes > room {
            break;
        }
        room -= bytes;
        shown.push(described);
    }
    let note = (shown.len() < all.len()).then(|| format!("{} of {} shown, the newest first", shown.len(), all.len()));
    reply(shown.into(), note, max_reply)
}

/// Waits for work, and gives its outcome.
pub(super) async fn join(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let joined = find(&call)?;
    let limit = call.extra.limit_seconds.unwrap_or(COMPOSED_SECONDS);
    wait(&joined.work, Some(limit), None, call.progress, call.access.settings().max_reply).await
}

/// Ends work, and says what stays of it.
pub(super) async fn cancel(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let WorkTicket { work, .. } = &find(&call)?;
    let had_ended = work.end().is_some();
    let end = work.cancel().await;
    let note = match &end.outcome {
        _ if had_ended => "it had ended before; `work_join` gives its outcome".to_owned(),
        Outcome::Cancelled => work.call.when_abandoned.to_owned(),
        _ => "it ended at that moment; `work_join` gives its outcome".to_owned(),
    };
    Ok(reply(describe(work), [note], call.access.settings().max_reply))
}

fn find(call: &ComposedCall<'_>) -> Result<WorkTicket, Failure> {
    call.registry.find(call.arguments.get("name").and_then(Value::as_str).unwrap_or_default())
}
