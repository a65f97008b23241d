//! Tells harmless values from those that may be secret: a text comes in, its kind goes out.

use super::rules::{MARKER, STATES};

/// The most letters of a word.
const WORD_LETTERS: usize = 24;
/// Words by which a value says yes, no or nothing.
const FLAGS: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "null",
    "none",
    "nil",
    "undefined",
    "enabled",
    "disabled",
    "n/a",
    "(null)",
    "<nil>",
    "nan",
];
/// Beginnings of a value that names where the secret is.
const REFERENCES: &[&str] =
    &["${", "$(", "$$", "{{", "<", "%(", "%{", "#{", "@{", "file:", "env:", "vault:", "arn:", "ssm:"];

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// Nothing, a flag, a placeholder, or the name of another place.
    Nothing,
    /// A word that tells how a secret is, and is none.
    State,
    /// A number, perhaps with a unit.
    Number,
    /// Plain words.
    Words,
    /// A path, a URL, a version, a time.
    Place,
    /// Anything else.
    Opaque,
}

/// The kind of a value.
pub(super) fn kind(value: &str) -> ValueKind {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    match () {
        () if is_nothing(value, &lower) => ValueKind::Nothing,
        () if STATES.contain(lower.trim_end_matches(['.', '!', ',', ';', ':'])) => ValueKind::State,
        () if is_number(value) => ValueKind::Number,
        () if is_place(value) => ValueKind::Place,
        () if value.split(['-', '_', '.', ' ', ',']).all(is_word) => ValueKind::Words,
        () => ValueKind::Opaque,
    }
}

fn is_nothing(value: &str, lower: &str) -> bool {
    let mut letters = value.chars();
    let first = letters.next();
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_variable = value.strip_prefix('$').is_some_and(is_name)
        || value.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).is_some_and(is_name);
    value.is_empty()
        || FLAGS.contains(&lower)
        || REFERENCES.iter().any(|reference| lower.starts_with(reference))
        || is_variable
        || value.starts_with(MARKER)
        || lower.contains("redacted")
        // `****`, `xxxx`, `...`
        || value.len() > 2 && letters.all(|letter| Some(letter) == first) && first.is_some_and(|first| "*xX.-_#?•".contains(first))
}

/// Tells whether a value is a number, with a sign, separators, or a short unit: `-1`, `4,096`, `0.5`, `30s`, `64KiB`.
fn is_number(value: &str) -> bool {
    let digits = value.trim_start_matches(['-', '+']);
    let unit = digits.trim_start_matches(|c: char| c.is_ascii_digit() || ",._/".contains(c));
    let is_unit = unit.len() <= 3 && unit.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'%');
    digits.starts_with(|c: char| c.is_ascii_digit()) && is_unit && (unit.is_empty() || digits.len() - unit.len() <= 9)
}

fn is_word(word: &str) -> bool {
    let mut letters = word.chars();
    let rest = letters.next().map(|_| letters.as_str()).unwrap_or_default();
    let is_plain = word.chars().all(char::is_alphabetic) && word.chars().count() <= WORD_LETTERS;
    let one_case = !rest.contains(char::is_uppercase) || !word.contains(char::is_lowercase);
    is_plain && (one_case || is_camel_case(word))
}

/// Tells whether capitals begin words of some letters: `MyServiceName`.
fn is_camel_case(word: &str) -> bool {
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    !changes_often(word.as_bytes()) && capitals * 3 <= word.len()
}

/// Tells whether a value is a location, a version or a time.
fn is_place(value: &str) -> bool {
    let is_path = ["/", "./", "../", "~/"].iter().any(|root| value.starts_with(root))
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-~+@%: ".contains(&byte))
        && !value.split('/').any(|part| part.len() >= 20 && is_random(part));
    let is_drive = value.get(1..3) == Some(":\\");
    is_path || is_drive || is_url(value) || is_version(value) || is_time(value) || is_host(value)
}

