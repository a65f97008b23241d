//! Follows an update that the engine rolls out after its answer, as a swarm replaces the tasks of a service, until it
//! has ended or the time is up. The answer says no more than that the update is known, so a failure would go unseen.

mod look;

use std::time::Duration;

use dockwright::operation::Operation;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep, timeout_at};

use crate::access::{Access, Failure};
use crate::arguments::{CheckedArguments, merge};
use crate::catalogue::presentation::COMPOSED_SECONDS;
use crate::progress::Progress;
use crate::reply::{ToolReply, notes};
use crate::secrets::Safe;

use look::Look;

/// The property of an object whose updates are rolled out.
const STATUS: &str = "UpdateStatus";

/// The argument of an update that asks for the object's previous state.
const ROLLBACK: &str = "rollback";

/// Time between two looks.
const INTERVAL: Duration = Duration::from_millis(700);

/// An update whose rollout is followed.
pub(super) struct Rollout {
    update: &'static Operation,
    reader: &'static Operation,
    /// The arguments that name the object.
    object: Map<String, Value>,
    /// The version of the object before: what failed earlier has an older one.
    version: u64,
    is_rollback: bool,
    seconds: u64,
    deadline: Instant,
}

impl Rollout {
    /// The rollout of an update whose arguments are complete; `None` if it has none, or is of a job, whose tasks end.
    pub(super) fn of(update: &'static Operation, checked: &CheckedArguments) -> Option<Self> {
        let reader = update.reads.filter(|reader| reader.projection.contains(&STATUS))?;
        let mode = checked.body.as_ref()?.get("Mode")?;
        if mode.get("Replicated").or(mode.get("Global")).is_none_or(Value::is_null) {
            return None;
        }
        let seconds = checked.extra.limit_seconds.unwrap_or(COMPOSED_SECONDS);
        Some(Rollout {
            update,
            reader,
            object: merge::reading_arguments(reader, checked),
            version: checked.arguments.get("version").and_then(Value::as_u64).unwrap_or_default(),
            is_rollback: checked.arguments.contains_key(ROLLBACK),
            seconds,
            deadline: Instant::now() + Duration::from_secs(seconds),
        })
    }

    /// Waits for its end, and adds to the reply how it went.
    ///
    /// # Errors
    /// [`Failure::Outcome`], if the update did not hold.
    pub(super) async fn follow(
        &self,
        access: &Access,
        reply: ToolReply,
        progress: &Progress,
    ) -> Result<ToolReply, Failure> {
        let mut last = None;
        let mut was_calm = false;
        while let Ok(look) = timeout_at(self.deadline, self.next_look(access)).await {
            let look = match look {
                Ok(look) => look,
                Err(failure) => {
                    let note = format!("the update was taken; its rollout cannot be seen: {}", failure.event());
                    return Ok(reply.with_notes([note]));
                }
            };
            progress.step(|| Safe::line(&look.words()));
            match look.state() {
                "completed" => return Ok(reply.with_notes([look.words()])),
                "rollback_completed" if self.is_rollback => return Ok(reply.with_notes([look.words()])),
                state @ ("paused" | "rollback_paused" | "rollback_completed") => return Err(self.failure(state, &look)),
                // Not every update replaces tasks, and a moment passes before one begins.
                "" if look.is_calm() && was_calm => return Ok(reply.with_notes([look.words()])),
                state => was_calm = state.is_empty() && look.is_calm(),
            }
            last = Some(look);
        }
        let words = last.map(|look: Look| format!(": {}", look.words())).unwrap_or_default();
        let note = format!("not done after {} s{words}; it goes on: {} shows it", self.seconds, self.reader.name);
        Ok(reply.with_notes([note]))
    }

    async fn next_look(&self, access: &Access) -> Result<Look, Failure> {
        sleep(INTERVAL).await;
        let object = access.json(self.reader, self.object.clone(), None).await?;
        let filters = serde_json::json!({ "service": [object["ID"]] });
        let tasks = match access.get("tasks") {
            // Without them the state of the update is all there is.
            Ok(list) => access.json(list, Map::from_iter([("filters".to_owned(), filters)]), None).await.ok(),
            Err(_) => None,
        };
        Ok(Look::new(object, tasks, self.version))
    }

    fn failure(&self, state: &str, look: &Look) -> Failure {
        let hint = match state {
            "paused" => "old and new tasks run side by side until the next update; `rollback: previous` goes back",
            "rollback_completed" => "all tasks are of the spec before again: mend the cause, and update again",
            _ => "the rollback failed too, and nothing changes until the next update",
        };
        let event = Safe::line(&format!("{}: the update failed: {}", self.update.name, look.words()));
        Failure::Outcome(Safe::joined([&event, &notes::line(hint)], "\n"))
    }
}
