//! Removes private keys from the lines of a stream: lines come in as they end, and go out without the bodies of keys.
//! The lines that are shown would not be enough to recognise a key: they may begin and end inside of one, and lines of
//! another source may stand between its lines.

use std::borrow::Cow;

use memchr::memmem::Finder;

use crate::secrets::{MARKER, keys};

/// The longest block, in lines: a mere mention of a key must not hide all lines after it.
const BLOCK_LINES: usize = 300;
/// Inside a key, a word of at least this many letters of base64 is a part of it: lines of PEM have 64.
const BODY_BYTES: usize = 32;

/// Filters the private keys out of the lines of sources, each of type `S`. Lines are UTF-8.
#[derive(Debug)]
pub struct PrivateKeyFilter<S> {
    dashes: Finder<'static>,
    putty: Finder<'static>,
    /// The blocks in which the sources are.
    open: Vec<(S, Block)>,
}

/// A block whose lines come.
#[derive(Debug, Clone, Copy)]
enum Block {
    /// A private key, and the most lines that it may still have.
    Key(usize),
    /// A certificate or the like.
    Public(usize),
    /// A key whose beginning was not seen.
    Lone,
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
        let (dashes, putty) = (Finder::new("----"), Finder::new(keys::PUTTY.trim_end_matches("Lines: ")));
        PrivateKeyFilter { dashes, putty, open: Vec::new() }
    }
}

impl<S: Copy + PartialEq> PrivateKeyFilter<S> {
    /// Filters the next line of a source.
    pub fn filter<'a>(&mut self, source: S, line: &'a [u8]) -> FilteredLine<'a> {
        let index = self.open.iter().position(|(open, _)| *open == source);
        let block = index.map(|index| self.open.swap_remove(index).1);
        let (filtered, next) = if self.dashes.find(line).is_some() || self.putty.find(line).is_some() {
            at_an_edge(block, line)
        } else {
            inside(block, line)
        };
        self.open.extend(next.map(|block| (source, block)));
        filtered
    }
}

/// A line that neither begins nor ends a block.
fn inside(block: Option<Block>, line: &[u8]) -> (FilteredLine<'_>, Option<Block>) {
    match block {
        Some(Block::Key(left)) => {
            let next = (left > 1).then(|| Block::Key(left - 1));
            (if is_body(line) { FilteredLine::KeyBody } else { FilteredLine::Line(line.into()) }, next)
        }
        Some(Block::Public(left)) => (FilteredLine::Line(line.into()), (left > 1).then(|| Block::Public(left - 1))),
        lone => match keys::lone_body(line) {
            Some(_) if lone.is_some() => (FilteredLine::KeyBody, lone),
            Some(at) => (FilteredLine::Line([&line[..at], MARKER.as_bytes()].concat().into()), Some(Block::Lone)),
            None if lone.is_some() && keys::is_short_body(line) => (FilteredLine::KeyBody, None),
            None => (FilteredLine::Line(line.into()), None),
        },
    }
}

/// A line that may begin or end a block.
fn at_an_edge(block: Option<Block>, line: &[u8]) -> (FilteredLine<'_>, Option<Block>) {
    let Ok(text) = std::str::from_utf8(line) else { return inside(block, line) };
    let end = keys::body_end(text).filter(|end| keys::block_start(&text[..*end]).is_none());
    let (mut filtered, mut next): (Cow<'_, [u8]>, _) = match (end, block) {
        (Some(end), Some(Block::Key(_) | Block::Lone)) => {
            ([without_base64(&line[..end]), &line[end..]].concat().into(), None)
        }
        (Some(_), Some(Block::Public(_))) => (line.into(), None),
        (Some(end), None) if keys::is_private_end(&text[end..]) => {
            return (FilteredLine::KeyEnd([without_base64(&line[..end]), &line[end..]].concat().into()), None);
        }
        (Some(_), None) => (line.into(), None),
        (None, block) if keys::block_start(text).is_none() => return inside(block, line),
        (None, _) => (line.into(), None),
    };
    // The last block may go on in the next lines.
    let text = String::from_utf8_lossy(&filtered).into_owned();
    let last = keys::last_block_start(&text).filter(|at| keys::body_end(&text[*at..]).is_none());
    match last.map(|at| keys::body_start(&text[at..]).map(|body| at + body)) {
        Some(Some(body)) => {
            next = Some(Block::Key(BLOCK_LINES));
            filtered = [&text.as_bytes()[..body], MARKER.as_bytes()].concat().into();
        }
        Some(None) => next = Some(Block::Public(BLOCK_LINES)),
        None => {}
    }
    (FilteredLine::Line(filtered), next)
}

