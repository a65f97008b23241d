//! Versions of an API, and ranges of them.

use serde::Deserialize;

/// A range of API versions, both ends in it: `1.41..1.51`, `1.52..`, `..1.47` or `1.48`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Versions {
    first: (u32, u32),
    last: (u32, u32),
}

impl Versions {
    /// True if `version` is in the range.
    pub fn contains(&self, version: &str) -> bool {
        parse_version(version).is_some_and(|version| self.first <= version && version <= self.last)
    }
}

impl TryFrom<String> for Versions {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (first, last) = text.split_once("..").unwrap_or((&text, &text));
        let end = |end: &str, open| match end {
            "" => Some(open),
            version => parse_version(version),
        };
        match (end(first, (0, 0)), end(last, (u32::MAX, u32::MAX))) {
            (Some(first), Some(last)) if first <= last => Ok(Self { first, last }),
            _ => Err(format!("`{text}` is not a range of versions such as `1.41..1.51` or `1.52..`")),
        }
    }
}

/// The parts of `1.55`, which compare as versions do.
pub fn parse_version(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
