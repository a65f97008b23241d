//! Blocks of private keys: PEM, OpenSSH, PGP, SSH2, PuTTY, OpenVPN. A text goes in, the range of a body comes out; and
//! lines are told apart that may be parts of a body.

use std::ops::Range;

use super::values;

/// Labels of blocks whose body is secret.
const LABELS: &[&str] = &["PRIVATE KEY", "OpenVPN Static key"];
/// The beginnings and ends of blocks. SSH2 has four dashes and a space.
const BEGINNINGS: &[&str] = &["-----BEGIN ", "---- BEGIN "];
const ENDINGS: &[&str] = &["-----END ", "---- END "];
/// The dashes after a label.
const DASHES: &str = "----";
/// The header before the private part of a PuTTY key.
pub const PUTTY: &str = "Private-Lines: ";
const PUTTY_END: &str = "Private-MAC: ";
/// The most bytes of a label.
const LABEL_BYTES: usize = 100;

/// The least bytes of a line that is a part of a key, although nothing says so.
const LONE_BYTES: usize = 40;
/// The least bytes of all lines of a body but the last: of PEM and PGP 64, of OpenSSH 70, of MIME 76.
const WIDE_BYTES: usize = 60;
/// The least share of neighbours of different kinds in a wide line, in percent: the first lines of keys have
/// repetitions.
const WIDE_CHANGES: usize = 30;

/// Finds the first body of a private key: the end of the line, or of the dashes, that begins its block.
#[must_use]
pub fn body_start(text: &str) -> Option<usize> {
    BEGINNINGS
        .iter()
        .chain(&[PUTTY])
        .filter_map(|beginning| text.match_indices(beginning).find_map(|(at, _)| body_start_at(text, at)))
        .min()
}

/// The beginning of the body, if a block of a private key begins at this place.
fn body_start_at(text: &str, at: usize) -> Option<usize> {
    if let Some(count) = text[at..].strip_prefix(PUTTY) {
        let digits = count.bytes().take_while(u8::is_ascii_digit).count();
        return (digits > 0).then_some(at + PUTTY.len() + digits);
    }
    let beginning = BEGINNINGS.iter().find(|beginning| text[at..].starts_with(**beginning))?;
    let label = at + beginning.len();
    let mut limit = text.len().min(label + LABEL_BYTES);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let end = label + text[label..limit].find(DASHES)?;
    let dashes = text[end..].len() - text[end..].trim_start_matches('-').len();
    is_private(&text[label..end]).then_some(end + dashes)
}

/// Tells whether the end of a block at the beginning of a text is that of a private key.
#[must_use]
pub fn is_private_end(text: &str) -> bool {
    let label = ENDINGS.iter().find_map(|ending| text.strip_prefix(ending)?.split(DASHES).next());
    label.map_or_else(|| text.starts_with(PUTTY_END), is_private)
}

fn is_private(label: &str) -> bool {
    LABELS.iter().any(|private| label.contains(private))
}

/// Finds the first beginning of a block of any kind.
#[must_use]
pub fn block_start(text: &str) -> Option<usize> {
    BEGINNINGS.iter().chain(&[PUTTY]).filter_map(|beginning| text.find(beginning)).min()
}

/// Finds the last beginning of a block of any kind.
#[must_use]
pub fn last_block_start(text: &str) -> Option<usize> {
    BEGINNINGS.iter().chain(&[PUTTY]).filter_map(|beginning| text.rfind(beginning)).max()
}

/// Finds the end of a block.
#[must_use]
pub fn body_end(text: &str) -> Option<usize> {
    ENDINGS.iter().chain(&[PUTTY_END]).filter_map(|ending| text.find(ending)).min()
}

/// The body of the key that begins at a place. A key without an end was cut, and is secret to the end.
pub(super) fn body(text: &str, at: usize) -> Option<Range<usize>> {
    let start = body_start_at(text, at)?;
    let end = body_end(&text[start..]).map_or(text.len(), |end| start + end);
    Some(start..end)
}

/// Finds the part of a private key in a line alone, without the beginning and the end of its block: one word of base64,
/// as long as lines of keys are or random to all appearances. A time before it and quotes around it do not matter.
#[must_use]
pub fn lone_body(line: &[u8]) -> Option<usize> {
    let line = line.trim_ascii_end();
    let whole = last_word(line);
    let (before, word) = (line.len() - whole.len(), trim(whole));
    if word.len() < LONE_BYTES || !word.iter().all(|byte| is_base64(*byte)) {
        return None;
    }
    let has = |test: fn(&u8) -> bool| word.iter().any(test);
    let slashes = word.iter().filter(|byte| **byte == b'/').count();
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    let is_wide = word.len() >= WIDE_BYTES && values::changes(word) >= WIDE_CHANGES;
    let is_random = mixed && slashes * 10 <= word.len() && (is_wide || values::changes_often(word));
    (is_random && is_prefix(&line[..before])).then_some(before)
}

