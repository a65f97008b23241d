//! The list of MCP tools for a client: the exposed tools, one each or one for each tag, and `operation_schema`. Among
//! several engines each exposed tool takes `engine`, and `engine_list` tells about them.

use std::sync::Arc;

use super::output_schema::output_schema;
use super::tool::{description, hints, input_schema, meta};
use super::{build_ids, engines, operation_schema, tools_by_tag};
use crate::catalogue::{Entry, Offer};
use crate::settings::{Settings, Surface};

pub use super::tool::{Tool, bytes, tag};

/// The tools for a client of a server with these settings.
#[must_use]
pub fn for_client(offer: &Offer, settings: &Settings) -> Vec<Tool> {
    let mut tools = listed(offer, settings.surface);
    tools.iter_mut().for_each(|tool| build_ids::add(tool, settings));
    if settings.structured {
        tools.iter_mut().for_each(|tool| tool.output_schema = output_schema(&tool.name, offer).map(Arc::new));
    }
    tools
}

/// The tools for a client, always in this order, with `operation_schema` last. As soon as the API versions of engines
/// are known, operations that all of them lack are left out.
#[must_use]
pub fn listed(offer: &Offer, surface: Surface) -> Vec<Tool> {
    let listed: Vec<_> = offer.listed().collect();
    let mut tools: Vec<_> = match surface {
        Surface::Operations => listed.iter().map(|entry| tool(*entry, offer)).collect(),
        Surface::Tags => tools_by_tag::tools(&listed, offer),
    };
    tools.extend((!offer.engine_names().is_empty()).then(engines::list_tool));
    tools.push(operation_schema::tool());
    tools
}

fn tool(entry: Entry, offer: &Offer) -> Tool {
    let annotations = offer.annotations(entry);
    let mut schema = input_schema(entry);
    engines::add_argument(&mut schema, &offer.engine_names_of(entry), annotations.read_only);
    Tool::new_with_raw(entry.name(), Some(description(entry).into()), Arc::new(schema))
        .with_title(entry.title())
        .with_annotations(hints(annotations))
        .with_meta(meta(entry))
}
