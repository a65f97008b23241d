//! One pattern of an ignore file in, a matcher of paths out, with the meaning that Docker's own matcher gives it. It
//! knows no files and no verdicts.
//!
//! No crate for globs has Docker's meaning: `a/**` matches all below `a` but not `a`, `**x` any name that ends in `x`,
//! and braces and a leading `!` of a class are plain characters.

/// A pattern without its `!`, cleaned as [`clean`] does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Token>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// This character.
    Character(char),
    /// `?`: one character that is not `/`.
    One,
    /// `*`: any number of characters that are not `/`.
    Many,
    /// `**` before something: nothing, or anything that ends in `/`.
    Folders,
    /// `**` at the end: anything.
    Anything,
    /// `[a-z]`, `[^a-z]`: one character, `/` too, as Docker's matcher has it.
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    /// Reads a cleaned pattern. The error names the problem.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let characters: Vec<char> = text.chars().collect();
        let mut rest = characters.as_slice();
        let mut tokens = Vec::new();
        while let [first, after @ ..] = rest {
            let (token, after) = match first {
                '*' => star(after),
                '?' => (Token::One, after),
                '[' => class(after)?,
                '\\' => escaped(after).map(|(character, after)| (Token::Character(character), after))?,
                other => (Token::Character(*other), after),
            };
            tokens.push(token);
            rest = after;
        }
        // Without other wildcards Docker compares the end of the path, so that `**x` needs no folder before the `x`.
        let plain = |tokens: &[Token]| tokens.iter().all(|token| matches!(token, Token::Character(_)));
        if text.starts_with("**") && !text.starts_with("**/") && !text.contains('\\') && plain(&tokens[1..]) {
            tokens[0] = Token::Anything;
        }
        Ok(Pattern(tokens))
    }

    /// The pattern that matches every path.
    pub(crate) fn anything() -> Self {
        Pattern(vec![Token::Anything])
    }

    /// Returns true if the pattern matches the whole of `path`, whose parts are separated by `/`.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let path: Vec<char> = path.chars().collect();
        let mut reachable = beginning(&path);
        for token in &self.0 {
            reachable = step(token, &path, &reachable);
            if !reachable.contains(&true) {
                return false;
            }
        }
        reachable.last() == Some(&true)
    }

    /// Returns true if the pattern may match a path below `folder`.
    pub(crate) fn may_match_below(&self, folder: &str) -> bool {
        let path: Vec<char> = format!("{folder}/").chars().collect();
        let mut reachable = beginning(&path);
        for token in &self.0 {
            reachable = step(token, &path, &reachable);
            if reachable.last() == Some(&true) {
                return true;
            }
            if !reachable.contains(&true) {
                return false;
            }
        }
        false
    }
}

/// The positions of a path that are reachable before any token: its first. All alternatives are followed at once from
/// there, so the time grows with the product of the lengths, the memory with that of the path.
fn beginning(path: &[char]) -> Vec<bool> {
    let mut reachable = vec![false; path.len() + 1];
    reachable[0] = true;
    reachable
}

/// The positions that are reachable from `before` by matching one token.
fn step(token: &Token, path: &[char], before: &[bool]) -> Vec<bool> {
    let mut after = vec![false; before.len()];
    let mut any_earlier = false;
    for position in 0..before.len() {
        let last = position.checked_sub(1);
        let from_last = last.is_some_and(|last| before[last]);
        any_earlier |= from_last;
        after[position] = match token {
            Token::Anything => any_earlier || before[position],
            Token::Folders => before[position] || (any_earlier && last.is_some_and(|last| path[last] == '/')),
            Token::Many => before[position] || last.is_some_and(|last| after[last] && path[last] != '/'),
            one => from_last && last.is_some_and(|last| one.matches(path[last])),
        };
    }
    after
}

impl Token {
    /// Returns true if a token for one character matches this one.
    fn matches(&self, character: char) -> bool {
        match self {
            Token::Character(own) => *own == character,
            Token::One => character != '/',
            Token::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) != *negated
            }
            Token::Many | Token::Folders | Token::Anything => false,
        }
    }
}

/// Reads on after a `*`.
fn star(rest: &[char]) -> (Token, &[char]) {
    match rest {
        ['*', '/'] | ['*'] => (Token::Anything, &[]),
        ['*', '/', after @ ..] | ['*', after @ ..] => (Token::Folders, after),
        after => (Token::Many, after),
    }
}

