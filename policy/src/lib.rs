//! Decides which requests to a Docker Engine may pass.
//!
//! ```text
//! bytes of a client ──▶ understand ──▶ Call { operation, arguments, body } ──▶ decide ──▶ Decision
//!                           │                                                    ▲  │
//!                     the operation table                       Policy, Facts ───┘  └─▶ Needs: the caller looks up
//!                     and its schemas                                                  facts, and decides again
//! ```
//!
//! Everything here is pure: no engine is called, no file is read, nothing is waited for.
//!
//! - [`understand`] turns a method, a path, headers and a body into a [`Call`], or refuses them. A call holds nothing
//!   of the client's bytes: it is sent anew from the row of its operation, so an engine can take it in no other
//!   meaning.
//! - [`Policy`] is read from TOML over one of four presets. It denies all that it does not name.
//! - [`decide()`] judges a [`Request`] by what it can do (its facets), by the objects that it names, and by the
//!   labels of these. Facts beyond the request are asked for: [`Decision::Needs`] holds questions, whose answers the
//!   caller adds to [`Facts`]. A caller that gets no answer must not let the request pass.
//! - [`Decision::Rewrite`] holds changes: labels of the owner, filters that narrow a list, full ids in place of
//!   names, settings that every container gets. The request passes with all of them or not at all.
//!
//! The facets of properties, and the properties that name objects, are data: `spec/overlay/facets.yaml` in the
//! repository. A test holds it complete for every API version.

pub mod decide;
pub mod facets;
pub mod facts;
pub mod image;
pub mod learn;
pub mod nearest;
pub mod objects;
mod paths;
pub mod policy;
mod refusal;
pub mod request;
pub mod show;
pub mod understand;

pub use decide::{Decision, decide};
pub use facts::{Answer, Facts, Question};
pub use policy::{Policy, Preset};
pub use refusal::Refusal;
pub use request::{Change, Request, UnfitChange};
pub use understand::Call;

/// The examples of the front page compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
