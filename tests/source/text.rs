//! The text of a Rust file, taken apart: comments, code, and code without strings. It knows where a literal ends and
//! which items are built for tests only, and nothing else of the language.

use std::ops::Range;

/// A Rust file without its comments. Blanks take the place of all that is left out, so lines and columns stay.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// The comments, one entry a line.
    pub comments: Vec<Comment>,
    /// Code with strings.
    pub code: String,
    /// Code with the strings blanked.
    pub words: String,
}

/// One line of a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// The line it stands on, from 1.
    pub line: usize,
    /// `//`, `///`, `//!` or `/*`.
    pub marker: &'static str,
    /// Its text behind the marker.
    pub text: String,
    /// Code stands before it on its line.
    pub is_trailing: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Literal,
    Comment,
}

impl Text {
    /// Takes a file apart.
    pub fn parse(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let mut parts = Vec::with_capacity(letters.len());
        while parts.len() < letters.len() {
            let (length, part) = next_part(&letters[parts.len()..]);
            parts.resize((parts.len() + length).min(letters.len()), part);
        }
        let keep = |kept: &dyn Fn(Part) -> bool| {
            let letters = letters.iter().zip(&parts);
            letters.map(|(letter, part)| if kept(*part) || *letter == '\n' { *letter } else { ' ' }).collect::<String>()
        };
        let code = keep(&|part| part != Part::Comment);
        let comments = comments(&keep(&|part| part == Part::Comment), &code);
        Self { comments, words: keep(&|part| part == Part::Code), code }
    }

    /// The text without the Rust that is quoted in it to be written out.
    pub fn without_templates(&self) -> Self {
        let words: Vec<char> = self.words.chars().collect();
        let mut text = self.clone();
        for (opening, _) in self.words.match_indices("quote!") {
            let opening = self.words[..opening].chars().count() + "quote!".len();
            let Some(from) = words[opening..].iter().position(|letter| "([{".contains(*letter)) else { continue };
            let template = opening + from..closing(&words, opening + from);
            text.code = blank(&text.code, &template);
            text.words = blank(&text.words, &template);
        }
        text
    }

    /// The text without the items that are built for tests only, and the names of the modules among these.
    pub fn without_tests(&self) -> (Self, Vec<String>) {
        let words: Vec<char> = self.words.chars().collect();
        let (mut text, mut modules) = (self.clone(), Vec::new());
        for item in test_items(&words) {
            let item_text: String = words[item.clone()].iter().collect();
            if let Some((_, name)) = item_text.strip_suffix(';').and_then(|item| item.split_once("mod ")) {
                modules.push(name.trim().to_owned());
            }
            text.code = blank(&text.code, &item);
            text.words = blank(&text.words, &item);
        }
        (text, modules)
    }
}

/// The length and the kind of the part that `rest` begins with.
fn next_part(rest: &[char]) -> (usize, Part) {
    let find = |end: &[char], from: usize| {
        let found = rest[from..].windows(end.len()).position(|window| window == end);
        found.map_or(rest.len(), |found| from + found + end.len())
    };
    match rest {
        ['/', '/', ..] => (rest.iter().position(|letter| *letter == '\n').unwrap_or(rest.len()), Part::Comment),
        ['/', '*', ..] => (find(&['*', '/'], 2), Part::Comment),
        ['r' | 'b' | 'c', ..] if raw_string(rest).is_some() => {
            let (from, hashes) = raw_string(rest).unwrap_or_default();
            let end: Vec<char> = "\"".chars().chain("#".repeat(hashes).chars()).collect();
            (find(&end, from), Part::Literal)
        }
        ['"', ..] => (quoted('"', rest), Part::Literal),
        ['\'', '\\', ..] | ['\'', _, '\'', ..] => (quoted('\'', rest), Part::Literal),
        [first, ..] if is_word(*first) => {
            (rest.iter().position(|letter| !is_word(*letter)).unwrap_or(rest.len()), Part::Code)
        }
        _ => (1, Part::Code),
    }
}

