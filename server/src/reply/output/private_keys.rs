//! Removes private keys from the lines of a stream: lines come in as they end, and go out without the bodies of keys.
//! The lines that are shown would not be enough to recognise a key: they may begin inside of one, and lines of another
//! source may stand between its lines.

use std::borrow::Cow;

use memchr::memmem;

use crate::secrets::MARKER;

/// The longest key, in lines: a mere mention of a key must not hide all lines after it.
const KEY_LINES: usize = 300;
/// Inside a key, a word of at least this many letters of base64 is a part of it: lines of PEM have 64.
const BODY_BYTES: usize = 32;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const PRIVATE: &[u8] = b"PRIVATE KEY";

/// Filters the private keys out of the lines of sources, each of type `S`.
#[derive(Debug)]
pub struct PrivateKeyFilter<S> {
    private: memmem::Finder<'static>,
    /// The sources whose last key has not ended, and the most lines that it may still have.
    open: Vec<(S, usize)>,
}

/// A line after filtering.
#[derive(Debug, PartialEq, Eq)]
pub enum FilteredLine<'a> {
    /// The line, without the beginning of a key's body.
    Line(Cow<'a, [u8]>),
    /// The end of a key whose beginning was not seen: lines before it may belong to the key.
    KeyEnd(Cow<'a, [u8]>),
    /// A line of a key's body, which must not be shown.
    KeyBody,
}

impl<S> Default for PrivateKeyFilter<S> {
    fn default() -> Self {
        PrivateKeyFilter { private: memmem::Finder::new(PRIVATE), open: Vec::new() }
    }
}

impl<S: Copy + PartialEq> PrivateKeyFilter<S> {
    /// Filters the next line of a source.
    pub fn filter<'a>(&mut self, source: S, line: &'a [u8]) -> FilteredLine<'a> {
        let open = self.open.iter().position(|(open, _)| *open == source);
        let named = self.private.find(line).is_some();
        match open {
            None if !named => return FilteredLine::Line(line.into()),
            Some(index) if memmem::find(line, END).is_none() => {
                self.open[index].1 -= 1;
                if self.open[index].1 == 0 {
                    self.open.swap_remove(index);
                }
                if is_body(line) {
                    return FilteredLine::KeyBody;
                }
            }
            Some(index) => {
                self.open.swap_remove(index);
            }
            None => {}
        }
        let end = memmem::find(line, END).filter(|end| memmem::find(&line[..*end], BEGIN).is_none());
        let mut filtered: Cow<'_, [u8]> = match end {
            Some(end) => [without_base64(&line[..end]), &line[end..]].concat().into(),
            None => line.into(),
        };
        if let Some(body) = open_body(&filtered) {
            self.open.retain(|(open, _)| *open != source);
            self.open.push((source, KEY_LINES));
            filtered = [&filtered[..body], MARKER.as_bytes()].concat().into();
        }
        if end.is_some() && open.is_none() { FilteredLine::KeyEnd(filtered) } else { FilteredLine::Line(filtered) }
    }
}

/// The start of the last key's body, if the key does not end in the line.
fn open_body(line: &[u8]) -> Option<usize> {
    let begin = memmem::rfind(line, BEGIN)?;
    let name = begin + BEGIN.len();
    let head = name + memmem::find(&line[name..], b"-----")?;
    let body = head + b"-----".len();
    let is_private = memmem::find(&line[name..head], PRIVATE).is_some();
    (is_private && memmem::find(&line[body..], END).is_none()).then_some(body)
}

/// Tells whether a line can belong to the body of a key: it holds much base64, or its last word is all base64, as in
/// the last line of a key, which may be short. A time or a level before it and quotes around it do not matter.
pub fn is_body(line: &[u8]) -> bool {
    let after = line.iter().rev().take_while(|byte| b" \t\r\"',\\".contains(byte)).count();
    let line = &line[..line.len() - after];
    let before = without_base64(line);
    let last = line.len() - before.len();
    let alone = before.last().is_none_or(|byte| b" \t\"'".contains(byte));
    line.is_empty() || holds_base64(line) || last > 0 && last.is_multiple_of(4) && alone
}

/// Tells whether a line holds as much base64 as all lines of a body but the last.
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
    use dockwright::Source::{self, Stderr, Stdout};

    fn shown<'a>(lines: impl IntoIterator<Item = (Source, &'a str)>) -> Vec<String> {
        let mut filter = PrivateKeyFilter::default();
        let shown = lines.into_iter().filter_map(|(source, line)| match filter.filter(source, line.as_bytes()) {
            FilteredLine::Line(line) | FilteredLine::KeyEnd(line) => {
                Some(String::from_utf8(line.into_owned()).unwrap())
            }
            FilteredLine::KeyBody => None,
        });
        shown.collect()
    }

    #[test]
    fn the_body_of_a_key_is_left_out_even_if_another_source_writes_between() {
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
    fn only_private_keys_of_several_lines_are_filtered() {
        for line in ["-----BEGIN CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----abcd-----END PRIVATE KEY-----"] {
            assert_eq!(shown([(Stdout, line), (Stdout, "abcd")]), [line, "abcd"]);
        }
        let line = b"qw==-----END PRIVATE KEY-----";
        assert_eq!(PrivateKeyFilter::default().filter(Stdout, line), FilteredLine::KeyEnd(line[4..].into()));
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
