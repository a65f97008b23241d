//! Time-outs: limits of time and size, and answers that they do not apply to.
//!
//! A call as a whole has no limit, because no number fits both a ping and a build. Instead, [`Limits`](crate::Limits)
//! has one for each step:
//!
//! | limit | default | it bounds |
//! |---|---|---|
//! | [`connect`](crate::Limits::connect) | 10 s | opening a connection |
//! | [`first_byte`](crate::Limits::first_byte) | 60 s | the head of the answer, counted from the call |
//! | [`idle`](crate::Limits::idle) | 60 s | a pause in an answer that has begun |
//! | [`answer_bytes`](crate::Limits::answer_bytes) | 256 MiB | an answer, or one value of a stream, in memory |
//! | [`connections`](crate::Limits::connections) | 512 | connections at once, and as many again for logs |
//!
//! ```no_run
//! # use std::time::Duration;
//! use dockwright::{Engine, Limits};
//!
//! # fn main() -> dockwright::Result<()> {
//! let limits = Limits::default().connect(Duration::from_secs(2)).first_byte(Duration::from_secs(10));
//! let engine = Engine::from_env()?.with_limits(limits);
//! # Ok(())
//! # }
//! ```
//!
//! All engines of a process share its descriptors: together they have at most three quarters of those that the process
//! may have when it opens its first connection. Beyond that, the connection closes that has been idle longest, and the
//! fewer are free, the sooner. A connection in use is never closed. So 1,024 descriptors, which a shell gives by
//! default, are enough for ten thousand engines at sockets and ports.
//!
//! Over [ssh](super::reach#ssh) an engine needs more: 7 descriptors for its login and first connection, and one for
//! each further connection; or 5 for each connection, if its host does not forward. A login without a connection is
//! idle like one: it ends when others need its descriptors, and the next call logs in again. 1,024 descriptors are thus
//! enough for a hundred logins at once.
//!
//! A time limit that passes is an [`Error::Timeout`](crate::Error::Timeout) with its [`Phase`](crate::Phase). Only
//! `connect` is an [`Error::Unreachable`](crate::Error::Unreachable), after which nothing was sent.
//!
//! Over ssh, `connect` includes the login, and 200 connections are open at once at most.
//!
//! # Operations that wait by nature
//!
//! Some answers arrive when work is done or when something happens. The operation table marks them, and no time limit
//! applies to that part:
//!
//! | [`Waits`](crate::operation::Waits) | part without a limit | examples |
//! |---|---|---|
//! | `Nothing` | none | lists, inspections, renaming, tagging |
//! | `Rest` | the body | logs, events, statistics, attach, exec, waiting for a container |
//! | `Answer` | all | builds, pulls, prunes, archives; containers, networks and volumes that begin, end or go |
//! | `AnswerWith` | all, if this argument is true | lists and inspections that count `size` |
//!
//! ```
//! use dockwright::operation::Waits;
//! use dockwright::operations;
//!
//! assert_eq!(operations::CONTAINER_RENAME.waits, Waits::Nothing);
//! assert_eq!(operations::CONTAINER_INSPECT.waits, Waits::AnswerWith("size"));
//! assert_eq!(operations::CONTAINER_LOGS.waits, Waits::Rest);
//! assert_eq!(operations::IMAGE_BUILD.waits, Waits::Answer);
//! ```
//!
//! A build is therefore never cut because a step is silent for an hour, and the creation of a container not because a
//! plugin makes its volume slowly. Opening the connection and reading a refusal
//! are still limited.
//!
//! # A limit of your own
//!
//! Dropping a call or a stream cancels it. Wrap the call, or the reading of the stream:
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
//! Dropping a call closes its connection. The engine then ends a build, pull, push or load. It completes a change of a
//! container, such as a stop. A running process is never affected.
//!
//! # Retries
//!
//! A call that fails by a limit is never sent again. Use [`Error::is_retryable`](crate::Error::is_retryable) to decide
//! on retries. The cases in which the client sends a request again are listed in
//! [errors](super::errors#requests-that-are-sent-again).
