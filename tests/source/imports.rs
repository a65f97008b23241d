//! The paths that a piece of code names: those that it imports by `use`, and those that it writes out.

use crate::text::is_word;

/// One path that is imported, such as `crate::reply::Reply`.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Its segments; the last is `*` for all of a module.
    pub path: Vec<String>,
    /// The name that it has here.
    pub name: String,
    /// It is handed on: `pub use`, `pub(crate) use`.
    pub is_handed_on: bool,
}

/// The names, signs and `::` of code, without the `use` items, and what these import.
pub fn parse(code: &str) -> (Vec<Import>, Vec<&str>) {
    let tokens = tokens(code);
    let (mut imports, mut rest, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        // In `impl Trait + use<'a>` nothing is imported.
        if tokens[at] != "use" || tokens.get(at + 1) == Some(&"<") {
            rest.push(tokens[at]);
            at += 1;
            continue;
        }
        let end = tokens[at..].iter().position(|token| *token == ";").map_or(tokens.len(), |end| at + end);
        let is_handed_on = matches!(rest.last(), Some(&"pub" | &")"));
        tree(&tokens[at + 1..end], &[], is_handed_on, &mut imports);
        at = end + 1;
    }
    (imports, rest)
}

/// The paths that tokens without `use` items write out, of two segments or more: `crate::json::read`, `decode::json`.
pub fn paths<'a>(tokens: &[&'a str]) -> Vec<Vec<&'a str>> {
    let (mut paths, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let from = at;
        while is_name(tokens[at])
            && tokens.get(at + 1) == Some(&"::")
            && tokens.get(at + 2).is_some_and(|next| is_name(next))
        {
            at += 2;
        }
        // `pub(in crate::reply)` imports nothing, and what follows `>::` belongs to a type.
        let before = from.checked_sub(1).map(|before| tokens[before]);
        let is_visibility = before == Some("in") && from.checked_sub(2).is_some_and(|before| tokens[before] == "(");
        if at > from && before != Some("::") && !is_visibility {
            paths.push(tokens[from..=at].iter().filter(|token| **token != "::").copied().collect());
        }
        at += 1;
    }
    paths
}

/// Names, `::`, and single signs.
fn tokens(code: &str) -> Vec<&str> {
    let (mut tokens, mut rest) = (Vec::new(), code.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = match first {
            letter if is_word(letter) => rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            sign => sign.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

fn is_name(token: &str) -> bool {
    token.starts_with(|letter: char| is_word(letter) && !letter.is_numeric())
}

/// Adds the imports of a tree such as `crate::{json, reply::{self, Reply as Answer}}`.
fn tree(tokens: &[&str], prefix: &[String], is_handed_on: bool, imports: &mut Vec<Import>) {
    let (mut path, mut at) = (prefix.to_vec(), 0);
    while at < tokens.len() && (is_name(tokens[at]) || tokens[at] == "::") && tokens[at] != "as" {
        path.extend((tokens[at] != "::").then(|| tokens[at].to_owned()));
        at += 1;
    }
    if tokens.get(at) == Some(&"{") {
        for branch in branches(&tokens[at + 1..tokens.len() - 1]) {
            tree(branch, &path, is_handed_on, imports);
        }
        return;
    }
    if tokens.get(at) == Some(&"*") {
        path.push("*".to_owned());
    } else if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let Some(last) = path.last() else { return };
    let name = if tokens.get(at) == Some(&"as") { tokens[at + 1].to_owned() } else { last.clone() };
    imports.push(Import { name, path, is_handed_on });
}

/// The parts between commas that stand in no inner braces.
fn branches<'a, 'b>(tokens: &'a [&'b str]) -> impl Iterator<Item = &'a [&'b str]> {
    let mut depth = 0;
    let parts = tokens.split(move |token| {
        depth += i32::from(*token == "{") - i32::from(*token == "}");
        depth == 0 && *token == ","
    });
    parts.filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(code: &str) -> Vec<String> {
        let (imports, _) = parse(code);
        imports.iter().map(|import| format!("{} as {}", import.path.join("::"), import.name)).collect()
    }

    #[test]
    fn nested_braces_are_read() {
        let code = "use crate::{a::B, c, d::{self, E as F, g::*}};\nuse super::x;";
        let expected = [
            "crate::a::B as B",
            "crate::c as c",
            "crate::d as d",
            "crate::d::E as F",
            "crate::d::g::* as *",
            "super::x as x",
        ];
        assert_eq!(imported(code), expected);
    }

    #[test]
    fn imports_that_are_handed_on_are_known() {
        let (imports, _) = parse("use a::B; pub use c::D; pub(crate) use e::F;");
        assert_eq!(imports.iter().map(|import| import.is_handed_on).collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn paths_in_code_are_read() {
        let (_, rest) = parse("use a::b; pub(in crate::x) fn c() { crate::d::e(f::<g::H>::i, <J as k::L>::m::n); }");
        assert_eq!(paths(&rest), [vec!["crate", "d", "e"], vec!["g", "H"], vec!["k", "L"]]);
    }
}