/// The parts of private keys in a text of several lines whose blocks begin or end elsewhere.
pub(super) fn lone_bodies(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut at, mut is_in_block, mut follows) = (Vec::new(), 0, false, false);
    for line in text.split_inclusive('\n') {
        let from = at;
        at += line.len();
        is_in_block = (is_in_block || block_start(line).is_some()) && body_end(line).is_none();
        let bytes = line.as_bytes();
        let start = match lone_body(bytes) {
            Some(start) => Some(start),
            None if follows && is_short_body(bytes) => Some(0),
            None => None,
        };
        follows = start.is_some() && !is_in_block;
        found.extend(start.filter(|_| follows).map(|start| from + start..from + line.trim_end().len()));
    }
    found
}

/// Tells whether the text before a word is what programs put before each line: a time, a level, a mark.
fn is_prefix(before: &[u8]) -> bool {
    let words = before.split(|byte| *byte == b' ' || *byte == b'\t').filter(|word| !word.is_empty());
    words.take(6).all(|word| {
        let is_marked = word.iter().any(|byte| b"[]|:>-".contains(byte)) || word.iter().any(u8::is_ascii_digit);
        is_marked || word.iter().all(u8::is_ascii_uppercase)
    })
}

/// Tells whether a line is the last of a body: one short word of base64.
#[must_use]
pub fn is_short_body(line: &[u8]) -> bool {
    let word = trim(last_word(line.trim_ascii_end()));
    (4..LONE_BYTES * 2).contains(&word.len())
        && word.len().is_multiple_of(4)
        && word.iter().all(|byte| is_base64(*byte))
}

fn last_word(line: &[u8]) -> &[u8] {
    line.rsplit(|byte| *byte == b' ' || *byte == b'\t').next().unwrap_or_default()
}

/// A word without quotes, and without the written line break of a string.
fn trim(mut word: &[u8]) -> &[u8] {
    while let Some((last, rest)) = word.split_last().filter(|(last, _)| b"\"',\\;".contains(last)) {
        let _ = last;
        word = rest;
    }
    word = word.strip_suffix(b"\\n").unwrap_or(word);
    while let Some((_, rest)) = word.split_first().filter(|(first, _)| b"\"'".contains(first)) {
        word = rest;
    }
    word
}

/// Tells whether a byte is one of base64.
#[must_use]
pub fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_private_keys_are_found() {
        for (text, body_of) in [
            ("a -----BEGIN RSA PRIVATE KEY-----MIIE-----END RSA PRIVATE KEY----- b", "MIIE"),
            ("-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQ\n-----END PGP PRIVATE KEY BLOCK-----", "\nlQ\n"),
            ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2\n---- END SSH2 ENCRYPTED PRIVATE KEY ----", "\nP2\n"),
            ("Private-Lines: 14\nAAAA\nPrivate-MAC: 00", "\nAAAA\n"),
            (
                "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nMIIE",
                "\nMIIE",
            ),
        ] {
            let start = body_start(text).unwrap();
            assert_eq!(&text[start..body_end(&text[start..]).map_or(text.len(), |end| start + end)], body_of, "{text}");
        }
        assert_eq!(body_start("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"), None);
    }

    #[test]
    fn lines_of_keys_are_told_from_other_words() {
        let wide = "qZ0Xw3pLkV9sTbN4yHfGmRcJ7uEoAiD2vB8nKxYlM5tWgQhSdFjP1rUzCaOeI6Z+";
        for line in [
            wide.to_owned(),
            format!("2026-01-02T03:04:05Z INFO {wide}"),
            format!("  \"{wide}\\n\","),
            wide[..48].to_owned(),
        ] {
            assert!(lone_body(line.as_bytes()).is_some(), "{line}");
        }
        for line in [
            "3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed",
            "/home/App1/Projects/MyService/bin/Release/net8/Publish/Output/Files12",
            "org.springframework.boot.autoconfigure.SpringBootApplication1",
            "see qZ0Xw3pLkV9sTbN4yHfGmRcJ7uEoAiD2vB8nKxYlM5tWgQhSdFjP1rUzCaOeI6Z+",
            "sha256:3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed",
        ] {
            assert!(lone_body(line.as_bytes()).is_none(), "{line}");
        }
    }
}
