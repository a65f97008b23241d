//! Waiting for a container whose health check decides when it is ready.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::timeout;

use super::watch::watch_events;
use crate::operations::CONTAINER_INSPECT;
use crate::options::{SystemEventsFilters, SystemEventsOptions};
use crate::{Engine, Error, Result};

/// The pause after a look that failed, if no event ends it: the engine may be starting again.
const PAUSE: Duration = Duration::from_secs(1);

/// The failures in a row that make a container unhealthy if it sets no number.
const RETRIES: i64 = 3;

/// Why a container is not healthy.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum HealthError {
    /// It has no health check, so its engine knows nothing about its health.
    #[error("{container}: it has no health check")]
    NoHealthCheck {
        /// The container, as it was named.
        container: String,
    },
    /// Its health check failed as often as it may.
    #[error("{container}: it is unhealthy: {output}")]
    Unhealthy {
        /// The container, as it was named.
        container: String,
        /// The output of the last check, without control characters; may be empty.
        output: String,
    },
    /// It has ended.
    #[error("{container}: it ended with exit code {exit_code}")]
    Ended {
        /// The container, as it was named.
        container: String,
        /// Its exit code.
        exit_code: i64,
    },
    /// The time that was given to it has passed.
    #[error("{container}: it is not healthy within {limit:?}, but {status}")]
    Late {
        /// The container, as it was named.
        container: String,
        /// The time that has passed.
        limit: Duration,
        /// Its health, or else its state: `starting`, `created`; or why its engine does not tell.
        status: String,
    },
    /// A call failed.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// Waits until the health check of a container succeeds, for `limit` at most. It hears the engine's events and asks
/// again after each, also over a lost connection and while the engine restarts, if it answered at first. A container
/// that was not started yet is waited for, and so is one that its restart policy starts again, or that is paused; one
/// that is stopped, by a restart too, has ended. It is followed by its id: another one that gets its name is not it.
///
/// Calls `GET /events` and `GET /containers/{id}/json`.
///
/// ```no_run
/// # use std::time::Duration;
/// # use dockwright::{Engine, recipes};
/// # async fn example(engine: &Engine) -> Result<(), Box<dyn std::error::Error>> {
/// recipes::wait_until_healthy(engine, "db", Duration::from_secs(60)).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A [`HealthError`]; with a call's own error if there is no such container.
pub async fn wait_until_healthy(engine: &Engine, container: &str, limit: Duration) -> Result<(), HealthError> {
    let mut status = "not yet known".to_owned();
    match timeout(limit, wait(engine, container, &mut status)).await {
        Ok(done) => done,
        Err(_) => Err(HealthError::Late { container: container.to_owned(), limit, status }),
    }
}

