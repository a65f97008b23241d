//! Values that a name with a claim is given: `NAME=value`, `name: value`, `"name": "value"`, `--name value`,
//! `<name>value</name>`, and pairs of a name and a value.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::extents::{self, Quotes, judged, quoted, unquoted_end, word_end};
use super::names::{self, Claim, is_name_byte};
use super::rules::{MARKER, QUERY, SCHEMES};
use super::values::{self, ValueKind};

/// The most bytes of a name, and of the text before it that is read.
const NAME_BYTES: usize = 200;
/// The most bytes of a step of an image's history.
const STEP_BYTES: usize = 10_000;

/// The sign between a name and its value, with a quote that ends the name.
static SIGN: LazyLock<Regex> = LazyLock::new(|| regex(r#"^\\*["'`]?\]?[ \t]{0,8}(=>|:=|==|::|=|:)[ \t]{0,8}"#));
/// The name of the value in a pair: `"Name": "TOKEN", "Value": "…"`, `name="TOKEN" value="…"`.
static PAIR: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"^\\*["']?[\s,]{0,40}\\*["']?(?i:value|val)\\*["']?[ \t]{0,8}[:=][ \t]{0,8}"#));
/// Words between a name and its value in a sentence: `password for root@localhost is `.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| regex(r"^[a-zA-Z0-9@._' -]{0,80}"));
static VERB: LazyLock<Regex> = LazyLock::new(|| regex(r" is:? | was:? | to | = |: "));
/// An assignment that follows another on its line.
static NEXT: LazyLock<Regex> = LazyLock::new(|| regex(r"[\s;,&][\w.-]+[ \t]?[=:]"));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this file are correct")
}

/// Finds values from the beginning of a text to its end.
#[derive(Debug, Default)]
pub(super) struct Assignments {
    /// The end of the last name.
    names_to: usize,
    quotes: Quotes,
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
            _ if in_query && QUERY.contain(&written.to_ascii_lowercase()) => Claim::Secret,
            Some(Claim::Key) => names::claim(&with_word_before(text, &at))?,
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

    /// The line before the name, or the end of a long one.
    fn line_before(&self) -> &str {
        let mut from = self.at.start.saturating_sub(NAME_BYTES);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let before = &self.text[from..self.at.start];
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
        if let Some(block) = extents::block(self.text, self.at.start, from) {
            return Some(block);
        }
        if let Some(inside) = quoted(self.text, from) {
            return self.claim.holds_for(judged(self.text, &inside)).then(|| inside.clone());
        }
        // A mere colon also stands in sentences, in places of files, and in the names of images.
        let is_colon = sign == ":" && !is_quoted_name;
        if is_colon && self.line_before().ends_with('/') && !self.line_before().ends_with("//") {
            return None;
        }
        let word = self.word(from, quotes, in_query);
        let line = self.line(from, sign, &word, quotes);
        let value = judged(self.text, &word);
        let is_last = line.end == self.line_end(from);
        let holds = match values::kind(value) {
            ValueKind::Words if is_colon => {
                self.claim >= Claim::Secret && whole.as_str().len() > 1 && word == line && is_last && self.is_key()
            }
            ValueKind::Opaque if is_colon && whole.as_str().len() == 1 => {
                self.claim.holds_for(value) && values::is_random_or_mixed(value)
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
        self.in_sentence()
    }

    /// A value that a sentence tells: `a password was generated for root: …`.
    fn in_sentence(&self) -> Option<Range<usize>> {
        let words = SENTENCE.find(self.rest())?.end();
        let verbs = VERB.find_iter(self.rest()).take_while(|verb| verb.start() <= words);
        verbs.map(|verb| self.at.end + verb.end()).find_map(|from| {
            let found = quoted(self.text, from).unwrap_or_else(|| from..word_end(self.text, from));
            let value = judged(self.text, &found).trim_end_matches(['.', ',', '!', ';']);
            let is_opaque = values::kind(value) == ValueKind::Opaque && value.len() >= 6;
            let holds = is_opaque && values::is_random_or_mixed(value) && self.claim.holds_for(value);
            holds.then(|| found.start..found.start + value.len())
        })
    }

    /// Leaves the scheme of a credential before it.
    fn without_scheme(&self, found: Range<usize>) -> Range<usize> {
        let value = &self.text[found.clone()];
        match value.split_once(' ') {
            Some((scheme, rest)) if SCHEMES.contain(&scheme.to_ascii_lowercase()) && !rest.is_empty() => {
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
        if rest.len() > scheme.len() && SCHEMES.contain(&scheme.to_ascii_lowercase()) {
            let next = from + scheme.len() + 1;
            let end = unquoted_end(text, next, quotes, in_query);
            // `token is missing` has no credential.
            return if values::kind(judged(text, &(next..end))) == ValueKind::Opaque { next..end } else { from..end };
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
        let is_sentence = sign == ":" && values::kind(judged(self.text, word)) == ValueKind::Words;
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

/// A name of one word with the word before it, which tells of which kind a key is: `API key`, `cache key`.
fn with_word_before(text: &str, name: &Range<usize>) -> String {
    let before = text[..name.start].strip_suffix(' ').unwrap_or_default();
    let length = before.bytes().rev().take(NAME_BYTES).take_while(u8::is_ascii_alphanumeric).count();
    format!("{} {}", &before[before.len() - length..], &text[name.clone()])
}

/// Tells whether a text is a step of an image's history that sets variables, whose values may hold spaces.
fn is_image_step(text: &str) -> bool {
    text.starts_with("ENV ") || text.len() < STEP_BYTES && text.contains("#(nop)") && text.contains(" ENV ")
}

/// The password in quotes after `IDENTIFIED BY`.
pub(super) fn identified(text: &str, from: usize) -> Option<Range<usize>> {
    quoted(text, from).filter(|found| Claim::Password.holds_for(judged(text, found)))
}
