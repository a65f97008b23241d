//! The finding of a step of the doctor.

/// The finding of a step: a fact, or a problem with a suggestion to fix it.
pub(super) type Finding = Result<String, String>;
