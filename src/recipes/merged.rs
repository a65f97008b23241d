//! The logs of several containers as one: whole lines, in the order of their times.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::operations::CONTAINER_LOGS;
use crate::options::ContainerLogsOptions;
use crate::{Engine, LogLines, Output, Result, Timestamp, UnixTime};

/// The most bytes of a line; longer ones are split.
const LINE_BYTES: usize = 64 * 1024;

const LONGEST_TIME: &str = "2026-11-27T10:15:00.000000001+01:00";

/// Reads the logs of several containers as lines, merged by the times that the engine has for them. `options` are those
/// of [`container_logs`](Engine::container_logs); without `stdout` and `stderr`, both are read.
///
/// With `follow`, a line is returned as soon as it is there, and only lines that are there at the same moment are put
/// in order. Of each container one line is held, and nothing is read ahead.
///
/// Calls `GET /containers/{id}/logs` for each container.
///
/// ```no_run
/// # use dockwright::{Engine, Result};
/// # use dockwright::options::ContainerLogsOptions;
/// # use dockwright::recipes::merged_logs;
/// # async fn example(engine: &Engine) -> Result<()> {
/// let options = ContainerLogsOptions::default().follow(true).tail("10");
/// let mut lines = merged_logs(engine, ["web", "db"], &options).await?;
/// while let Some(line) = lines.next().await {
///     let line = line?;
///     println!("{}: {}", line.container, line.output);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Fails as [`container_logs`](Engine::container_logs) does, for the first container that fails.
pub async fn merged_logs(
    engine: &Engine,
    containers: impl IntoIterator<Item = impl Into<String>>,
    options: &ContainerLogsOptions,
) -> Result<MergedLogs> {
    let mut asked = options.clone().timestamps(true);
    if asked.stdout.is_none() && asked.stderr.is_none() {
        asked = asked.stdout(true).stderr(true);
    }
    let mut sources = Vec::new();
    for container in containers {
        let container = container.into();
        let call = engine.call(&CONTAINER_LOGS).argument("id", &container).options(&asked);
        let lines = call.log_stream().await?.lines(LINE_BYTES);
        sources.push(LogSource {
            container,
            lines,
            head: Head::Awaited,
            time: String::new(),
            moment: UnixTime::default(),
        });
    }
    let follows = options.follow == Some(true);
    let keeps_times = options.timestamps == Some(true);
    Ok(MergedLogs { sources, follows, keeps_times })
}

/// A line of one of several containers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergedLine {
    /// The container, as it was named.
    pub container: String,
    /// The time at which the engine received it, as the engine writes it: `2026-11-27T10:15:00.000000001Z`.
    pub time: String,
    /// The line, without its end. It begins with the time too if `timestamps` was asked for.
    pub output: Output,
}

/// Lines of several containers, merged: a [`Stream`] of [`MergedLine`].
#[derive(Debug)]
#[must_use = "dropping it closes the connections"]
pub struct MergedLogs {
    sources: Vec<LogSource>,
    /// Returns a line without waiting for the other containers.
    follows: bool,
    keeps_times: bool,
}

#[derive(Debug)]
struct LogSource {
    container: String,
    lines: LogLines,
    head: Head,
    /// The time of its last line, as the engine writes it.
    time: String,
    /// The moment that this time means.
    moment: UnixTime,
}

/// The next line of a container.
#[derive(Debug)]
enum Head {
    Awaited,
    Line(Output),
    Ended,
}

impl MergedLogs {
    /// The next line; `None` once all logs have ended.
    ///
    /// # Errors
    /// Fails as [`LogLines::next`] does, once for each container that fails; the others go on.
    pub async fn next(&mut self) -> Option<Result<MergedLine>> {
        std::future::poll_fn(|context| self.poll_line(context)).await
    }

