//! Stability: changes that a release may bring.
//!
//! Versions follow Semantic Versioning; until 1.0 a minor version may break. The public signatures of the generated
//! half are committed, for review (`generated/signatures.txt`) and as of the newest release (`generated/released.txt`).
//! A test fails if a released signature is removed or changed without a new version, and the changelog is written from
//! the difference.
//!
//! # Changes that any release may bring
//!
//! - A newer description adds operations, optional arguments, properties, members of enumerations and filter keys. All
//!   generated types are `#[non_exhaustive]`: create them with `default()` and setters, and give a `match` a last arm.
//! - A property that was in `extra` becomes a field.
//! - An inline type that had no type here gets one.
//! - Documentation, and the order of fields.
//!
//! # Changes that only a breaking release may bring
//!
//! - An argument becomes required, or a field or an answer gets another type, even to correct a mistake of the
//!   description.
//! - A part that a description lost is removed. It stays while older engines need it, and its documentation names the
//!   last API version that knows it.
//! - A property or a member gets another name. A *definition* that upstream renamed is not a break: its former name
//!   stays as a deprecated alias, as [`Port`](crate::models::PortSummary) did for `PortSummary` in 1.52. The type
//!   itself has the name of the newest description.
//!
//! A property that is read as its value stays one, even if a later engine leaves it out: it is the zero value then.
//!
//! # Changes that are always announced
//!
//! - The API version that is spoken. It is negotiated up to [`API_VERSION`](crate::API_VERSION), which is in the
//!   changelog. [`Engine::with_api_version`](crate::Engine::with_api_version) pins it.
//! - Names of methods, which are the operationIds, and the names of tools of the server.
//! - The oldest Rust that compiles it (`rust-version`). Raising it takes at least a minor version.
//!
//! A build from another description (`DOCKWRIGHT_SPEC`) has the types of that description, and none of these promises.
