//! The MCP server: every operation of the Docker Engine API as a tool, checked, bounded and shaped for a model.
//!
//! A call comes in by [`protocol`] or [`cli`], passes the [`door`], and only there reaches the engine.

pub mod arguments;
pub mod audit;
pub mod cli;
pub mod door;
pub mod exposure;
pub mod nearest;
pub mod progress;
pub mod protocol;
pub mod reply;
mod resources;
pub mod settings;
pub mod surface;
