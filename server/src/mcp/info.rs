//! The server as it introduces itself: its name, its icon, what it offers and its instructions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rmcp::model as mcp;

use super::{completion, instructions, pages, skills};
use crate::dispatch::Dispatcher;

/// The address of the published project, from `Cargo.toml`; empty until there is one.
const WEBSITE: &str = env!("CARGO_PKG_REPOSITORY");

/// The icon: a wrench across a stack of boxes.
const ICON: &str = include_str!("icon.svg");

/// The answer to `initialize` and `server/discover`, which never changes while the server runs.
pub(super) fn info(dispatcher: &Dispatcher) -> mcp::ServerConfig {
    let engines = dispatcher.engines();
    let capabilities = mcp::ServerCapabilities::builder().enable_tools().enable_tool_list_changed();
    let mut capabilities = capabilities.enable_resources().enable_prompts().build();
    capabilities.completions = completion::is_offered(engines).then(mcp::JsonObject::default);
    if !skills::list(&engines.offer()).is_empty() {
        capabilities.extensions = mcp::ServerCapabilities::builder().enable_skills().build().extensions;
    }
    pages::declare(&mut capabilities, dispatcher);
    mcp::ServerConfig::new(capabilities)
        .with_protocol_version(mcp::ProtocolVersion::LATEST_WITH_INITIALIZE)
        .with_server_info(implementation())
        .with_instructions(instructions::instructions(engines, dispatcher.settings().surface))
}

fn implementation() -> mcp::Implementation {
    // In base64, because some clients take no other form.
    let icon = mcp::Icon::new(format!("data:image/svg+xml;base64,{}", STANDARD.encode(ICON.trim_end())));
    let mut implementation = mcp::Implementation::new("dockwright", env!("CARGO_PKG_VERSION"))
        .with_title("Dockwright")
        .with_description(env!("CARGO_PKG_DESCRIPTION"))
        .with_icons(vec![icon.with_mime_type("image/svg+xml").with_sizes(vec!["any".to_owned()])]);
    implementation.website_url = (!WEBSITE.is_empty()).then(|| WEBSITE.to_owned());
    implementation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_small_and_needs_nothing_else() {
        let icon = implementation().icons.unwrap().remove(0);
        assert!(icon.src.len() <= 1_024, "{} bytes", icon.src.len());
        assert!(ICON.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && ICON.ends_with("</svg>\n"));
        assert!(["<script", "href", "url(", "<style"].iter().all(|part| !ICON.contains(part)));
    }
}
