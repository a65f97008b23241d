//! The operations that no engine of `tests/engine` can be made to answer, and why.

/// Operation and reason, in the order of the ids.
pub const EXCEPTIONS: &[(&str, &str)] =
    &[("ImageAttestations", "needs API 1.55; the newest engine that Debian has speaks 1.51")];