async fn wait(engine: &Engine, container: &str, status: &mut String) -> Result<(), HealthError> {
    let Inspected { id, state, .. } = inspect(engine, container).await?;
    *status = state.status;
    let filters = SystemEventsFilters::default().type_("container").container(&id);
    // Heard before the next question, so that nothing happens between the two.
    let mut events = watch_events(engine, &SystemEventsOptions::default().filters(filters)).await?;
    loop {
        let heard = match inspect(engine, &id).await {
            Ok(inspected) => match inspected.verdict(container, status) {
                Some(verdict) => return verdict,
                None => events.next().await,
            },
            // The watch knows for how long an engine may be away, and no event may follow its return.
            Err(error) if error.is_retryable() => {
                *status = format!("not known: {error}");
                timeout(PAUSE, events.next()).await.unwrap_or(None)
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(Err(error)) = heard {
            return Err(error.into());
        }
    }
}

async fn inspect(engine: &Engine, container: &str) -> Result<Inspected> {
    engine.call(&CONTAINER_INSPECT).argument("id", container).json().await
}

/// The part of a container that tells about its health.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    id: String,
    state: State,
    config: Option<Config>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    healthcheck: Option<HealthCheck>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HealthCheck {
    #[serde(default)]
    retries: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct State {
    status: String,
    #[serde(default)]
    exit_code: i64,
    health: Option<Health>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Health {
    status: String,
    #[serde(default)]
    failing_streak: i64,
    log: Option<Vec<Check>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Check {
    #[serde(default)]
    output: String,
}

impl Inspected {
    /// The end of waiting, if it has come; else its status is kept.
    fn verdict(self, container: &str, kept: &mut String) -> Option<Result<(), HealthError>> {
        let container = container.to_owned();
        let retries = self.retries();
        let State { status, exit_code, health } = self.state;
        let health = match (&*status, health) {
            ("exited" | "dead" | "removing", _) => return Some(Err(HealthError::Ended { container, exit_code })),
            ("running", None) => return Some(Err(HealthError::NoHealthCheck { container })),
            ("running", Some(health)) => health,
            _ => {
                *kept = status;
                return None;
            }
        };
        match &*health.status {
            "healthy" => Some(Ok(())),
            // Engines say `none` where the check of an image was switched off.
            "" | "none" => Some(Err(HealthError::NoHealthCheck { container })),
            // Engines also say `unhealthy` after a time in which nothing was checked: an exit, or a pause.
            "unhealthy" if health.failing_streak >= retries => {
                let last = health.log.unwrap_or_default().pop().map(|check| check.output).unwrap_or_default();
                let output = last.split(char::is_control).collect::<Vec<_>>().join(" ").trim().to_owned();
                Some(Err(HealthError::Unhealthy { container, output }))
            }
            _ => {
                *kept = health.status;
                None
            }
        }
    }

    /// The failures in a row that make it unhealthy.
    fn retries(&self) -> i64 {
        let check = self.config.as_ref().and_then(|config| config.healthcheck.as_ref());
        check.map(|check| check.retries).filter(|retries| *retries > 0).unwrap_or(RETRIES)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::time::Instant;

    use super::*;

    fn verdict(state: &str) -> String {
        let mut kept = String::new();
        let inspected: Inspected = serde_json::from_str(&format!(r#"{{"Id":"0a1b",{state}}}"#)).unwrap();
        match inspected.verdict("web", &mut kept) {
            None => format!("wait: {kept}"),
            Some(Ok(())) => "healthy".to_owned(),
            Some(Err(error)) => error.to_string(),
        }
    }

    #[test]
    fn a_container_is_waited_for_while_it_may_still_become_healthy() {
        for (state, expected) in [
            (r#""Status":"created""#, "wait: created"),
            (r#""Status":"running","Health":{"Status":"starting"}"#, "wait: starting"),
            (r#""Status":"restarting","Health":{"Status":"healthy"}"#, "wait: restarting"),
            (r#""Status":"paused","Health":{"Status":"healthy"}"#, "wait: paused"),
            (r#""Status":"restarting","Health":{"Status":"unhealthy","FailingStreak":3}"#, "wait: restarting"),
            (r#""Status":"paused","Health":{"Status":"unhealthy","FailingStreak":3}"#, "wait: paused"),
            (r#""Status":"running","Health":{"Status":"unhealthy","FailingStreak":2}"#, "wait: unhealthy"),
            (r#""Status":"running","Health":{"Status":"healthy","Log":null}"#, "healthy"),
            (r#""Status":"running""#, "web: it has no health check"),
            (r#""Status":"running","Health":{"Status":"none"}"#, "web: it has no health check"),
            (r#""Status":"exited","ExitCode":3"#, "web: it ended with exit code 3"),
            (
                r#""Status":"running","Health":{"Status":"unhealthy","FailingStreak":3,"Log":[{"Output":"no\nport\n"}]}"#,
                "web: it is unhealthy: no port",
            ),
        ] {
            assert_eq!(verdict(&format!(r#""State":{{{state}}}"#)), expected, "{state}");
        }
    }

    #[test]
    fn a_container_is_unhealthy_once_its_check_failed_as_often_as_it_may() {
        for (retries, streak, expected) in
            [(1, 1, "web: it is unhealthy: "), (5, 4, "wait: unhealthy"), (0, 2, "wait: unhealthy")]
        {
            let health = format!(r#"{{"Status":"unhealthy","FailingStreak":{streak}}}"#);
            let config = format!(r#"{{"Healthcheck":{{"Retries":{retries}}}}}"#);
            let shown = verdict(&format!(r#""State":{{"Status":"running","Health":{health}}},"Config":{config}"#));
            assert_eq!(shown, expected, "{streak} of {retries}");
        }
    }

    /// An engine that refuses new connections for events, and answers one look after the other.
    fn engine(looks: &'static [(&'static str, u16, &'static str)]) -> Engine {
        let (looks, events) = (Mutex::new(looks.iter()), Mutex::new(vec![200_u16]));
        Engine::canned(move |request| {
            let (status, body) = match request.uri().path() {
                "/events" => (events.lock().unwrap().pop().unwrap_or(503), ""),
                path => {
                    let (expected, status, body) = looks.lock().unwrap().next().expect("a further look");
                    assert_eq!(path, *expected);
                    (*status, *body)
                }
            };
            http::Response::builder().status(status).body(body.into()).unwrap()
        })
    }

    const CREATED: &str = r#"{"Id":"0a1b","State":{"Status":"created"}}"#;
    const HEALTHY: &str = r#"{"Id":"0a1b","State":{"Status":"running","Health":{"Status":"healthy"}}}"#;
    const DOWN: (&str, u16, &str) = ("/containers/0a1b/json", 503, "down");
    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn a_restart_of_the_engine_is_waited_out_without_an_event() {
        let looks = &[("/containers/db/json", 200, CREATED), DOWN, DOWN, ("/containers/0a1b/json", 200, HEALTHY)];
        let started = Instant::now();
        wait_until_healthy(&engine(looks), "db", MINUTE).await.unwrap();
        assert!((1..=3).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn an_engine_that_stays_away_is_named() {
        let looks = &[("/containers/db/json", 200, CREATED), DOWN, DOWN, DOWN, DOWN];
        let error = wait_until_healthy(&engine(looks), "db", Duration::from_millis(2500)).await.unwrap_err();
        let expected = "db: it is not healthy within 2.5s, but not known: container_inspect: ";
        assert!(error.to_string().starts_with(expected), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_container_that_is_gone_is_not_waited_for_by_its_name() {
        let looks = &[("/containers/db/json", 200, CREATED), ("/containers/0a1b/json", 404, "no such container")];
        let error = wait_until_healthy(&engine(looks), "db", MINUTE).await.unwrap_err();
        assert!(matches!(&error, HealthError::Engine(error) if error.is_not_found()), "{error}");
    }
}
