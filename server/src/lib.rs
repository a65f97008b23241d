//! The MCP server: every operation of the Docker Engine API as a tool, with checked arguments and bounded replies.
//!
//! [`mcp`] and [`cli`] receive calls, [`dispatch`] finds and audits them, and only [`access`] reaches the engine. The
//! library serves the binary and its tests; its interface is not stable.
#![doc(hidden)]
// The documentation of this crate is for those who read its source.
#![allow(rustdoc::private_intra_doc_links)]

mod access;
pub mod arguments;
pub mod audit;
pub mod catalogue;
pub mod cli;
mod compose;
mod consent;
pub mod dispatch;
mod engines;
mod expression;
pub mod facets;
mod files;
mod grep;
pub mod http;
pub mod judge;
pub mod mcp;
mod progress;
pub mod proxy;
mod reply;
mod restrictions;
mod run;
pub mod secrets;
pub mod settings;
mod together;
mod turns;
mod unfinished;
pub mod work;
