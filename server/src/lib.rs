//! The MCP server: every operation of the Docker Engine API as a tool, checked, bounded and shaped for a model.
//!
//! A call comes in by [`protocol`] or [`cli`], passes the [`door`], and only there reaches the engine.

pub mod arguments;
pub mod audit;
pub mod cli;
mod conveniences;
pub mod door;
pub mod exposure;
pub mod files;
pub mod manner;
pub mod nearest;
pub mod progress;
mod prompts;
pub mod protocol;
pub mod reply;
mod resources;
pub mod settings;
pub mod surface;
