//! A row of the operation table and arguments as JSON in, an HTTP request out. It knows no connection and no API
//! version: the path begins below the version prefix.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use http::header::{ACCEPT, CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, UPGRADE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::body::Body;
use crate::error::{Error, Result};
use crate::operation::{Answer, Encoding, Kind, Operation, Parameter, Place, Segment};

/// The characters that are encoded in a query: all but the unreserved ones. A space becomes `%20`, which every server
/// understands.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The characters that are encoded in a path segment: all but those that RFC 3986 allows there.
const SEGMENT: &AsciiSet = &QUERY
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// Builds the request of an operation. Its URI is the path below the version prefix, and the query.
///
/// An argument that is `null` counts as not given: the row's value for that is sent, which is mostly nothing. Query
/// parameters are in the order of the description.
///
/// # Errors
/// [`Error::Argument`] if an argument is unknown, missing or of the wrong kind, if a path argument would change the
/// path (empty, `.`, `..`, a slash too many), or if the body is missing or not taken.
pub fn request(
    operation: &Operation,
    arguments: &Map<String, Value>,
    body: Option<Body>,
) -> Result<http::Request<Body>> {
    refuse_unknown(operation, arguments)?;
    let mut target = path(operation, arguments)?;
    let mut headers = HeaderMap::new();
    let body = content(operation, body, &mut headers)?;
    announce(operation, &mut headers);

    let mut separator = '?';
    for parameter in operation.parameters.iter().filter(|parameter| parameter.place != Place::Path) {
        let Some(argument) = Argument::find(operation, parameter, arguments)? else { continue };
        for (index, text) in argument.texts()?.into_iter().enumerate() {
            if parameter.place == Place::Header {
                let (name, value) = argument.header(&text)?;
                // A parameter replaces the row's own header, such as the content type.
                if index == 0 {
                    headers.remove(&name);
                }
                headers.append(name, value);
                continue;
            }
            target.push(separator);
            target.extend(utf8_percent_encode(parameter.name, QUERY));
            target.push('=');
            target.extend(utf8_percent_encode(&text, QUERY));
            separator = '&';
        }
    }

    let length = target.len();
    let mut request = http::Request::new(body);
    *request.method_mut() = operation.method.clone();
    *request.headers_mut() = headers;
    *request.uri_mut() = target.try_into().map_err(|_| Error::Argument {
        operation: operation.name,
        argument: "query".into(),
        expected: "path and query to have 65,000 bytes at most".into(),
        got: format!("{length} bytes"),
    })?;
    Ok(request)
}

/// A parameter and the value that is sent for it.
struct Argument<'a> {
    operation: &'a Operation,
    parameter: &'a Parameter,
    value: Cow<'a, Value>,
}

impl<'a> Argument<'a> {
    /// Looks up an argument. For `null` and an empty list, the row's value for an absent argument is sent. Without one
    /// nothing is sent, and a required argument counts as missing.
    fn find(
        operation: &'a Operation,
        parameter: &'a Parameter,
        arguments: &'a Map<String, Value>,
    ) -> Result<Option<Self>> {
        let value = Cow::Borrowed(arguments.get(parameter.name).unwrap_or(&Value::Null));
        let listed = matches!(parameter.encoding, Encoding::Repeated | Encoding::Commas);
        let nothing = value.is_null() || listed && value.as_array().is_some_and(Vec::is_empty);
        let absent = parameter.absent.filter(|_| nothing);
        let value = absent.map_or(value, |json| Cow::Owned(serde_json::from_str(json).expect("a row holds JSON")));
        let argument = Argument { operation, parameter, value };
        if nothing && absent.is_none() {
            let required = parameter.required || parameter.place == Place::Path;
            return if required { Err(argument.refuse(describe(parameter.kind))) } else { Ok(None) };
        }
        if !is_a(&argument.value, parameter.kind) {
            return Err(argument.refuse(describe(parameter.kind)));
        }
        Ok(Some(argument))
    }

