//! `project_logs`: finds containers, reads their logs beside each other, and shows them as one.

mod name;
mod selection;

use std::sync::{Mutex, PoisonError};

use dockwright::tools::Tool;
use serde_json::{Map, Value};

use super::answer::reply_options;
use super::composed_call::ComposedCall;
use crate::access::Failure;
use crate::arguments::{self, CheckedArguments};
use crate::catalogue::presentation::COMPOSED_SECONDS;
use crate::progress::Progress;
use crate::reply::{MergedOutput, ReplyOptions, ToolReply};
use crate::together::run_all;
use name::NAME;
use selection::Container;

/// The most streams that are open at a time.
const STREAMS: usize = 10;
/// The most problems that are told.
const PROBLEMS: usize = 4;
/// The arguments of the logs of each container.
const PASSED: [&str; 3] = ["since", "until", "tail"];
/// The arguments that show other lines.
const MORE: &str = "tail, since, until, grep or limit_items";

pub(super) async fn run(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let logs = call.access.operation("container_logs")?;
    let arguments = std::mem::take(&mut call.arguments);
    let timestamps = arguments.get("timestamps").is_some_and(|timestamps| *timestamps == true);
    let first = log_arguments(&call, logs, &arguments, NAME)?;
    let containers = selection::select(&call, &arguments).await?;
    let limit = call.extra.limit_seconds.unwrap_or(COMPOSED_SECONDS);
    let options = reply_options(&call.extra, call.access).with_time_limit(Some(limit));
    let options = ReplyOptions { tail: first.tail(), ..options };
    let deadline = options.deadline;
    let names = containers.iter().map(|container| container.label.clone()).collect();
    let reading = Reading {
        call: &call,
        logs,
        output: Mutex::new(MergedOutput::new(names, timestamps, options)),
        unread: Mutex::new(vec![true; containers.len()]),
        failures: Mutex::default(),
    };
    let reads = containers.iter().enumerate().map(|(stream, container)| reading.read(stream, container, &arguments));
    // A list of futures can move between threads; the closure that makes them cannot.
    let reads: Vec<_> = reads.collect();
    let all = run_all(STREAMS, reads);
    let is_late = match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, all).await.is_err(),
        None => {
            all.await;
            false
        }
    };
    reading.into_reply(is_late.then_some(limit))
}

/// The arguments of the logs of one container. As for its own tool, the engine is asked only for lines that may be
/// shown.
fn log_arguments(
    call: &ComposedCall<'_>,
    logs: &'static Tool,
    arguments: &Map<String, Value>,
    id: &str,
) -> Result<CheckedArguments, Failure> {
    let passed = PASSED.iter().filter_map(|name| arguments.get_key_value(*name));
    let mut passed: Map<_, _> = passed.map(|(name, value)| (name.clone(), value.clone())).collect();
    passed.insert("id".to_owned(), id.into());
    passed.insert("timestamps".to_owned(), true.into());
    passed.extend(call.extra.limit_items.map(|items| ("limit_items".to_owned(), items.into())));
    // A search wants all of each log.
    if call.extra.grep.is_some() {
        passed.entry("tail").or_insert_with(|| "all".into());
    }
    arguments::check(logs, passed).map_err(|error| arguments::ArgumentError { operation: NAME, ..error }.into())
}

/// The logs that are read.
struct Reading<'a> {
    call: &'a ComposedCall<'a>,
    logs: &'static Tool,
    output: Mutex<MergedOutput>,
    /// Tells of each stream whether it was not read to its end.
    unread: Mutex<Vec<bool>>,
    /// The streams that failed.
    failures: Mutex<Vec<(usize, Failure)>>,
}

impl Reading<'_> {
    /// Reads one log to its end.
    async fn read(&self, stream: usize, container: &Container, arguments: &Map<String, Value>) {
        let progress: &Progress = self.call.progress;
        let result = async {
            let checked = log_arguments(self.call, self.logs, arguments, &container.id)?;
            let operation = self.logs.operation;
            let sent = checked.arguments.clone();
            let begun = self.call.access.call(operation, checked.arguments, None).await?.log_stream().await;
            let mut output = self.call.access.explain_result(operation, &sent, begun).await?;
            while let Some(piece) = output.next().await {
                let piece = self.call.access.explain_result(operation, &sent, piece).await?;
                lock(&self.output).push(stream, piece.source, &piece.bytes, progress);
                // A log that never pauses must let others be read, and the time limit pass.
                tokio::task::yield_now().await;
            }
            Ok(())
        };
        let result: Result<(), Failure> = result.await;
        lock(&self.output).end(stream);
        lock(&self.unread)[stream] = false;
        if let Err(failure) = result {
            lock(&self.failures).push((stream, failure));
        }
    }

    /// The reply; `limit` are the seconds after which reading ended, if it did.
    fn into_reply(self, limit: Option<u64>) -> Result<ToolReply, Failure> {
        let (output, unread, mut failures) = (inner(self.output), inner(self.unread), inner(self.failures));
        if failures.len() == unread.len()
            && let Some((_, failure)) = failures.pop()
        {
            return Err(failure);
        }
        let late: Vec<_> = (0..unread.len()).filter(|stream| unread[*stream]).collect();
        let late = limit.map(|seconds| {
            let names = late.iter().map(|stream| output.name(*stream).as_str()).collect::<Vec<_>>().join(", ");
            format!("ended after {seconds} s (limit_seconds) before the end of {names}: give since, tail or more time")
        });
        let more = failures.len().saturating_sub(PROBLEMS);
        let told = failures.iter().take(PROBLEMS);
        let told = told.map(|(stream, failure)| format!("{}: {}", **output.name(*stream), failure.event()));
        let more = (more > 0).then(|| format!("{more} more logs could not be read"));
        let problems = late.into_iter().chain(told).chain(more).collect();
        Ok(output.into_reply(problems, MORE))
    }
}

fn inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
