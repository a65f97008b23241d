//! Lowers paths to operations.

use openapiv3::{Paths, ReferenceOr, RequestBody};

use super::answers;
use super::parameters::{self, Context};
use super::types::{SchemaPlace, Types};
use super::words::our_words;
use super::{facets, loss, media, names, relations, words};
use crate::ir::{
    Body, FilterKey, Filters, Lifetime, LoginException, LoginHeader, LoginRegistry, Operation, Origin, Parameter,
    Prepared, Running, Segment, Terminal, TypeRef,
};
use crate::overlay::{self, OperationWords, Overlay};
use crate::problem::join;

/// All operations, in the order of their ids.
pub fn operations(paths: &Paths, overlay: &Overlay, types: &mut Types) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    for (template, item) in &paths.paths {
        let pointer = join("/paths", template);
        let Some(item) = item.as_item() else {
            types.problems.error(pointer, "the path is a reference", "write its operations out");
            continue;
        };
        for (verb, described) in item.iter() {
            let pointer = join(&pointer, verb);
            if !is_sendable(described, &pointer, types) {
                continue;
            }
            let added = operation(template, verb, described, &pointer, overlay, types);
            if operations.iter().any(|first| first.name == added.name) {
                let what = format!("the operationId `{}` is taken (`{}`)", added.id, added.name);
                types.problems.error(join(&pointer, "operationId"), what, "give each operation its own");
            } else {
                operations.push(added);
            }
        }
    }
    operations.sort_by(|one, other| one.id.cmp(&other.id));
    relations::relate(&mut operations);
    loss::distribute(&mut operations);
    operations
}

fn operation(
    template: &str,
    verb: &str,
    described: &openapiv3::Operation,
    pointer: &str,
    overlay: &Overlay,
    types: &mut Types,
) -> Operation {
    let id = operation_id(template, verb, described, pointer, types);
    let words = &overlay.operations.get(&id).cloned().unwrap_or_default();
    let success = answers::success(described, verb, &id, words, pointer, types);
    let filters = (!words.filters.is_empty()).then(|| filters(&id, words, overlay));
    let context = Context { id: &id, template, filters: filters.as_ref(), words, overlay };
    let parameters = parameters::parameters(described, &context, pointer, types);
    Operation {
        name: names::method(&id, &overlay.engine_methods),
        constant: names::constant(&id),
        tag: described.tags.first().cloned().unwrap_or_else(|| "Untagged".to_owned()),
        title: names::spelled_out(&id),
        summary: summary(&id, described, pointer, overlay, types),
        notes: words::paragraphs(&words.notes),
        verb: verb.to_uppercase(),
        template: template.to_owned(),
        path: segments(template),
        body: described.request_body.as_ref().and_then(|body| request_body(body, &id, pointer, types)),
        answer: success.answer,
        answer_type: success.answer_type,
        statuses: success.statuses,
        open_statuses: success.open_statuses,
        unread: success.unread,
        error_statuses: answers::error_statuses(&described.responses),
        other_statuses: answers::other_statuses(&described.responses),
        deprecated: described.deprecated,
        headers: success.headers,
        produces: success.produces,
        undescribed: success.undescribed,
        protocol: success.protocol,
        waits: words.waits.clone(),
        annotations: words.annotations,
        projection: words.projection.clone(),
        shown: words.shown.clone(),
        options: options(&id, &parameters),
        filters,
        terminal: words.terminal.as_ref().map(terminal),
        running: words.running.as_ref().map(running),
        login: words.login.as_ref().map(login),
        reads: None,
        makes: words.tool.makes.as_ref().map(|id| names::constant(id)),
        list: None,
        resource: None,
        preview: words.preview.as_ref().map(relations::preview),
        loss: words.loss.as_ref().map(|facts| loss::loss(&names::constant(&id), template, facts)),
        tool: words.tool.clone(),
        facets: facets::facets(&id, &overlay.facets),
        lifetime: Lifetime::default(),
        newer: Vec::new(),
        parameters,
        id,
    }
}

/// False for an operation whose body cannot be sent, which is left out.
fn is_sendable(described: &openapiv3::Operation, pointer: &str, types: &mut Types) -> bool {
    let Some(reason) = media::unsendable(described) else { return true };
    let what = format!("the operation is left out: {reason}");
    types.problems.warning(join(pointer, "requestBody"), what, "send it with `Engine::raw`");
    false
}

