//! Objects of the engine as MCP resources. Each operation that inspects one kind of object or reads its logs has a
//! template: `GET /containers/{id}/json`, `GET /volumes/{name}`, `GET /containers/{id}/logs`. The table marks them;
//! reading a resource is a call through the dispatcher. Among several engines a URI begins with the name of one:
//! `docker://nas/containers/web`.

use dockwright::operation::{Operation, Resource};
use dockwright::tools::Tool;
use percent_encoding::percent_decode_str;
use rmcp::model as mcp;
use serde_json::Map;

use crate::access::Failure;
use crate::audit::Client;
use crate::catalogue::{Entry, Offer};
use crate::dispatch::{Dispatcher, ENGINE};
use crate::progress::Progress;
use crate::reply::ToolReply;

/// The scheme of all URIs.
const SCHEME: &str = "docker://";

/// Plain text and not JSON, because notes stand below the JSON of a reply.
pub(super) const MIME_TYPE: &str = "text/plain";

/// A template for each kind of object that may be inspected.
pub(super) fn templates(offer: &Offer) -> Vec<mcp::ResourceTemplate> {
    let engine = engine_part(offer);
    kinds(offer)
        .map(|(tool, kind)| {
            mcp::ResourceTemplate::new(kind.template(&engine), tool.operation.name)
                .with_title(tool.title)
                .with_description(tool.operation.summary)
                .with_mime_type(MIME_TYPE)
        })
        .collect()
}

/// The collection whose names complete an argument of a template; `None` if nothing does.
///
/// # Errors
/// A text, if there is no such template.
pub(super) fn completes(offer: &Offer, template: &str, argument: &str) -> Result<Option<&'static str>, String> {
    let engine = engine_part(offer);
    let found = kinds(offer).find(|(_, kind)| kind.template(&engine) == template);
    let (_, kind) = found.ok_or_else(|| format!("unknown resource template `{template}`"))?;
    Ok((kind.0.argument == argument).then_some(kind.0.collection))
}

/// The collections of the templates.
pub(super) fn collections(offer: &Offer) -> impl Iterator<Item = &'static str> {
    kinds(offer).map(|(_, kind)| kind.0.collection)
}

/// The operation that lists the objects of a collection, if it is built in.
pub(super) fn list_of(collection: &str) -> Option<&'static Operation> {
    let mut rows = dockwright::tools::ALL.iter().map(|tool| tool.operation);
    rows.find_map(|row| row.list.filter(|_| row.resource.is_some_and(|resource| resource.collection == collection)))
}

/// Reads one object for a client.
///
/// # Errors
/// [`Failure`], if the URI fits no template or the call fails.
pub(super) async fn read(dispatcher: &Dispatcher, uri: &str, client: Client) -> Result<ToolReply, Failure> {
    let offer = dispatcher.engines().offer();
    let (engine, path) = match uri.strip_prefix(SCHEME) {
        Some(rest) if dispatcher.engines().are_several() => rest.split_once('/').unzip(),
        rest => (None, rest),
    };
    let found = kinds(&offer).map(|(tool, kind)| (tool.operation, kind));
    // A name may hold slashes: `…/web/logs` means the logs of `web` rather than an object `web/logs`.
    let mut found: Vec<_> =
        found.filter_map(|(operation, kind)| Some((operation, kind.argument(path?)?, kind))).collect();
    found.sort_by_key(|(_, _, kind)| kind.0.part.is_none());
    let found = found.into_iter().next().map(|(operation, argument, _)| (operation, argument));
    match found {
        Some((operation, (name, value))) => {
            let engine = engine
                .map(|engine| (ENGINE.to_owned(), percent_decode_str(engine).decode_utf8_lossy().into_owned().into()));
            let arguments = Map::from_iter([(name.to_owned(), value.into())].into_iter().chain(engine));
            dispatcher.call(operation.name, arguments, client, &Progress::default(), None).await
        }
        None => {
            let templates = templates(&offer);
            let templates: Vec<_> = templates.iter().map(|template| template.uri_template.as_str()).collect();
            Err(Failure::Request(format!("{uri}: unknown resource; the templates are {}", templates.join(", "))))
        }
    }
}

/// The part of all templates that names the engine.
fn engine_part(offer: &Offer) -> String {
    if offer.engine_names().is_empty() { String::new() } else { format!("{{{ENGINE}}}/") }
}

/// The exposed operations that read a kind of object.
fn kinds(offer: &Offer) -> impl Iterator<Item = (&'static Tool, ResourceKind)> {
    offer.exposed().filter_map(|entry| match entry {
        Entry::Operation(tool) => Some((tool, ResourceKind(tool.operation.resource?))),
        Entry::Composed(_) => None,
    })
}

/// The URIs of a resource.
struct ResourceKind(Resource);

impl ResourceKind {
    /// The template of its URIs, which begin with the part for the engine.
    fn template(&self, engine: &str) -> String {
        let Resource { collection, argument, part, slashes, .. } = self.0;
        let part = part.map(|part| format!("/{part}")).unwrap_or_default();
        format!("{SCHEME}{engine}{collection}/{{{}{argument}}}{part}", if slashes { "+" } else { "" })
    }

    /// The argument and its value, if the path of a URI is of this kind.
    fn argument(&self, path: &str) -> Option<(&'static str, String)> {
        let name = path.strip_prefix(self.0.collection)?.strip_prefix('/')?;
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
        let templates: Vec<_> = kinds().iter().map(|kind| kind.template("")).collect();
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
        assert_eq!(arguments("containers/web"), [("id", "web".to_owned())]);
        assert_eq!(arguments("images/registry%2Fa:1"), [("name", "registry/a:1".to_owned())]);
        assert_eq!(arguments("images/registry/a:1"), [("name", "registry/a:1".to_owned())]);
        assert_eq!(arguments("tea/pot"), []);
        assert_eq!(arguments("/containers/web"), []);
    }
}
