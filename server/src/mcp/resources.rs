//! Objects of the engine as MCP resources. Each operation that inspects one kind of object or reads its logs has a
//! template: `GET /containers/{id}/json`, `GET /volumes/{name}`, `GET /containers/{id}/logs`. The table marks them;
//! reading a resource is a call through the dispatcher.

use dockwright::operation::Resource;
use dockwright::tools::Tool;
use percent_encoding::percent_decode_str;
use rmcp::model as mcp;
use serde_json::Map;

use crate::access::Failure;
use crate::catalogue::Entry;
use crate::catalogue::exposure::Exposure;
use crate::dispatch::Dispatcher;
use crate::progress::Progress;
use crate::reply::ToolReply;

/// The scheme of all URIs.
const SCHEME: &str = "docker://";

/// Plain text and not JSON, because notes stand below the JSON of a reply.
pub(super) const MIME_TYPE: &str = "text/plain";

/// A template for each kind of object that may be inspected.
pub(super) fn templates(exposure: &Exposure) -> Vec<mcp::ResourceTemplate> {
    kinds(exposure)
        .map(|(tool, kind)| {
            mcp::ResourceTemplate::new(kind.template(), tool.operation.name)
                .with_title(tool.title)
                .with_description(tool.operation.summary)
                .with_mime_type(MIME_TYPE)
        })
        .collect()
}

/// Reads one object for a client.
///
/// # Errors
/// [`Failure`], if the URI fits no template or the call fails.
pub(super) async fn read(dispatcher: &Dispatcher, uri: &str, client: Option<String>) -> Result<ToolReply, Failure> {
    let exposure = dispatcher.access().exposure();
    let found = kinds(exposure).map(|(tool, kind)| (tool.operation, kind));
    // A name may hold slashes: `…/web/logs` means the logs of `web` rather than an object `web/logs`.
    let mut found: Vec<_> =
        found.filter_map(|(operation, kind)| Some((operation, kind.argument(uri)?, kind))).collect();
    found.sort_by_key(|(_, _, kind)| kind.0.part.is_none());
    let found = found.into_iter().next().map(|(operation, argument, _)| (operation, argument));
    match found {
        Some((operation, (name, value))) => {
            let arguments = Map::from_iter([(name.to_owned(), value.into())]);
            dispatcher.call(operation.name, arguments, client, &Progress::default()).await
        }
        None => {
            let templates = templates(exposure);
            let templates: Vec<_> = templates.iter().map(|template| template.uri_template.as_str()).collect();
            Err(Failure::Request(format!("{uri}: unknown resource; the templates are {}", templates.join(", "))))
        }
    }
}

/// The exposed operations that read a kind of object.
fn kinds(exposure: &Exposure) -> impl Iterator<Item = (&'static Tool, ResourceKind)> {
    Entry::exposed(exposure).filter_map(|entry| match entry {
        Entry::Operation(tool) => Some((tool, ResourceKind(tool.operation.resource?))),
        Entry::Composed(_) => None,
    })
}

/// The URIs of a resource.
struct ResourceKind(Resource);

impl ResourceKind {
    fn template(&self) -> String {
        let Resource { collection, argument, part, slashes, .. } = self.0;
        let part = part.map(|part| format!("/{part}")).unwrap_or_default();
        format!("{SCHEME}{collection}/{{{}{argument}}}{part}", if slashes { "+" } else { "" })
    }

    /// The argument and its value, if the URI is of this kind.
    fn argument(&self, uri: &str) -> Option<(&'static str, String)> {
        let name = uri.strip_prefix(SCHEME)?.strip_prefix(self.0.collection)?.strip_prefix('/')?;
        let name = match self.0.part {
            Some(part) => name.strip_suffix(part)?.strip_suffix('/')?,
            None => name,
        };
        let name = percent_decode_str(name).decode_utf8().ok()?;
        Some((self.0.argument, name.into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Vec<ResourceKind> {
        dockwright::tools::ALL.iter().filter_map(|tool| tool.operation.resource.map(ResourceKind)).collect()
    }

    #[test]
    fn each_kind_of_object_has_one_template() {
        let templates: Vec<_> = kinds().iter().map(ResourceKind::template).collect();
        for template in ["docker://containers/{+id}", "docker://images/{+name}", "docker://nodes/{id}"] {
            assert_eq!(templates.iter().filter(|known| *known == template).count(), 1, "{template}");
        }
        for template in ["docker://containers/{+id}/logs", "docker://services/{id}/logs", "docker://tasks/{id}/logs"] {
            assert!(templates.iter().any(|known| known == template), "{template}");
        }
        assert_eq!(templates.len(), 15, "{templates:?}");
    }

    #[test]
    fn a_uri_names_one_kind_and_its_object() {
        let arguments = |uri: &str| kinds().iter().filter_map(|kind| kind.argument(uri)).collect::<Vec<_>>();
        assert_eq!(arguments("docker://containers/web"), [("id", "web".to_owned())]);
        assert_eq!(arguments("docker://images/registry%2Fa:1"), [("name", "registry/a:1".to_owned())]);
        assert_eq!(arguments("docker://images/registry/a:1"), [("name", "registry/a:1".to_owned())]);
        assert_eq!(arguments("docker://tea/pot"), []);
        assert_eq!(arguments("http://containers/web"), []);
    }
}