/// Reads on after a `[`.
fn class(rest: &[char]) -> Result<(Token, &[char]), &'static str> {
    let (negated, mut rest) = match rest {
        ['^', after @ ..] => (true, after),
        after => (false, after),
    };
    let mut ranges = Vec::new();
    loop {
        match rest {
            [']', after @ ..] if !ranges.is_empty() => return Ok((Token::Class { negated, ranges }, after)),
            [] => return Err("`[` without `]`; write `\\[` for the character"),
            ['-' | ']', ..] => return Err("`-` and `]` stand for themselves in `[]` only after `\\`"),
            _ => {}
        }
        let (low, after) = class_character(rest)?;
        let (high, after) = match after {
            ['-', after @ ..] => class_character(after)?,
            after => (low, after),
        };
        if low > high {
            return Err("a range in `[]` ends before it begins");
        }
        ranges.push((low, high));
        rest = after;
    }
}

fn class_character(rest: &[char]) -> Result<(char, &[char]), &'static str> {
    match rest {
        [] => Err("`[` without `]`; write `\\[` for the character"),
        ['-' | ']', ..] => Err("`-` and `]` stand for themselves in `[]` only after `\\`"),
        ['\\', after @ ..] => escaped(after),
        [character, after @ ..] => Ok((*character, after)),
    }
}

fn escaped(rest: &[char]) -> Result<(char, &[char]), &'static str> {
    let (character, after) = rest.split_first().ok_or("nothing follows the last `\\`")?;
    Ok((*character, after))
}

/// The shortest text for the same path, without a look at the file system: no `.`, no `a/..`, no doubled or trailing
/// `/`.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn a_pattern_means_what_the_docker_cli_takes_it_for() {
        // Each line: a pattern, paths that match, paths that do not.
        let table: &[(&str, &[&str], &[&str])] = &[
            ("a", &["a"], &["b", "a/b", "ab", "b/a"]),
            ("*", &["a", ".a"], &["a/b"]),
            ("*.md", &["a.md", ".md"], &["a/b.md", "amd"]),
            ("*/*.md", &["a/b.md"], &["b.md", "a/b/c.md"]),
            ("a?c", &["abc", "aéc"], &["a/c", "ac"]),
            ("**", &["a", "a/b"], &[]),
            ("**/b", &["b", "a/b", "a/a/b"], &["ab", "b/a"]),
            ("**/*.go", &["x.go", "a/x.go", "a/b/x.go"], &["xgo"]),
            ("a/**", &["a/b", "a/b/c"], &["a", "ab"]),
            ("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["ab", "a/xb"]),
            ("a**", &["a", "ab", "a/b"], &["ba"]),
            ("**b", &["b", "ab", "x/ab"], &["ba"]),
            ("[a-c]x", &["ax", "cx"], &["dx", "x"]),
            ("[^a-c]x", &["dx", "/x"], &["ax"]),
            ("[!a]", &["!", "a"], &["b"]),
            ("[\\]\\-]", &["]", "-"], &["\\"]),
            ("\\*", &["*"], &["a"]),
            ("\\!a", &["!a"], &["a"]),
            ("{a,b}", &["{a,b}"], &["a", "b"]),
            ("a.c(d)+$", &["a.c(d)+$"], &["abc(d)+$"]),
        ];
        for (pattern, yes, no) in table {
            for path in *yes {
                assert!(matches(pattern, path), "`{pattern}` should match `{path}`");
            }
            for path in *no {
                assert!(!matches(pattern, path), "`{pattern}` should not match `{path}`");
            }
        }
    }

    #[test]
    fn a_malformed_pattern_is_an_error() {
        for pattern in ["[", "[a", "[]", "[]a]", "[-a]", "[a-]", "[z-a]", "a\\", "[\\", "[^]", "[a-"] {
            assert!(Pattern::parse(pattern).is_err(), "`{pattern}`");
        }
    }

    #[test]
    fn a_folder_is_entered_only_if_the_pattern_can_match_below() {
        let below = |pattern: &str, folder| Pattern::parse(pattern).unwrap().may_match_below(folder);
        assert!(below("a/b/c", "a") && below("a/b/c", "a/b") && below("**/x", "a") && below("a/**", "a/b/c"));
        assert!(below("*/x", "a") && below("a*/b/**", "ab"));
        assert!(
            !below("a/b/c", "b") && !below("a", "a") && !below("*", "a") && !below("*/x", "a/b") && !below("ab/c", "a")
        );
    }

    #[test]
    fn a_pattern_full_of_stars_takes_no_longer() {
        assert!(!matches(&"*a".repeat(100), &"a".repeat(2000).replace("aaaaaaaaaa", "aaaaaaaaab")[..90]));
        assert!(!matches(&format!("{}b", "**/".repeat(100)), &"a/".repeat(1000)));
    }

    #[test]
    fn cleans_a_path_by_its_letters() {
        for (path, cleaned) in [
            ("", "."),
            ("/", "/"),
            ("./a//b/", "a/b"),
            ("a/../b", "b"),
            ("a/..", "."),
            ("../../a", "../../a"),
            ("/../a", "/a"),
            ("a/./b", "a/b"),
        ] {
            assert_eq!(clean(path), cleaned, "`{path}`");
        }
    }
}