/// Tells whether a value is a URL; credentials inside of it are another rule's.
pub(super) fn is_url(value: &str) -> bool {
    let scheme = value.split("://").next().unwrap_or_default();
    scheme.len() < value.len()
        && !scheme.is_empty()
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.:".contains(&byte))
}

fn is_version(value: &str) -> bool {
    let digits = value.strip_prefix(['v', 'V']).unwrap_or(value);
    let number = digits.split(['-', '+']).next().unwrap_or_default();
    let parts = number.split('.').count();
    let is_dotted = number.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_dotted && value.len() <= 30 && (parts > 1 || digits.len() < value.len() && value.len() <= 4)
}

/// Tells whether a value is the name of a host, with a port or a path if any.
fn is_host(value: &str) -> bool {
    let host = value.split('/').next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let is_label = |label: &str| {
        let is_lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..20).contains(&label.len()) && label.bytes().all(is_lower)
    };
    let top = name.rsplit('.').next().unwrap_or_default();
    name.contains('.')
        && name.split('.').all(is_label)
        && top.len() > 1
        && top.bytes().all(|byte| byte.is_ascii_lowercase())
        && (1..=5).contains(&port.len())
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells whether a value is a date or a time of day, alone or together.
fn is_time(value: &str) -> bool {
    let date = |at: &str| at.len() >= 8 && at.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TZ ,/".contains(&byte));
    date(value)
        && (value.matches('-').count() >= 2 || value.matches(':').count() >= 2 || value.matches('/').count() == 2)
}

/// Tells whether a text without spaces looks as if chance had written it: it mixes letters with digits, or capitals
/// with others in no order.
pub(super) fn is_random(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.as_bytes().iter().any(test);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = has(u8::is_ascii_alphabetic);
    !text.contains(' ') && letters && (digits >= 2 || changes_often(text.as_bytes()))
}

/// Tells whether a text looks random, or mixes letters with a digit or a sign as passwords do.
pub(super) fn is_random_or_mixed(text: &str) -> bool {
    let signs = text.bytes().filter(|byte| !byte.is_ascii_alphabetic() && !b"-_./:".contains(byte)).count();
    is_random(text) || signs > 0 && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Tells whether neighbours are of different kinds (capital, small letter, digit) as often as in random base64.
pub(super) fn changes_often(text: &[u8]) -> bool {
    text.len() >= 8 && changes(text) >= 42
}

/// The share of neighbours of different kinds, in percent.
pub(super) fn changes(text: &[u8]) -> usize {
    let changes = text.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    changes * 100 / text.len().saturating_sub(1).max(1)
}

fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    }
}

/// Tells whether a text is a UUID.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_kinds() {
        for (value, expected) in [
            ("", ValueKind::Nothing),
            ("${DB_PASSWORD}", ValueKind::Nothing),
            ("$TOKEN", ValueKind::Nothing),
            ("%TOKEN%", ValueKind::Nothing),
            ("{{ .Token }}", ValueKind::Nothing),
            ("********", ValueKind::Nothing),
            ("False", ValueKind::Nothing),
            ("Expired", ValueKind::State),
            ("4096", ValueKind::Number),
            ("-1", ValueKind::Number),
            ("15m", ValueKind::Number),
            ("0.25", ValueKind::Number),
            ("hunter", ValueKind::Words),
            ("read-only", ValueKind::Words),
            ("MyService", ValueKind::Words),
            ("/run/secrets/db_password", ValueKind::Place),
            ("https://example.com/a?b=c", ValueKind::Place),
            ("1.27.3-alpine", ValueKind::Place),
            ("db-1.example.com:5432", ValueKind::Place),
            ("2026-01-02T03:04:05Z", ValueKind::Place),
            ("hunter2", ValueKind::Opaque),
            ("xK9mQ2vL", ValueKind::Opaque),
            ("aBcDeFgHiJkL", ValueKind::Opaque),
            ("3f786850e387550fdab836ed7e6dc881de23001b", ValueKind::Opaque),
            ("/Zx8Kq2LmN4pRtVw9yBd3FgHj", ValueKind::Opaque),
        ] {
            assert_eq!(kind(value), expected, "{value}");
        }
    }
}