/// The name of the options type, if there are optional parameters.
fn options(id: &str, parameters: &[Parameter]) -> Option<String> {
    parameters.iter().any(|parameter| !parameter.required).then(|| format!("{}Options", names::type_name(id)))
}

/// The operationId, or one made of the method and the path.
fn operation_id(
    template: &str,
    verb: &str,
    described: &openapiv3::Operation,
    pointer: &str,
    types: &mut Types,
) -> String {
    described.operation_id.clone().unwrap_or_else(|| {
        let id = names::operation_id(verb, template);
        types.problems.warning(pointer, "no operationId", format!("it is called `{id}`; give it a better name"));
        id
    })
}

fn terminal(said: &overlay::TerminalFacts) -> Terminal {
    match said.clone() {
        overlay::TerminalFacts::Operation { operation, pointer } => {
            Terminal::Operation { constant: names::constant(&operation), pointer }
        }
        overlay::TerminalFacts::Prepared { body, operation, pointer } => {
            let prepared = Some(Prepared { constant: names::constant(&operation), pointer });
            Terminal::Body { pointer: body, prepared }
        }
        overlay::TerminalFacts::Body { body } => Terminal::Body { pointer: body, prepared: None },
    }
}

fn running(said: &overlay::RunningFacts) -> Running {
    let overlay::RunningFacts { operation, pointer, when, unless } = said.clone();
    Running { constant: names::constant(&operation), pointer, when, unless }
}

fn login(said: &overlay::LoginFacts) -> LoginHeader {
    let overlay::LoginFacts { header, argument, or_id, body, unless } = said.clone();
    let registry = match (argument, body) {
        (Some(argument), _) if or_id => LoginRegistry::ArgumentOrId(argument),
        (Some(argument), _) => LoginRegistry::Argument(argument),
        (None, Some(pointer)) => LoginRegistry::Body(pointer),
        (None, None) => LoginRegistry::All,
    };
    let exception = |facts: overlay::LoginExceptionFacts| LoginException { argument: facts.argument, value: facts.is };
    LoginHeader { parameter: header, registry, unless: unless.into_iter().map(exception).collect() }
}

fn summary(id: &str, described: &openapiv3::Operation, pointer: &str, overlay: &Overlay, types: &mut Types) -> String {
    if let Some(said) = overlay.operations.get(id) {
        return said.summary.clone();
    }
    if !overlay.title.is_empty() {
        types.problems.warning(pointer, format!("`{id}` lacks a description"), "describe it in `spec/overlay/`");
    }
    words::words(None, described.summary.as_deref().or(described.description.as_deref()), id).text
}

fn segments(template: &str) -> Vec<Segment> {
    let segment = |text: &str| match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        Some(name) => Segment::Argument(name.to_owned()),
        None => Segment::Literal(text.to_owned()),
    };
    template.split('/').skip(1).map(segment).collect()
}

fn filters(id: &str, words: &OperationWords, overlay: &Overlay) -> Filters {
    let key = |(key, filter): (&String, &crate::overlay::FilterFacts)| FilterKey {
        key: key.clone(),
        rust_name: match key.strip_suffix('!') {
            Some(key) => format!("{}_not", names::snake(key)),
            None => names::snake(key),
        },
        kind: filter.kind,
        words: our_words(&filter.words, Origin::Overlay)
            .with_full(overlay.sentences.of_parameter(id, &overlay::filter_part(key))),
        lifetime: Lifetime { since: filter.since.as_deref().and_then(overlay::parse_version), until: None },
    };
    Filters { name: format!("{}Filters", names::type_name(id)), keys: words.filters.iter().map(key).collect() }
}

fn request_body(body: &ReferenceOr<RequestBody>, id: &str, pointer: &str, types: &mut Types) -> Option<Body> {
    let pointer = join(pointer, "requestBody");
    let Some(body) = body.as_item() else {
        types.problems.error(pointer, "the body is a reference", "write it out");
        return None;
    };
    let (media_type, content) = media::of_body(body)?;
    let name = body.extensions.get("x-body-name").and_then(|name| name.as_str()).unwrap_or("body").to_owned();
    let json = media::is_sent_as_json(media_type, content).then(|| {
        let pointer = join(&join(&join(&pointer, "content"), media_type), "schema");
        let place = SchemaPlace::new(format!("{}Request", names::type_name(id)), pointer);
        content.schema.as_ref().map_or(TypeRef::Value, |schema| types.type_of(schema, &place))
    });
    let media_type = if json.is_some() && media_type == media::ANY { media::JSON } else { media_type }.to_owned();
    Some(Body { name, media_type, json, required: body.required })
}
