//! Testing: testing your own code without an engine.
//!
//! [`Engine::canned`](crate::Engine::canned) makes an [`Engine`](crate::Engine) whose answers come from a function.
//! Code that takes an `&Engine` sees no difference: arguments are checked, refusals become errors, streams are decoded
//! as usual.
//!
//! ```
//! use dockwright::options::{ContainerListFilters, ContainerListOptions};
//! use dockwright::{Engine, Result};
//!
//! /// The code under test: the names of the containers of a tier.
//! async fn names(engine: &Engine, tier: &str) -> Result<Vec<String>> {
//!     let filters = ContainerListFilters::default().label(format!("tier={tier}"));
//!     let found = engine.container_list(&ContainerListOptions::default().filters(filters)).await?;
//!     Ok(found.into_iter().flat_map(|container| container.names).collect())
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<()> {
//! let engine = Engine::canned(|request| {
//!     assert_eq!(request.uri().path(), "/containers/json");
//!     assert_eq!(request.uri().query(), Some("filters=%7B%22label%22%3A%5B%22tier%3Dweb%22%5D%7D"));
//!     http::Response::new(r#"[{"Names":["/web"]},{"Names":null}]"#.into())
//! });
//! assert_eq!(names(&engine, "web").await?, ["/web"]);
//! # Ok(())
//! # }
//! ```
//!
//! The function receives the whole request, its path below the version prefix, and its body. It runs for each request
//! and may count them. A canned engine speaks the newest version of this build;
//! [`with_api_version`](crate::Engine::with_api_version) makes it older, and then it refuses [newer](super::versions)
//! parts of calls.
//!
//! # Failures
//!
//! A status with a `message` is a refusal, and a value with `error` in a stream is a failure within a success:
//!
//! ```
//! # use dockwright::options::ImageCreateOptions;
//! # use dockwright::{Engine, Error, Result};
//! # #[tokio::main]
//! # async fn main() -> Result<()> {
//! let engine = Engine::canned(|request| match request.uri().path() {
//!     "/images/create" => http::Response::new("{\"status\":\"Pulling\"}\n{\"error\":\"disk full\"}\n".into()),
//!     _ => http::Response::builder().status(409).body(r#"{"message":"in use"}"#.into()).unwrap(),
//! });
//! let pull = ImageCreateOptions::default().from_image("nginx:1.27");
//! let failed = engine.image_create(None, &pull).await?.last().await;
//! assert!(matches!(failed, Err(Error::Failed { message, .. }) if message == "disk full"));
//! assert!(engine.volume_delete("data", &Default::default()).await.unwrap_err().is_conflict());
//! # Ok(())
//! # }
//! ```
//!
//! # Recorded answers
//!
//! A recorded answer of an engine is better than one from memory. Record it once, with
//! [`Engine::raw`](crate::Engine::raw):
//!
//! ```no_run
//! # use dockwright::{Body, Engine};
//! # async fn example(engine: &Engine) -> Result<(), Box<dyn std::error::Error>> {
//! let request = http::Request::get("/containers/web/json").body(Body::default())?;
//! std::fs::write("tests/web.json", engine.raw(request).await?.bytes().await?)?;
//! # Ok(())
//! # }
//! ```
//!
//! and answer with `include_bytes!("web.json")[..].into()`. Review it first: environments and labels hold secrets.
//!
//! # Traps
//!
//! - **Logs and attach inspect the container first**, to find out if it has a terminal. Answer `/containers/web/json`
//!   too, with `{}` for none. Output then comes in frames of eight bytes and a payload: the source (1 stdout, 2
//!   stderr), three zeros, the length as four bytes, the highest first. With `{"Config":{"Tty":true}}` output is raw.
//! - **An exec without `Tty` in its start is asked for it**: answer `/exec/…/json` too, with `{}` for none.
//! - **Connections** do not exist: attach and exec return the function's answer, and writing to them fails.
//! - **Time limits** never pass. Limits of size apply.
