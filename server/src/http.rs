//! HTTP towards clients: a listener with bounds, and a gate that checks hosts, origins and tokens before an endpoint
//! answers. Nothing in this folder knows MCP, and any service of hyper may stand behind the listener.

mod address;
mod answer;
mod authority;
mod body;
mod bounds;
mod connections;
mod gate;
mod hosts;
mod listener;
mod log;
mod origins;
mod reloaded;
mod stalls;
mod takeover;
#[cfg(feature = "tls")]
mod tls;
mod token_file;
mod tokens;
#[cfg(unix)]
mod unix_socket;

pub use address::ListenAddress;
pub use answer::{Answer, busy, text};
pub use body::{Bodies, BodyProblem};
pub use bounds::Bounds;
pub use connections::serve;
pub use gate::{Gate, TokenName};
pub use hosts::Hosts;
pub use listener::Listener;
pub use log::BoundedLog;
pub use origins::Origins;
pub use takeover::Takeover;
#[cfg(feature = "tls")]
pub use tls::Certificates;
pub use token_file::TokenFile;
