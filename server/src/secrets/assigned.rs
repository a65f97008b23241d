//! Values that a name with a claim is given: `NAME=value`, `name: value`, `"name": "value"`, `--name value`,
//! `<name>value</name>`, and pairs of a name and a value.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::{self, Claim, MARKER};
use super::rules::{QUERY, SCHEMES};
use super::values::{self, ValueKind};

/// The most bytes of a name.
const NAME_BYTES: usize = 200;
/// The bytes of a value by which it is judged.
const JUDGED_BYTES: usize = 1_000;

/// The sign between a name and its value, with a quote that ends the name.
static SIGN: LazyLock<Regex> = LazyLock::new(|| regex(r#"^\\*["'`]?\]?[ \t]{0,8}(=>|:=|==|::|=|:)[ \t]{0,8}"#));
/// The name of the value in a pair: `"Name": "TOKEN", "Value": "…"`, `name="TOKEN" value="…"`.
static PAIR: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"^\\*["']?[\s,]{0,40}\\*["']?(?i:value|val)\\*["']?[ \t]{0,8}[:=][ \t]{0,8}"#));
/// Words between a name and its value in a sentence: `password for root@localhost is `.
static SENTENCE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^(?: is| was| set to| changed to|(?: [a-zA-Z0-9@._'-]{1,40}){1,6}?(?::| is| =))[ \t]+"));
/// An assignment that follows another on its line.
static NEXT: LazyLock<Regex> = LazyLock::new(|| regex(r"[\s;,&][\w.-]+[ \t]?[=:]"));
/// The beginning of a block of text in YAML.
static BLOCK: LazyLock<Regex> = LazyLock::new(|| regex(r"^[|>][-+0-9]{0,2}[ \t]*(?:#[^\n]*)?\n"));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is correct, as a test shows")
}

/// Finds values from the beginning of a text to its end.
#[derive(Debug, Default)]
pub(super) struct Assignments {
    /// The end of the last name.
    names_to: usize,
    quotes: Quotes,
}

/// Quotes that are open at a place.
#[derive(Debug, Default)]
struct Quotes {
    to: usize,
    double: bool,
    single: bool,
}

/// A name in its text.
struct Name<'a> {
    text: &'a str,
    at: Range<usize>,
    claim: Claim,
}

impl Assignments {
    /// The secret value of the name around a place, if it is one.
    pub(super) fn value(&mut self, text: &str, place: usize) -> Option<Range<usize>> {
        if place < self.names_to {
            return None;
        }
        let at = name_at(text, place);
        self.names_to = at.end;
        let written = &text[at.clone()];
        let in_query = text[..at.start].ends_with(['?', '&']);
        let claim = match names::claim(written) {
            _ if in_query && QUERY.contains(&written.to_ascii_lowercase().as_str()) => Claim::Secret,
            claim => claim?,
        };
        self.quotes.advance(text, at.start);
        let name = Name { text, at, claim };
        let found = name.signed(&self.quotes, in_query).or_else(|| name.paired()).or_else(|| name.spaced())?;
        let found = name.without_scheme(found);
        (!found.is_empty() && !text[found.start..].starts_with(MARKER)).then_some(found)
    }
}

impl Name<'_> {
    fn written(&self) -> &str {
        &self.text[self.at.clone()]
    }

    fn rest(&self) -> &str {
        &self.text[self.at.end..]
    }

    fn line_before(&self) -> &str {
        let before = &self.text[..self.at.start];
        &before[before.rfind('\n').map_or(0, |at| at + 1)..]
    }

    /// A value after `=` or `:`, or in an element of XML.
    fn signed(&self, quotes: &Quotes, in_query: bool) -> Option<Range<usize>> {
        if self.text[..self.at.start].ends_with('<') && self.rest().starts_with('>') {
            let from = self.at.end + 1;
            let to = from + self.text[from..].find('<')?;
            return self.claim.holds_for(&self.text[from..to]).then_some(from..to);
        }
        let sign = SIGN.captures(self.rest())?;
        let (whole, sign) = (sign.get(0)?, sign.get(1)?.as_str());
        if matches!(sign, "==" | "::") {
            return None;
        }
        let from = self.at.end + whole.end();
        let is_quoted_name = whole.as_str().starts_with(['\\', '"', '\'', '`']);
        if let Some(block) = BLOCK.find(&self.text[from..]) {
            return block_of_lines(self.text, self.at.start, from + block.end());
        }
        if let Some(inside) = quoted(self.text, from) {
            return self.claim.holds_for(judged(self.text, &inside)).then(|| inside.clone());
        }
        // A mere colon also stands in sentences and in the names of images.
        let is_colon = sign == ":" && !is_quoted_name;
        let word = self.word(from, quotes, in_query);
        let line = self.line(from, sign, &word, quotes);
        let value = judged(self.text, &word);
        let is_last = line.end == self.line_end(from);
        let holds = match values::kind(value) {
            ValueKind::Words if is_colon => {
                self.claim >= Claim::Secret && whole.as_str().len() > 1 && word == line && is_last && self.is_key()
            }
            ValueKind::Opaque if is_colon && whole.as_str().len() == 1 => {
                self.claim.holds_for(value) && !self.line_before().ends_with('/') && values::is_random_or_mixed(value)
            }
            _ => self.claim.holds_for(value),
        };
        holds.then_some(if self.takes_line() { from..self.text_end(from, quotes) } else { line })
    }

    /// The value of a pair whose name this is.
    fn paired(&self) -> Option<Range<usize>> {
        let pair = PAIR.find(self.rest())?;
        let from = self.at.end + pair.end();
        let inside = quoted(self.text, from).unwrap_or_else(|| from..self.line_end(from));
        self.claim.holds_for(judged(self.text, &inside)).then_some(inside)
    }

    /// A value after nothing but spaces: that of an option, of a statement in SQL, of a sentence.
    fn spaced(&self) -> Option<Range<usize>> {
        let spaces = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        let from = self.at.end + spaces;
        if self.claim < Claim::Secret || spaces == 0 || from >= self.text.len() {
            return None;
        }
        let inside = quoted(self.text, from);
        let is_option = self.written().starts_with('-');
        let before = self.line_before();
        let is_login = before.contains("login ") || matches!(self.written(), "requirepass" | "masterauth");
        if is_option || is_login || inside.is_some() && self.claim == Claim::Password {
            let found = inside.unwrap_or_else(|| from..word_end(self.text, from));
            let value = judged(self.text, &found);
            return (!value.starts_with('-') && self.claim.holds_for(value)).then_some(found);
        }
        let from = self.at.end + SENTENCE.find(self.rest())?.end();
        let found = quoted(self.text, from).unwrap_or_else(|| from..word_end(self.text, from));
        let value = judged(self.text, &found).trim_end_matches(['.', ',', '!', ';']);
        let found = found.start..found.start + value.len();
        let holds = values::kind(value) == ValueKind::Opaque && value.len() >= 6 && values::is_random_or_mixed(value);
        (holds && self.claim.holds_for(value)).then_some(found)
    }

    /// Leaves the scheme of a credential before it.
    fn without_scheme(&self, found: Range<usize>) -> Range<usize> {
        let value = &self.text[found.clone()];
        match value.split_once(' ') {
            Some((scheme, rest)) if SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) && !rest.is_empty() => {
                found.start + scheme.len() + 1..found.end
            }
            _ => found,
        }
    }

    /// Tells whether the name is a key of YAML or a header: alone before its sign.
    fn is_key(&self) -> bool {
        let before = self.line_before().trim();
        before.is_empty() || before == "-"
    }

    /// Tells whether all of the line belongs to the value, as in headers.
    fn takes_line(&self) -> bool {
        let name = self.written().to_ascii_lowercase();
        name.ends_with("authorization") || name.ends_with("cookie") || name.ends_with("cookies")
    }

    /// The word at a place; a header's scheme and credential are one.
    fn word(&self, from: usize, quotes: &Quotes, in_query: bool) -> Range<usize> {
        let text = self.text;
        let rest = &text[from..];
        let scheme = rest.split(' ').next().unwrap_or_default();
        if rest.len() > scheme.len() && SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
            let next = from + scheme.len() + 1;
            let end = unquoted_end(text, next, quotes, in_query);
            // `token is missing` has no credential.
            return if values::kind(&text[next..end]) == ValueKind::Opaque { next..end } else { from..end };
        }
        from..unquoted_end(text, from, quotes, in_query)
    }

    /// The rest of the line, where it is all of the value: of `NAME=two words` in a file, of `name: value` in YAML.
    fn line(&self, from: usize, sign: &str, word: &Range<usize>, quotes: &Quotes) -> Range<usize> {
        const BEFORE: &[&str] = &["", "-", "+", "export", "set", "ENV", "ARG", "setenv"];
        let end = self.line_end(from);
        let starts = BEFORE.contains(&self.line_before().trim()) || is_image_step(self.text);
        let is_logged = NEXT.is_match(&self.text[from..end]);
        if !starts || is_logged || quotes.double || quotes.single || self.claim < Claim::Secret {
            return word.clone();
        }
        let rest = &self.text[from..end];
        let comment = rest.find(" #").unwrap_or(rest.len());
        let rest = rest[..comment].trim_end();
        let is_sentence = sign == ":" && values::kind(&self.text[word.clone()]) == ValueKind::Words;
        if is_sentence && rest.contains(' ') { word.clone() } else { word.start..(from + rest.len()).max(word.end) }
    }

    fn line_end(&self, from: usize) -> usize {
        self.text[from..].find('\n').map_or(self.text.len(), |at| from + at)
    }

    /// The end of the line, or of the quotes that the line stands in.
    fn text_end(&self, from: usize, quotes: &Quotes) -> usize {
        let line = &self.text[from..self.line_end(from)];
        let end = line.find(|c| quotes.double && c == '"' || quotes.single && c == '\'').unwrap_or(line.len());
        from + end
    }
}

