//! The target of a request: its path becomes a row of the operation table. It is decoded once, as an engine does.

use dockwright::operation::{Encoding, Operation, Segment};
use dockwright::{API_VERSION, OLDEST_API_VERSION, Value, Version, operations};
use percent_encoding::percent_decode_str;
use serde_json::Map;

use super::refuse::{refusal, refuse};
use crate::refusal::Refusal;

/// A target, understood but for its query.
pub(super) struct Target<'a> {
    pub(super) operation: &'static Operation,
    pub(super) version: Version,
    /// The arguments of the path.
    pub(super) arguments: Map<String, Value>,
    pub(super) query: &'a str,
}

impl<'a> Target<'a> {
    pub(super) fn read(method: &str, target: &'a str, newest: Version) -> Result<Self, Refusal> {
        // Absolute forms, `*` and authorities are for other servers.
        if !target.starts_with('/') || target.bytes().any(|letter| !letter.is_ascii_graphic() || letter == b'#') {
            return refuse("the target is not a path");
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = decoded(path).ok_or_else(|| refusal("the path is not text"))?;
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        // An engine answers these with another place, or takes them as another path.
        if segments.iter().any(|segment| matches!(*segment, "" | "." | "..") || segment.contains('\\')) {
            return refuse("the path has empty segments or dots");
        }
        let (version, segments) = version(&segments, newest)?;
        let (operation, arguments) = row(method, segments, version)?;
        Ok(Target { operation, version, arguments, query })
    }
}

/// Decodes what is encoded with `%`. `None` for halves of it, for bytes that are not text and for control characters.
pub(super) fn decoded(text: &str) -> Option<String> {
    let is_hex = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    if text.bytes().enumerate().any(|(at, letter)| letter == b'%' && !(is_hex(at + 1) && is_hex(at + 2))) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (!decoded.chars().any(char::is_control)).then(|| decoded.into_owned())
}

/// The version of a path, and the segments behind it. Only the spelling `v1.51` is taken.
fn version<'s>(segments: &'s [&'s str], newest: Version) -> Result<(Version, &'s [&'s str]), Refusal> {
    let (Some(first), below) = (segments.first(), segments.get(1..).unwrap_or_default()) else {
        return Ok((newest, segments));
    };
    let Some(digits) = first.strip_prefix('v').filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
    else {
        return Ok((newest, segments));
    };
    let known = |text: &str| text.parse::<Version>().ok();
    let is_known =
        |version: &Version| known(OLDEST_API_VERSION) <= Some(*version) && Some(*version) <= known(API_VERSION);
    match known(digits).filter(|version| version.to_string() == digits).filter(is_known) {
        Some(version) => Ok((version, below)),
        None => refuse(format!("the API version {digits} is not known; {OLDEST_API_VERSION} to {API_VERSION} are")),
    }
}

/// The row of a path: of several, the one with most fixed segments.
fn row(method: &str, segments: &[&str], version: Version) -> Result<(&'static Operation, Map<String, Value>), Refusal> {
    let mut best: Option<(usize, &'static Operation, Map<String, Value>)> = None;
    for operation in operations::ALL.iter().filter(|operation| operation.method.as_str() == method) {
        let fixed = operation.path.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count();
        let Some(arguments) = arguments(operation, segments) else { continue };
        if best.as_ref().is_none_or(|(most, ..)| fixed > *most) {
            best = Some((fixed, operation, arguments));
        }
    }
    match best {
        Some((_, operation, arguments)) if operation.lifetime.contains(version) => Ok((operation, arguments)),
        _ => refuse(format!("no operation of API {version} is {method} /{}", segments.join("/"))),
    }
}

/// The arguments of a row's path; `None` if the path is another.
fn arguments(operation: &Operation, segments: &[&str]) -> Option<Map<String, Value>> {
    let is_argument = |segment: &Segment| matches!(segment, Segment::Argument(_));
    let spare = segments.len().checked_sub(operation.path.len())?;
    // Slashes can belong to the value of one argument alone.
    let long = operation.path.iter().position(is_argument).filter(|_| spare > 0);
    if spare > 0 && (long.is_none() || operation.path.iter().filter(|segment| is_argument(segment)).count() > 1) {
        return None;
    }
    let mut arguments = Map::new();
    let mut at = 0;
    for (place, segment) in operation.path.iter().enumerate() {
        let end = at + 1 + if long == Some(place) { spare } else { 0 };
        match segment {
            Segment::Literal(literal) if segments[at] == *literal => {}
            Segment::Literal(_) => return None,
            Segment::Argument(name) => {
                let takes_slashes = operation.parameter(name).is_some_and(|one| one.encoding == Encoding::Slashes);
                if end - at > 1 && !takes_slashes {
                    return None;
                }
                arguments.insert((*name).to_owned(), Value::String(segments[at..end].join("/")));
            }
        }
        at = end;
    }
    Some(arguments)
}
