//! Reads how far back the engine's history of events reaches, for a call that asks for the past.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dockwright::tools::{Tool, View};
use serde_json::{Map, Value};

use crate::access::Access;
use crate::reply::view::History;
use crate::reply::view::history::{nanoseconds, time};

/// The most time that the answer is worth.
const PATIENCE: Duration = Duration::from_secs(2);

/// The history, compared with the past that the arguments ask for. `None` if they ask for none, and if the engine does
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
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let all = [("since", "0".to_owned()), ("until", now.to_string())];
    let all = all.into_iter().map(|(name, time)| (name.to_owned(), time.into())).collect();
    let oldest = async {
        let call = access.call(tool.operation).ok()?.arguments(all);
        let mut events = call.json_stream::<Value>().await.ok()?;
        match events.next().await {
            Some(event) => Some(Some(time(&event.ok()?)?)),
            None => Some(None),
        }
    };
    let oldest = tokio::time::timeout(PATIENCE, oldest).await.ok()??;
    Some(History { since, oldest })
}
