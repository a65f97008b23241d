//! The turn of a call.

use crate::access::Failure;
use crate::catalogue::Entry;
use crate::turns::{Turn, Turns};

/// Waits for the turn of a call, unless it needs none.
pub(super) async fn turn(tool: Entry, turns: Option<&Turns>) -> Result<Option<Turn<'_>>, Failure> {
    match turns.filter(|_| !tool.answers_at_once()) {
        None => Ok(None),
        Some(turns) => turns.take().await.map(Some).map_err(|busy| Failure::Busy { tool: tool.name(), busy }),
    }
}