/// Tells whether a line can belong to the body of a key: it holds much base64, or its last word is all base64, as in
/// the last line of a key, which may be short. A time or a level before it and quotes around it do not matter.
pub fn is_body(line: &[u8]) -> bool {
    let after = line.iter().rev().take_while(|byte| b" \t\r\"',\\".contains(byte)).count();
    let line = &line[..line.len() - after];
    let before = without_base64(line);
    let last = line.len() - before.len();
    let alone = before.last().is_none_or(|byte| b" \t\"'".contains(byte));
    // The checksum of PGP is `=` with four letters.
    let is_last = last > 0 && (last.is_multiple_of(4) || last == 5 && line[before.len()] == b'=');
    line.is_empty() || holds_base64(line) || is_last && alone
}

/// Tells whether a line holds as much base64 as all lines of a body but the last.
pub fn holds_base64(line: &[u8]) -> bool {
    line.split(|byte| !keys::is_base64(*byte)).any(|word| word.len() >= BODY_BYTES)
}

fn without_base64(line: &[u8]) -> &[u8] {
    let base64 = line.iter().rev().take_while(|byte| keys::is_base64(**byte)).count();
    &line[..line.len() - base64]
}

#[cfg(test)]
mod tests {
    use super::*;
    use dockwright::Source::{self, Stderr, Stdout};

    const BODY: &str = "MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPB";

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
        let timed = format!("2026-01-01T00:00:00Z {BODY}");
        let quoted = format!("  \"{BODY}\\n\",");
        let lines = [
            (Stdout, "-----BEGIN RSA PRIVATE KEY-----"),
            (Stdout, BODY),
            (Stderr, "done"),
            (Stdout, &timed),
            (Stdout, &quoted),
            (Stdout, "12:00:01 INFO listening."),
            (Stdout, "2026-01-01T00:00:00Z qw=="),
            (Stdout, "qw==-----END RSA PRIVATE KEY-----"),
            (Stdout, "abcd"),
        ];
        assert_eq!(
            shown(lines),
            [
                "-----BEGIN RSA PRIVATE KEY-----[redacted by dockwright]",
                "done",
                "12:00:01 INFO listening.",
                "-----END RSA PRIVATE KEY-----",
                "abcd",
            ]
        );
    }

    #[test]
    fn keys_of_every_kind_are_filtered() {
        for [begin, end] in [
            ["-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----"],
            ["-----BEGIN PGP PRIVATE KEY BLOCK-----", "-----END PGP PRIVATE KEY BLOCK-----"],
            ["---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", "---- END SSH2 ENCRYPTED PRIVATE KEY ----"],
            ["Private-Lines: 2", "Private-MAC: 01ef"],
        ] {
            let lines = [begin, "", BODY, "qwer", "=qwer", end, "abcd"];
            let lines = shown(lines.map(|line| (Stdout, line)));
            assert_eq!(lines, [&format!("{begin}{MARKER}"), end, "abcd"]);
        }
    }

    #[test]
    fn a_key_is_recognised_without_its_beginning_and_its_end() {
        let lines = ["started", BODY, BODY, "qw==", "ready", BODY];
        assert_eq!(shown(lines.map(|line| (Stdout, line))), ["started", MARKER, "ready", MARKER]);
        let line = format!("2026-01-01T00:00:00Z INFO {BODY}");
        assert_eq!(shown([(Stdout, &*line)]), [format!("2026-01-01T00:00:00Z INFO {MARKER}")]);
    }

    #[test]
    fn only_private_keys_of_several_lines_are_filtered() {
        let certificate = ["-----BEGIN CERTIFICATE-----", BODY, "-----END CERTIFICATE-----", "abcd"];
        assert_eq!(shown(certificate.map(|line| (Stdout, line))), certificate);
        let line = "-----BEGIN PRIVATE KEY-----abcd-----END PRIVATE KEY-----";
        assert_eq!(shown([(Stdout, line), (Stdout, "abcd")]), [line, "abcd"]);
        let line = b"qw==-----END PRIVATE KEY-----";
        assert_eq!(PrivateKeyFilter::default().filter(Stdout, line), FilteredLine::KeyEnd(line[4..].into()));
        let both = ["-----END CERTIFICATE----------BEGIN PRIVATE KEY-----", "abcd"];
        assert_eq!(shown(both.map(|line| (Stdout, line))), [format!("{}{MARKER}", both[0])]);
    }

    #[test]
    fn a_mention_of_a_key_does_not_hide_all_that_follows() {
        let mention = [(Stdout, "expected -----BEGIN PRIVATE KEY-----")];
        let text = shown(mention.into_iter().chain(std::iter::repeat_n((Stdout, "all done"), BLOCK_LINES + 5)));
        assert_eq!(text.len(), 6);
        assert_eq!(shown([mention[0], (Stdout, "server started"), (Stdout, "it is over.")]).len(), 3);
    }
}
