//! Reports the progress of a call to the client that waits for it: at most ten times a second, and every few seconds
//! while nothing happens, so that a client with a timeout keeps waiting. It also knows whether the time of a client ran
//! out all the same. It knows nothing of MCP.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, interval_at};

use crate::secrets::Safe;

/// Minimum time between two steps.
const MIN_INTERVAL: Duration = Duration::from_millis(100);
/// Maximum time without a step.
const MAX_INTERVAL: Duration = Duration::from_secs(5);

/// Reports the steps of a call to a listener; by default there is none.
#[derive(Clone, Default)]
pub struct Progress {
    listener: Option<Arc<Listener>>,
    patience: Patience,
}

/// The patience of a caller. A caller whose time ran out has stopped waiting, and has not taken its request back.
#[derive(Debug, Clone, Default)]
pub struct Patience(Arc<AtomicBool>);

impl Patience {
    /// Notes that the caller's time ran out.
    pub fn run_out(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True if the caller's time ran out.
    #[must_use]
    pub fn has_run_out(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct Listener {
    listen: Box<dyn Fn(Step) + Send + Sync>,
    last: Mutex<LastStep>,
}

#[derive(Default)]
struct LastStep {
    steps: u64,
    at: Option<Instant>,
    message: Safe<String>,
}

/// One step of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Number of the step, which starts at 1 and only grows.
    pub number: u64,
    /// The current activity.
    pub message: Safe<String>,
}

impl Progress {
    /// Passes each step to `listen`.
    #[must_use]
    pub fn with_listener(listen: impl Fn(Step) + Send + Sync + 'static) -> Self {
        let listener = Listener { listen: Box::new(listen), last: Mutex::default() };
        Progress { listener: Some(Arc::new(listener)), patience: Patience::default() }
    }

    /// The patience of the caller.
    #[must_use]
    pub fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Returns true if there is a listener; without one no message needs to be made.
    #[must_use]
    pub fn has_listener(&self) -> bool {
        self.listener.is_some()
    }

    /// Reports the current activity, unless a step was reported just before.
    pub fn step(&self, message: impl FnOnce() -> Safe<String>) {
        if let Some(listener) = &self.listener {
            listener.report(MIN_INTERVAL, message);
        }
    }

    /// Runs `work`, and reports every few seconds that it still runs if it reports nothing itself.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let Some(listener) = &self.listener else { return work.await };
        let started = Instant::now();
        let mut ticks = interval_at(started + MAX_INTERVAL, MAX_INTERVAL);
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                output = &mut work => return output,
                _ = ticks.tick() => listener.report(MAX_INTERVAL, || {
                    let seconds = started.elapsed().as_secs();
                    listener.last().message.clone().map(|message| match message.is_empty() {
                        true => format!("{seconds} s"),
                        false => format!("{message} ({seconds} s)"),
                    })
                }),
            }
        }
    }
}

impl Listener {
    fn last(&self) -> MutexGuard<'_, LastStep> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports a step if the last one is at least `interval` ago.
    fn report(&self, interval: Duration, message: impl FnOnce() -> Safe<String>) {
        if self.last().at.is_some_and(|at| at.elapsed() < interval) {
            return;
        }
        let message = message();
        let number = {
            let mut last = self.last();
            last.at = Some(Instant::now());
            last.steps += 1;
            if interval == MIN_INTERVAL {
                last.message.clone_from(&message);
            }
            last.steps
        };
        (self.listen)(Step { number, message });
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("has_listener", &self.has_listener()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn progress() -> (Progress, mpsc::Receiver<Step>) {
        let (sender, receiver) = mpsc::channel();
        (Progress::with_listener(move |step| sender.send(step).unwrap()), receiver)
    }

    #[tokio::test(start_paused = true)]
    async fn at_most_ten_steps_a_second_are_reported() {
        let (progress, steps) = progress();
        for number in 0..100 {
            progress.step(|| Safe::trusted(number.to_string()));
            tokio::time::advance(Duration::from_millis(10)).await;
        }
        let steps: Vec<_> = steps.try_iter().collect();
        assert_eq!(steps.len(), 10);
        assert_eq!(steps[9], Step { number: 10, message: Safe::trusted("90".to_owned()) });
    }

    #[tokio::test(start_paused = true)]
    async fn silent_work_is_reported_every_few_seconds() {
        let (progress, steps) = progress();
        let work = async {
            progress.step(|| Safe::trusted("pulling".to_owned()));
            tokio::time::sleep(Duration::from_secs(12)).await;
            7
        };
        assert_eq!(progress.run(work).await, 7);
        let messages: Vec<_> = steps.try_iter().map(|step| step.message.into_inner()).collect();
        assert_eq!(messages, ["pulling", "pulling (5 s)", "pulling (10 s)"]);
    }

    #[tokio::test]
    async fn a_listener_is_optional() {
        let progress = Progress::default();
        progress.step(|| unreachable!("no message is made"));
        assert_eq!(progress.run(async { 7 }).await, 7);
    }
}
