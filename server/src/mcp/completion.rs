//! Completes names of engines in the arguments of prompts and in the URIs of resources.

use rmcp::model as mcp;

use crate::dispatch::{ENGINE, Engines};

/// The names that begin with the value that a person has typed.
pub(super) fn complete(engines: &Engines, argument: &mcp::ArgumentInfo) -> mcp::CompletionInfo {
    let offer = engines.offer();
    let names = offer.engine_names().iter().filter(|name| argument.name == ENGINE && name.starts_with(&argument.value));
    let mut values: Vec<_> = names.map(|name| (**name).to_owned()).collect();
    let total = values.len();
    values.truncate(mcp::CompletionInfo::MAX_VALUES);
    let has_more = total > values.len();
    mcp::CompletionInfo::with_pagination(values, u32::try_from(total).ok(), has_more).unwrap_or_default()
}
