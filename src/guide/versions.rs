//! Versions: which API version is spoken, and what becomes of what it does not know.
//!
//! This build speaks [`OLDEST_API_VERSION`](crate::OLDEST_API_VERSION) to [`API_VERSION`](crate::API_VERSION). These are
//! versions of the API, such as 1.47, and not of the engine's software.
//!
//! # Which one is spoken
//!
//! The first call asks the engine (`GET /_ping`) and takes the newest version that both know;
//! [`Engine::api_version`](crate::Engine::api_version) tells. An engine that is older than all of them is
//! [`Error::TooOld`](crate::Error::TooOld). Each answer names the engine's version, so if another engine takes its place, the
//! next call asks again; one that the other engine refused for its version is judged by the new one, and sent again. To pin
//! a version, which is then never asked for, set `DOCKER_API_VERSION` for [`Engine::connect`](crate::Engine::connect), or say
//! it in code:
//!
//! ```no_run
//! use dockwright::{Engine, Version};
//!
//! # fn main() -> dockwright::Result<()> {
//! let engine = Engine::connect()?.with_api_version(Version { major: 1, minor: 44 });
//! # Ok(())
//! # }
//! ```
//!
//! # What an older version does not know
//!
//! Documentation says "Since API 1.48." where something is younger than the oldest version, and "Up to API 1.51." where it
//! went. An engine ignores what its version does not know, without a word. Here the call fails before it is sent:
//!
//! ```
//! # use dockwright::{Engine, Result, Version};
//! # use dockwright::models::NetworkCreateRequest;
//! # #[tokio::main]
//! # async fn main() -> Result<()> {
//! # let old = Engine::canned(|_| http::Response::builder().status(201).body(r#"{"Id":"0a1b"}"#.into()).unwrap())
//! #     .with_api_version(Version { major: 1, minor: 41 });
//! let network = NetworkCreateRequest::default().name("back").enable_ipv4(false);
//! let error = old.network_create(&network).await.unwrap_err();
//! assert!(error.is_unsupported());
//! assert_eq!(
//!     error.to_string(),
//!     "network_create: `body.EnableIPv4` needs API 1.48, and 1.41 is spoken with this engine"
//! );
//!
//! old.allow_newer(true).network_create(&network).await?; // sent all the same
//! # Ok(())
//! # }
//! ```
//!
//! Operations, arguments, properties of bodies, members of enumerations and keys of filters are checked. [`Call::allow_newer`](crate::Call::allow_newer) does for one call what
//! [`Engine::allow_newer`](crate::Engine::allow_newer) does for all. As data it stands in
//! [`Operation::lifetime`](crate::Operation) and [`Versioned`](crate::operation::Versioned).
//!
//! # What this build does not know
//!
//! A newer engine may say more than a model has fields for. Such properties are kept in `extra` and written back, so reading,
//! changing one thing and sending the whole loses nothing.
//!
//! ```
//! use dockwright::models::{ContainerStateStatus, Volume};
//!
//! let volume: Volume = serde_json::from_str(r#"{"Name":"data","Novel":{"Colour":"red"}}"#)?;
//! assert_eq!(volume.extra["Novel"]["Colour"], "red");
//! assert_eq!(serde_json::to_string(&volume)?, r#"{"Name":"data","Novel":{"Colour":"red"}}"#);
//!
//! // Enumerations are open: there is always `Other`, and a `match` needs a last arm.
//! let status: ContainerStateStatus = serde_json::from_str(r#""hibernating""#)?;
//! assert_eq!(status, ContainerStateStatus::Other("hibernating".into()));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! To send what no model knows, insert it into `extra`. To call what has no method, use
//! [`Engine::raw`](crate::Engine::raw).
//!
//! Every field is optional, because an engine may leave any out, and `null` counts as absent.
//!
//! # Another description
//!
//! The generated half can be built from another file of the API's description, Swagger 2.0 as YAML or JSON. Name it by its
//! whole path:
//!
//! ```sh
//! DOCKWRIGHT_SPEC=$PWD/v1.56.yaml cargo build
//! ```
//!
//! What it has beyond ours becomes methods, options and models, with its own first sentences as documentation. With an older
//! file the client speaks up to that version only.
