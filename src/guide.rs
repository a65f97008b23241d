//! Topics that concern more than one method, a page each. It holds only text.
//!
//! - [Ways to an engine](reach): addresses, ssh, and connections that are kept.
//! - [Streams](streams): answers that last, and connections that both sides write to.
//! - [Builds](builds): the two builders, their events, and builds that fail.
//! - [Filters](filters): narrowing lists, prunes and events.
//! - [Times and durations](times): the types that say them, and their special values.
//! - [Logins for registries](credentials): private images, and where `docker login` keeps passwords.
//! - [Errors](errors): each error and its remedy.
//! - [Time-outs](limits): limits of time and size, and calls that they do not apply to.
//! - [Versions](versions): the API version that is spoken, and calls that it does not know.
//! - [Stability](stability): changes that a release may bring.
//! - [Testing](testing): testing your own code without an engine.

pub mod builds;
#[cfg(feature = "credentials")]
pub mod credentials;
pub mod errors;
pub mod filters;
pub mod limits;
pub mod reach;
pub mod stability;
pub mod streams;
pub mod testing;
pub mod times;
pub mod versions;
