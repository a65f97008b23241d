//! The extent of a value: a text and the place where the value begins come in, its range goes out.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::is_name_byte;

/// The bytes of a value by which it is judged.
const JUDGED_BYTES: usize = 1_000;
/// The most bytes of a name after a value.
const NAME_BYTES: usize = 200;

/// The beginning of a block of text in YAML.
static BLOCK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[|>][-+0-9]{0,2}[ \t]*(?:#[^\n]*)?\n").expect("the pattern is correct"));

/// Quotes that are open at a place.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    to: usize,
    pub(super) double: bool,
    pub(super) single: bool,
}

impl Quotes {
    /// Reads on to a place. A line begins without open quotes.
    pub(super) fn advance(&mut self, text: &str, to: usize) {
        for byte in text.as_bytes().get(self.to..to).unwrap_or_default() {
            match byte {
                b'"' => self.double = !self.double,
                b'\'' => self.single = !self.single,
                b'\n' => (self.double, self.single) = (false, false),
                _ => {}
            }
        }
        self.to = self.to.max(to);
    }
}

/// The text between the quotes at a place; the quotes may be escaped, and a letter may stand before them.
pub(super) fn quoted(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = &text[from..];
    let opened = rest.trim_start_matches(['[', ' ']);
    let opened = opened.strip_prefix(['b', 'r', 'u', 'f', 'B', 'R', 'U', 'F', '@']).unwrap_or(opened);
    let unescaped = opened.trim_start_matches('\\');
    let escaped = unescaped.len() < opened.len();
    let quote = unescaped.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let start = from + rest.len() - unescaped.len() + 1;
    Some(start..start + closing(&text[start..], quote, escaped))
}

/// The index of the quote that closes `text`, or of the end of its line. Inside a quoted text that is the first
/// escaped quote.
fn closing(text: &str, quote: char, escaped: bool) -> usize {
    let mut backslashes = 0;
    let mut line = None;
    for (at, character) in text.char_indices() {
        match character {
            '\\' => backslashes += 1,
            c if c == quote && escaped == (backslashes % 2 == 1) => return at - usize::from(escaped),
            '\n' if line.is_none() => line = Some(at),
            _ => {}
        }
        if character != '\\' {
            backslashes = 0;
        }
        // A quote that is far away closes another text.
        if at > 16 * JUDGED_BYTES {
            break;
        }
    }
    line.unwrap_or(text.len())
}

/// The end of a value without quotes: of the word, or of the quotes around it, or the sign before the next name.
pub(super) fn unquoted_end(text: &str, from: usize, quotes: &Quotes, in_query: bool) -> usize {
    let rest = &text[from..];
    let mut end = rest.len();
    for (at, character) in rest.char_indices() {
        let ends = match character {
            c if c.is_whitespace() => true,
            '"' => quotes.double || rest[at + 1..].starts_with([',', ']', '}', ')']),
            '\'' => quotes.single,
            '<' => rest[at..].starts_with("</"),
            '\\' => rest[at..].starts_with("\\n") || rest[at..].starts_with("\\\"") || rest[at..].starts_with("\\r"),
            '&' | '#' if in_query => true,
            ';' | ',' | '&' => is_next_name(&rest[at + 1..]),
            _ => false,
        };
        if ends {
            end = at;
            break;
        }
    }
    let value = &rest[..end];
    // Brackets and signs that close what was open before the value.
    let is_open = |close: char, open: char| value.matches(close).count() > value.matches(open).count();
    let mut value = value;
    while let Some(last) = value.chars().last() {
        let closes = match last {
            ')' => is_open(')', '('),
            ']' => is_open(']', '['),
            '}' => is_open('}', '{'),
            ',' | ';' => true,
            _ => false,
        };
        if !closes || value.len() == last.len_utf8() {
            break;
        }
        value = &value[..value.len() - last.len_utf8()];
    }
    from + value.len()
}

/// Tells whether another name with its sign comes next.
fn is_next_name(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '"', '\'']);
    let name = rest.bytes().take(NAME_BYTES).take_while(|byte| is_name_byte(*byte) || *byte == b' ').count();
    name > 0 && rest[name..].starts_with(['=', ':', '"', '\''])
}

pub(super) fn word_end(text: &str, from: usize) -> usize {
    text[from..].find(char::is_whitespace).map_or(text.len(), |at| from + at)
}

/// The block of lines that begins at a value in YAML, for the name at a place.
pub(super) fn block(text: &str, name: usize, from: usize) -> Option<Range<usize>> {
    let block = BLOCK.find(&text[from..])?;
    block_of_lines(text, name, from + block.end())
}

/// The lines that are indented deeper than the line of a name.
fn block_of_lines(text: &str, name: usize, from: usize) -> Option<Range<usize>> {
    let line = text[..name].rfind('\n').map_or(0, |at| at + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let outer = indent(&text[line..]);
    let mut end = from;
    for line in text[from..].split_inclusive('\n') {
        if !line.trim().is_empty() && indent(line) <= outer {
            break;
        }
        end += line.len();
    }
    let block = text[from..end].trim_end_matches('\n').len();
    (block > 0).then_some(from..from + block)
}

/// The beginning of a value, by which it is judged.
pub(super) fn judged<'a>(text: &'a str, value: &Range<usize>) -> &'a str {
    let mut end = value.end.min(value.start + JUDGED_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[value.start..end]
}
