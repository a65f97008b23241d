//! The Model Context Protocol: answers requests from the lists of tools, prompts and resources, and hands calls to the
//! dispatcher. Every failure of a call is a result that a model can read; only an invalid request is a protocol error.
//! Nothing outside this folder names rmcp.

mod build_ids;
mod caller;
mod cancellation;
mod changes;
mod completion;
mod confirmation;
mod endpoint;
mod engines;
mod handler;
mod http_sessions;
mod info;
mod instructions;
mod lines;
mod listing;
mod malformed;
mod notify;
mod operation_schema;
mod output_schema;
mod pages;
mod panics;
mod prompts;
mod resources;
mod route;
mod serve;
mod server;
mod session;
mod skills;
mod streams;
mod tool;
mod tool_call;
pub mod tools;
mod tools_by_tag;

pub use endpoint::{HTTP_PATH, HttpEndpoint};
pub use serve::{serve, serve_stdio};
pub use server::Server;
pub use session::Session;
pub use tools_by_tag::{ARGUMENTS, OPERATION, tag_tool_name};
