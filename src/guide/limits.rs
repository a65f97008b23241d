//! Time-outs: how long and how much an engine may take, and what is never cut.
//!
//! There is no limit for a call as a whole, because no number fits both a ping and a build. Instead there is one for each
//! sign of life that is due, in [`Limits`](crate::Limits):
//!
//! | limit | default | what it bounds |
//! |---|---|---|
//! | [`connect`](crate::Limits::connect) | 10 s | opening a connection |
//! | [`first_byte`](crate::Limits::first_byte) | 60 s | the head of the answer, counted from the call |
//! | [`idle`](crate::Limits::idle) | 60 s | a pause in an answer that has begun |
//! | [`answer_bytes`](crate::Limits::answer_bytes) | 256 MiB | what is held of an answer, or of one value of a stream |
//! | [`connections`](crate::Limits::connections) | 512 | connections open at once, and as many for logs |
//!
//! ```no_run
//! # use std::time::Duration;
//! use dockwright::{Engine, Limits};
//!
//! # fn main() -> dockwright::Result<()> {
//! let limits = Limits::default().connect(Duration::from_secs(2)).first_byte(Duration::from_secs(10));
//! let engine = Engine::connect()?.with_limits(limits);
//! # Ok(())
//! # }
//! ```
//!
//! A limit that passes is [`Error::Timeout`](crate::Error::Timeout) with its [`Phase`](crate::Phase), `connect` excepted:
//! that is [`Error::Unreachable`](crate::Error::Unreachable), after which nothing was sent.
//!
//! # What waits by its nature
//!
//! Some answers come when work is done or when something happens. The table of operations says which, and no time limit
//! holds for that part of them:
//!
//! | [`Waits`](crate::operation::Waits) | what may take for ever | such as |
//! |---|---|---|
//! | `Nothing` | nothing | lists, inspections, create, start |
//! | `Rest` | what follows the head | logs, events, statistics, attach, exec, waiting for a container |
//! | `Answer` | all of it | builds, pulls, pushes, prunes, stopping a container, archives |
//!
//! ```
//! use dockwright::operation::Waits;
//! use dockwright::operations;
//!
//! assert_eq!(operations::CONTAINER_INSPECT.waits, Waits::Nothing);
//! assert_eq!(operations::CONTAINER_LOGS.waits, Waits::Rest);
//! assert_eq!(operations::IMAGE_BUILD.waits, Waits::Answer);
//! ```
//!
//! So a build is never cut because a step is silent for an hour. Opening the connection is bounded for these too, and a
//! refusal is not waited for longer than usual.
//!
//! # A limit of your own
//!
//! Everything is cancelled by dropping it. Wrap the call, or the reading of the stream:
//!
//! ```no_run
//! # use std::time::Duration;
//! # async fn example(engine: &dockwright::Engine) -> Result<(), Box<dyn std::error::Error>> {
//! let patience = Duration::from_secs(300);
//! match tokio::time::timeout(patience, engine.container_wait("job", &Default::default())).await {
//!     Ok(ended) => println!("exit code {:?}", ended?.status_code),
//!     Err(_) => println!("it still runs"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Dropping a call closes its connection. Whether the engine goes on depends on what it was asked: a build, pull, push or
//! load ends; what changes a container, such as a stop, goes on; a process that runs is never touched.
//!
//! # What is sent once
//!
//! A request of which the engine may have read a byte is never sent again, whatever happens to its connection; only one that
//! was refused for its API version is, see [versions](super::versions). Retrying is yours to decide:
//! [`Error::is_retryable`](crate::Error::is_retryable).
