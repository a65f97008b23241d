//! Private keys that are spread over the lines of a stream: lines come in as they end, and what is of a key does not go out.
//! A tail may begin inside of a key, and lines of another source may stand between, so that this cannot be seen from the
//! lines that are shown.

use std::borrow::Cow;

use dockwright::Source;
use memchr::memmem;

use crate::secrets::MARKER;

/// The longest key, in lines: a mention of one that never comes must not hide all that follows.
const KEY_LINES: usize = 300;
/// Where a key is expected, so many letters of base64 together are a part of it: lines of PEM have 64.
const BODY_BYTES: usize = 32;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const PRIVATE: &[u8] = b"PRIVATE KEY";

/// Follows the keys in a stream.
#[derive(Debug)]
pub struct Keys {
    private: memmem::Finder<'static>,
    /// The sources whose last key has not ended, and how many lines more it may have.
    open: Vec<(Source, usize)>,
}

/// What is left of a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Left<'a> {
    /// It, without what is of a key that goes on over lines.
    Line(Cow<'a, [u8]>),
    /// The same, and it ends a key whose beginning was not seen: lines before it may be of that key.
    End(Cow<'a, [u8]>),
    /// Nothing: it is of the body of a key.
    Nothing,
}

impl Default for Keys {
    fn default() -> Self {
        Keys { private: memmem::Finder::new(PRIVATE), open: Vec::new() }
    }
}

impl Keys {
    /// What is left of the next line of a source.
    pub fn without<'a>(&mut self, source: Source, line: &'a [u8]) -> Left<'a> {
        let open = self.open.iter().position(|(open, _)| *open == source);
        let named = self.private.find(line).is_some();
        match open {
            None if !named => return Left::Line(line.into()),
            Some(index) if memmem::find(line, END).is_none() => {
                self.open[index].1 -= 1;
                if self.open[index].1 == 0 {
                    self.open.swap_remove(index);
                }
                if is_body(line) {
                    return Left::Nothing;
                }
            }
            Some(index) => {
                self.open.swap_remove(index);
            }
            None => {}
        }
        let end = memmem::find(line, END).filter(|end| memmem::find(&line[..*end], BEGIN).is_none());
        let mut left: Cow<'_, [u8]> = match end {
            Some(end) => [without_base64(&line[..end]), &line[end..]].concat().into(),
            None => line.into(),
        };
        if let Some(body) = unended(&left) {
            self.open.retain(|(open, _)| *open != source);
            self.open.push((source, KEY_LINES));
            left = [&left[..body], MARKER.as_bytes()].concat().into();
        }
        if end.is_some() && open.is_none() { Left::End(left) } else { Left::Line(left) }
    }
}

/// Where the body of the last key begins, if that does not end in the line.
fn unended(line: &[u8]) -> Option<usize> {
    let begin = memmem::rfind(line, BEGIN)?;
    let name = begin + BEGIN.len();
    let head = name + memmem::find(&line[name..], b"-----")?;
    let body = head + b"-----".len();
    let is_private = memmem::find(&line[name..head], PRIVATE).is_some();
    (is_private && memmem::find(&line[body..], END).is_none()).then_some(body)
}

/// Whether a line can be one of the body: it holds much base64, or its last word is all base64, as the last line of a key,
/// which may be short. What stands before, a time or a level, and quotes around it do not matter.
pub fn is_body(line: &[u8]) -> bool {
    let after = line.iter().rev().take_while(|byte| b" \t\r\"',\\".contains(byte)).count();
    let line = &line[..line.len() - after];
    let before = without_base64(line);
    let last = line.len() - before.len();
    let alone = before.last().is_none_or(|byte| b" \t\"'".contains(byte));
    line.is_empty() || holds_base64(line) || last > 0 && last.is_multiple_of(4) && alone
}

/// Whether a line holds so much base64 as all lines of a body do but the last.
pub fn holds_base64(line: &[u8]) -> bool {
    line.split(|byte| !is_base64(*byte)).any(|word| word.len() >= BODY_BYTES)
}

fn without_base64(line: &[u8]) -> &[u8] {
    let base64 = line.iter().rev().take_while(|byte| is_base64(**byte)).count();
    &line[..line.len() - base64]
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use Source::{Stderr, Stdout};

    fn shown<'a>(lines: impl IntoIterator<Item = (Source, &'a str)>) -> Vec<String> {
        let mut keys = Keys::default();
        let shown = lines.into_iter().filter_map(|(source, line)| match keys.without(source, line.as_bytes()) {
            Left::Line(line) | Left::End(line) => Some(String::from_utf8(line.into_owned()).unwrap()),
            Left::Nothing => None,
        });
        shown.collect()
    }

    #[test]
    fn the_body_of_a_key_is_left_out_whoever_writes_between() {
        let body = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPB";
        let timed = format!("2026-01-01T00:00:00Z {body}");
        let quoted = format!("  \"{body}\\n\",");
        let lines = [
            (Stdout, "-----BEGIN RSA PRIVATE KEY-----"),
            (Stdout, body),
            (Stderr, "done"),
            (Stdout, &timed),
            (Stdout, &quoted),
            (Stdout, "12:00:01 INFO listening."),
            (Stdout, "2026-01-01T00:00:00Z qw=="),
            (Stdout, "qw==-----END RSA PRIVATE KEY-----"),
            (Stdout, body),
        ];
        assert_eq!(
            shown(lines),
            [
                "-----BEGIN RSA PRIVATE KEY-----[redacted by dockwright]",
                "done",
                "12:00:01 INFO listening.",
                "-----END RSA PRIVATE KEY-----",
                body,
            ]
        );
    }

    #[test]
    fn only_private_keys_are_hidden_and_those_that_end_in_their_line_are_left_to_others() {
        for line in ["-----BEGIN CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----abcd-----END PRIVATE KEY-----"] {
            assert_eq!(shown([(Stdout, line), (Stdout, "abcd")]), [line, "abcd"]);
        }
        let line = b"qw==-----END PRIVATE KEY-----";
        assert_eq!(Keys::default().without(Stdout, line), Left::End(line[4..].into()));
        assert_eq!(shown([(Stdout, "-----BEGIN PGP PRIVATE KEY BLOCK-----x"), (Stdout, "abcd")]).len(), 1);
    }

    #[test]
    fn a_mention_of_a_key_does_not_hide_all_that_follows() {
        let mention = [(Stdout, "expected -----BEGIN PRIVATE KEY-----")];
        let text = shown(mention.into_iter().chain(std::iter::repeat_n((Stdout, "all done"), KEY_LINES + 5)));
        assert_eq!(text.len(), 6);
        assert_eq!(shown([mention[0], (Stdout, "server started"), (Stdout, "it is over.")]).len(), 3);
    }
}
