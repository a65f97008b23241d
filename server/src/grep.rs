//! The regular expressions of the argument `grep`: text comes in, a bounded matcher in any case goes out.

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};

/// The most characters of an expression.
const PATTERN_CHARACTERS: usize = 1_000;
/// The most expressions of a list.
const PATTERNS: usize = 20;
/// The most bytes of the compiled program, and of the cache that a search fills.
const PROGRAM_BYTES: usize = 1 << 20;
/// The deepest nesting of groups.
const NESTING: u32 = 50;
/// The least bytes of a text to look for before the expression: a shorter one is in most lines.
const NEEDED_BYTES: usize = 3;

/// Matches text that contains one of several regular expressions, in any case.
#[derive(Debug, Clone)]
pub struct Grep {
    patterns: Vec<String>,
    any: Regex,
    /// A text that is in every match and has no letters of two cases. Most lines lack it, and finding that takes a
    /// fraction of the time.
    needed: Option<Box<Finder<'static>>>,
}

impl Grep {
    /// Compiles expressions in the syntax of the crate `regex`, which take time linear in the text.
    ///
    /// # Errors
    /// A text that says what is wrong with an expression, and where.
    pub fn new(patterns: Vec<String>) -> Result<Self, String> {
        if patterns.len() > PATTERNS {
            return Err(format!("{} expressions, and at most {PATTERNS} are taken", patterns.len()));
        }
        for pattern in &patterns {
            check(pattern)?;
        }
        let joined = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect::<Vec<_>>().join("|");
        let any = builder(&joined).build().map_err(|_| "too large: write a shorter expression".to_owned())?;
        let hir = parser().build().parse(&joined).ok();
        let needed = hir.as_ref().and_then(needed).map(|text| Box::new(Finder::new(text).into_owned()));
        Ok(Grep { patterns, any, needed })
    }

    /// A doubt about an expression that matches nothing: it may follow the habits of another program.
    #[must_use]
    pub fn doubt(&self) -> Option<&'static str> {
        let has = |is_it: &dyn Fn(&str) -> bool| self.patterns.iter().any(|pattern| is_it(pattern));
        if has(&|pattern| pattern.contains("\\|")) {
            return Some(r"`\|` is the bar itself: alternatives are `a|b`, or a list");
        }
        if has(&|pattern| {
            pattern.len() > 2 && pattern.starts_with('/') && pattern.trim_end_matches(['i', 'g', 'm']).ends_with('/')
        }) {
            return Some("the slashes around it belong to the expression: leave them out");
        }
        if has(&|pattern| pattern.starts_with('-') && pattern.contains(' ')) {
            return Some("options of the program grep belong to the expression here: leave them out");
        }
        has(&|pattern| pattern.contains(r"\\")).then_some(r"`\\` is a backslash itself: a digit is `\d`")
    }

    /// Tells whether a text contains a match.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.is_match_bytes(text.as_bytes())
    }

    /// Tells whether no match can reach into a text like `mark`, or depend on one beside it: the expressions are
    /// nothing but literal texts, and none of them overlaps it.
    #[must_use]
    pub fn is_apart_from(&self, mark: &str) -> bool {
        let mark = mark.to_ascii_lowercase();
        self.patterns.iter().all(|pattern| {
            let Some(literals) = literals(pattern) else { return false };
            literals.iter().all(|literal| !overlaps(literal, mark.as_bytes()))
        })
    }

    /// Tells whether bytes contain a match.
    #[must_use]
    pub fn is_match_bytes(&self, bytes: &[u8]) -> bool {
        self.needed.as_ref().is_none_or(|needed| needed.find(bytes).is_some()) && self.any.is_match(bytes)
    }
}

impl PartialEq for Grep {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

fn builder(pattern: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(true).size_limit(PROGRAM_BYTES).dfa_size_limit(PROGRAM_BYTES).nest_limit(NESTING);
    builder
}

/// A parser that reads expressions as the matcher does.
fn parser() -> regex_syntax::ParserBuilder {
    let mut parser = regex_syntax::ParserBuilder::new();
    parser.case_insensitive(true).utf8(false).nest_limit(NESTING);
    parser
}

/// The longest text that every match contains, if it is long enough. In any case, a letter is no text but a class.
fn needed(hir: &Hir) -> Option<&[u8]> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(&*literal.0).filter(|text| text.len() >= NEEDED_BYTES),
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(needed).max_by_key(|text| text.len()),
        _ => None,
    }
}

fn check(pattern: &str) -> Result<(), String> {
    let length = pattern.chars().count();
    if length > PATTERN_CHARACTERS {
        return Err(format!("an expression of {length} characters, and at most {PATTERN_CHARACTERS} are taken"));
    }
    // Parsed alone: the position is then that of the caller's own text.
    let mut parser = regex_syntax::ast::parse::ParserBuilder::new();
    parser.nest_limit(NESTING).build().parse(pattern).map_err(|error| {
        let at = pattern[..error.span().start.offset].chars().count() + 1;
        format!("{} at character {at}", error.kind())
    })?;
    match builder(pattern).build() {
        Ok(_) => Ok(()),
        Err(regex::Error::CompiledTooBig(_)) => Err("too large: write a shorter expression".to_owned()),
        Err(error) => Err(last_line(&error.to_string())),
    }
}

