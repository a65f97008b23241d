//! Times, durations and sizes: the types that say them, and what stays a number.
//!
//! The engine writes times in three ways and durations in three units. Here each has a type, so that no unit can be
//! mistaken:
//!
//! | type | in the API | such as |
//! |---|---|---|
//! | [`Timestamp`] | text of RFC 3339 | when a container was created, as an inspect shows it |
//! | [`UnixTime`] | seconds or nanoseconds since 1970 | when it was created, as a list shows it; `since` and `until` of logs and events |
//! | [`Duration`](std::time::Duration) | a number of nanoseconds, microseconds or seconds | the delay between the batches of an update |
//! | [`Period`] | the same, with 0 for the engine's default | the interval of health checks |
//! | [`TimeLimit`] | the same, with -1 for no limit | the time that a container has to stop |
//! | [`Quota`] | the same, with 0 for none and -1 for no limit | the use of processors in each period |
//!
//! Sizes stay numbers of bytes, and shares of CPUs numbers of billionths (`nano_cpus`); their documentation says so.
//! The CPU time of statistics stays a number too, since its unit depends on the engine's system.
//!
//! # Times
//!
//! A [`Timestamp`] is the engine's text, and what is written back is what came. Converting it can fail, because an
//! engine may send anything. Time that there is not, such as the end of a container that runs, is Go's zero time:
//! [`Timestamp::is_zero`] knows it.
//!
//! ```no_run
//! # async fn example(engine: dockwright::Engine) -> Result<(), Box<dyn std::error::Error>> {
//! let state = engine.container_inspect("web", &Default::default()).await?.state;
//! let started = state.started_at;
//! if !started.is_zero() {
//!     println!("up for {:?}", started.system_time()?.elapsed()?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! `since` and `until` take what converts into a [`UnixTime`], to the nanosecond, so that a log can be continued behind
//! its last line:
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use dockwright::options::ContainerLogsOptions;
//!
//! let a_minute_ago = SystemTime::now() - Duration::from_secs(60);
//! let options = ContainerLogsOptions::default().stdout(true).since(a_minute_ago);
//! ```
//!
//! With the cargo features `jiff`, `chrono` and `time` both types convert to those of the crates and back.
//!
//! # Durations
//!
//! ```
//! use std::time::Duration;
//! use dockwright::TimeLimit;
//! use dockwright::models::HealthConfig;
//! use dockwright::options::ContainerStopOptions;
//!
//! let health = HealthConfig::default().interval(Duration::from_secs(30)).timeout(Duration::from_millis(500));
//! let patient = ContainerStopOptions::default().timeout(TimeLimit::Unlimited);
//! ```
//!
//! A call fails with [`Error::Argument`] before anything is sent if the unit of the API cannot say a duration, such as
//! a second and a half to a whole number of seconds. Nothing is rounded.
//!
//! A value that fits no type, such as a negative delay, is kept in the `extra` of the object under its name, and
//! written back.
//!
//! [`Error::Argument`]: crate::Error::Argument
//! [`Period`]: crate::Period
//! [`TimeLimit`]: crate::TimeLimit
//! [`Quota`]: crate::Quota
//! [`Timestamp`]: crate::Timestamp
//! [`Timestamp::is_zero`]: crate::Timestamp::is_zero
//! [`UnixTime`]: crate::UnixTime
