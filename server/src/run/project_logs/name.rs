//! The name of the tool, for messages.

pub(super) const NAME: &str = "project_logs";
