//! `container_wait_for`: waits until a container runs, is healthy, or has written a line. It hears the engine's events
//! and follows the log, and asks for the state only when something has happened.

mod state;

use std::time::Duration;

use chrono::DateTime;
use dockwright::JsonStream;
use dockwright::http::header::DATE;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout, timeout_at};

use super::answer::reply_options;
use super::composed_call::{ComposedCall, object};
use crate::access::Failure;
use crate::arguments;
use crate::catalogue::presentation::COMPOSED_SECONDS;
use crate::grep::Grep;
use crate::reply::{self, ReplyOptions, ToolReply};
use crate::secrets::Safe;
use state::ContainerState;

const NAME: &str = "container_wait_for";
/// The operation that tells the state of a container.
const INSPECT: &str = "container_inspect";
/// Time for the engine to tell that a container has ended after its log has.
const EXIT_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) async fn run(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let begun = Instant::now();
    let arguments = std::mem::take(&mut call.arguments);
    let goal = Goal::new(&arguments)?;
    let limit = call.extra.limit_seconds.unwrap_or(COMPOSED_SECONDS);
    let options = reply_options(&call.extra, call.access).with_time_limit(Some(limit));
    let id = arguments.get("id").cloned().unwrap_or_default();
    let mut wait =
        Wait { call: &call, goal, arguments: &arguments, options: &options, state: ContainerState::default() };
    let end = match options.deadline {
        Some(deadline) => timeout_at(deadline, wait.run(&id)).await.unwrap_or(Ok(WaitEnd::TimeLimit(limit))),
        None => wait.run(&id).await,
    }?;
    if matches!(end, WaitEnd::TimeLimit(_) | WaitEnd::Failed(_)) && !wait.state.id().is_empty() {
        // The last word on why it did not come to it; the answer must not wait for that.
        let _ = timeout(EXIT_TIMEOUT, wait.look()).await;
    }
    Ok(wait.into_reply(end, begun.elapsed()))
}

/// The event that is waited for.
enum Goal {
    Running,
    Healthy,
    /// A line that matches.
    Line(Grep),
}

impl Goal {
    fn new(arguments: &Map<String, Value>) -> Result<Self, Failure> {
        let refused = |problem: String| Failure::Request(format!("{NAME}: {problem}"));
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let lines: Vec<_> = match arguments.get("line") {
            Some(Value::Array(lines)) => lines.iter().filter_map(text).collect(),
            line => line.and_then(text).into_iter().collect(),
        };
        let is_healthy = arguments.get("healthy").is_some_and(|healthy| *healthy == true);
        match (is_healthy, lines.is_empty()) {
            (true, false) => Err(refused("give `healthy` or `line`, one after the other".to_owned())),
            (true, true) => Ok(Goal::Healthy),
            (false, true) => Ok(Goal::Running),
            (false, false) => {
                let grep = Grep::new(lines).map_err(|problem| refused(format!("argument `line`: {problem}")))?;
                Ok(Goal::Line(grep))
            }
        }
    }

    /// The end of a sentence such as `it exited before …`.
    fn words(&self) -> &'static str {
        match self {
            Goal::Running => "it ran",
            Goal::Healthy => "it was healthy",
            Goal::Line(_) => "a line of its log matched",
        }
    }
}

/// The end of a wait.
enum WaitEnd {
    /// It came to it, with the line if that was waited for.
    Reached(Option<Safe<String>>),
    /// The container has ended.
    Over,
    /// The container is gone.
    Removed,
    /// The log has ended, and the container goes on.
    LogEnded,
    /// The limit of this many seconds has passed.
    TimeLimit(u64),
    /// The connection broke.
    Failed(Failure),
}

/// One wait.
struct Wait<'a> {
    call: &'a ComposedCall<'a>,
    goal: Goal,
    arguments: &'a Map<String, Value>,
    options: &'a ReplyOptions,
    /// The last known state.
    state: ContainerState,
}

