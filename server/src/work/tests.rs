//! Work without an engine.