/// The texts that an expression matches, in small letters, if these are few.
fn literals(pattern: &str) -> Option<Vec<Vec<u8>>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let found = regex_syntax::hir::literal::Extractor::new().extract(&hir);
    let literals: Vec<_> = found.literals()?.iter().map(|literal| literal.as_bytes().to_ascii_lowercase()).collect();
    (found.is_exact() && hir.properties().look_set().is_empty() && literals.iter().all(|literal| literal.is_ascii()))
        .then_some(literals)
}

/// Tells whether two texts can share letters in a text that holds both.
fn overlaps(one: &[u8], other: &[u8]) -> bool {
    let contains = |outer: &[u8], inner: &[u8]| outer.windows(inner.len().max(1)).any(|part| part == inner);
    let shared = |first: &[u8], second: &[u8]| {
        (1..=first.len().min(second.len())).any(|length| first.ends_with(&second[..length]))
    };
    one.is_empty() || contains(one, other) || contains(other, one) || shared(one, other) || shared(other, one)
}

/// The explanation in an error that draws the expression first.
fn last_line(error: &str) -> String {
    error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
impl From<&str> for Grep {
    fn from(pattern: &str) -> Self {
        Grep::new(vec![pattern.to_owned()]).expect("tests write correct expressions")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grep(patterns: &[&str]) -> Result<Grep, String> {
        Grep::new(patterns.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn expressions_match_in_any_case_and_a_list_means_any() {
        for (patterns, text, found) in [
            (&["error|warn"][..], "12:00 WARN disk", true),
            (&["ERROR", "warn"], "12:00 Warn disk", true),
            (&["^ready$"], "not ready", false),
            (&[r"in \d+ ms"], "done in 12 ms", true),
            (&["größe"], "GRÖSSE GRÖßE", true),
            (&[""], "anything", true),
            (&[], "anything", true),
            (&["a", "b"], "c", false),
            (&["(?-i)Error"], "error", false),
        ] {
            let grep = grep(patterns).unwrap();
            assert_eq!(grep.is_match(text), found, "{patterns:?} in {text}");
            assert_eq!(grep.is_match_bytes(text.as_bytes()), found, "{patterns:?} in {text}");
        }
        assert!(grep(&["a.b"]).unwrap().is_match_bytes(b"\xff a-b \xfe"), "lines of any bytes are searched");
    }

    #[test]
    fn every_match_contains_the_text_that_is_looked_for_first() {
        for (pattern, text) in [
            ("articles/0000042 ", Some("/0000042 ")),
            ("(status: 404)+", Some(": 404")),
            (r"12345.*123456|7", None),
            ("error", None),
            ("(?:12345)?", None),
            ("(?-i)Error", Some("Error")),
            ("größe 100 €€", Some(" 100 €€")),
            ("12", None),
        ] {
            let grep = grep(&[pattern]).unwrap();
            assert_eq!(grep.needed.as_ref().map(|needed| needed.needle()), text.map(str::as_bytes), "{pattern}");
        }
        // The Kelvin sign is a k in any case, and has other bytes.
        assert!(grep(&["100 k"]).unwrap().is_match("100 \u{212A}"));
    }

    #[test]
    fn an_expression_that_could_match_a_mark_is_known() {
        for (pattern, apart) in [
            ("error|warning", true),
            ("articles/0000042 ", true),
            ("GET /[abc]", true),
            ("redacted", false),
            ("x=\\[", false),
            ("]y", false),
            ("hunter2|=$", false),
            ("a.*b", false),
            ("", false),
        ] {
            assert_eq!(grep(&[pattern]).unwrap().is_apart_from("[redacted]"), apart, "{pattern}");
        }
    }

    #[test]
    fn a_wrong_expression_is_refused_with_its_position() {
        for (pattern, problem) in [
            ("[error", "unclosed character class at character 1"),
            ("ä(b", "unclosed group at character 2"),
            ("*", "repetition operator missing expression at character 1"),
            ("a(?=b)", "look-around, including look-ahead and look-behind, is not supported at character 2"),
            (r"\p{Nonsense}", "Unicode property not found"),
            ("((((a{100}){100}){100}){100})", "too large: write a shorter expression"),
        ] {
            let refusal = grep(&["fine", pattern]).unwrap_err();
            assert!(refusal.starts_with(problem), "{pattern}: {refusal}");
        }
        assert!(grep(&[&"x".repeat(PATTERN_CHARACTERS + 1)]).is_err());
        assert!(grep(&["x"; PATTERNS + 1]).is_err());
        assert!(grep(&[&"(".repeat(900)]).is_err(), "deep nesting ends nothing");
    }

    #[test]
    fn an_expression_in_the_style_of_another_program_is_doubted() {
        for (pattern, doubt) in [
            (r"ERROR\|WARN", "alternatives are"),
            ("/error/i", "slashes"),
            ("-v ERROR", "options"),
            (r"\\d+", "a digit is"),
        ] {
            let found = Grep::new(vec![pattern.to_owned()]).unwrap().doubt();
            assert!(found.is_some_and(|found| found.contains(doubt)), "{pattern}: {found:?}");
        }
        for pattern in ["ERROR|WARN", r"\d+", "/var/log", "-5", r"a\.b"] {
            assert_eq!(Grep::new(vec![pattern.to_owned()]).unwrap().doubt(), None, "{pattern}");
        }
    }
}