impl Wait<'_> {
    async fn run(&mut self, id: &Value) -> Result<WaitEnd, Failure> {
        let since = self.first_look(id).await?;
        if matches!(self.goal, Goal::Healthy) && !self.state.has_check() {
            let problem = "it has no health check: give `line`, or neither to wait until it runs";
            return Err(Failure::Request(format!("{NAME}: {problem}")));
        }
        if self.is_reached() {
            return Ok(WaitEnd::Reached(None));
        }
        // Events are heard before the state is looked at, so that no change between the two is missed.
        let mut events = self.events(since).await?;
        let end = match self.look().await {
            Ok(()) if matches!(self.goal, Goal::Line(_)) => self.wait_for_line(&mut events).await,
            Ok(()) => self.wait_for_state(&mut events).await,
            Err(failure) => Err(failure),
        };
        match end {
            Err(failure) if failure.is_not_found() => Ok(WaitEnd::Removed),
            Err(failure) if failure.is_unreachable() => Ok(WaitEnd::Failed(failure)),
            end => end,
        }
    }

    fn is_reached(&self) -> bool {
        match self.goal {
            Goal::Running => self.state.status() == "running",
            Goal::Healthy => self.state.status() == "running" && self.state.health() == Some("healthy"),
            Goal::Line(_) => false,
        }
    }

    async fn wait_for_state(&mut self, events: &mut JsonStream<Value>) -> Result<WaitEnd, Failure> {
        loop {
            if self.is_reached() {
                return Ok(WaitEnd::Reached(None));
            }
            // One that is to run may be started by anybody.
            if self.state.is_over() && !matches!(self.goal, Goal::Running) {
                return Ok(WaitEnd::Over);
            }
            self.next_event(events).await?;
            self.look().await?;
        }
    }

    async fn wait_for_line(&mut self, events: &mut JsonStream<Value>) -> Result<WaitEnd, Failure> {
        loop {
            let (started, is_up) = (self.state.started().clone(), self.state.is_up());
            if self.state.status() != "created" {
                match self.find_line(is_up).await {
                    Ok(Some(line)) => return Ok(WaitEnd::Reached(Some(line))),
                    Ok(None) => {}
                    // The log of a container that is being removed cannot be read any more.
                    Err(failure) => {
                        self.look().await?;
                        return if self.state.is_over() { Ok(WaitEnd::Over) } else { Err(failure) };
                    }
                }
            }
            if self.state.is_over() {
                return Ok(WaitEnd::Over);
            }
            if is_up {
                // Its log has ended, and so has it, mostly.
                self.look().await?;
                if !self.state.is_up() || *self.state.started() != started {
                    continue;
                }
                match timeout(EXIT_TIMEOUT, self.next_event(events)).await {
                    Ok(event) => event?,
                    Err(_) => return Ok(WaitEnd::LogEnded),
                }
            } else {
                self.next_event(events).await?;
            }
            self.look().await?;
        }
    }

    /// Reads the log for the line, as far as it goes; one that is followed goes as far as the container.
    async fn find_line(&self, follow: bool) -> Result<Option<Safe<String>>, Failure> {
        let Goal::Line(grep) = &self.goal else { return Ok(None) };
        let logs = self.call.access.operation("container_logs")?;
        let given = self.arguments.get("since");
        let start = if given.is_some() { 0 } else { self.state.run_begins() };
        let since = given.cloned().unwrap_or_else(|| (start / 1_000_000_000).into());
        let arguments = [
            ("id", self.state.id().into()),
            ("follow", follow.into()),
            ("timestamps", true.into()),
            ("tail", "all".into()),
            ("since", since),
        ];
        let arguments = arguments::check(logs, object(arguments))?.arguments;
        let options = ReplyOptions { grep: Some(grep.clone()), ..self.options.clone() };
        let begun = self.call.access.call(logs.operation, arguments.clone(), None).await?;
        let found = async { reply::find_line(begun.log_stream().await?, start, &options).await };
        self.call.access.explain_result(logs.operation, &arguments, found.await).await
    }

    /// Looks at the container by the name that the caller gave, and returns the engine's time, in seconds.
    async fn first_look(&mut self, id: &Value) -> Result<Option<i64>, Failure> {
        let inspect = self.call.access.operation(INSPECT)?.operation;
        let arguments = object([("id", id.clone())]);
        let sent = self.call.access.call(inspect, arguments.clone(), None).await?;
        let answer = async {
            let reply = sent.send().await?;
            let date = reply.headers().get(DATE).and_then(|date| date.to_str().ok());
            let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()).map(|date| date.timestamp());
            Ok((date, reply.json().await?))
        };
        let (date, container) = self.call.access.explain_result(inspect, &arguments, answer.await).await?;
        self.state = ContainerState(container);
        Ok(date)
    }

    /// Looks at the container again.
    async fn look(&mut self) -> Result<(), Failure> {
        let inspect = self.call.access.operation(INSPECT)?.operation;
        let arguments = object([("id", self.state.id().into())]);
        self.state = ContainerState(self.call.access.json(inspect, arguments, None).await?);
        let state = [Some(self.state.status()), self.state.health()].map(Option::unwrap_or_default).join(" ");
        self.call.progress.step(|| Safe::line(state.trim_end()));
        Ok(())
    }

    /// The events of the container from the engine's time `since` on: an engine may hear of the wish for events later
    /// than it says that it sends them.
    async fn events(&self, since: Option<i64>) -> Result<JsonStream<Value>, Failure> {
        let events = self.call.access.operation("system_events")?.operation;
        let mut arguments = object([("filters", json!({ "type": ["container"], "container": [self.state.id()] }))]);
        arguments.extend(since.map(|since| ("since".to_owned(), since.to_string().into())));
        let begun = self.call.access.call(events, arguments.clone(), None).await?.json_stream().await;
        self.call.access.explain_result(events, &arguments, begun).await
    }

    /// Waits for the next event that changes the state.
    async fn next_event(&self, events: &mut JsonStream<Value>) -> Result<(), Failure> {
        let operation = self.call.access.operation("system_events")?.operation;
        loop {
            let event = match events.next().await {
                Some(event) => event,
                None => Err(dockwright::Error::Interrupted {
                    operation: operation.name,
                    reason: "the events ended".to_owned(),
                    source: None,
                }),
            };
            let event = self.call.access.explain_result(operation, &Map::new(), event).await?;
            // Health checks are execs, of which only the outcome matters.
            let action = event["Action"].as_str().unwrap_or_default();
            if !action.starts_with("exec_") {
                return Ok(());
            }
        }
    }

    fn into_reply(self, end: WaitEnd, elapsed: Duration) -> ToolReply {
        let mut shown = match end {
            WaitEnd::Removed => json!({ "State": "removed" }),
            _ => self.state.shown(),
        };
        shown["seconds"] = ((elapsed.as_secs_f64() * 10.0).round() / 10.0).into();
        let goal = self.goal.words();
        let note = match &end {
            WaitEnd::Reached(_) => None,
            WaitEnd::Over => Some(format!("it ended before {goal}; container_logs shows what it wrote")),
            WaitEnd::Removed => Some(format!("it was removed before {goal}")),
            WaitEnd::LogEnded => Some(format!("its log ended before {goal}, and it goes on: read container_logs")),
            WaitEnd::TimeLimit(seconds) => Some(format!("{seconds} s (limit_seconds) passed before {goal}")),
            WaitEnd::Failed(failure) => {
                Some(format!("the wait broke off before {goal}: {}; look with {INSPECT}", failure.event()))
            }
        };
        let is_unhealthy = self.state.health() == Some("unhealthy") && matches!(end, WaitEnd::TimeLimit(_));
        let probe = is_unhealthy.then(|| "Probe is its last check; a later one may still succeed".to_owned());
        let operation = self.call.access.operation(INSPECT).map(|tool| tool.operation);
        let data = match operation {
            Ok(operation) => reply::outcome(shown, operation, self.options),
            Err(_) => Safe::value(shown, "", false),
        };
        let reply = ToolReply::data(data, note.into_iter().chain(probe), self.options);
        match end {
            WaitEnd::Reached(Some(line)) => reply.with_member("line", line.map(Value::from)),
            _ => reply,
        }
    }
}
