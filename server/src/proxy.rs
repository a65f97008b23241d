//! A filtering proxy of a Docker socket. A raw request comes in, is understood, judged by the policy of its listener, and
//! sent anew: nothing of the client's bytes reaches the engine, except archives and what follows on a connection that
//! the engine itself has switched to another protocol. The answer is passed on as it arrives.
//!
//! ```text
//! client ─▶ pages ─▶ understand ─▶ judge ─▶ engine      one exchange: `exchange`
//! client ◀─────── relay, or tunnel ◀──────── engine      until a new policy denies it: `revocation`
//! ```

mod answer;
mod engine;
mod environment;
mod exchange;
mod failure;
mod headers;
mod pages;
mod policies;
mod principal;
mod record;
mod relay;
mod revocation;
mod service;
mod tunnel;
mod upgrade;
mod versions;

pub use engine::{Observer, ProxiedEngine};
pub use policies::{PolicyFile, read_anew};
pub use principal::Principal;
pub use service::ProxyService;
