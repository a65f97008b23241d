//! Versions: the API version that is spoken, and calls that it does not know.
//!
//! This build speaks [`OLDEST_API_VERSION`](crate::OLDEST_API_VERSION) to [`API_VERSION`](crate::API_VERSION). These
//! are versions of the API, such as 1.47, and not of the engine's software.
//!
//! # The version that is spoken
//!
//! The first call asks the engine (`GET /_ping`) and takes the newest version that both know;
//! [`Engine::api_version`](crate::Engine::api_version) returns it. An engine that is older than all of them is an
//! [`Error::TooOld`](crate::Error::TooOld). Each answer names the engine's version, so if another engine takes its
//! place, the next call asks again. If the other engine refused a request with a 400 because it does not speak the
//! version, the call is checked against the new version and sent again, unless its body is a stream. The other two
//! cases in which a request is sent again are about connections that had ended; see
//! [errors](super::errors#requests-that-are-sent-again). To pin a version, which is then never negotiated, set
//! `DOCKER_API_VERSION` for [`Engine::from_env`](crate::Engine::from_env), or set it in code:
//!
//! ```no_run
//! use dockwright::{Engine, Version};
//!
//! # fn main() -> dockwright::Result<()> {
//! let engine = Engine::from_env()?.with_api_version(Version { major: 1, minor: 44 });
//! # Ok(())
//! # }
//! ```
//!
//! # Calls that an older version does not know
//!
//! The documentation says "Since API 1.48." for additions after the oldest version, and "Up to API 1.51." for removals.
//! An engine silently ignores arguments and properties that its version does not know. Here the call fails before it is
//! sent:
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
//! old.allow_newer(true).network_create(&network).await?; // sent anyway
//! # Ok(())
//! # }
//! ```
//!
//! Operations, arguments, properties of bodies, members of enumerations and keys of filters are checked.
//! [`Engine::allow_newer`](crate::Engine::allow_newer) turns the check off for all calls, and
//! [`Call::allow_newer`](crate::Call::allow_newer) for one. The versions are available as data:
//! [`Operation::lifetime`](crate::Operation) and [`Versioned`](crate::operation::Versioned).
//!
//! # Properties that this build does not know
//!
//! A newer engine may send properties for which a model has no field. They are kept in `extra` and written back, so
//! reading an object, changing one property and sending it loses nothing.
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
//! To send a property that no model knows, insert it into `extra`. To call an endpoint without a method, use
//! [`Engine::raw`](crate::Engine::raw).
//!
//! # Properties that every engine sends
//!
//! A property that every engine sends is its value: `container.id` is a `String`. From an engine that leaves it out
//! after all, or sends `null`, it is the zero value, as in Go: an empty text or list, 0, `false`. It is written back if
//! it came or has another value. All other fields are optional, and so is every field of a body.
//!
//! ```
//! use dockwright::models::ContainerSummary;
//!
//! let container: ContainerSummary = serde_json::from_str(r#"{"Id":"4fa6","Names":["/web"]}"#)?;
//! assert_eq!((container.id.as_str(), container.names[0].as_str()), ("4fa6", "/web"));
//! assert!(container.labels.is_empty());
//! assert_eq!(serde_json::to_string(&container)?, r#"{"Id":"4fa6","Names":["/web"]}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Another description
//!
//! The generated half can be built from another file of the API's description, Swagger 2.0 as YAML or JSON. Name it by
//! its whole path:
//!
//! ```sh
//! DOCKWRIGHT_SPEC=$PWD/v1.56.yaml cargo build
//! ```
//!
//! Its additions become methods, options and models, with its own first sentences as documentation. With an older file
//! the client speaks up to that version only.
