//! A complete, typed, async client for the Docker Engine API. It is generated from the API's own description: it has a
//! method for every operation, and supports every engine since API 1.41.
//!
//! # Organisation
//!
//! Everything begins with an [`Engine`]. It has a method for each operation, named as Docker names it: `ContainerList`
//! is [`container_list`](Engine::container_list). Required parameters are arguments, and optional ones are fields of a
//! type in [`options`]. Bodies and answers are types of [`models`]. Answers that last are streams: [`JsonStream`],
//! [`LogStream`], [`ByteStream`] and [`Duplex`]. [`operations`] holds the operations as data, for programs that choose
//! them at run time ([`Engine::call`]). The [`guide`] covers topics that concern more than one method.
//!
//! Calls need a tokio runtime, and fail with an [`Error`].
//!
//! # Examples
//!
//! List the running containers of a tier:
//!
//! ```no_run
//! use dockwright::Engine;
//! use dockwright::options::{ContainerListFilters, ContainerListOptions};
//!
//! #[tokio::main]
//! async fn main() -> dockwright::Result<()> {
//!     let engine = Engine::from_env()?; // the engine that your docker CLI uses
//!     let filters = ContainerListFilters::default().status("running").label("tier=web");
//!     let options = ContainerListOptions::default().filters(filters);
//!     for container in engine.container_list(&options).await? {
//!         println!("{:?} {:?}", container.names, container.status);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Run a container to its end, and print its output:
//!
//! ```no_run
//! # use dockwright::{Engine, Result};
//! # use dockwright::models::ContainerCreateRequest;
//! # use dockwright::options::ContainerLogsOptions;
//! # async fn example(engine: &Engine) -> Result<()> {
//! let body = ContainerCreateRequest::default().image("busybox").cmd(["echo", "hello"]);
//! let id = engine.container_create(&body, &Default::default()).await?.id;
//! engine.container_start(&id, &Default::default()).await?;
//! let ended = engine.container_wait(&id, &Default::default()).await?;
//! let both = ContainerLogsOptions::default().stdout(true).stderr(true);
//! let mut output = engine.container_logs(&id, &both).await?;
//! while let Some(piece) = output.next().await {
//!     print!("{}", piece?);
//! }
//! engine.container_delete(&id, &Default::default()).await?;
//! println!("exit code {:?}", ended.status_code);
//! # Ok(())
//! # }
//! ```
//!
//! Run a command in a running container:
//!
//! ```no_run
//! # use dockwright::{Engine, Result, recipes};
//! # async fn example(engine: &Engine) -> Result<()> {
//! let checked = recipes::exec_output(engine, "web", ["nginx", "-t"]).await?;
//! println!("{} {:?}", checked.stderr_text(), checked.status);
//! # Ok(())
//! # }
//! ```
//!
//! Pull or build an image, and show the progress:
//!
//! ```no_run
//! # use dockwright::{Engine, Result};
//! # use dockwright::options::{ImageBuildOptions, ImageCreateOptions};
//! # use dockwright::tar::Context;
//! # async fn example(engine: &Engine) -> Result<()> {
//! let options = ImageCreateOptions::default().from_image("nginx:1.27");
//! let mut pull = engine.image_create(None, &options).await?;
//! while let Some(step) = pull.next().await {
//!     let step = step?; // a pull that fails is an `Err` here
//!     println!("{} {}", step.id.unwrap_or_default(), step.status.unwrap_or_default());
//! }
//!
//! let context = Context::new("frontend").into(); // a folder; its .dockerignore is heeded
//! let options = ImageBuildOptions::default().tags(["shop/frontend:1"]);
//! let mut build = engine.image_build(Some(context), &options).await?;
//! while let Some(step) = build.next().await {
//!     print!("{}", step?.stream.unwrap_or_default()); // `into_build` reads both builders alike
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Follow logs, line by line:
//!
//! ```no_run
//! # use dockwright::{Engine, Result};
//! # use dockwright::options::ContainerLogsOptions;
//! # async fn example(engine: &Engine) -> Result<()> {
//! let options = ContainerLogsOptions::default()
//!     .stdout(true)
//!     .stderr(true)
//!     .follow(true)
//!     .tail("100");
//! let mut lines = engine.container_logs("web", &options).await?.lines(64 * 1024);
//! while let Some(line) = lines.next().await {
//!     let line = line?;
//!     println!("{:?}: {line}", line.source);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Topics
//!
//! - [Ways to an engine](guide::reach): addresses, ssh, and connections that are kept.
//! - [Streams](guide::streams): their items, their ends, and dropping them.
//! - [Builds](guide::builds): the two builders, their events, and builds that fail.
//! - [Filters](guide::filters): narrowing lists, prunes and events.
//! - [Times and durations](guide::times): the types that say them, and their special values.
//! - [Logins for registries](guide::credentials): private images, and where `docker login` keeps passwords.
//! - [Errors](guide::errors): each error and its remedy.
//! - [Time-outs](guide::limits): limits of time and size, and calls that they do not apply to.
//! - [Versions](guide::versions): older and newer engines, and other descriptions.
//! - [Stability](guide::stability): changes that a release may bring.
//! - [Testing](guide::testing): testing your own code without an engine.
//!
//! # Cargo features
//!
//! | feature | | it adds |
//! |---|---|---|
//! | `all-tags` | default | all operations |
//! | `tag-container`, `tag-image`, … | | without `all-tags`: the operations of these tags, with less to compile |
//! | `credentials` | default | logins for registries, found as the docker CLI finds them ([`Credentials`]) |
//! | `tar` | default | build contexts from a folder, archives unpacked into one ([`tar`]) |
//! | `recipes` | default | helpers made of several calls: [`recipes`] |
//! | `buildkit` | | builds with secrets, ssh, logins, named contexts, folders sent by need ([builds](guide::builds)) |
//! | `session` | | the parts of it, for other ways to build: [`session`], [`solve`] |
//! | `ssh` | default | engines that are reached over ssh, with the system's program |
//! | `tls` | | engines that are reached over TLS, with certificates as the docker CLI keeps them |
//! | `ws` | | attaching to a container by websocket |
//! | `jiff`, `chrono`, `time` | | conversions between [`Timestamp`], [`UnixTime`] and the times of these crates |
//! | `tools` | | titles and schemas of the operations' arguments, for programs that offer them as tools |

