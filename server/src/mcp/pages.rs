//! The page of `container_table`, for clients that show pages (MCP Apps, SEP-1865): a resource whose HTML the client
//! shows in a sandbox. The page calls tools through the client, so it can do nothing that the client cannot.

use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use crate::catalogue::{Composed, Entry};
use crate::dispatch::{Dispatcher, EVERY_ENGINE};
use crate::settings::Surface;

/// The extension that clients and servers with pages declare.
const EXTENSION: &str = "io.modelcontextprotocol/ui";

/// The type of a page.
const MIME_TYPE: &str = "text/html;profile=mcp-app";

/// The key of facts about pages in the `_meta` of tools and resources.
const UI: &str = "ui";

/// The page.
const URI: &str = "ui://dockwright/containers";
const HTML: &str = include_str!("pages/containers.html");
const TITLE: &str = "Containers";
const DESCRIPTION: &str = "What containers use, and their logs.";

/// The tool that the page shows.
const TOOL: Composed = Composed::ContainerTable;

/// The places in the HTML for facts of this server: the exposed tools of the tag, and the argument `engine` of a call
/// that no model has made.
const TOOLS_PLACE: &str = "data-tools=\"\"";
const ENGINE_PLACE: &str = "data-engine=\"\"";

/// Tells whether a tool has a page.
pub(super) fn shows(tool: &str) -> bool {
    tool == TOOL.name()
}

/// Adds the page to the `_meta` of its tool, for every client: the list of tools is one and the same, these fifty bytes
/// cost a model nothing, and a client of stateless HTTP may show pages although its request does not say so.
pub(super) fn add_to_meta(entry: Entry, meta: &mut mcp::MetaObject) {
    if shows(entry.name()) {
        meta.insert(UI.to_owned(), json!({ "resourceUri": URI }));
    }
}

/// Declares pages, if there is one.
pub(super) fn declare(capabilities: &mut mcp::ServerCapabilities, dispatcher: &Dispatcher) {
    if is_offered(dispatcher) {
        let extensions = capabilities.extensions.get_or_insert_default();
        extensions.insert(EXTENSION.to_owned(), mcp::JsonObject::default());
    }
}

/// Tells whether the client of a request declares that it shows pages.
pub(super) fn are_shown_to(context: &RequestContext<RoleServer>) -> bool {
    let extensions = context.client_capabilities().and_then(|capabilities| capabilities.extensions);
    let types = extensions.and_then(|mut extensions| extensions.remove(EXTENSION)?.remove("mimeTypes"));
    types.as_ref().and_then(Value::as_array).is_some_and(|types| types.iter().any(|kind| kind == MIME_TYPE))
}

/// The page in the list of resources, if its tool is in the list of tools.
pub(super) fn list(dispatcher: &Dispatcher) -> Vec<mcp::Resource> {
    let page = mcp::Resource::new(URI, TOOL.name())
        .with_title(TITLE)
        .with_description(DESCRIPTION)
        .with_mime_type(MIME_TYPE)
        .with_meta(meta());
    is_offered(dispatcher).then_some(page).into_iter().collect()
}

/// The page of this URI.
pub(super) fn read(uri: &str, dispatcher: &Dispatcher) -> Option<mcp::ResourceContents> {
    if uri != URI || !is_offered(dispatcher) {
        return None;
    }
    let offer = dispatcher.engines().offer();
    let tools: Vec<_> = offer.exposed().filter(|entry| entry.tag() == TOOL.tag()).map(Entry::name).collect();
    let engine = if offer.engine_names().is_empty() { "" } else { EVERY_ENGINE };
    let html = HTML
        .replace(TOOLS_PLACE, &format!("data-tools=\"{}\"", tools.join(" ")))
        .replace(ENGINE_PLACE, &format!("data-engine=\"{engine}\""));
    Some(mcp::ResourceContents::text(html, uri).with_mime_type(MIME_TYPE).with_meta(meta()))
}

/// Tells whether clients can call the tool by its name.
fn is_offered(dispatcher: &Dispatcher) -> bool {
    let is_tool = dispatcher.settings().surface == Surface::Operations;
    is_tool && dispatcher.engines().offer().exposed().any(|entry| shows(entry.name()))
}

/// The page loads nothing and connects to nothing, so it may use no domain and no permission.
fn meta() -> mcp::MetaObject {
    let csp = json!({ "connectDomains": [], "resourceDomains": [], "frameDomains": [], "baseUriDomains": [] });
    let mut meta = mcp::MetaObject::default();
    meta.insert(UI.to_owned(), json!({ "csp": csp, "permissions": {}, "prefersBorder": true }));
    meta
}
