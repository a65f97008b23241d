//! Waiting for a container whose health check decides when it is ready.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::timeout;

use super::watch::watch_events;
use crate::operations::CONTAINER_INSPECT;
use crate::options::{SystemEventsFilters, SystemEventsOptions};
use crate::{Engine, Error, Result};

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
        /// Its health, or else its state: `starting`, `created`.
        status: String,
    },
    /// A call failed.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// Waits until the health check of a container succeeds, for `limit` at most. It hears the engine's events and asks
/// again after each, also over a lost connection. A container that was not started yet is waited for.
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
    let filters = SystemEventsFilters::default().type_("container").container(inspect(engine, container).await?.id);
    // Heard before the next question, so that nothing happens between the two.
    let mut events = watch_events(engine, &SystemEventsOptions::default().filters(filters)).await?;
    loop {
        if let Some(verdict) = inspect(engine, container).await?.state.verdict(container, status) {
            return verdict;
        }
        if let Some(Err(error)) = events.next().await {
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
    log: Option<Vec<Check>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Check {
    #[serde(default)]
    output: String,
}

impl State {
    /// The end of waiting, if it has come; else its status is kept.
    fn verdict(self, container: &str, kept: &mut String) -> Option<Result<(), HealthError>> {
        let container = container.to_owned();
        match (&*self.status, self.health) {
            ("exited" | "dead" | "removing", _) => {
                Some(Err(HealthError::Ended { container, exit_code: self.exit_code }))
            }
            // Engines say `none` where the check of an image was switched off.
            (_, None) if self.status != "running" => {
                *kept = self.status;
                None
            }
            (_, None) => Some(Err(HealthError::NoHealthCheck { container })),
            (_, Some(health)) => match &*health.status {
                "healthy" if self.status == "running" => Some(Ok(())),
                "unhealthy" => {
                    let last = health.log.unwrap_or_default().pop().map(|check| check.output).unwrap_or_default();
                    let output = last.split(char::is_control).collect::<Vec<_>>().join(" ").trim().to_owned();
                    Some(Err(HealthError::Unhealthy { container, output }))
                }
                "" | "none" if self.status == "running" => Some(Err(HealthError::NoHealthCheck { container })),
                _ => {
                    *kept = if self.status == "running" { health.status } else { self.status };
                    None
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(state: &str) -> String {
        let mut kept = String::new();
        let state: State = serde_json::from_str(state).unwrap();
        match state.verdict("web", &mut kept) {
            None => format!("wait: {kept}"),
            Some(Ok(())) => "healthy".to_owned(),
            Some(Err(error)) => error.to_string(),
        }
    }

    #[test]
    fn a_container_is_waited_for_while_it_may_still_become_healthy() {
        for (state, expected) in [
            (r#"{"Status":"created"}"#, "wait: created"),
            (r#"{"Status":"running","Health":{"Status":"starting"}}"#, "wait: starting"),
            (r#"{"Status":"restarting","Health":{"Status":"healthy"}}"#, "wait: restarting"),
            (r#"{"Status":"paused","Health":{"Status":"healthy"}}"#, "wait: paused"),
            (r#"{"Status":"running","Health":{"Status":"healthy","Log":null}}"#, "healthy"),
            (r#"{"Status":"running"}"#, "web: it has no health check"),
            (r#"{"Status":"running","Health":{"Status":"none"}}"#, "web: it has no health check"),
            (r#"{"Status":"exited","ExitCode":3}"#, "web: it ended with exit code 3"),
            (
                r#"{"Status":"running","Health":{"Status":"unhealthy","Log":[{"Output":"no\nport\n"}]}}"#,
                "web: it is unhealthy: no port",
            ),
        ] {
            assert_eq!(verdict(state), expected, "{state}");
        }
    }
}