    fn poll_line(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<MergedLine>>> {
        let mut is_complete = true;
        for source in &mut self.sources {
            if matches!(source.head, Head::Awaited) {
                match Pin::new(&mut source.lines).poll_next(context) {
                    Poll::Ready(Some(Ok(line))) => source.receive(line, self.keeps_times),
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready(None) => source.head = Head::Ended,
                    Poll::Pending => is_complete = false,
                }
            }
        }
        if !is_complete && !self.follows {
            return Poll::Pending;
        }
        let waiting = self.sources.iter_mut().filter(|source| matches!(source.head, Head::Line(_)));
        match waiting.min_by_key(|source| source.moment).and_then(LogSource::take) {
            Some(line) => Poll::Ready(Some(Ok(line))),
            None if is_complete => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl LogSource {
    /// Takes the time off a line. Times of different zones cannot be compared as texts: Podman, and engines up to 24
    /// for the log driver `local`, write that of their machine. The rest of a line that was split has none, and keeps
    /// that of its begin.
    fn receive(&mut self, mut output: Output, keeps_time: bool) {
        if let Some((time, moment)) = time_of(&output.bytes) {
            self.moment = moment;
            time.clone_into(&mut self.time);
            if !keeps_time {
                let _ = output.bytes.split_to((self.time.len() + 1).min(output.bytes.len()));
            }
        }
        self.head = Head::Line(output);
    }

    fn take(&mut self) -> Option<MergedLine> {
        match std::mem::replace(&mut self.head, Head::Awaited) {
            Head::Line(output) => {
                Some(MergedLine { container: self.container.clone(), time: self.time.clone(), output })
            }
            Head::Awaited | Head::Ended => None,
        }
    }
}

/// The time that begins a line, `2026-11-27T10:15:00.000000001Z`, and the moment that it means.
fn time_of(line: &[u8]) -> Option<(&str, UnixTime)> {
    let first = line.split(|byte| *byte == b' ').next().filter(|first| first.len() <= LONGEST_TIME.len())?;
    let time = str::from_utf8(first).ok()?;
    Some((time, Timestamp::as_sent(time.to_owned()).unix_time().ok()?))
}

impl Stream for MergedLogs {
    type Item = Result<MergedLine>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_line(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frames of lines of stdout.
    fn frames(lines: &[String]) -> Vec<u8> {
        let frame = |line: &String| {
            let length = u32::try_from(line.len()).unwrap().to_be_bytes();
            [&[1, 0, 0, 0][..], &length, line.as_bytes()].concat()
        };
        lines.iter().flat_map(frame).collect()
    }

    fn engine() -> Engine {
        Engine::canned(|request| {
            let query = request.uri().query().unwrap_or_default().to_owned();
            http::Response::new(match request.uri().path() {
                "/containers/web/logs" if query.contains("timestamps=true") && query.contains("stderr=true") => {
                    let long = "x".repeat(LINE_BYTES);
                    frames(&["2026-11-27T10:00:01Z one\n".into(), format!("2026-11-27T10:00:04Z {long}four\n")]).into()
                }
                "/containers/db/logs" => {
                    frames(&["2026-11-27T10:00:02Z two\n".into(), "2026-11-27T10:00:03Z three\n".into()]).into()
                }
                // An hour ahead of UTC: its first line comes before all others.
                "/containers/local/logs" => {
                    frames(&["2026-11-27T11:00:00+01:00 zero\n".into(), "2026-11-27T11:00:05+01:00 five\n".into()])
                        .into()
                }
                path if path.ends_with("/json") => "{}".into(),
                path => unreachable!("{path}?{query}"),
            })
        })
    }

    #[tokio::test]
    async fn lines_come_in_the_order_of_their_times() {
        for follow in [false, true] {
            let options = ContainerLogsOptions::default().follow(follow);
            let mut logs = merged_logs(&engine(), ["web", "db"], &options).await.unwrap();
            let mut lines = Vec::new();
            while let Some(line) = logs.next().await {
                let MergedLine { container, time, output } = line.unwrap();
                lines.push(format!("{container} {} {}", &time[17..19], output.text().trim_matches('x')));
            }
            // The last line is longer than a line may be, and its rest keeps its time.
            assert_eq!(lines, ["web 01 one", "db 02 two", "db 03 three", "web 04 ", "web 04 four"]);
        }
    }

    #[tokio::test]
    async fn times_of_different_zones_are_compared_as_moments() {
        let mut logs = merged_logs(&engine(), ["db", "local"], &Default::default()).await.unwrap();
        let mut lines = Vec::new();
        while let Some(line) = logs.next().await {
            let MergedLine { time, output, .. } = line.unwrap();
            lines.push(format!("{} {}", &time[11..], output.text()));
        }
        assert_eq!(lines, ["11:00:00+01:00 zero", "10:00:02Z two", "10:00:03Z three", "11:00:05+01:00 five"]);
    }

    #[tokio::test]
    async fn times_stay_if_they_are_asked_for() {
        let options = ContainerLogsOptions::default().timestamps(true);
        let mut logs = merged_logs(&engine(), ["db"], &options).await.unwrap();
        assert_eq!(logs.next().await.unwrap().unwrap().output.text(), "2026-11-27T10:00:02Z two");
    }
}
