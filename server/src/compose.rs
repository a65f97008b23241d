//! Docker Compose for one call: files of a project come in, its plugin runs on them, and its outcome goes out. It knows
//! the engine as a socket, and nothing of tools.
//!
//! ```text
//! files ─▶ reads ─▶ project ─▶ plugin: config ─▶ model ─▶ contexts ─▶ plugin: up ─▶ socket ─▶ engine
//!          checked   copied      resolves it     checked   copied      sees only    judged by
//!                                                                      copies       the policies
//! ```
//!
//! The plugin sees nothing of this process but where the docker CLI keeps logins, if these may be sent: no standard
//! input, no terminal, none of its environment. Where anything restricts the server, or the engine has no socket
//! here, what the plugin asks of the engine passes the filtering proxy.

pub(crate) mod contexts;
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
pub(crate) mod request;
pub(crate) mod service;
mod socket;
pub(crate) mod words;

#[cfg(all(test, target_os = "linux"))]
mod races;

pub(crate) use outcome::{Outcome, PluginEnd};
pub(crate) use socket::JudgedEngine;
