//! The bytes of an ignore file in, a verdict for each path out. Rules are read and applied as by the docker CLI. It
//! opens no file and walks no folder.

use std::path::Path;

use crate::error::{Error, Result, shown};
use crate::pattern::{Pattern, clean};

/// The patterns of an ignore file, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ignore {
    rules: Vec<Rule>,
    kept: Vec<String>,
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: Pattern,
    effect: Effect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Exclude,
    /// A line that begins with `!`.
    Include,
}

/// The verdict on a path. The rules that matched it hold for everything below, so its children inherit them.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) excluded: bool,
    matched: Vec<bool>,
}

impl Ignore {
    /// Reads the contents of the ignore file at `path`.
    ///
    /// # Errors
    /// [`Error::Pattern`] for the first line that is not a pattern.
    pub(crate) fn parse(path: &Path, contents: &[u8]) -> Result<Self> {
        let contents = contents.strip_prefix(b"\xef\xbb\xbf").unwrap_or(contents);
        let mut rules = Vec::new();
        for (index, line) in contents.split(|byte| *byte == b'\n').enumerate() {
            let problem = |problem| Error::Pattern {
                path: path.to_owned(),
                line: index + 1,
                pattern: shown(line.trim_ascii()),
                problem,
            };
            let text = str::from_utf8(line).map_err(|_| problem("it is not UTF-8"))?;
            rules.extend(rule(text).map_err(problem)?);
        }
        Ok(Ignore { rules, kept: Vec::new() })
    }

    /// Reads patterns that a builder took from an ignore file or from a Dockerfile: there are no comments among them.
    ///
    /// # Errors
    /// [`Error::Pattern`] for the first that is not a pattern.
    pub(crate) fn of_patterns(patterns: &[String]) -> Result<Self> {
        Ignore::of_rules(patterns, Vec::new(), pattern_rule)
    }

    /// Excludes everything but what these patterns match.
    ///
    /// # Errors
    /// [`Error::Pattern`] for the first that is not a pattern.
    pub(crate) fn all_but(patterns: &[String]) -> Result<Self> {
        let everything = Rule { pattern: Pattern::anything(), effect: Effect::Exclude };
        Ignore::of_rules(patterns, vec![everything], |pattern| match pattern.strip_prefix('!') {
            Some(pattern) => pattern_rule(pattern),
            None => pattern_rule(&format!("!{pattern}")),
        })
    }

    fn of_rules(
        patterns: &[String],
        mut rules: Vec<Rule>,
        read: impl Fn(&str) -> Result<Option<Rule>, &'static str>,
    ) -> Result<Self> {
        for (index, pattern) in patterns.iter().enumerate() {
            rules.extend(read(pattern).map_err(|problem| Error::Pattern {
                path: "patterns of the builder".into(),
                line: index + 1,
                pattern: shown(pattern.as_bytes()),
                problem,
            })?);
        }
        Ok(Ignore { rules, kept: Vec::new() })
    }

    /// Never excludes this path, regardless of the patterns.
    #[must_use]
    pub(crate) fn keep(mut self, path: impl Into<String>) -> Self {
        self.kept.push(path.into());
        self
    }

    /// Judges a path. `parent` is the verdict on the folder it is in; at the top, the default.
    pub(crate) fn verdict(&self, path: &str, parent: &Verdict) -> Verdict {
        let mut verdict = Verdict { excluded: false, matched: vec![false; self.rules.len()] };
        for (index, rule) in self.rules.iter().enumerate() {
            let inherited = parent.matched.get(index) == Some(&true);
            // A rule that would change nothing is not tried, and so not inherited. The CLI does the same: with `a`,
            // `!a/b`, `a` it sends `a/b`, because the second `a` was never tried on the folder `a`.
            let matters = verdict.excluded == (rule.effect == Effect::Include);
            if inherited || (matters && rule.pattern.matches(path)) {
                verdict.matched[index] = true;
                verdict.excluded = rule.effect == Effect::Exclude;
            }
        }
        verdict.excluded &= !self.kept.iter().any(|kept| kept == path);
        verdict
    }

    /// Returns true if an entry of an excluded folder may be included again.
    pub(crate) fn may_include_below(&self, folder: &str) -> bool {
        let below = |kept: &String| kept.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.kept.iter().any(below)
            || self.rules.iter().any(|rule| rule.effect == Effect::Include && rule.pattern.may_match_below(folder))
    }
}

/// Reads one line. Comments and empty lines hold no rule.
fn rule(line: &str) -> Result<Option<Rule>, &'static str> {
    // A comment begins in the first column. After a space, `#` is part of a name.
    if line.starts_with('#') || line.trim().is_empty() { Ok(None) } else { pattern_rule(line.trim()) }
}

