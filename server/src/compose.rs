//! Docker Compose for one call: files of a project come in, its plugin runs on them, and its outcome goes out. It knows
//! the engine as a socket, and nothing of tools.
//!
//! ```text
//! files ─▶ reads ─▶ project ─▶ plugin: config ─▶ model ─▶ plugin: up ─▶ socket ─▶ engine
//!          checked   private     resolves it     checked    sees only    judged by
//!                    folder                                 the model    the policies
//! ```
//!
//! The plugin sees nothing of this process but where the docker CLI keeps logins, if these may be sent: no standard
//! input, no terminal, none of its environment. Where anything restricts the server, or the engine has no socket
//! here, what the plugin asks of the engine passes the filtering proxy.

mod dotenv;
mod files;
pub(crate) mod generate;
pub(crate) mod hash;
pub(crate) mod labels;
pub(crate) mod model;
mod outcome;
pub(crate) mod plugin;
pub(crate) mod project;
mod reads;
pub(crate) mod service;
mod socket;
pub(crate) mod words;

pub(crate) use outcome::{Outcome, PluginEnd};
pub(crate) use socket::JudgedEngine;
