//! Paths become operations: rows of the table, and what their methods need.

use openapiv3::{MediaType, Paths, ReferenceOr, RequestBody, Response, Responses, StatusCode};

use super::parameters::{self, Sent};
use super::types::{Place, Types};
use super::{headers, media, names, relations, words};
use crate::ir::{Body, FilterKey, Filters, Lifetime, Operation, Segment, Terminal, TypeRef};
use crate::overlay::{self, Answer, OperationWords, Overlay};
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
            match operation(template, verb, described, &pointer, overlay, types) {
                Some(added) if operations.iter().any(|first| first.name == added.name) => {
                    let what = format!("the operationId `{}` is taken (`{}`)", added.id, added.name);
                    types.problems.error(join(&pointer, "operationId"), what, "give each operation its own");
                }
                Some(added) => operations.push(added),
                None => {}
            }
        }
    }
    operations.sort_by(|one, other| one.id.cmp(&other.id));
    relations::relate(&mut operations);
    operations
}

fn operation(
    template: &str,
    verb: &str,
    described: &openapiv3::Operation,
    pointer: &str,
    overlay: &Overlay,
    types: &mut Types,
) -> Option<Operation> {
    if let Some(reason) = media::unsendable(described) {
        let what = format!("it is left out: {reason}");
        types.problems.warning(join(pointer, "requestBody"), what, "send it with `Engine::raw`");
        return None;
    }
    let id = described.operation_id.clone().unwrap_or_else(|| {
        let id = names::operation_id(verb, template);
        types.problems.warning(pointer, "it has no operationId", format!("it is called `{id}`; give it a better name"));
        id
    });
    let name = names::method(&id);
    let said = overlay.operations.get(&id);
    let silence = OperationWords::default();
    let overlaid = said.unwrap_or(&silence);
    let success = Success::of(&described.responses);
    let headers_place = success.place_of_headers(&id, pointer);
    let headers = headers::headers(&success.headers, &headers_place, types);
    let answer = overlaid.answer.unwrap_or_else(|| derived_answer(verb, &success));
    let answer_type = match answer {
        Answer::Headers | Answer::Text | Answer::Tar => headers::headers_type(&headers, headers_place, types),
        _ => value_type(answer, &success, &id, overlaid, pointer, types),
    };
    let filters = (!overlaid.filters.is_empty()).then(|| filters(&id, overlaid));
    let sent = Sent {
        id: &id,
        template,
        filters: filters.as_ref(),
        words: &overlaid.parameters,
        anyway: &overlaid.sent_anyway,
        overlay,
    };
    let parameters = parameters::parameters(described, &sent, pointer, types);
    let has_options = parameters.iter().any(|parameter| !parameter.required);
    Some(Operation {
        constant: names::constant(&id),
        tag: described.tags.first().cloned().unwrap_or_else(|| "Untagged".to_owned()),
        title: names::spelled_out(&id),
        summary: summary(&id, described, said, pointer, overlay, types),
        notes: words::paragraphs(&overlaid.notes),
        verb: verb.to_uppercase(),
        template: template.to_owned(),
        path: segments(template),
        body: described.request_body.as_ref().and_then(|body| request_body(body, &id, pointer, types)),
        answer,
        answer_type,
        statuses: success.statuses,
        error_statuses: error_statuses(&described.responses),
        headers,
        produces: success.produces,
        protocol: protocol(answer, overlaid),
        waits: overlaid.waits,
        annotations: overlaid.annotations,
        projection: overlaid.projection.clone(),
        shown: overlaid.shown.clone(),
        options: has_options.then(|| format!("{}Options", names::pascal(&id))),
        filters,
        terminal: overlaid.terminal.as_ref().map(terminal),
        reads: None,
        list: None,
        resource: None,
        preview: overlaid.preview.as_ref().map(relations::preview),
        tool: overlaid.tool.clone(),
        lifetime: Lifetime::default(),
        newer: Vec::new(),
        parameters,
        name,
        id,
    })
}

fn terminal(said: &overlay::Terminal) -> Terminal {
    match said.clone() {
        overlay::Terminal::Asked { operation, pointer } => {
            Terminal::Asked { constant: names::constant(&operation), pointer }
        }
        overlay::Terminal::Body { body } => Terminal::Body { pointer: body },
    }
}

