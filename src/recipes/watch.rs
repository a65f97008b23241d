//! Events of an engine that go on over lost connections, and gaps in which some may have been missed.

mod item;
mod mark;

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use futures_core::Stream;
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

pub use item::{EventGap, Watched};
use mark::{Mark, Returned, seconds};

use crate::models::EventMessage;
use crate::operations::SYSTEM_EVENTS;
use crate::options::SystemEventsOptions;
use crate::{Engine, Error, JsonStream, Result};

/// The pauses before a new connection: each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The time without an engine after which a watch gives up.
const PATIENCE: Duration = Duration::from_secs(600);

/// The time for an answer from the engine's history.
const HISTORY: Duration = Duration::from_secs(10);

/// Follows the events of an engine, and connects again when a connection is lost, also while the engine restarts.
///
/// An engine keeps its last 256 events of all kinds, until it restarts. After a loss, those that came meanwhile are
/// asked for and follow, none of them twice. If the history no longer holds the last event that was seen, others may
/// be missing, and [`Watched::Gap`] says so: list again what you keep a picture of.
///
/// An engine also drops events if the watch is read too slowly, and nothing tells of it: about a thousand wait for a
/// reader, and each further one is dropped after a tenth of a second.
///
/// `options` are those of [`system_events`](Engine::system_events). With `until`, the watch ends there, by the clock of
/// this machine; a connection that ends before is lost.
///
/// ```no_run
/// # use dockwright::{Engine, Result};
/// # use dockwright::options::{SystemEventsFilters, SystemEventsOptions};
/// # use dockwright::recipes::{Watched, watch_events};
/// # async fn example(engine: &Engine) -> Result<()> {
/// let filters = SystemEventsFilters::default().type_("container").event("die");
/// let mut events = watch_events(engine, &SystemEventsOptions::default().filters(filters)).await?;
/// while let Some(watched) = events.next().await {
///     match watched? {
///         Watched::Event(event) => println!("{:?}", event.actor),
///         Watched::Gap(gap) => println!("{gap}: look at all containers again"),
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Fails as [`system_events`](Engine::system_events) does, if the first connection fails.
pub async fn watch_events(engine: &Engine, options: &SystemEventsOptions) -> Result<EventWatch> {
    let stream = engine.system_events(options).await?;
    let watch = Watch {
        engine: engine.clone(),
        options: options.clone(),
        state: State::Connected { stream: Box::new(stream), since: Instant::now() },
        returned: Returned::default(),
        awaited: None,
        ready: VecDeque::new(),
        pause: FIRST_PAUSE,
    };
    Ok(EventWatch { turn: Turn::Idle(Box::new(watch)), patience: PATIENCE })
}

/// Events of an engine, over lost connections: made by [`watch_events`]. It is a `futures` stream too. Dropping it ends
/// it.
#[must_use = "dropping it closes the connection"]
pub struct EventWatch {
    turn: Turn,
    patience: Duration,
}

/// The next item, with the watch that it comes from.
type Next = Pin<Box<dyn Future<Output = (Box<Watch>, Option<Result<Watched>>)> + Send>>;

/// The watch, or the next item on its way and the watch with it.
enum Turn {
    Idle(Box<Watch>),
    Awaited(Next),
    /// For the moment between the two.
    Changing,
}

/// A watch, which is read by one caller at a time.
struct Watch {
    engine: Engine,
    options: SystemEventsOptions,
    state: State,
    /// The events that a new connection may repeat.
    returned: Returned,
    /// The last event, which a new connection must repeat, and the reason for the connection.
    awaited: Option<(Mark, String)>,
    /// Items that are returned before the stream is read.
    ready: VecDeque<Watched>,
    /// The pause before the next connection.
    pause: Duration,
}

enum State {
    Connected { stream: Box<JsonStream<EventMessage>>, since: Instant },
    Lost { cause: String, since: Instant, retry: Instant },
    Ended,
}

impl EventWatch {
    /// Sets the time without an engine after which the watch gives up; ten minutes by default. It holds from the next
    /// item on.
    pub fn give_up_after(self, patience: Duration) -> Self {
        EventWatch { patience, ..self }
    }

    /// The next event or gap; `None` at the time `until` of the options. Cancelling it loses nothing.
    ///
    /// # Errors
    /// The last reason, once there was no engine for as long as [`give_up_after`](EventWatch::give_up_after) says, and
    /// each refusal of the engine; after these the watch ends. [`Error::Decode`] for an event that is none, after which
    /// the watch goes on.
    pub async fn next(&mut self) -> Option<Result<Watched>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for EventWatch {
    type Item = Result<Watched>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let patience = self.patience;
        let mut awaited = match std::mem::replace(&mut self.turn, Turn::Changing) {
            Turn::Awaited(awaited) => awaited,
            Turn::Idle(mut watch) => Box::pin(async move {
                let item = watch.next(patience).await;
                (watch, item)
            }),
            Turn::Changing => return Poll::Ready(None),
        };
        match awaited.as_mut().poll(context) {
            Poll::Ready((watch, item)) => {
                self.turn = Turn::Idle(watch);
                Poll::Ready(item)
            }
            Poll::Pending => {
                self.turn = Turn::Awaited(awaited);
                Poll::Pending
            }
        }
    }
}

