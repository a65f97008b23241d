//! Checks the lowered API before it is printed: the overlay must fit it, and names must not clash.

mod facets;
mod login;
mod lookup;
mod loss;
mod preview;
mod sentences;
mod stale;
mod terminal;
mod units;
mod words;

use std::collections::BTreeSet;

pub use facets::{forgotten, unclaimed, unmatched};
pub use sentences::missing as missing_sentences;
pub use words::{Missing, missing};

use lookup::find;

use crate::ir::{Api, Encoding, Operation, Segment, Shape};
use crate::overlay::Overlay;
use crate::problem::{Problem, Problems, Severity, join};

/// The longest name of a tool that every client accepts.
const TOOL_CHARACTERS: usize = 64;

/// Checks an API against itself and the overlay.
pub fn check(api: &Api, overlay: &Overlay, newest: bool, problems: &mut Problems) {
    former_names(api, problems);
    former_setters(api, problems);
    option_names(api, problems);
    constants(api, problems);
    long_names(api, problems);
    reachable_paths(api, problems);
    // The overlay describes parts that older descriptions lack.
    if newest {
        stale::words(api, overlay, problems);
        sentences::check(api, overlay, problems);
        let known = |missing: Vec<Missing>| if overlay.title.is_empty() { 0 } else { missing.len() };
        for (count, lack, folder) in [
            (known(missing(api, overlay)), "items lack a description", "spec/overlay/"),
            (
                known(missing_sentences(api, overlay)),
                "parameters and properties lack full sentences",
                "spec/overlay/docs/",
            ),
        ] {
            if count > 0 {
                let remedy = format!("`dockwright-codegen missing` lists them; describe them in `{folder}`");
                problems.warning("", format!("{count} {lack}"), remedy);
            }
        }
        if !overlay.units.of.is_empty() {
            let missing = units::missing(api).into_iter().map(|name| format!("`{name}` has no unit"));
            let remedy = "list it with its unit";
            for what in missing.chain(units::problems(api, overlay)) {
                let file = &overlay.units.file;
                problems.push(Problem { severity: Severity::Warning, ..Problem::with_file(file, what, remedy) });
            }
        }
        let remedy = "write what a reader does not know yet, in a sentence or two";
        for (file, what) in words::problems(api, overlay) {
            problems.push(Problem { severity: Severity::Warning, ..Problem::with_file(&file, what, remedy) });
        }
    }
}

/// Reports aliases with the name of a type.
fn former_names(api: &Api, problems: &mut Problems) {
    for named in &api.types {
        for former in named.formerly.iter().filter(|former| find(api, former).is_some()) {
            let what = format!("`{former}`, a former name of `{}`, is another type", named.name);
            problems.error(&named.pointer, what, "remove it from `formerly` in the overlay");
        }
    }
}

/// Reports former setters of a type with the name of another.
fn former_setters(api: &Api, problems: &mut Problems) {
    for named in &api.types {
        let Shape::Struct(fields) = &named.shape else { continue };
        let mut taken: BTreeSet<_> = fields.iter().map(|field| &field.rust_name).collect();
        for former in fields.iter().filter_map(|field| field.formerly.as_ref()).filter(|former| !taken.insert(former)) {
            let what = format!("`{former}`, a former setter of `{}`, is another setter", named.name);
            problems.error(&named.pointer, what, "remove it from `former_setters` in the overlay");
        }
    }
}

/// Reports options and filters of two operations with one name; they share a module.
fn option_names(api: &Api, problems: &mut Problems) {
    let mut taken = BTreeSet::new();
    for operation in &api.operations {
        let names = operation.options.iter().chain(operation.filters.as_ref().map(|filters| &filters.name));
        for name in names {
            if !taken.insert(name) {
                let what = format!("`{name}` of `{}` is taken by another operation", operation.id);
                problems.error("/paths", what, "rename one of the operations in a correction");
            }
        }
    }
}

/// Reports rows whose name is taken in their module.
fn constants(api: &Api, problems: &mut Problems) {
    let mut taken: BTreeSet<_> = ["ALL", "API_TITLE", "API_VERSION", "OLDEST_API_VERSION"].into();
    for operation in api.operations.iter().filter(|operation| !taken.insert(&operation.constant)) {
        let pointer = join(&join(&join("/paths", &operation.template), &operation.verb.to_lowercase()), "operationId");
        let what = format!("the row of `{}` becomes `{}`, which is taken", operation.id, operation.constant);
        problems.error(pointer, what, "give the operation another id in a correction");
    }
}

/// Reports tool names that are too long.
fn long_names(api: &Api, problems: &mut Problems) {
    for operation in api.operations.iter().filter(|operation| operation.name.len() > TOOL_CHARACTERS) {
        let what = format!("`{}` has more than {TOOL_CHARACTERS} characters", operation.name);
        problems.warning(join("/paths", &operation.template), what, "some clients refuse such a tool; shorten its id");
    }
}

/// Reports paths that an argument can turn into those of another operation. With slashes in the argument that is an
/// error; without them the API is like that: `/users/me` beside `/users/{id}`.
fn reachable_paths(api: &Api, problems: &mut Problems) {
    let patterns: Vec<_> = api.operations.iter().map(|operation| (operation, pattern(operation))).collect();
    for (index, (operation, path)) in patterns.iter().enumerate() {
        let others = patterns[index + 1..].iter().filter(|(other, _)| other.verb == operation.verb);
        for (other, _) in others.filter(|(_, other)| have_a_path_in_common(path, other)) {
            let what = format!("an argument can turn a request of `{}` into one of `{}`", operation.id, other.id);
            let pointer = join("/paths", &operation.template);
            if path.contains(&Part::OneOrMore) || pattern(other).contains(&Part::OneOrMore) {
                problems.error(pointer, what, "remove one of them from `slashes` in the overlay");
            } else {
                problems.warning(pointer, what, "allow both operations or neither");
            }
        }
    }
}

/// A part of a path pattern.
#[derive(PartialEq)]
enum Part<'a> {
    Literal(&'a str),
    One,
    OneOrMore,
}

fn pattern(operation: &Operation) -> Vec<Part<'_>> {
    let has_slashes = |name: &str| {
        operation.parameters.iter().any(|parameter| parameter.name == name && parameter.encoding == Encoding::Slashes)
    };
    let parts = operation.path.iter().map(|segment| match segment {
        Segment::Literal(text) => Part::Literal(text),
        Segment::Argument(name) if has_slashes(name) => Part::OneOrMore,
        Segment::Argument(_) => Part::One,
    });
    parts.collect()
}

/// True if some path matches both patterns.
fn have_a_path_in_common(one: &[Part], other: &[Part]) -> bool {
    let (Some(first), Some(second)) = (one.first(), other.first()) else {
        return one.is_empty() && other.is_empty();
    };
    if let (Part::Literal(first), Part::Literal(second)) = (first, second)
        && first != second
    {
        return false;
    }
    let (rest_of_one, rest_of_other) = (&one[1..], &other[1..]);
    have_a_path_in_common(rest_of_one, rest_of_other)
        || (*first == Part::OneOrMore && have_a_path_in_common(one, rest_of_other))
        || (*second == Part::OneOrMore && have_a_path_in_common(rest_of_one, other))
}
