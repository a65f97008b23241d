//! How far a call is, told to whoever waits for it: at most ten times a second, and now and then while nothing happens, so
//! that a client that counts seconds goes on waiting. It knows nothing of MCP.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, interval_at};

use crate::secrets::Safe;

/// The shortest time between two steps.
const PACE: Duration = Duration::from_millis(100);
/// How long nothing may be said.
const SILENCE: Duration = Duration::from_secs(5);

/// A way to tell how far a call is; by default nobody listens.
#[derive(Clone, Default)]
pub struct Progress {
    listener: Option<Arc<Listener>>,
}

struct Listener {
    listen: Box<dyn Fn(Step) + Send + Sync>,
    latest: Mutex<Latest>,
}

#[derive(Default)]
struct Latest {
    steps: u64,
    at: Option<Instant>,
    message: Safe<String>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1 on: it only grows.
    pub number: u64,
    /// What is being done.
    pub message: Safe<String>,
}

impl Progress {
    /// Hands each step to `listen`.
    #[must_use]
    pub fn to(listen: impl Fn(Step) + Send + Sync + 'static) -> Self {
        let listener = Listener { listen: Box::new(listen), latest: Mutex::default() };
        Progress { listener: Some(Arc::new(listener)) }
    }

    /// Whether somebody listens: else no words need be made.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.listener.is_some()
    }

    /// Tells what is being done now, unless a step was told just before.
    pub fn step(&self, message: impl FnOnce() -> Safe<String>) {
        if let Some(listener) = &self.listener {
            listener.report(PACE, message);
        }
    }

    /// Runs `work`, and says every few seconds that it still runs if it does not say so itself.
    pub async fn through<T>(&self, work: impl Future<Output = T>) -> T {
        let Some(listener) = &self.listener else { return work.await };
        let started = Instant::now();
        let mut ticks = interval_at(started + SILENCE, SILENCE);
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                _ = ticks.tick() => listener.report(SILENCE, || {
                    let seconds = started.elapsed().as_secs();
                    listener.latest().message.clone().map(|message| match message.is_empty() {
                        true => format!("{seconds} s"),
                        false => format!("{message} ({seconds} s)"),
                    })
                }),
            }
        }
    }
}

impl Listener {
    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports a step if the last one is `pace` ago.
    fn report(&self, pace: Duration, message: impl FnOnce() -> Safe<String>) {
        if self.latest().at.is_some_and(|at| at.elapsed() < pace) {
            return;
        }
        let message = message();
        let number = {
            let mut latest = self.latest();
            latest.at = Some(Instant::now());
            latest.steps += 1;
            if pace == PACE {
                latest.message.clone_from(&message);
            }
            latest.steps
        };
        (self.listen)(Step { number, message });
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("is_heard", &self.is_heard()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn heard() -> (Progress, mpsc::Receiver<Step>) {
        let (sender, receiver) = mpsc::channel();
        (Progress::to(move |step| sender.send(step).unwrap()), receiver)
    }

    #[tokio::test(start_paused = true)]
    async fn steps_are_told_ten_times_a_second_at_most() {
        let (progress, heard) = heard();
        for number in 0..100 {
            progress.step(|| Safe::ours(number.to_string()));
            tokio::time::advance(Duration::from_millis(10)).await;
        }
        let steps: Vec<_> = heard.try_iter().collect();
        assert_eq!(steps.len(), 10);
        assert_eq!(steps[9], Step { number: 10, message: Safe::ours("90".to_owned()) });
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_says_nothing_is_told_of() {
        let (progress, heard) = heard();
        let work = async {
            progress.step(|| Safe::ours("pulling".to_owned()));
            tokio::time::sleep(Duration::from_secs(12)).await;
            7
        };
        assert_eq!(progress.through(work).await, 7);
        let messages: Vec<_> = heard.try_iter().map(|step| step.message.into_inner()).collect();
        assert_eq!(messages, ["pulling", "pulling (5 s)", "pulling (10 s)"]);
    }

    #[tokio::test]
    async fn nobody_need_listen() {
        let progress = Progress::default();
        progress.step(|| unreachable!("no words are made"));
        assert_eq!(progress.through(async { 7 }).await, 7);
    }
}
