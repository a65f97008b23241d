//! Objects of the engine as MCP resources: a template for each operation that inspects one kind of object or reads its
//! logs, found in the table by its shape, `GET /containers/{id}/json`, `GET /volumes/{name}` or `GET /containers/{id}/logs`.
//! Reading one is a call through the door.

use dockwright::http::Method;
use dockwright::operation::{Answer, Encoding, Operation, Segment};
use percent_encoding::percent_decode_str;
use rmcp::model as mcp;
use serde_json::Map;

use crate::door::{Door, Failure};
use crate::exposure::Exposure;
use crate::progress::Progress;
use crate::reply::Shaped;
use crate::surface;

/// The scheme of all URIs.
const SCHEME: &str = "docker://";

/// Not JSON: what is said of a reply stands below its JSON.
pub(crate) const MIME_TYPE: &str = "text/plain";

/// A template for each kind of object that may be inspected.
pub(crate) fn templates(exposure: &Exposure) -> Vec<mcp::ResourceTemplate> {
    let exposed = surface::exposed(exposure);
    let kinds = exposed.iter().filter_map(|tool| Some((tool, Kind::of(tool.operation)?)));
    kinds
        .map(|(tool, kind)| {
            mcp::ResourceTemplate::new(kind.template(), tool.operation.name)
                .with_title(tool.title)
                .with_description(tool.operation.summary)
                .with_mime_type(MIME_TYPE)
        })
        .collect()
}

/// Reads one object.
///
/// # Errors
/// [`Failure`], if the URI fits no template or the call fails.
pub(crate) async fn read(door: &Door, uri: &str) -> Result<Shaped, Failure> {
    let exposed = surface::exposed(door.exposure());
    let found = exposed.iter().filter_map(|tool| Some((tool.operation, Kind::of(tool.operation)?)));
    // A name may hold slashes: `…/web/logs` is the logs of `web` before it is an object `web/logs`.
    let mut found: Vec<_> =
        found.filter_map(|(operation, kind)| Some((operation, kind.argument(uri)?, kind))).collect();
    found.sort_by_key(|(_, _, kind)| kind.part.is_none());
    let found = found.into_iter().next().map(|(operation, argument, _)| (operation, argument));
    match found {
        Some((operation, (name, value))) => {
            door.call(operation.name, Map::from_iter([(name.to_owned(), value.into())]), &Progress::default()).await
        }
        None => {
            let templates = templates(door.exposure());
            let templates: Vec<_> = templates.iter().map(|template| template.uri_template.as_str()).collect();
            Err(Failure::Request(format!("{uri}: no resource; there are {}", templates.join(", "))))
        }
    }
}

/// A kind of object, `containers`, and the argument that names one.
struct Kind {
    plural: &'static str,
    argument: &'static str,
    /// What of it is read, `logs`; none: what it is.
    part: Option<&'static str>,
    /// Whether slashes are part of a name.
    slashes: bool,
}

impl Kind {
    fn of(operation: &Operation) -> Option<Self> {
        let (plural, argument, part) = match operation.path {
            [Segment::Literal(plural), Segment::Argument(argument)]
            | [Segment::Literal(plural), Segment::Argument(argument), Segment::Literal("json")] => {
                (plural, argument, None)
            }
            [Segment::Literal(plural), Segment::Argument(argument), Segment::Literal(part)]
                if operation.answer == Answer::LogStream =>
            {
                (plural, argument, Some(*part))
            }
            _ => return None,
        };
        let parameter = operation.parameters.iter().find(|parameter| parameter.name == *argument)?;
        let reads = operation.answer == if part.is_some() { Answer::LogStream } else { Answer::Json };
        let reads = reads && operation.method == Method::GET;
        reads.then_some(Kind { plural, argument, part, slashes: parameter.encoding == Encoding::Slashes })
    }

    fn template(&self) -> String {
        let Kind { plural, argument, part, slashes } = self;
        let part = part.map(|part| format!("/{part}")).unwrap_or_default();
        format!("{SCHEME}{plural}/{{{}{argument}}}{part}", if *slashes { "+" } else { "" })
    }

    /// The argument and its value, if the URI is of this kind.
    fn argument(&self, uri: &str) -> Option<(&'static str, String)> {
        let name = uri.strip_prefix(SCHEME)?.strip_prefix(self.plural)?.strip_prefix('/')?;
        let name = match self.part {
            Some(part) => name.strip_suffix(part)?.strip_suffix('/')?,
            None => name,
        };
        let name = percent_decode_str(name).decode_utf8().ok()?;
        Some((self.argument, name.into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Vec<Kind> {
        dockwright::tools::ALL.iter().filter_map(|tool| Kind::of(tool.operation)).collect()
    }

    #[test]
    fn each_kind_of_object_has_one_template() {
        let templates: Vec<_> = kinds().iter().map(Kind::template).collect();
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
        let of = |uri: &str| kinds().iter().filter_map(|kind| kind.argument(uri)).collect::<Vec<_>>();
        assert_eq!(of("docker://containers/web"), [("id", "web".to_owned())]);
        assert_eq!(of("docker://images/registry%2Fa:1"), [("name", "registry/a:1".to_owned())]);
        assert_eq!(of("docker://images/registry/a:1"), [("name", "registry/a:1".to_owned())]);
        assert_eq!(of("docker://tea/pot"), []);
        assert_eq!(of("http://containers/web"), []);
    }
}
