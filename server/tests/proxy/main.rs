//! The proxy with raw sockets on both sides: a client that writes bytes, and an engine that shows what reached it.
#![cfg(unix)]

#[path = "../../../tests/support/certificates.rs"]
mod certificates;

mod audited;
mod ends;
mod engine;
mod program;
mod proxied;
mod relayed;
mod reload;
mod slow;
mod smuggling;
#[cfg(feature = "tls")]
mod tls;
mod tunnels;
mod uploads;
