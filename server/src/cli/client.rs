//! The MCP clients that can start this program: their configuration files, the servers in these, and changes to them.

mod document;
mod edits;
mod entry;
mod files;
mod json_text;
mod kind;
mod place;
pub(super) mod program;
mod session;
pub(super) mod start;
mod toml_text;

pub(super) use entry::ClientEntry;
pub(super) use files::{ConfigurationFile, Scope, file_of, of_client, read_text};
pub use kind::Client;
pub(super) use place::Place;
pub(super) use session::Session;
