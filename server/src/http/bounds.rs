//! Bounds of a listener, as plain data.

use std::time::Duration;

/// Bounds of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The most connections at a time.
    pub connections: usize,
    /// The longest time that a client may take to read anything of an answer; `None` for any time.
    pub stall: Option<Duration>,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { connections: 256, stall: Some(Duration::from_secs(30)) }
    }
}