// docs.rs shows at each item the feature that it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]
// Links to operations that are not built in are broken, which is expected.
#![cfg_attr(
    not(all(
        feature = "all-tags",
        feature = "buildkit",
        feature = "credentials",
        feature = "recipes",
        feature = "tar",
        feature = "ws"
    )),
    allow(rustdoc::broken_intra_doc_links)
)]

// Before the others, as rustdoc lists the parts of `Engine` in this order.
mod engine;

mod address;
mod body;
mod budget;
pub mod build;
mod call;
mod canned;
mod connection;
#[cfg(feature = "credentials")]
mod credentials;
mod docker_cli;
mod error;
#[allow(dead_code, reason = "a description may have no use for it")]
mod filters;
#[cfg(feature = "session")]
mod grpc;
#[cfg(any(feature = "session", feature = "ssh"))]
#[cfg_attr(windows, path = "guard/windows.rs", allow(dead_code, reason = "only ssh needs it there"))]
mod guard;
pub mod guide;
#[cfg(feature = "ws")]
mod handshake;
#[allow(dead_code, reason = "a description may have no use for it")]
mod json;
mod limits;
mod negotiation;
mod object_set;
mod open_enum;
pub mod operation;
mod period;
#[cfg(all(unix, any(feature = "credentials", feature = "session", feature = "ssh")))]
mod process_group;
mod protobuf;
#[cfg(feature = "session")]
mod random_id;
#[cfg(all(feature = "recipes", docker_description))]
pub mod recipes;
mod registry;
mod reply;
pub mod request;
mod sensitive;
mod sent_login;
#[cfg(feature = "session")]
pub mod session;
#[cfg(feature = "session")]
pub mod solve;
#[cfg(feature = "ssh")]
mod ssh;
pub mod stream;
#[cfg(feature = "tar")]
pub mod tar;
mod terminal_size;
#[allow(dead_code, reason = "a description may have no texts")]
mod text;
mod timestamp;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;
#[cfg(feature = "tools")]
pub mod tools;
mod transport;
mod unix_time;
mod variable;
mod version;
mod version_check;
mod warning;
#[allow(dead_code, reason = "a description may have no use for it")]
mod wire;

pub use address::context_names;
pub use body::Body;
pub use call::Call;
#[cfg(feature = "credentials")]
pub use credentials::{Credentials, Login, LoginSurvey};
pub use engine::Engine;
pub use error::{Cause, Error, FailedStep, Phase, Result, SshFault};
pub use json::JsonObject;
pub use limits::Limits;
pub use object_set::ObjectSet;
pub use operation::Operation;
pub use operations::{API_TITLE, API_VERSION, OLDEST_API_VERSION};
pub use period::{Period, Quota, TimeLimit};
pub use registry::registry_of;
pub use reply::{Outcome, Reply, Text};
pub use sensitive::Sensitive;
#[cfg(feature = "ssh")]
pub use ssh::SshRoute;
pub use stream::{Archive, ByteStream, Duplex, JsonStream, LogLines, LogStream, Output, Source, Stdin};
pub use terminal_size::TerminalSize;
pub use timestamp::Timestamp;
#[cfg(feature = "tls")]
pub use tls::Tls;
pub use unix_time::{InvalidTime, UnixTime};
pub use variable::Variable;
pub use version::{InvalidVersion, Version};
pub use version_check::refuse_unknown;
pub use warning::Warning;

#[doc(no_inline)]
pub use serde_json::Value;
#[doc(no_inline)]
pub use {bytes, http};

/// The types of bodies and answers. Properties are optional, because an engine may leave out any or send `null`; those
/// of answers that every engine sends are read as their values, and as Go's zero value where one is left out after all.
/// Properties that the description does not name, and times and durations that are none, are kept in `extra` and
/// written back.
pub mod models {
    include!(concat!(env!("OUT_DIR"), "/models.rs"));
}

/// The types of optional arguments, and of filters.
pub mod options {
    include!(concat!(env!("OUT_DIR"), "/options.rs"));
}

/// The operation table: the operations behind the methods of [`Engine`], as data.
pub mod operations {
    include!(concat!(env!("OUT_DIR"), "/operations.rs"));
}

mod methods {
    include!(concat!(env!("OUT_DIR"), "/methods.rs"));
}

/// The examples of the repository's front page compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The examples of the page for users of bollard compile.
#[cfg(all(doctest, feature = "recipes", feature = "tar"))]
#[doc = include_str!("../docs/from-bollard.md")]
struct FromBollard;
