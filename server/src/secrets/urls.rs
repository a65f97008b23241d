//! Credentials in locations: `scheme://user:password@host`, and the form of Go's database drivers,
//! `user:password@tcp(host)`.

use std::ops::Range;

use super::rules::MARKER;
use super::values::{self, ValueKind};

/// The most bytes of the part before the host.
const USER_BYTES: usize = 500;

/// Credentials after the `://` at a place: `user:password`, or the user alone in a URL of HTTP, if it is no plain name.
pub(super) fn after_scheme(text: &str, at: usize) -> Option<Range<usize>> {
    let (scheme, from) = (&text[..at], at + 3);
    let rest = beginning(&text[from..]);
    let up_to = |ends: &str| rest.find(|c: char| c.is_whitespace() || ends.contains(c)).unwrap_or(rest.len());
    let authority = &rest[..up_to("/?#\"'<>`")];
    let user = match (authority.rfind('@'), authority.split_once(':')) {
        (Some(user), _) => user,
        // A password with a slash: the part after the colon would be a port.
        (None, Some((_, port))) if !port.is_empty() && !port.bytes().all(|byte| byte.is_ascii_digit()) => {
            rest[..up_to("\"'<>`")].rfind('@')?
        }
        _ => return None,
    };
    let is_http = scheme.ends_with("http") || scheme.ends_with("https");
    let credentials = &rest[..user];
    let is_secret = match credentials.split_once(':') {
        Some((_, password)) => values::kind(password) != ValueKind::Nothing || password.starts_with('<'),
        None => is_http && values::kind(credentials) == ValueKind::Opaque,
    };
    (is_secret && !credentials.starts_with(MARKER)).then_some(from..from + user)
}

/// Credentials before the `@tcp(` or `@unix(` at a place.
pub(super) fn before_driver(text: &str, at: usize) -> Option<Range<usize>> {
    let is_part = |byte: &u8| byte.is_ascii_graphic() && !b"\"'=`".contains(byte) || *byte >= 0x80;
    let length = text[..at].bytes().rev().take(USER_BYTES).take_while(is_part).count();
    let credentials = text.get(at - length..at)?;
    (credentials.contains(':') && !credentials.ends_with(':')).then_some(at - length..at)
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(USER_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