impl fmt::Debug for EventWatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("EventWatch").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl Watch {
    async fn next(&mut self, patience: Duration) -> Option<Result<Watched>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            let failure = match &mut self.state {
                State::Ended => return None,
                State::Connected { stream, .. } => match stream.next().await {
                    Some(Ok(event)) => {
                        self.receive(event);
                        continue;
                    }
                    Some(Err(error)) if error.is_retryable() => {
                        self.lose(error.to_string());
                        continue;
                    }
                    Some(Err(error @ Error::Decode { .. })) => return Some(Err(error)),
                    Some(Err(error)) => error,
                    None => {
                        match self.options.until {
                            Some(until) if until <= SystemTime::now().into() => self.state = State::Ended,
                            // Engines end the stream also when they are stopped.
                            _ => self.lose("the engine ended the stream of events".to_owned()),
                        }
                        continue;
                    }
                },
                State::Lost { cause, since, retry } => {
                    let (cause, since) = (cause.clone(), *since);
                    sleep_until(*retry).await;
                    match self.connect(&cause).await {
                        Ok(()) => continue,
                        Err(error) if error.is_retryable() && since.elapsed() + self.pause < patience => {
                            self.wait_longer(cause, since);
                            continue;
                        }
                        Err(error) => error,
                    }
                }
            };
            self.state = State::Ended;
            return Some(Err(failure));
        }
    }

    fn lose(&mut self, cause: String) {
        // An engine that ends each connection at once is not asked without a pause.
        if matches!(self.state, State::Connected { since, .. } if since.elapsed() >= LONGEST_PAUSE) {
            self.pause = FIRST_PAUSE;
        }
        self.awaited = None;
        self.wait_longer(cause, Instant::now());
    }

    fn wait_longer(&mut self, cause: String, since: Instant) {
        self.state = State::Lost { cause, since, retry: Instant::now() + self.pause };
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    /// Connects again, and finds out if the engine still knows the last event.
    async fn connect(&mut self, cause: &str) -> Result<()> {
        let (mut call, mut awaited, mut missing) =
            (self.engine.call(&SYSTEM_EVENTS).options(&self.options), None, None);
        let gap = |after: Option<i64>| Watched::Gap(EventGap { after, cause: cause.to_owned() });
        match self.returned.last() {
            None => missing = Some(gap(None)),
            Some(mark) if self.is_remembered(mark).await? => {
                call = call.argument("since", &seconds(mark.before()));
                awaited = Some((mark.clone(), cause.to_owned()));
            }
            Some(mark) => {
                call = call.argument("since", &seconds(mark.nanoseconds.saturating_add(1)));
                missing = Some(gap(Some(mark.nanoseconds)));
            }
        }
        let stream = call.json_stream().await?;
        self.state = State::Connected { stream: Box::new(stream), since: Instant::now() };
        self.awaited = awaited;
        self.ready.extend(missing);
        Ok(())
    }

    /// Asks the engine's history for an event. The answer ends, because the time `until` has passed.
    async fn is_remembered(&self, mark: &Mark) -> Result<bool> {
        let call = self.engine.call(&SYSTEM_EVENTS).options(&self.options);
        let call = call.argument("since", &seconds(mark.before())).argument("until", &seconds(mark.nanoseconds));
        let read = async {
            let mut history = call.json_stream::<Value>().await?;
            while let Some(event) = history.next().await {
                if Mark::of(&event?).as_ref() == Some(mark) {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        // An engine that does not end its answer has said nothing about the event.
        tokio::time::timeout(HISTORY, read).await.unwrap_or(Ok(false))
    }

    fn receive(&mut self, event: EventMessage) {
        let mark = serde_json::to_value(&event).ok().as_ref().and_then(Mark::of);
        // Events of one moment may come in another order than the engine's history has, so those before the last one
        // are known one by one.
        if mark.as_ref().is_some_and(|mark| self.returned.has(mark)) {
            self.awaited.take_if(|(awaited, _)| mark.as_ref() == Some(awaited));
            return;
        }
        if let Some((awaited, cause)) = self.awaited.take() {
            match &mark {
                Some(mark) if mark.nanoseconds <= awaited.nanoseconds => {
                    self.awaited = Some((awaited, cause));
                    if self.returned.is_before_all(mark) {
                        return;
                    }
                }
                // Between two questions so much happened that the engine forgot it.
                _ => self.ready.push_back(Watched::Gap(EventGap { after: Some(awaited.nanoseconds), cause })),
            }
        }
        self.pause = FIRST_PAUSE;
        mark.into_iter().for_each(|mark| self.returned.add(mark));
        self.ready.push_back(Watched::Event(Box::new(event)));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::StreamExt;

    use super::*;

    /// An engine that gives one answer after the other, each the whole of a connection, and what it was asked.
    fn engine(answers: &[&'static str]) -> Engine {
        let answers: Mutex<VecDeque<_>> = Mutex::new(answers.iter().copied().collect());
        Engine::canned(move |_| match answers.lock().unwrap().pop_front() {
            Some(answer) => http::Response::new(answer.into()),
            None => http::Response::builder().status(503).body("down".into()).unwrap(),
        })
    }

    /// The items of a watch as texts, up to its end: the action of each event, and gaps.
    async fn items(answers: &[&'static str], options: SystemEventsOptions) -> Vec<String> {
        let mut watch = watch_events(&engine(answers), &options).await.unwrap();
        let mut items = Vec::new();
        while let Some(item) = watch.next().await {
            items.push(match item {
                Ok(Watched::Event(event)) => event.action,
                Ok(Watched::Gap(gap)) => format!("gap {:?}", gap.after),
                Err(error) => error.to_string(),
            });
        }
        items
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_a_stream_too() {
        let watch = watch_events(&engine(&[A_AND_B]), &Default::default()).await.unwrap();
        let texts = watch.map(|item| match item {
            Ok(Watched::Event(event)) => event.action,
            other => format!("{other:?}"),
        });
        assert_eq!(texts.take(2).collect::<Vec<_>>().await, ["a", "b"]);
    }

    const A: &str = r#"{"Action":"a","timeNano":5000000001}"#;
    const A_AND_B: &str = r#"{"Action":"a","timeNano":5000000001}{"Action":"b","timeNano":5000000002}"#;
    const ALL: &str = r#"{"Action":"0","timeNano":5000000000}{"Action":"a","timeNano":5000000001}
        {"Action":"b","timeNano":5000000001}{"Action":"c","timeNano":5000000002}"#;
    const DOWN: &str = "system_events: 503: down";

    #[tokio::test(start_paused = true)]
    async fn events_that_came_meanwhile_follow_and_none_comes_twice() {
        assert_eq!(items(&[A, A, ALL], Default::default()).await, ["a", "b", "c", DOWN]);
        // The connection is lost in the middle of the repetition.
        assert_eq!(items(&[A, A, "", A, A_AND_B], Default::default()).await, ["a", "b", DOWN]);
    }

    #[tokio::test(start_paused = true)]
    async fn events_of_one_moment_come_once_in_any_order() {
        const A_AND_C: &str = r#"{"Action":"a","timeNano":5000000001}{"Action":"c","timeNano":5000000002}"#;
        let a_c_b = &*format!(r#"{A_AND_C}{{"Action":"b","timeNano":5000000001}}"#).leak();
        // The connection is lost before `b` came, which the history has before `c`.
        assert_eq!(items(&[A_AND_C, ALL, ALL], Default::default()).await, ["a", "c", "b", DOWN]);
        assert_eq!(items(&[a_c_b, ALL, ALL], Default::default()).await, ["a", "c", "b", DOWN]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_gap_is_told_where_the_engine_has_forgotten_the_last_event() {
        let b = r#"{"Action":"b","timeNano":9000000000}"#;
        assert_eq!(items(&[A, "", b], Default::default()).await, ["a", "gap Some(5000000001)", "b", DOWN]);
        // It was forgotten between the two questions.
        assert_eq!(items(&[A, A, b], Default::default()).await, ["a", "gap Some(5000000001)", "b", DOWN]);
        assert_eq!(items(&["", b], Default::default()).await, ["gap None", "b", DOWN]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_with_an_end_ends() {
        assert_eq!(items(&[A], SystemEventsOptions::default().until(crate::UnixTime::new(6, 0))).await, ["a"]);
        // An engine that is stopped ends the stream before that time.
        let later = crate::UnixTime::new(1 << 40, 0);
        assert_eq!(items(&[A, A, A_AND_B], SystemEventsOptions::default().until(later)).await, ["a", "b", DOWN]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_gives_up_after_its_patience_and_no_refusal_is_waited_out() {
        let started = Instant::now();
        let mut watch =
            watch_events(&engine(&[A]), &Default::default()).await.unwrap().give_up_after(Duration::from_secs(30));
        assert!(matches!(watch.next().await, Some(Ok(Watched::Event(_)))));
        assert_eq!(watch.next().await.unwrap().unwrap_err().to_string(), DOWN);
        assert!(watch.next().await.is_none());
        assert!((15..=30).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());

        let answers = Mutex::new(vec![403_u16, 200]);
        let engine = Engine::canned(move |_| {
            let status = answers.lock().unwrap().pop().unwrap();
            http::Response::builder().status(status).body("".into()).unwrap()
        });
        let mut watch = watch_events(&engine, &Default::default()).await.unwrap();
        assert_eq!(watch.next().await.unwrap().unwrap_err().status().unwrap(), 403);
    }
}
