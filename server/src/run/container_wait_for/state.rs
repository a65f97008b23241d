//! The state of a container, as the engine tells it when it inspects one.

use chrono::DateTime;
use serde_json::{Value, json};

/// The time by which the first lines of a container may precede its start: an engine notes the start a moment late.
const EARLY: i64 = 100_000_000;

/// A container that was inspected.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ContainerState(pub(super) Value);

impl ContainerState {
    /// The whole id.
    pub(super) fn id(&self) -> &str {
        self.0["Id"].as_str().unwrap_or_default()
    }

    /// The state in one word, such as `running`.
    pub(super) fn status(&self) -> &str {
        self.0["State"]["Status"].as_str().unwrap_or_default()
    }

    /// The health in one word; none without a check, and before a first start.
    pub(super) fn health(&self) -> Option<&str> {
        self.0["State"]["Health"]["Status"].as_str().filter(|health| *health != "none")
    }

    /// Tells whether it has a health check.
    pub(super) fn has_check(&self) -> bool {
        let test = self.0["Config"]["Healthcheck"]["Test"].get(0).and_then(Value::as_str);
        self.health().is_some() || test.is_some_and(|kind| kind != "NONE")
    }

    /// Tells whether it runs, paused or not, so that its log can be followed.
    pub(super) fn is_up(&self) -> bool {
        matches!(self.status(), "running" | "paused")
    }

    /// Tells whether it has ended and does not start again by itself.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.status(), "exited" | "dead" | "removing")
    }

    /// The moment of its last start, as the engine writes it.
    pub(super) fn started(&self) -> &Value {
        &self.0["State"]["StartedAt"]
    }

    /// The time, in nanoseconds, from which on the lines of its log are those of its present or last run.
    ///
    /// An engine notes a start after the first lines may have come, and an end before the last ones have. So the lines
    /// of two runs are told apart in the middle between the end of one and the start of the next.
    pub(super) fn run_begins(&self) -> i64 {
        let time = |name: &str| nanoseconds(self.0["State"][name].as_str()?).filter(|time| *time > 0);
        match (time("StartedAt"), time("FinishedAt")) {
            (Some(start), Some(end)) if end < start => start - (start - end) / 2,
            (Some(start), Some(_)) => start - EARLY,
            _ => 0,
        }
    }

    /// The members that a reply shows.
    pub(super) fn shown(&self) -> Value {
        let state = &self.0["State"];
        let mut shown = json!({ "State": state["Status"] });
        if let Some(health) = self.health() {
            shown["Health"] = health.into();
        }
        if self.is_over() || self.status() == "restarting" {
            shown["ExitCode"] = state["ExitCode"].clone();
        }
        if state["OOMKilled"] == true {
            shown["OOMKilled"] = true.into();
        }
        if let Some(error) = state["Error"].as_str().filter(|error| !error.is_empty()) {
            shown["Error"] = error.into();
        }
        if self.health() != Some("healthy")
            && let Some(probe) = state["Health"]["Log"].as_array().and_then(|log| log.last())
        {
            shown["Probe"] = json!({ "ExitCode": probe["ExitCode"], "Output": probe["Output"] });
        }
        shown
    }
}

fn nanoseconds(time: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(time).ok()?.timestamp_nanos_opt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;
    const NEVER: &str = "0001-01-01T00:00:00Z";

    fn state(state: Value) -> ContainerState {
        ContainerState(json!({ "Id": "abc", "State": state, "Config": {} }))
    }

    #[test]
    fn runs_are_told_apart_between_the_end_of_one_and_the_start_of_the_next() {
        for (start, end, begins) in [
            ("1970-01-01T00:00:10Z", NEVER, 0),
            ("1970-01-01T00:00:10Z", "1970-01-01T00:00:08Z", 9 * SECOND),
            ("1970-01-01T00:00:10Z", "1970-01-01T00:00:12Z", 10 * SECOND - EARLY),
            (NEVER, NEVER, 0),
        ] {
            assert_eq!(state(json!({ "StartedAt": start, "FinishedAt": end })).run_begins(), begins, "{start}, {end}");
        }
    }

    #[test]
    fn a_check_may_come_from_the_image_and_may_be_turned_off() {
        for (test, has_check) in [
            (json!(["CMD", "true"]), true),
            (json!(["CMD-SHELL", "true"]), true),
            (json!(["NONE"]), false),
            (json!([]), false),
            (Value::Null, false),
        ] {
            let container = json!({ "State": {}, "Config": { "Healthcheck": { "Test": test } } });
            assert_eq!(ContainerState(container).has_check(), has_check, "{test}");
        }
        assert!(state(json!({ "Health": { "Status": "starting" } })).has_check());
        assert!(!state(json!({ "Health": { "Status": "none" } })).has_check(), "Podman tells it so");
    }

    #[test]
    fn the_last_probe_is_shown_unless_it_is_healthy_and_the_exit_code_once_there_is_one() {
        let log = json!([{ "ExitCode": 0, "Output": "old" }, { "ExitCode": 1, "Output": "refused" }]);
        let health =
            |health: &str| json!({ "Status": "running", "ExitCode": 0, "Health": { "Status": health, "Log": log } });
        assert_eq!(state(health("healthy")).shown(), json!({ "State": "running", "Health": "healthy" }));
        let probe = json!({ "ExitCode": 1, "Output": "refused" });
        let unhealthy = json!({ "State": "running", "Health": "unhealthy", "Probe": probe });
        assert_eq!(state(health("unhealthy")).shown(), unhealthy);
        let exited = json!({ "Status": "exited", "ExitCode": 137, "OOMKilled": true, "Error": "" });
        assert_eq!(state(exited).shown(), json!({ "State": "exited", "ExitCode": 137, "OOMKilled": true }));
    }
}
