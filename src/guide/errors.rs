//! Errors: each variant, what to do about it, and what is no error.
//!
//! Everything that fails does so with [`Error`](crate::Error). Its variants are sorted by what you can do, and its message is
//! whole: name the operation and add nothing.
//!
//! | variant | what happened | what to do |
//! |---|---|---|
//! | [`Address`](crate::Error::Address) | the environment or a text names no engine | correct what it names |
//! | [`Unreachable`](crate::Error::Unreachable) | no connection; nothing was sent | start the engine, or try later |
//! | [`TooOld`](crate::Error::TooOld) | no API version in common | update the engine |
//! | [`Argument`](crate::Error::Argument) | an argument cannot be sent; nothing was | correct the call |
//! | [`Unsupported`](crate::Error::Unsupported) | the spoken version does not know it; nothing was sent | leave it out, see [versions](super::versions) |
//! | [`Api`](crate::Error::Api) | the engine refused, with a status | ask the predicates below |
//! | [`Failed`](crate::Error::Failed) | work began and failed, within a success | read the message, and `code` |
//! | [`Body`](crate::Error::Body) | what you sent could not be read to its end | mend the file, folder or stream |
//! | [`Timeout`](crate::Error::Timeout) | a [limit](super::limits) passed | look whether it was done, then try again |
//! | [`Interrupted`](crate::Error::Interrupted) | the connection was lost | look whether it was done, then try again |
//! | [`Archive`](crate::Error::Archive) | an archive is damaged, unsafe or too large | distrust it |
//! | [`Decode`](crate::Error::Decode) | the answer is not what was expected | is it an engine? then report it |
//! | [`TooLarge`](crate::Error::TooLarge) | the answer is beyond [`Limits::answer_bytes`](crate::Limits::answer_bytes) | ask for less, or raise it |
//!
//! More may be added, so a `match` needs a last arm.
//!
//! # Predicates
//!
//! Most code asks one question:
//!
//! ```
//! # use dockwright::{Engine, Result};
//! # #[tokio::main]
//! # async fn main() -> Result<()> {
//! # let engine = Engine::canned(|_| {
//! #     http::Response::builder().status(404).body(r#"{"message":"No such container: web"}"#.into()).unwrap()
//! # });
//! match engine.container_delete("web", &Default::default()).await {
//!     Err(error) if error.is_not_found() => {} // gone already
//!     Err(error) if error.is_retryable() => eprintln!("{error}: will try again"),
//!     other => other?,
//! }
//! let error = engine.container_inspect("web", &Default::default()).await.unwrap_err();
//! assert_eq!(error.to_string(), "container_inspect: 404: No such container: web");
//! # Ok(())
//! # }
//! ```
//!
//! - [`is_not_found`](crate::Error::is_not_found): 404, there is no such thing.
//! - [`is_conflict`](crate::Error::is_conflict): 409, the state of something stands against it, such as a name that is
//!   taken.
//! - [`is_unsupported`](crate::Error::is_unsupported) and [`is_unreachable`](crate::Error::is_unreachable): the variants.
//! - [`is_retryable`](crate::Error::is_retryable): the same call may succeed later. After a `Timeout` and an `Interrupted`
//!   the engine may have carried it out, so repeat only what is idempotent. The client itself repeats nothing.
//! - [`status`](crate::Error::status): any other status.
//!
//! A method names the statuses that its operation is known to answer with, under *Errors*.
//!
//! # What is no error
//!
//! Starting a container that runs and stopping one that does not are answered with 304: a success with a value, an
//! [`Outcome`](crate::Outcome).
//!
//! ```
//! # use dockwright::{Engine, Outcome, Result};
//! # #[tokio::main]
//! # async fn main() -> Result<()> {
//! # let engine = Engine::canned(|_| http::Response::builder().status(304).body(Default::default()).unwrap());
//! if engine.container_start("web", &Default::default()).await? == Outcome::Unchanged {
//!     println!("it ran already");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A container that ends with an exit code other than 0 is none either:
//! [`container_wait`](crate::Engine::container_wait) gives the code.
//!
//! # In streams and readers
//!
//! A call that gives a [stream](super::streams) can fail twice: when it is called, and later, as an item. Readers fail with
//! an [`io::Error`](std::io::Error) that has the `Error` inside: `error.downcast::<dockwright::Error>()` takes it out.
//!
//! # Secrets
//!
//! Messages quote arguments and what the engine says; control characters are taken out. Values of headers, which hold
//! credentials, are never shown, and neither is [`Sensitive`](crate::Sensitive) text. The log (`tracing`, target
//! `dockwright::call`) holds a line for each call and quotes nothing.