fn summary(
    id: &str,
    described: &openapiv3::Operation,
    said: Option<&OperationWords>,
    pointer: &str,
    overlay: &Overlay,
    types: &mut Types,
) -> String {
    if let Some(said) = said {
        return said.summary.clone();
    }
    if !overlay.title.is_empty() {
        types.problems.warning(pointer, format!("`{id}` has no words"), "describe it in `spec/overlay/`");
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

fn filters(id: &str, overlaid: &OperationWords) -> Filters {
    let key = |(key, filter): (&String, &crate::overlay::Filter)| FilterKey {
        key: key.clone(),
        rust_name: match key.strip_suffix('!') {
            Some(key) => format!("{}_not", names::snake(key)),
            None => names::snake(key),
        },
        kind: filter.kind,
        words: filter.words.clone(),
        lifetime: Lifetime { since: filter.since.as_deref().and_then(overlay::parse_version), until: None },
    };
    Filters { name: format!("{}Filters", names::pascal(id)), keys: overlaid.filters.iter().map(key).collect() }
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
        let place = Place::new(format!("{}Request", names::pascal(id)), pointer);
        content.schema.as_ref().map_or(TypeRef::Value, |schema| types.type_of(schema, &place))
    });
    Some(Body { name, media_type: media_type.to_owned(), json, required: body.required })
}

/// What the description says of the success of an operation.
#[derive(Default)]
struct Success<'a> {
    statuses: Vec<u16>,
    /// The status that the content is declared for.
    status: String,
    /// What is read of it, if there is anything: its media type and its schema.
    content: Option<(&'a str, &'a MediaType)>,
    headers: Vec<(&'a String, &'a openapiv3::Header)>,
    produces: Vec<String>,
}

impl<'a> Success<'a> {
    fn of(responses: &'a Responses) -> Self {
        let mut success = Success::default();
        for (status, response) in &responses.responses {
            let Some(response) = response.as_item() else { continue };
            match status {
                StatusCode::Code(code @ (101 | 200..=299 | 304)) => success.statuses.push(*code),
                StatusCode::Range(2) => {}
                _ => continue,
            }
            success.take(status.to_string(), response);
        }
        // Where no success is declared, the answer to everything is that of a success too.
        if let Some(ReferenceOr::Item(response)) = &responses.default
            && !responses.responses.keys().any(is_below_400)
        {
            success.take("default".to_owned(), response);
        }
        success.statuses.sort_unstable();
        success
    }

    fn take(&mut self, status: String, response: &'a Response) {
        // A 304 never has a body, though some descriptions give it one.
        if self.content.is_none() && status != "304" {
            self.status = status;
            self.content = media::of_answer(response);
            self.produces = response.content.keys().cloned().collect();
        }
        for (name, header) in &response.headers {
            if let Some(header) = header.as_item()
                && !self.headers.iter().any(|(earlier, _)| *earlier == name)
            {
                self.headers.push((name, header));
            }
        }
    }

    fn place_of_headers(&self, id: &str, pointer: &str) -> Place {
        let status = self.statuses.first().copied().unwrap_or_default().to_string();
        let pointer = join(&join(&join(pointer, "responses"), &status), "headers");
        Place::new(format!("{}Headers", names::pascal(id)), pointer)
    }
}

fn protocol(answer: Answer, overlaid: &OperationWords) -> Option<String> {
    match answer {
        Answer::Upgrade => Some(overlaid.protocol.clone().unwrap_or_else(|| "tcp".to_owned())),
        Answer::Websocket => Some("websocket".to_owned()),
        _ => None,
    }
}

fn is_below_400(status: &StatusCode) -> bool {
    matches!(status, StatusCode::Code(..400) | StatusCode::Range(..4))
}

fn derived_answer(verb: &str, success: &Success) -> Answer {
    match success.content {
        _ if verb == "head" => Answer::Headers,
        _ if success.statuses == [101] => Answer::Upgrade,
        None if success.statuses.contains(&304) => Answer::Outcome,
        None => Answer::Empty,
        Some((media_type, content)) => media::answer(media_type, content),
    }
}

/// The type of the value that it answers with, or of a stream's item.
fn value_type(
    answer: Answer,
    success: &Success,
    id: &str,
    overlaid: &OperationWords,
    pointer: &str,
    types: &mut Types,
) -> Option<TypeRef> {
    let id = names::pascal(id);
    let pointer = join(&join(pointer, "responses"), &success.status);
    match answer {
        Answer::JsonStream if overlaid.item.as_ref().is_some_and(|item| types.defines(item)) => {
            overlaid.item.as_ref().map(|item| TypeRef::Named(names::definition(item)))
        }
        Answer::Json | Answer::JsonStream => {
            let (media_type, content) = success.content?;
            let pointer = format!("{}/schema", join(&join(&pointer, "content"), media_type));
            let schema = content.schema.as_ref()?;
            Some(types.type_of(schema, &Place::new(format!("{id}Response"), pointer)))
        }
        _ => None,
    }
}

fn error_statuses(responses: &Responses) -> Vec<u16> {
    let codes = responses.responses.keys().filter_map(|status| match status {
        StatusCode::Code(code @ 400..) => Some(*code),
        _ => None,
    });
    let mut statuses: Vec<u16> = codes.collect();
    statuses.sort_unstable();
    statuses
}
