//! The list of MCP tools for a client: the exposed tools, one each or one for each tag, and `operation_schema`.

use std::sync::Arc;

use dockwright::Version;

use super::tool::{description, hints, input_schema, meta};
use super::{operation_schema, tools_by_tag};
use crate::catalogue::Entry;
use crate::catalogue::exposure::Exposure;
use crate::settings::Surface;

pub use super::tool::{Tool, bytes, tag};

/// The tools for a client, always in this order, with `operation_schema` last. As soon as the engine's API version is
/// known, operations that it lacks are left out.
#[must_use]
pub fn listed(exposure: &Exposure, surface: Surface, spoken: Option<Version>) -> Vec<Tool> {
    let exposed = Entry::exposed(exposure);
    let exposed: Vec<_> = exposed.filter(|entry| spoken.is_none_or(|spoken| entry.is_known_to(spoken))).collect();
    let mut listed: Vec<_> = match surface {
        Surface::Operations => exposed.iter().map(|entry| tool(*entry, exposure)).collect(),
        Surface::Tags => tools_by_tag::tools(&exposed, exposure),
    };
    listed.push(operation_schema::tool());
    listed
}

fn tool(entry: Entry, exposure: &Exposure) -> Tool {
    Tool::new_with_raw(entry.name(), Some(description(entry).into()), Arc::new(input_schema(entry)))
        .with_title(entry.title())
        .with_annotations(hints(entry.annotations(exposure)))
        .with_meta(meta(entry))
}
