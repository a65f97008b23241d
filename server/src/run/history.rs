//! Reads how far back the engine's history of events reaches, for a call that asks for the past.

use std::time::Duration;

use dockwright::tools::{Tool, View};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::access::Access;
use crate::reply::view::History;
use crate::reply::view::history::{nanoseconds, time};

/// The most time for the answer to begin, and for its first event.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_secs(1);

/// The history, compared with the past that the arguments ask for. `None` if they ask for none, or if the engine does
/// not answer: the call itself then fails with the reason.
///
/// The engine sends its whole history at once, the oldest event first; only that one is read. It is asked before the
/// call, because new events push old ones out.
pub(super) async fn read(access: &Access, tool: &'static Tool, arguments: &Map<String, Value>) -> Option<History> {
    let given =
        |name: &str| arguments.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let (since, until) = (given("since"), given("until"));
    if tool.view != Some(View::Events) || since.is_none() && until.is_none() {
        return None;
    }
    let since = since.map_or(Some(0), |since| nanoseconds(&since))?;
    // Without an end, for the clock of the engine may be another.
    let all = Map::from_iter([("since".to_owned(), "0".into())]);
    let call = access.call(tool.operation, all, None).await.ok()?;
    let mut events = timeout(PATIENCE, call.json_stream::<Value>()).await.ok()?.ok()?;
    let oldest = match timeout(PAUSE, events.next()).await {
        Ok(Some(event)) => Some(time(&event.ok()?)?),
        // The history comes at once: if nothing does, there is none.
        Ok(None) | Err(_) => None,
    };
    Some(History { since, oldest })
}
