//! Topics that concern more than one method, a page each. There is nothing in here but text.
//!
//! - [Streams](streams): answers that last, and connections that both sides write to.
//! - [Filters](filters): what lists, prunes and events are narrowed by.
//! - [Errors](errors): each error, what to do about it, and what is none.
//! - [Time-outs](limits): how long and how much an engine may take, and what is never cut.
//! - [Versions](versions): which API version is spoken, and what becomes of what it does not know.
//! - [Stability](stability): what may change with a release, and what may not.
//! - [Testing](testing): tests of your own code that need no engine.

pub mod errors;
pub mod filters;
pub mod limits;
pub mod stability;
pub mod streams;
pub mod testing;
pub mod versions;