/// The length of a literal that `quote` opens and closes.
fn quoted(quote: char, rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The length of a raw string's opening, such as `br#"`, and how many `#` it has.
fn raw_string(rest: &[char]) -> Option<(usize, usize)> {
    let prefix = if rest[0] == 'r' { 1 } else { 2 };
    if rest.get(prefix - 1) != Some(&'r') {
        return None;
    }
    let hashes = rest[prefix..].iter().take_while(|letter| **letter == '#').count();
    (rest.get(prefix + hashes) == Some(&'"')).then_some((prefix + hashes + 1, hashes))
}

/// Letters of an identifier or a number.
pub fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn comments(comments: &str, code: &str) -> Vec<Comment> {
    let lines = comments.lines().zip(code.lines()).enumerate();
    let comments = lines.filter(|(_, (comment, _))| !comment.trim().is_empty()).map(|(number, (comment, code))| {
        let markers = ["///", "//!", "//", "/*"];
        let marker = markers.into_iter().find(|marker| comment.trim_start().starts_with(marker)).unwrap_or("/*");
        let text = comment.trim().strip_prefix(marker).unwrap_or(comment).trim().to_owned();
        Comment { line: number + 1, marker, text, is_trailing: !code.trim().is_empty() }
    });
    comments.collect()
}

/// The places of all items with `#[cfg(test)]` or another condition that asks for `test`.
fn test_items(words: &[char]) -> Vec<Range<usize>> {
    let opening: Vec<char> = "#[cfg(".chars().collect();
    let (mut items, mut at) = (Vec::new(), 0);
    while at + opening.len() < words.len() {
        if words[at..].starts_with(&opening) {
            let attribute = at..closing(words, at + 1);
            let condition: String = words[attribute.clone()].iter().collect();
            let asks = condition.split(|letter| !is_word(letter)).any(|word| word == "test");
            if asks && !condition.contains("not(test") {
                let end = item_end(words, attribute.end);
                items.push(at..end);
                at = end;
                continue;
            }
        }
        at += 1;
    }
    items
}

/// The end of the item that begins at `from`: its `;` or its closing brace.
fn item_end(words: &[char], from: usize) -> usize {
    let mut at = from;
    while at < words.len() {
        match words[at] {
            ';' => return at + 1,
            '{' => return closing(words, at),
            '(' | '[' => at = closing(words, at),
            _ => at += 1,
        }
    }
    at
}

/// The place behind the bracket that closes the one at `from`.
pub fn closing(words: &[char], from: usize) -> usize {
    let mut depth = 0;
    for (at, letter) in words.iter().enumerate().skip(from) {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    words.len()
}

fn blank(text: &str, place: &Range<usize>) -> String {
    let letters = text.chars().enumerate();
    letters.map(|(at, letter)| if place.contains(&at) && letter != '\n' { ' ' } else { letter }).collect()
}

#[test]
fn comments_strings_and_code_are_told_apart() {
    let text = Text::parse(
        "//! First.\nlet a = \"// no comment\"; // Second.\nlet b = r#\"a \"quote\" \"#; let c = '\"'; fn d<'a>() {}\n",
    );
    let comments: Vec<_> = text.comments.iter().map(|comment| (comment.line, comment.text.as_str())).collect();
    assert_eq!(comments, [(1, "First."), (2, "Second.")]);
    assert!(text.comments[1].is_trailing);
    assert!(text.code.contains("// no comment") && !text.code.contains("Second"));
    assert!(!text.words.contains("quote") && text.words.contains("fn d<'a>() {}"));
}

#[test]
fn templates_are_left_out() {
    let text = Text::parse("fn a() { quote! { crate::b::c(#d); }; e() }").without_templates();
    assert!(!text.words.contains("crate::b") && text.words.contains("e() }"));
}

#[test]
fn items_for_tests_are_left_out() {
    let text =
        "mod a;\n#[cfg(test)]\nmod tests;\n#[cfg(all(test, unix))]\nmod more {\n  fn hidden() {}\n}\nfn seen() {}\n";
    let (text, modules) = Text::parse(text).without_tests();
    assert_eq!(modules, ["tests"]);
    assert!(text.code.contains("mod a;") && text.code.contains("fn seen"));
    assert!(!text.code.contains("hidden") && !text.words.contains("hidden"));
    let (kept, _) = Text::parse("#[cfg(not(test))]\nfn seen() {}").without_tests();
    assert!(kept.words.contains("fn seen"));
}
