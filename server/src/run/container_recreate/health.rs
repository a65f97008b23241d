//! Waits for a new container: until it is healthy, or a moment to see that it goes on. It hears the engine's events.

use std::time::Duration;

use dockwright::{Error, JsonStream};
use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};

use crate::access::{Access, Failure};
use crate::run::composed_call::object;

/// The time that a container without a check must go on.
const GRACE: Duration = Duration::from_secs(2);
/// A container with a check may end fewer times than this, if the engine starts it again.
const ENDS: usize = 3;
/// A stream of events that breaks off is opened this many times in all.
const OPENINGS: usize = 3;

/// The events of a container that is about to be started.
pub(super) struct Events<'a> {
    access: &'a Access,
    arguments: Map<String, Value>,
    stream: JsonStream<Value>,
    openings: usize,
}

/// The reasons why a container did not do well.
#[derive(Debug)]
pub(super) enum Unwell {
    /// In words that follow "the new container".
    Container(String),
    /// The engine could not be heard.
    Engine(Failure),
}

/// The news that an event brings.
#[derive(Debug, PartialEq)]
enum News {
    Healthy,
    Unhealthy,
    Ended(String),
    Deleted,
}

impl<'a> Events<'a> {
    /// Opens the events of a container from its creation on. `inspect` is the answer of container_inspect.
    pub(super) async fn open(access: &'a Access, inspect: &Value) -> Result<Self, Failure> {
        let filters = json!({ "container": [inspect["Id"]], "type": ["container"] });
        let mut arguments = object([("filters", filters)]);
        arguments.extend(engine_time(&inspect["Created"]).map(|since| ("since".to_owned(), since.into())));
        let stream = open(access, &arguments).await?;
        Ok(Events { access, arguments, stream, openings: 1 })
    }

    /// Waits until a container that was started is healthy, for `limit_seconds` at most, or has run for a moment, if
    /// nothing checks it. Returns its state in a word.
    pub(super) async fn well(mut self, inspect: &Value, limit_seconds: u64) -> Result<&'static str, Unwell> {
        let is_checked = is_checked(inspect);
        let limit = if is_checked { Duration::from_secs(limit_seconds) } else { GRACE };
        let deadline = Instant::now().checked_add(limit);
        let policy = inspect["HostConfig"]["RestartPolicy"]["Name"].as_str().unwrap_or_default();
        let comes_back = is_checked && !matches!(policy, "" | "no");
        let mut ends = 0;
        loop {
            let next = self.next();
            let event = match deadline {
                Some(deadline) => timeout_at(deadline, next).await,
                None => Ok(next.await),
            };
            let Ok(event) = event else {
                return if is_checked { Err(Unwell::Container(late(inspect, limit_seconds))) } else { Ok("running") };
            };
            let Some(event) = event.map_err(Unwell::Engine)? else {
                // All events since its creation come again.
                ends = 0;
                continue;
            };
            match news(&event) {
                Some(News::Healthy) => return Ok("healthy"),
                Some(News::Unhealthy) => return Err(Unwell::Container("is unhealthy".to_owned())),
                Some(News::Deleted) => return Err(Unwell::Container("was deleted".to_owned())),
                Some(News::Ended(how)) => {
                    ends += 1;
                    if !comes_back || ends >= ENDS {
                        return Err(Unwell::Container(how));
                    }
                }
                None => {}
            }
        }
    }

    /// The next event; `None` when the stream broke off and was opened anew.
    async fn next(&mut self) -> Result<Option<Value>, Failure> {
        let operation = self.access.operation("system_events")?.operation;
        let lost = match self.stream.next().await {
            Some(Ok(event)) => return Ok(Some(event)),
            Some(Err(error)) => error,
            None => {
                Error::Interrupted { operation: operation.name, reason: "the events ended".to_owned(), source: None }
            }
        };
        if self.openings == OPENINGS {
            return Err(self.access.explain(operation, &self.arguments, lost).await);
        }
        self.openings += 1;
        self.stream = open(self.access, &self.arguments).await?;
        Ok(None)
    }
}

async fn open(access: &Access, arguments: &Map<String, Value>) -> Result<JsonStream<Value>, Failure> {
    let operation = access.operation("system_events")?.operation;
    let opened = access.call(operation, arguments.clone(), None).await?.json_stream().await;
    access.explain_result(operation, arguments, opened).await
}

fn news(event: &Value) -> Option<News> {
    let attributes = &event["Actor"]["Attributes"];
    match event["Action"].as_str().or(event["status"].as_str())? {
        "health_status: healthy" => Some(News::Healthy),
        "health_status: unhealthy" => Some(News::Unhealthy),
        "die" => {
            let code = attributes["exitCode"].as_str().unwrap_or("?");
            Some(News::Ended(format!("ended with exit code {code}")))
        }
        "destroy" => Some(News::Deleted),
        _ => None,
    }
}

/// Returns whether something checks the health of a container.
fn is_checked(inspect: &Value) -> bool {
    let test = inspect["Config"]["Healthcheck"]["Test"].as_array();
    test.and_then(|test| test.first()).is_some_and(|first| first != "NONE")
}

fn late(inspect: &Value, limit_seconds: u64) -> String {
    let interval = inspect["Config"]["Healthcheck"]["Interval"].as_u64().filter(|interval| *interval > 0);
    let every = interval.map_or(30, |interval| interval / 1_000_000_000);
    format!("is not healthy after {limit_seconds} s (limit_seconds); its check runs every {every} s")
}

/// A time of the engine as `since` takes it.
fn engine_time(time: &Value) -> Option<String> {
    let time = chrono::DateTime::parse_from_rfc3339(time.as_str()?).ok()?;
    Some(format!("{}.{:09}", time.timestamp(), time.timestamp_subsec_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_understood() {
        let told = |action: &str| news(&json!({"Action": action, "Actor": {"Attributes": {"exitCode": "3"}}}));
        assert_eq!(told("health_status: healthy"), Some(News::Healthy));
        assert_eq!(told("health_status: unhealthy"), Some(News::Unhealthy));
        assert_eq!(told("die"), Some(News::Ended("ended with exit code 3".to_owned())));
        assert_eq!(told("exec_die: /bin/check"), None);
        assert_eq!(engine_time(&json!("2026-01-01T00:00:00.05Z")).unwrap(), "1767225600.050000000");
    }

    #[test]
    fn a_check_may_be_turned_off() {
        let checked = |test: Value| {
            is_checked(&json!({"Config": {"Healthcheck": {"Test": test, "Interval": 5_000_000_000_u64}}}))
        };
        assert!(checked(json!(["CMD-SHELL", "true"])));
        assert!(!checked(json!(["NONE"])) && !checked(json!([])) && !is_checked(&json!({"Config": {}})));
        let inspect = json!({"Config": {"Healthcheck": {"Interval": 5_000_000_000_u64}}});
        assert!(late(&inspect, 7).contains("after 7 s") && late(&inspect, 7).ends_with("every 5 s"));
    }
}
