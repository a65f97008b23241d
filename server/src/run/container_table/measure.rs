//! Measures containers, many at once. The use of the CPU needs two samples a second apart; they are taken here, because
//! an engine that is asked for both at once answers after up to two seconds.

use std::sync::Arc;
use std::time::Duration;

use dockwright::Value;
use serde_json::Map;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::row::Row;
use crate::access::Access;
use crate::reply::view::usage::{Usage, is_running};
use crate::run::composed_call::object;
use crate::secrets::Safe;

/// The most requests that are under way at once.
const AT_ONCE: usize = 128;
/// The most if each connection is a login.
#[cfg(feature = "ssh")]
const AT_ONCE_BY_LOGIN: usize = 8;
/// The time between two samples.
const BETWEEN: Duration = Duration::from_secs(1);
/// The most time for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The outcome of measuring a container.
#[derive(Debug)]
pub(super) enum Measured {
    /// It is there, and measured if it runs.
    Row(Row),
    /// It was listed as one that runs, and has ended.
    Ended(Row),
    /// It was listed, and is deleted.
    Gone,
    /// It could not be measured for this reason.
    Partly(Row, String),
}

/// Measures each of the elements of a list, and keeps their order. Dropped, it closes all its connections.
pub(super) async fn measure(access: &Access, listed: Vec<Value>) -> Vec<Measured> {
    let permits = Arc::new(Semaphore::new(at_once(access)));
    let mut tasks = JoinSet::new();
    let mut measured: Vec<_> =
        listed.iter().map(|one| Measured::Partly(Row::listed(one), "not asked".to_owned())).collect();
    for (place, listed) in listed.into_iter().enumerate() {
        let engine = Engine { access: access.clone(), permits: Arc::clone(&permits) };
        tasks.spawn(async move { (place, engine.measured(&listed).await) });
    }
    while let Some(ended) = tasks.join_next().await {
        if let Ok((place, one)) = ended {
            measured[place] = one;
        }
    }
    measured
}

#[cfg(feature = "ssh")]
fn at_once(access: &Access) -> usize {
    let route = access.engine().ok().and_then(|engine| engine.ssh_route());
    if route == Some(dockwright::SshRoute::DialStdio) { AT_ONCE_BY_LOGIN } else { AT_ONCE }
}

#[cfg(not(feature = "ssh"))]
fn at_once(_: &Access) -> usize {
    AT_ONCE
}

/// The engine as one of many tasks asks it.
struct Engine {
    access: Access,
    permits: Arc<Semaphore>,
}

/// The reason for a missing answer.
enum Missing {
    Gone,
    Problem(String),
}

impl Engine {
    async fn measured(&self, listed: &Value) -> Measured {
        let partly = |row: Row, missing: Missing| match missing {
            Missing::Gone => Measured::Gone,
            Missing::Problem(problem) => Measured::Partly(row, problem),
        };
        let id = object([("id", listed["Id"].clone())]);
        let inspected = match self.answer("container_inspect", id.clone()).await {
            Ok(inspected) => inspected,
            Err(missing) => return partly(Row::listed(listed), missing),
        };
        if !is_active(&inspected["State"]) {
            return Self::inactive(listed, &inspected);
        }
        match self.samples(&id).await {
            Ok((first, second)) => match Usage::between(&first, &second) {
                Some(usage) => Measured::Row(Row::new(listed, &inspected, Some((usage, &second["read"])))),
                // It ended, or is between two starts.
                None => match self.answer("container_inspect", id).await {
                    Ok(now) => Self::inactive(listed, &now),
                    Err(missing) => partly(Row::new(listed, &inspected, None), missing),
                },
            },
            Err(missing) => partly(Row::new(listed, &inspected, None), missing),
        }
    }

    fn inactive(listed: &Value, inspected: &Value) -> Measured {
        let row = Row::new(listed, inspected, None);
        let was_active = ["running", "paused", "restarting"].iter().any(|state| listed["State"] == *state);
        if was_active && !is_active(&inspected["State"]) { Measured::Ended(row) } else { Measured::Row(row) }
    }

    /// Two samples. An engine that does not know the faster way answers with both in one.
    async fn samples(&self, id: &Map<String, Value>) -> Result<(Value, Value), Missing> {
        let begun = Instant::now();
        let first = self.sample(id).await?;
        if !is_running(&first) || Usage::of(&first).is_some_and(|usage| usage.cpu.is_some()) {
            return Ok((first.clone(), first));
        }
        // Old engines answer at their own beat, once a second: a pause after the answer would miss one.
        sleep_until(begun + BETWEEN).await;
        let second = self.sample(id).await?;
        Ok((first, second))
    }

    async fn sample(&self, id: &Map<String, Value>) -> Result<Value, Missing> {
        let mut arguments = id.clone();
        arguments.extend(object([("stream", false.into()), ("one-shot", true.into())]));
        self.answer("container_stats", arguments).await
    }

    async fn answer(&self, operation: &'static str, arguments: Map<String, Value>) -> Result<Value, Missing> {
        let problem = |failure: &dyn ToString| Missing::Problem(Safe::line(&failure.to_string()).into_inner());
        let _permit = self.permits.acquire().await;
        let operation = self.access.operation(operation).map_err(|failure| problem(&failure))?.operation;
        let call = self.access.call(operation, arguments, None).await.map_err(|failure| problem(&failure))?;
        match timeout(PATIENCE, call.json::<Value>()).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if error.is_not_found() => Err(Missing::Gone),
            Ok(Err(error)) => Err(problem(&error)),
            Err(_) => Err(Missing::Problem(format!("no answer within {} s", PATIENCE.as_secs()))),
        }
    }
}

/// True if a container runs, is paused or is started again.
fn is_active(state: &Value) -> bool {
    state["Running"] == true || state["Restarting"] == true
}