/// Reads one pattern, which may begin with `!`.
fn pattern_rule(text: &str) -> Result<Option<Rule>, &'static str> {
    let (effect, text) = match text.strip_prefix('!') {
        Some(text) => (Effect::Include, text.trim()),
        None => (Effect::Exclude, text),
    };
    // On Windows `\` separates folders and escapes nothing.
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() };
    let cleaned = if text.is_empty() { text } else { clean(&text) };
    let relative = cleaned.strip_prefix('/').unwrap_or(&cleaned);
    // The CLI looks for the `!` again after cleaning, so `/!a` is an exception and `\!a` the way to name a file `!a`.
    let (effect, relative) = match (effect, relative.strip_prefix('!')) {
        (Effect::Exclude, Some(rest)) => (Effect::Include, rest),
        (effect, _) => (effect, relative),
    };
    match (effect, relative) {
        (Effect::Include, "") => Err("nothing follows the `!`"),
        // `/` is the context itself, which is never excluded.
        (Effect::Exclude, "") => Ok(None),
        (effect, relative) => Ok(Some(Rule { pattern: Pattern::parse(relative)?, effect })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignore(contents: &str) -> Ignore {
        Ignore::parse(Path::new(".dockerignore"), contents.as_bytes()).unwrap()
    }

    /// Judges as the walk does: from the top down, each folder once.
    fn excluded(ignore: &Ignore, path: &str) -> bool {
        let mut verdict = Verdict::default();
        for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
            verdict = ignore.verdict(&path[..end], &verdict);
        }
        verdict.excluded
    }

    #[track_caller]
    fn check(contents: &str, out: &[&str], sent: &[&str]) {
        let ignore = ignore(contents);
        for path in out {
            assert!(excluded(&ignore, path), "`{path}` should stay out with {contents:?}");
        }
        for path in sent {
            assert!(!excluded(&ignore, path), "`{path}` should be sent with {contents:?}");
        }
    }

    #[test]
    fn comments_and_blank_lines_hold_no_pattern() {
        check("# a\n\n   \n\t\r\n", &[], &["a", "# a"]);
        check(" # a\n", &["# a"], &["a"]);
        check("\u{feff}# a\nb", &["b"], &["a"]);
        check("\u{feff}a", &["a"], &[]);
    }

    #[test]
    fn a_pattern_is_trimmed_and_cleaned() {
        check("  a  \r\n", &["a"], &[]);
        check("/a\n./b/\nx/../c", &["a", "b", "c"], &["d/a"]);
        check("! \ta", &[], &["a"]);
        check("*\n/!a\n./!b", &["c"], &["a", "b"]);
        check("\\!a\n!!b", &["!a"], &["a", "b", "!b"]);
    }

    #[test]
    fn the_context_itself_is_never_excluded() {
        check(".\n/\n./", &[], &["a", "a/b"]);
    }

    #[test]
    fn what_is_below_a_match_stays_out() {
        check("a", &["a", "a/b", "a/b/c"], &["b", "b/a"]);
        check("*/b", &["a/b", "a/b/c/d"], &["b", "a/c/b"]);
        check("**/b", &["b/x", "a/c/b/x"], &["a/c"]);
    }

    #[test]
    fn the_last_match_wins() {
        check("*.md\n!README.md", &["a.md"], &["README.md"]);
        check("*.md\n!README*.md\nREADME-secret.md", &["a.md", "README-secret.md"], &["README.md", "README-a.md"]);
        check("!README*.md\n*.md\nREADME-secret.md", &["README.md", "README-secret.md"], &[]);
    }

    #[test]
    fn an_exception_reaches_into_an_excluded_folder() {
        check("a\n!a/b", &["a", "a/c"], &["a/b", "a/b/c"]);
        check("*\n!a/b/c", &["a", "a/b", "a/b/d", "x"], &["a/b/c"]);
        check("*\n!**/*.rs", &["a", "a/x.md"], &["x.rs", "a/b/x.rs"]);
        check("a\n!a/b\na/b/c", &["a/b/c", "a/b/c/d"], &["a/b", "a/b/x"]);
    }

    #[test]
    fn a_pattern_that_is_repeated_after_an_exception_changes_nothing_in_the_folder() {
        check("a\n!a/b\na", &["a", "a/c"], &["a/b"]);
    }

    #[test]
    fn only_folders_that_may_hold_something_are_entered() {
        let ignore = ignore("*\n!a/b/c\n!x*/y").keep("docker/Dockerfile");
        assert!(["a", "a/b", "x", "x1", "docker"].iter().all(|folder| ignore.may_include_below(folder)));
        assert!(["b", "a/c", "x/y/z", "x1/z", "doc"].iter().all(|folder| !ignore.may_include_below(folder)));
    }

    #[test]
    fn what_is_kept_is_sent_whatever_the_patterns_say() {
        let ignore = ignore("**").keep("Dockerfile");
        assert!(!excluded(&ignore, "Dockerfile"));
        assert!(excluded(&ignore, "a/Dockerfile"));
    }

    #[test]
    fn a_malformed_line_is_named() {
        for (contents, message) in [
            ("a\n\n!\n", ".dockerignore:3: pattern `!`: nothing follows the `!`"),
            ("!/", ".dockerignore:1: pattern `!/`: nothing follows the `!`"),
            ("#\n[a\n", ".dockerignore:2: pattern `[a`: `[` without `]`; write `\\[` for the character"),
            ("a\\", ".dockerignore:1: pattern `a\\`: nothing follows the last `\\`"),
        ] {
            let error = Ignore::parse(Path::new(".dockerignore"), contents.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        let error = Ignore::parse(Path::new("i"), b"a\n\xff").unwrap_err();
        assert_eq!(error.to_string(), "i:2: pattern `\u{fffd}`: it is not UTF-8");
    }
}
