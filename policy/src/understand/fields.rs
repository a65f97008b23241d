//! The header fields of a request: those that a row takes as arguments, and those by which a body could be smuggled.

use dockwright::Value;
use dockwright::http::Method;
use dockwright::operation::{Operation, Parameter, Place};
use serde_json::Map;

use super::query;
use super::refuse::refuse;
use crate::refusal::Refusal;

/// A header: its name, and its value.
pub type Header<'a> = (&'a str, &'a [u8]);

/// Media types of archives.
const ARCHIVES: [&str; 5] =
    ["application/x-tar", "application/tar", "application/gzip", "application/x-gzip", "application/octet-stream"];

/// Refuses headers that leave open where a body ends, or what is in it.
pub(super) fn check(headers: &[Header<'_>]) -> Result<(), Refusal> {
    let (lengths, codings) = (values(headers, "content-length"), values(headers, "transfer-encoding"));
    let (lengths, codings): (Vec<_>, Vec<_>) = (lengths.collect(), codings.collect());
    let is_number = |text: &&[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if lengths.len() + codings.len() > 1 || !lengths.iter().all(is_number) {
        return refuse("the length of the body is not clear");
    }
    if codings.iter().any(|coding| !coding.eq_ignore_ascii_case(b"chunked")) {
        return refuse("the body has an unknown transfer encoding");
    }
    if values(headers, "content-encoding").any(|coding| !coding.eq_ignore_ascii_case(b"identity")) {
        return refuse("the body is encoded");
    }
    Ok(())
}

/// Refuses a body of another media type than the row's. A form would be read as parameters.
pub(super) fn check_media_type(operation: &Operation, headers: &[Header<'_>]) -> Result<(), Refusal> {
    let types: Vec<_> = values(headers, "content-type").collect();
    let Some(body) = operation.body else { return Ok(()) };
    let length = values(headers, "content-length").next();
    let is_empty = length.is_some_and(|length| length.iter().all(|digit| *digit == b'0'));
    let is_sent = !is_empty && (length.is_some() || values(headers, "transfer-encoding").next().is_some());
    let main = |text: &[u8]| {
        let end = text.iter().position(|letter| *letter == b';').unwrap_or(text.len());
        String::from_utf8_lossy(&text[..end]).trim().to_ascii_lowercase()
    };
    match types.as_slice() {
        [] if body.json && is_sent => refuse("the body has no content type; application/json is taken"),
        [] => Ok(()),
        // Older clients of docker call a body plain text that they do not send.
        [one] if !is_sent && main(one) == "text/plain" => Ok(()),
        [one] if body.json && main(one) == "application/json" => Ok(()),
        [one] if !body.json && is_archive(operation, &main(one)) => Ok(()),
        _ if body.json => refuse("the content type is not application/json"),
        _ => refuse("the content type is not that of an archive"),
    }
}

/// Returns true for a media type of archives. The docker CLI calls those that it puts into containers plain text,
/// which a page in a browser could say too, but not with this method.
fn is_archive(operation: &Operation, media_type: &str) -> bool {
    ARCHIVES.contains(&media_type) || media_type == "text/plain" && operation.method == Method::PUT
}

/// Reads the headers that are parameters of a row.
pub(super) fn read(
    operation: &Operation,
    headers: &[Header<'_>],
    arguments: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    let of_header = |parameter: &&Parameter| parameter.place == Place::Header;
    for parameter in operation.parameters.iter().filter(of_header) {
        // The row tells the type of the body.
        if parameter.name.eq_ignore_ascii_case("content-type") {
            continue;
        }
        for value in values(headers, parameter.name) {
            match std::str::from_utf8(value) {
                Ok(text) if !text.is_empty() => query::add(parameter, text, arguments)?,
                Ok(_) => {}
                Err(_) => return refuse(format!("the header {} is not text", parameter.name)),
            }
        }
    }
    Ok(())
}

fn values<'h>(headers: &'h [Header<'_>], name: &str) -> impl Iterator<Item = &'h [u8]> {
    headers.iter().filter(move |(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_ascii())
}