    /// The value as unescaped text: one text, or one for each item of a list.
    fn texts(&self) -> Result<Vec<Cow<'_, str>>> {
        let expected = || self.refuse("text, a number, true or false, each as an item");
        let items = || self.value.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        Ok(match self.parameter.encoding {
            Encoding::Plain | Encoding::Slashes => {
                vec![plain(&self.value).ok_or_else(|| self.refuse("text, a number, true or false"))?]
            }
            Encoding::Repeated => items()
                .map(|item| match item {
                    Value::Object(_) => Ok(item.to_string().into()),
                    _ => plain(item).ok_or_else(expected),
                })
                .collect::<Result<_>>()?,
            Encoding::Commas => {
                let texts: Vec<_> = items().map(|item| plain(item).ok_or_else(expected)).collect::<Result<_>>()?;
                if texts.iter().any(|text| text.contains(',')) {
                    return Err(self.refuse("items without a comma, which separates them"));
                }
                vec![texts.join(",").into()]
            }
            Encoding::Json => vec![self.value.to_string().into()],
            Encoding::Base64Json => vec![URL_SAFE.encode(self.value.to_string()).into()],
        })
    }

    /// The value in the path: one segment, or several if its slashes are part of it. A value that the engine's router
    /// would clean up is refused, because the cleaned path could be another operation.
    fn segments(&self) -> Result<Cow<'_, str>> {
        let text = self.texts()?.into_iter().next().unwrap_or_default();
        let has_slashes = self.parameter.encoding == Encoding::Slashes;
        // In lists of containers each name begins with a slash.
        let text = match text.strip_prefix('/') {
            Some(name) if !has_slashes => Cow::Owned(name.to_owned()),
            _ => text,
        };
        let problem = if text.is_empty() {
            "text that is not empty"
        } else if text.starts_with('/') {
            "no leading slash"
        } else if !has_slashes && text.contains('/') {
            "no slash"
        } else if text.split('/').any(str::is_empty) {
            "no trailing or doubled slash"
        } else if text.split('/').any(|segment| matches!(segment, "." | "..")) {
            "neither `.` nor `..` as a segment of the path"
        } else if text.chars().any(char::is_control) {
            "no control characters"
        } else {
            return Ok(text);
        };
        Err(self.refuse(problem))
    }

    fn header(&self, text: &str) -> Result<(HeaderName, HeaderValue)> {
        let refuse = || self.refuse("visible ASCII characters, as a header has them");
        let name = HeaderName::from_bytes(self.parameter.name.as_bytes()).map_err(|_| refuse())?;
        let mut value = HeaderValue::from_str(text).map_err(|_| refuse())?;
        // Keeps credentials out of `Debug`.
        value.set_sensitive(self.parameter.encoding == Encoding::Base64Json);
        Ok((name, value))
    }

    fn refuse(&self, expected: &'static str) -> Error {
        let got = match &*self.value {
            Value::Null => "nothing".into(),
            _ if self.parameter.place == Place::Header => "a value that is not shown".into(),
            value => shown(value),
        };
        refused(self.operation, self.parameter.name, expected, got)
    }
}

fn path(operation: &Operation, arguments: &Map<String, Value>) -> Result<String> {
    let mut path = String::with_capacity(64);
    for segment in operation.path {
        path.push('/');
        match segment {
            Segment::Literal(literal) => path.push_str(literal),
            Segment::Argument(name) => {
                let parameter = operation.parameter(name).filter(|parameter| parameter.place == Place::Path);
                let missing = || refused(operation, name, "a value for the path", "nothing".into());
                let parameter = parameter.ok_or_else(missing)?;
                let argument = Argument::find(operation, parameter, arguments)?.ok_or_else(missing)?;
                let text = argument.segments()?;
                for (index, segment) in text.split('/').enumerate() {
                    path.push_str(if index == 0 { "" } else { "/" });
                    path.extend(utf8_percent_encode(segment, SEGMENT));
                }
            }
        }
    }
    Ok(path)
}

/// Returns the body and adds its media type to the headers.
fn content(operation: &Operation, body: Option<Body>, headers: &mut HeaderMap) -> Result<Body> {
    match (operation.body, body) {
        (Some(row), Some(body)) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(row.media_type));
            Ok(body)
        }
        (Some(row), None) if row.required => Err(refused(operation, "body", "a body", "nothing".into())),
        (None, Some(_)) => Err(refused(operation, "body", "no body", "one".into())),
        (_, None) => Ok(Body::default()),
    }
}

/// Adds headers for the answer: the media type of a stream, and the protocol of an upgrade.
fn announce(operation: &Operation, headers: &mut HeaderMap) {
    if operation.answer == Answer::JsonStream && !operation.produces.is_empty() {
        let accepted = HeaderValue::from_str(&operation.produces.join(", "));
        headers.extend(accepted.ok().map(|accepted| (ACCEPT, accepted)));
    }
    if let Some(protocol) = operation.protocol {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static(protocol));
    }
}

fn refuse_unknown(operation: &Operation, arguments: &Map<String, Value>) -> Result<()> {
    match arguments.keys().find(|name| !operation.takes(name)) {
        None => Ok(()),
        Some(name) if operation.parameters.is_empty() => {
            Err(refused(operation, name, "no arguments", "one of this name".into()))
        }
        Some(name) => {
            let names: Vec<_> = operation.parameters.iter().map(|parameter| parameter.name).collect();
            Err(refused(operation, name, format!("one of {}", names.join(", ")), "an unknown name".into()))
        }
    }
}

fn refused(operation: &Operation, argument: &str, expected: impl Into<Cow<'static, str>>, got: String) -> Error {
    Error::Argument { operation: operation.name, argument: argument.into(), expected: expected.into(), got }
}

/// A single value as text; `None` for lists, objects and `null`.
fn plain(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(true) => Some("true".into()),
        Value::Bool(false) => Some("false".into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_a(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::String => value.is_string(),
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Array => value.is_array(),
        Kind::Object => value.is_object(),
    }
}

fn describe(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "a string",
        Kind::Integer => "an integer",
        Kind::Number => "a number",
        Kind::Boolean => "true or false",
        Kind::Array => "an array",
        Kind::Object => "an object",
    }
}

/// A value for a message, cut after 80 characters.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
pub(crate) mod tests;
