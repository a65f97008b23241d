//! The proxy with raw sockets on both sides: a client that writes bytes, and an engine that shows what reached it.
#![cfg(unix)]

mod audited;
mod engine;
mod program;
mod proxied;
mod relayed;
mod reload;
mod smuggling;
mod tunnels;
mod uploads;
