//! Names in Rust, where the API's own are too long, too short, or several for one thing. The wire keeps the API's.

use std::collections::BTreeMap;

use serde::Deserialize;
use unicode_ident::is_xid_continue;

use crate::problem::{Problem, Problems};

/// Keywords of Rust that syn takes for names.
const KEYWORDS: [&str; 1] = ["gen"];

/// Names of Rust that emitted code uses without a path. No generated type may have one.
pub const RUST_NAMES: [&str; 7] = ["Box", "Into", "IntoIterator", "Option", "Result", "String", "Vec"];

/// Arguments that a method may have beside its parameters.
pub const OTHER_ARGUMENTS: [&str; 2] = ["body", "options"];

/// The names of an API.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// Types by the name that their place gives them; two types of one shape may become one.
    pub types: BTreeMap<String, String>,
    /// Arguments by operation and parameter, `ImageBuild t`.
    pub arguments: BTreeMap<String, String>,
    /// Setters that had another name, by type and property, `Limit.NanoCPUs`; each becomes a deprecated alias.
    pub former_setters: BTreeMap<String, String>,
    /// Two arguments of an operation that are one in Rust.
    pub pairs: BTreeMap<String, PairFacts>,
    /// Their file.
    #[serde(skip)]
    pub file: String,
}

/// Two arguments that a caller could swap, as one of a type that the client has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairFacts {
    /// The name of the argument.
    pub argument: String,
    /// The name of its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its fields, by parameter.
    pub fields: BTreeMap<String, String>,
}

impl Names {
    /// Reports chosen names that Rust has no place for.
    pub(super) fn check(&self, problems: &mut Problems) {
        for (key, name) in &self.types {
            check_type_name(key, name, &self.file, problems);
        }
        let arguments = self.pairs.iter().map(|(id, pair)| (id, &pair.argument));
        for (key, name) in self.arguments.iter().chain(arguments) {
            check_name(key, name, &self.file, problems);
            if OTHER_ARGUMENTS.contains(&name.as_str()) {
                let what = format!("`{key}`: a method may have an argument `{name}` already");
                problems.push(Problem::with_file(&self.file, what, "choose another name"));
            }
        }
        let of_pairs = self.pairs.iter().flat_map(|(id, pair)| {
            [&pair.type_name].into_iter().chain(pair.fields.values()).map(move |name| (id, name))
        });
        for (key, name) in self.former_setters.iter().chain(of_pairs) {
            check_name(key, name, &self.file, problems);
        }
    }
}

/// Reports a name of a type that is none in Rust, or hides one of Rust's own.
pub(super) fn check_type_name(key: &str, name: &str, file: &str, problems: &mut Problems) {
    check_name(key, name, file, problems);
    if RUST_NAMES.contains(&name) || name.starts_with(char::is_lowercase) {
        let what = format!("`{key}`: `{name}` cannot be the name of a type");
        let remedy = format!("begin it with a capital letter, and use none of {}", RUST_NAMES.join(", "));
        problems.push(Problem::with_file(file, what, remedy));
    }
}

/// Reports a name for `key` that is none in Rust.
fn check_name(key: &str, name: &str, file: &str, problems: &mut Problems) {
    if !is_identifier(name) {
        let what = format!("`{key}`: `{name}` is not a name in Rust");
        problems.push(Problem::with_file(file, what, "use letters, digits and underscores, and no keyword"));
    }
}

/// True for a name that Rust takes; not for a keyword. syn alone would take white space and comments around it.
pub fn is_identifier(name: &str) -> bool {
    !KEYWORDS.contains(&name) && name.chars().all(is_xid_continue) && syn::parse_str::<syn::Ident>(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn names_that_rust_has_no_place_for_are_refused() {
        let text = "types: { Motor: Engine, A: Self }\narguments: { Make t: gen, Make v: kind }\n\
                    former_setters: { Car.Kind: a b }\n\
                    pairs: { Resize: { argument: size, type: Terminal-Size, fields: { h: 1, w: width } } }\n";
        let text = text.replace("h: 1", "h: '1'");
        let mut problems = Problems::default();
        parse::parse_into::<Names>("names.yaml", &text).unwrap().check(&mut problems);
        let told: Vec<_> = problems.iter().map(|problem| problem.what.as_str()).collect();
        let refused =
            [("A", "Self"), ("Make t", "gen"), ("Car.Kind", "a b"), ("Resize", "Terminal-Size"), ("Resize", "1")];
        assert_eq!(told, refused.map(|(key, name)| format!("`{key}`: `{name}` is not a name in Rust")));
    }

    #[test]
    fn names_with_more_around_them_and_names_that_are_taken_are_refused() {
        let space = "`A`: `Engine ` is not a name in Rust";
        let comment = "`Make t`: `kind/*x*/` is not a name in Rust";
        let raw = "`Make t`: `r#kind` is not a name in Rust";
        for (text, expected) in [
            ("types: { A: 'Engine ' }", space),
            ("arguments: { Make t: kind/*x*/ }", comment),
            ("arguments: { Make t: 'r#kind' }", raw),
            ("types: { A: Option }", "`A`: `Option` cannot be the name of a type"),
            ("types: { A: bool }", "`A`: `bool` cannot be the name of a type"),
            ("arguments: { Make t: body }", "`Make t`: a method may have an argument `body` already"),
        ] {
            let mut problems = Problems::default();
            parse::parse_into::<Names>("names.yaml", text).unwrap().check(&mut problems);
            assert_eq!(problems.iter().map(|problem| problem.what.as_str()).collect::<Vec<_>>(), [expected]);
        }
    }
}
