//! Sets of ports.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Ports such as `8000-8999` or `80,443`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ports(Vec<RangeInclusive<u16>>);

impl Ports {
    /// Returns true if all ports of a text are among these: `8080` or `8000-8010`.
    #[must_use]
    pub fn contain(&self, text: &str) -> bool {
        range(text).is_some_and(|range| {
            self.0.iter().any(|allowed| allowed.start() <= range.start() && range.end() <= allowed.end())
        })
    }

    /// The first range, which a request without a port gets.
    #[must_use]
    pub fn first(&self) -> Option<String> {
        self.0.first().map(text)
    }
}

impl FromStr for Ports {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ranges = text.split(',').map(|part| range(part.trim()));
        ranges
            .collect::<Option<_>>()
            .map(Ports)
            .ok_or("ports are `8080`, `8000-8999` or a list of such, from 1 to 65535")
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(text).collect::<Vec<_>>().join(","))
    }
}

fn text(range: &RangeInclusive<u16>) -> String {
    match range.start() == range.end() {
        true => range.start().to_string(),
        false => format!("{}-{}", range.start(), range.end()),
    }
}

/// A port or a range of ports. Digits alone are read: an engine takes no sign and no space.
fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let port = |text: &str| match text.bytes().all(|letter| letter.is_ascii_digit()) {
        true => text.parse().ok().filter(|port| *port > 0),
        false => None,
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last): (u16, u16) = (port(first)?, port(last)?);
    (first <= last).then_some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_must_be_within_one_that_is_allowed() {
        let ports: Ports = "443, 8000-8999".parse().unwrap();
        for (text, expected) in [
            ("443", true),
            ("8000", true),
            ("8000-8999", true),
            ("7999", false),
            ("8999-9000", false),
            ("443-8000", false),
            ("8010-8000", false),
            ("+8080", false),
            (" 8080", false),
            ("0", false),
            ("", false),
        ] {
            assert_eq!(ports.contain(text), expected, "{text}");
        }
        assert_eq!(ports.first().as_deref(), Some("443"));
        assert_eq!(ports.to_string(), "443,8000-8999");
        assert!(["", "0", "1-", "70000", "9-8", "a"].iter().all(|text| text.parse::<Ports>().is_err()));
    }
}
