//! The MCP server: every operation of the Docker Engine API as a tool, checked, bounded and shaped for a model.
//!
//! A call comes in by [`mcp`] or [`cli`], is found and audited by [`dispatch`], and reaches the engine only by [`access`].
//! The library is the binary's own; it is open only for the tests beside it.
#![doc(hidden)]

mod access;
pub mod arguments;
pub mod audit;
pub mod catalogue;
pub mod cli;
pub mod dispatch;
mod files;
mod grep;
pub mod mcp;
mod progress;
mod reply;
mod run;
pub mod secrets;
pub mod settings;
