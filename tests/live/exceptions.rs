//! The operations that no engine of `tests/engine` can be made to answer, and why.

/// Operation, ways in which it cannot be reached, and reason, in the order of the ids.
pub const EXCEPTIONS: &[(&str, &[&str], &str)] = &[
    ("ImageAttestations", &["method", "tool"], "needs API 1.55; the newest engine that Debian has speaks 1.51"),
    ("Session", &["tool"], "its tool refuses every call: it is a raw channel for BuildKit's own client"),
];
