//! The client and the server on Windows, at a canned engine that listens on a named pipe. `make test-windows` builds
//! this test elsewhere and runs it under wine.
#![cfg(windows)]

#[path = "../support/lines.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod lines;

mod client;
mod engine;
mod server;
