//! Errors: each variant and its remedy, and answers that are not errors.
//!
//! Every function that fails returns an [`Error`](crate::Error). Its variants are sorted by what you can do about them.
//! Its message is complete and names the operation, so print it as it is.
//!
//! | variant | what happened | what to do |
//! |---|---|---|
//! | [`Address`] | the environment or a text names no engine | correct it |
//! | [`Unreachable`] | no connection; nothing was sent | start the engine, or try later |
//! | [`Ssh`] | no connection over ssh; the engine has read nothing | follow the remedy of its [fault](crate::SshFault) |
//! | [`NoEngine`] | no engine answers at the address; nothing was carried out | correct the address, or start the engine |
//! | [`TooOld`] | no API version in common | update the engine |
//! | [`Argument`] | an argument cannot be sent; nothing was sent | correct the call |
//! | [`Unsupported`] | the spoken version does not know a part of the call; nothing was sent | leave it out, see [versions](super::versions) |
//! | [`Api`] | the engine refused, with a status | use the predicates below |
//! | [`Login`] | the registry wants a login, or refused it | `docker login`, see [logins](super::credentials) |
//! | [`Failed`] | work began and then failed | read the message, and `code` |
//! | [`Step`] | a step of a build failed | read its last lines and its exit code |
//! | [`Body`] | the body could not be read to its end | correct the file, folder or stream |
//! | [`Timeout`] | a [limit](super::limits) passed | check if the engine did it, then try again |
//! | [`Interrupted`] | the connection was lost | check if the engine did it, then try again |
//! | [`Archive`] | an archive is damaged, unsafe or too large | do not use it |
//! | [`Decode`] | the answer is not as expected | check that it is an engine, then report it |
//! | [`TooLarge`] | the answer is beyond [`answer_bytes`](crate::Limits::answer_bytes) | ask for less, or raise it |
//!
//! Variants may be added, so a `match` needs a last arm. [`source`](std::error::Error::source) is the error below: of
//! the operating system, of the decoder, or of a stream that a program gave as a body. The message has its words
//! already.
//!
//! # Predicates
//!
//! Most code needs one predicate:
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
//! - [`is_not_found`](crate::Error::is_not_found): 404, the object does not exist.
//! - [`is_conflict`](crate::Error::is_conflict): 409, the state of an object conflicts with the call, such as a name
//!   that is taken.
//! - [`is_unsupported`](crate::Error::is_unsupported) and [`is_unreachable`](crate::Error::is_unreachable): the
//!   variants; `Ssh` is unreachable too.
//! - [`is_retryable`](crate::Error::is_retryable): the same call may succeed later. After a `Timeout` or an
//!   `Interrupted` the engine may have carried it out, so repeat only idempotent calls. After such an error the client
//!   repeats nothing itself, see [below](#requests-that-are-sent-again).
//! - [`status`](crate::Error::status): any other status.
//!
//! The documentation of a method lists the known statuses of its operation under *Errors*.
//!
//! # Answers that are not errors
//!
//! Starting a running container, or stopping a stopped one, is answered with 304. That is a success, with an
//! [`Outcome`](crate::Outcome) as value.
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
//! A container that ends with an exit code other than 0 is not an error either:
//! [`container_wait`](crate::Engine::container_wait) returns the code.
//!
//! # Requests that are sent again
//!
//! The client sends a request again in three cases. Otherwise each call sends its request once.
//!
//! - An idle connection turned out to be closed before a byte of the request was written. The request goes out on
//!   another connection; the engine has read nothing of it.
//! - A connection that had been used before ended before the first byte of the answer to a GET or HEAD without a body,
//!   as behind a proxy that closes connections without saying so. These requests change nothing, so that the engine
//!   may read them twice. The request goes out once more, on a new connection.
//! - Another engine took the place of the one whose version was negotiated, and refused the request with a 400 because
//!   it does not speak that version. The version is negotiated again, the call is checked against it, and the request
//!   is sent a second time, unless its body is a stream.
//!
//! Any other request of which the engine may have read a byte is never sent again because of a lost connection, and
//! none because of a time-out.
//!
//! # In streams and readers
//!
//! A call that returns a [stream](super::streams) can fail at first, and later as an item. Readers fail with an
//! [`io::Error`](std::io::Error) that wraps the `Error`: `error.downcast::<dockwright::Error>()` unwraps it.
//!
//! # Secrets
//!
//! Messages quote arguments and the engine's text, without control characters. Values of headers, which hold
//! credentials, are never shown, and neither is [`Sensitive`](crate::Sensitive) text. `Debug` shows the name of an
//! environment [`Variable`](crate::Variable), and not its value. The log (`tracing`, target `dockwright::call`) has a
//! line for each call and quotes nothing. Its target `dockwright::address` warns of parts of the docker CLI's
//! configuration that cannot be read, as [`Engine::warnings`](crate::Engine::warnings) does.
//!
//! [`Address`]: crate::Error::Address
//! [`Unreachable`]: crate::Error::Unreachable
//! [`Ssh`]: crate::Error::Ssh
//! [`NoEngine`]: crate::Error::NoEngine
//! [`TooOld`]: crate::Error::TooOld
//! [`Argument`]: crate::Error::Argument
//! [`Unsupported`]: crate::Error::Unsupported
//! [`Api`]: crate::Error::Api
//! [`Login`]: crate::Error::Login
//! [`Failed`]: crate::Error::Failed
//! [`Step`]: crate::Error::Step
//! [`Body`]: crate::Error::Body
//! [`Timeout`]: crate::Error::Timeout
//! [`Interrupted`]: crate::Error::Interrupted
//! [`Archive`]: crate::Error::Archive
//! [`Decode`]: crate::Error::Decode
//! [`TooLarge`]: crate::Error::TooLarge
