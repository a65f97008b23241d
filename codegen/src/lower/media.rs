//! Chooses among media types, and tells whether a body or an answer is JSON, text or bytes. JSON comes first, because
//! it has types; text must say so; all else is bytes.

use openapiv3::{MediaType, Operation, ReferenceOr, RequestBody, Response};

use super::types::is_text;
use crate::ir::Answer;
use crate::upgrade::is_json;

/// The media type of JSON.
pub const JSON: &str = "application/json";

/// The media type of a body that may be of any.
pub const ANY: &str = "*/*";

/// The media types of JSON values one after another.
const JSON_STREAMS: [&str; 4] =
    ["application/jsonl", "application/json-seq", "application/x-ndjson", "application/ndjson"];

/// The media types of the output of a process.
const OUTPUT: [&str; 2] = ["application/vnd.docker.multiplexed-stream", "application/vnd.docker.raw-stream"];

/// The reason that the body of an operation cannot be sent: a form in parts needs a boundary in its media type.
pub fn unsendable(operation: &Operation) -> Option<String> {
    let Some(ReferenceOr::Item(body)) = &operation.request_body else { return None };
    let (media_type, _) = of_body(body)?;
    is_in_parts(media_type).then(|| format!("its body is `{media_type}`, which is not supported"))
}

/// The media type that a body is sent as: JSON, else the first that is not in parts.
pub fn of_body(body: &RequestBody) -> Option<(&str, &MediaType)> {
    let all = || body.content.iter().map(|(media_type, content)| (media_type.as_str(), content));
    let json = all().find(|(media_type, content)| is_sent_as_json(media_type, content));
    json.or_else(|| all().find(|(media_type, _)| !is_in_parts(media_type))).or_else(|| all().next())
}

/// The media type that an answer is read as: JSON, else the first.
pub fn of_answer(response: &Response) -> Option<(&str, &MediaType)> {
    let all = || response.content.iter().map(|(media_type, content)| (media_type.as_str(), content));
    all().find(|(media_type, _)| is_json(media_type)).or_else(|| all().next())
}

/// True for a body that is sent as JSON; any other is sent as bytes. Where every media type will do, a schema that is
/// not text means JSON.
pub fn is_sent_as_json(media_type: &str, content: &MediaType) -> bool {
    match &content.schema {
        Some(schema) => !is_text(schema) && (is_json(media_type) || media_type == ANY),
        None => is_json(media_type),
    }
}

/// True for JSON values one after another.
pub fn is_json_stream(media_type: &str) -> bool {
    JSON_STREAMS.contains(&essence(media_type))
}

/// True for the output of a process: frames, or raw bytes with a TTY.
pub fn is_output(media_type: &str) -> bool {
    OUTPUT.contains(&essence(media_type))
}

/// The kind of answer of a media type. If that is neither JSON nor text, a schema that is not text means JSON.
pub fn answer(media_type: &str, content: &MediaType) -> Answer {
    match &content.schema {
        Some(_) if is_json(media_type) => Answer::Json,
        _ if is_read_as_text(media_type) => Answer::Text,
        Some(schema) if !is_text(schema) => Answer::Json,
        _ => Answer::Tar,
    }
}

/// The kind of answer of media types without a schema: a stream, output or bytes; nothing where only JSON or text is
/// declared, as descriptions declare these for answers without a body too.
pub fn answer_without_schema(media_types: &[String]) -> Answer {
    let any = |is_such: fn(&str) -> bool| media_types.iter().any(|media_type| is_such(media_type));
    match () {
        () if any(is_json_stream) => Answer::JsonStream,
        () if any(is_output) => Answer::LogStream,
        () if any(|media_type| !is_json(media_type) && !is_read_as_text(media_type) && media_type != ANY) => {
            Answer::Tar
        }
        () => Answer::Empty,
    }
}

/// The media types that an operation itself declares for its answers, in Swagger's way.
pub fn produces(operation: &Operation) -> Vec<String> {
    let declared = operation.extensions.get("x-produces").and_then(|declared| declared.as_array());
    declared.into_iter().flatten().filter_map(|media_type| media_type.as_str().map(str::to_owned)).collect()
}

fn is_in_parts(media_type: &str) -> bool {
    media_type.starts_with("multipart/")
}

/// Text, or a format that is written as text.
fn is_read_as_text(media_type: &str) -> bool {
    let essence = essence(media_type);
    let subtype = essence.rsplit(['/', '+']).next().unwrap_or_default();
    essence.starts_with("text/") || ["text", "xml", "yaml", "x-yaml", "javascript", "graphql"].contains(&subtype)
}

/// The media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}
