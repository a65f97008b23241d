//! MCP over HTTP, with real sockets and raw requests: tokens, hosts, bounds, TLS, and the end of the server.

#[path = "../support/mod.rs"]
mod support;

#[path = "../../../tests/support/certificates.rs"]
mod certificates;

mod cancellation;
mod gate;
mod limits;
mod malformed;
#[cfg(unix)]
mod program;
mod raw;
mod served;
mod sessions;
mod timeouts;
#[cfg(feature = "tls")]
mod tls;
mod tokens;
#[cfg(unix)]
mod unix;