impl Quotes {
    /// Reads on to a place. A line begins without open quotes.
    fn advance(&mut self, text: &str, to: usize) {
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

/// The name around a place.
fn name_at(text: &str, place: usize) -> Range<usize> {
    let before = text[..place].bytes().rev().take(NAME_BYTES).take_while(|byte| is_name_byte(*byte)).count();
    let after = text[place..].bytes().take(NAME_BYTES).take_while(|byte| is_name_byte(*byte)).count();
    let mut start = place - before;
    let mut end = place + after;
    // A limit may fall within a character.
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    start..end
}

/// Tells whether a byte can belong to a name; those of other scripts can.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | 0x80..)
}

/// Tells whether a text is a step of an image's history that sets variables, whose values may hold spaces.
fn is_image_step(text: &str) -> bool {
    text.starts_with("ENV ") || text.contains("#(nop)") && text.contains(" ENV ")
}

/// The text between the quotes at a place; the quotes may be escaped, and a letter may stand before them.
fn quoted(text: &str, from: usize) -> Option<Range<usize>> {
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
fn unquoted_end(text: &str, from: usize, quotes: &Quotes, in_query: bool) -> usize {
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

fn word_end(text: &str, from: usize) -> usize {
    text[from..].find(char::is_whitespace).map_or(text.len(), |at| from + at)
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
fn judged<'a>(text: &'a str, value: &Range<usize>) -> &'a str {
    let mut end = value.end.min(value.start + JUDGED_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[value.start..end]
}
