//! Stability: what may change with a release, and what may not.
//!
//! Versions follow Semantic Versioning; until 1.0 a minor version may break. The public signatures of the generated half are
//! committed, for review (`generated/signatures.txt`) and as the newest release had them (`generated/released.txt`): a test
//! fails when one of these is gone or another and the version does not say so, and the changelog is written from the
//! difference.
//!
//! # What a newer description may bring in any release
//!
//! - Operations, optional arguments, properties, members of enumerations, filter keys. All generated types are
//!   `#[non_exhaustive]`: make them with `default()` and setters, and give a `match` a last arm.
//! - A property that was in `extra` becomes a field.
//! - Types that had no name of their own get one, where nothing had one before.
//! - Words, and the order of fields.
//!
//! # What only a breaking release may bring
//!
//! - An argument that becomes required, and another type of a field or an answer, even where that mends a mistake of the
//!   description.
//! - What a description lost. It stays where older engines need it, and says up to which API version they know it.
//! - A property or member that has another name. A *definition* that upstream renamed is no break: its former name stays, as
//!   a deprecated alias, as [`Port`](crate::models::PortSummary) did for what is `PortSummary` since 1.52. Where it matters,
//!   the type has the name of the newest description.
//!
//! # What never changes unsaid
//!
//! - The API version that is spoken. It is negotiated up to [`API_VERSION`](crate::API_VERSION), which is in the changelog;
//!   [`Engine::with_api_version`](crate::Engine::with_api_version) holds it.
//! - Names of methods, which are the operationIds, and the names of tools of the server.
//! - The oldest Rust that compiles it (`rust-version`): a newer one is at least a minor version.
//!
//! A build from another description (`DOCKWRIGHT_SPEC`) has the types of that one; nothing of this holds between two of them.
