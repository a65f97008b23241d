//! Engine data that may be shown: without hidden characters, without secrets. Replies, notes, progress and errors are
//! made of it, so that none of them can forget to redact.

use std::fmt::{self, Display};
use std::ops::Deref;

use serde_json::Value;

use super::redact::{redact_text, redact_value};
use super::visible;

/// A value that may be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Safe<T>(T);

impl Safe<Value> {
    /// Makes an answer of an operation with this tag safe. Hidden characters go first, because they could hide a
    /// secret.
    #[must_use]
    pub fn value(mut value: Value, tag: &str, show_secrets: bool) -> Self {
        visible::make_visible(&mut value);
        if !show_secrets {
            redact_value(&mut value, tag);
        }
        Safe(value)
    }

    /// A list of safe values.
    #[must_use]
    pub fn list(items: Vec<Self>) -> Self {
        Safe(items.into_iter().map(Safe::into_inner).collect())
    }

    /// The items of a list; none of any other value.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let items = if let Value::Array(items) = self.0 { items } else { Vec::new() };
        items.into_iter().map(Safe)
    }
}

impl Safe<String> {
    /// Makes a text safe, and keeps its lines.
    #[must_use]
    pub fn text(text: &str, show_secrets: bool) -> Self {
        let visible = visible::visible(text);
        Safe(if show_secrets { visible.into_owned() } else { redact_text(&visible).into_owned() })
    }

    /// Makes a message safe and puts it on one line. Secrets are always hidden, even with `--show-secrets`.
    #[must_use]
    pub fn line(text: &str) -> Self {
        Safe(redact_text(&visible::one_line(text)).into_owned())
    }

    /// Joins texts.
    #[must_use]
    pub fn joined<'a>(texts: impl IntoIterator<Item = &'a Self>, separator: &str) -> Self {
        let texts: Vec<&str> = texts.into_iter().map(|text| text.0.as_str()).collect();
        Safe(texts.join(separator))
    }
}

impl<T> Safe<T> {
    /// Wraps words of the server, or a value made of safe parts, without a check.
    #[must_use]
    pub fn trusted(value: T) -> Self {
        Safe(value)
    }

    /// Changes the value. The change may remove and rearrange parts, and add nothing but words of the server.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Safe<U> {
        Safe(change(self.0))
    }

    /// Unwraps the value, to be printed.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Safe<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Display> Display for Safe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::secrets::MARKER;

    #[test]
    fn hidden_characters_hide_no_secret() {
        let value = json!({"Env": ["DB_PASS\u{200b}WORD=hunter2"], "Labels": {"to\u{1b}[1mken": "abc"}});
        let safe = json!({"Env": [format!("DB_PASSWORD={MARKER}")], "Labels": {"token": MARKER}});
        assert_eq!(*Safe::value(value.clone(), "Container", false), safe);
        assert_eq!(Safe::value(value, "Container", true)["Env"][0], "DB_PASSWORD=hunter2");
        assert_eq!(*Safe::text("a\nPASS\u{ad}WORD=x", false), format!("a\nPASSWORD={MARKER}"));
        assert_eq!(*Safe::line("a\nPASSWORD=x"), format!("a PASSWORD={MARKER}"));
    }
}
