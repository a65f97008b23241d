//! Circles: files of a crate that import each other. There are none but those that `docs/architecture.md` allows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::files;
use crate::graph::{Edge, Graph};
use crate::layers::{CRATES, PAGE, block};

#[test]
fn no_files_import_each_other_in_a_circle() {
    let page = files::read(PAGE);
    let mut wrong = Vec::new();
    for (folder, library) in CRATES {
        let allowed: Vec<_> = block(&page, &format!("circles {folder}")).unwrap_or_default().lines().collect();
        let graph = Graph::new(folder, library, &files::rust_files(folder));
        let found: Vec<_> = circles(&graph.edges()).iter().map(shown).collect();
        wrong.extend(
            found
                .iter()
                .filter(|circle| !allowed.contains(&circle.as_str()))
                .map(|circle| format!("{folder}: {circle}")),
        );
        let gone = allowed.iter().filter(|circle| !found.iter().any(|found| found == *circle));
        wrong.extend(gone.map(|circle| format!("{folder}: {PAGE} allows {circle}, which is gone")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Files that all reach each other.
#[derive(Debug)]
struct Circle<'a> {
    shortest: Vec<&'a str>,
    /// All files of the group that are not on the shortest way.
    others: Vec<&'a str>,
}

/// All groups of files that reach each other.
fn circles(edges: &BTreeSet<Edge>) -> Vec<Circle<'_>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| !edge.is_handed_on) {
        next.entry(&edge.from).or_default().insert(&edge.to);
    }
    let (mut circles, mut seen) = (Vec::new(), BTreeSet::new());
    for module in next.keys() {
        if seen.contains(module) {
            continue;
        }
        let group: Vec<_> =
            reachable(&next, module).into_iter().filter(|other| reachable(&next, other).contains(module)).collect();
        let Some(shortest) = group.iter().filter_map(|module| way_back(&next, module)).min_by_key(Vec::len) else {
            continue;
        };
        seen.extend(group.iter().copied());
        let others = group.into_iter().filter(|module| !shortest.contains(module)).collect();
        circles.push(Circle { shortest, others });
    }
    circles
}

/// The shortest way from a module back to itself.
fn way_back<'a>(next: &BTreeMap<&'a str, BTreeSet<&'a str>>, module: &'a str) -> Option<Vec<&'a str>> {
    let mut queue = VecDeque::from([vec![module]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = queue.pop_front() {
        for step in next.get(way.last()?).into_iter().flatten() {
            if *step == module {
                return Some(way);
            }
            if seen.insert(*step) {
                queue.push_back([way.as_slice(), &[*step]].concat());
            }
        }
    }
    None
}

fn reachable<'a>(next: &BTreeMap<&'a str, BTreeSet<&'a str>>, module: &str) -> BTreeSet<&'a str> {
    let (mut seen, mut left) = (BTreeSet::new(), vec![module]);
    while let Some(module) = left.pop() {
        for step in next.get(module).into_iter().flatten() {
            if seen.insert(*step) {
                left.push(*step);
            }
        }
    }
    seen
}

/// `a <-> b` for two files, `a -> b -> c -> a` for more, and the rest of the group behind it.
fn shown(circle: &Circle) -> String {
    let way = match circle.shortest[..] {
        [a, b] => format!("{a} <-> {b}"),
        _ => format!("{} -> {}", circle.shortest.join(" -> "), circle.shortest[0]),
    };
    match circle.others.len() {
        0 => way,
        more => format!("{way}, and {more} more that reach each other: {}", circle.others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::File;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| File::new(path, text)).collect();
        let graph = Graph::new("src", "made_up", &files.iter().collect::<Vec<_>>());
        circles(&graph.edges()).iter().map(shown).collect()
    }

    #[test]
    fn circles_of_two_and_of_three_are_found() {
        let files = [
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            ("src/b.rs", "use crate::c::{self, C}; pub struct B;"),
            ("src/c.rs", "fn c() { crate::a::A; } pub struct C;"),
            ("src/d.rs", "use super::e::E; use crate::a::A; pub struct D;"),
            ("src/e.rs", "use crate::d::D; pub struct E;"),
        ];
        assert_eq!(found(&files), ["a -> b -> c -> a", "d <-> e"]);
    }

    #[test]
    fn a_group_is_shown_whole() {
        let files = [
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            ("src/b.rs", "use crate::{a::A, c::C}; pub struct B;"),
            ("src/c.rs", "use crate::a::A; pub struct C;"),
        ];
        assert_eq!(found(&files), ["a <-> b, and 1 more that reach each other: c"]);
    }

    #[test]
    fn a_child_and_a_parent_are_a_circle_only_if_both_use_the_other() {
        let child = ("src/a/b.rs", "use super::A; impl A { pub fn b(&self) {} }");
        assert_eq!(found(&[("src/a.rs", "mod b; pub struct A;"), child]), Vec::<String>::new());
        assert_eq!(found(&[("src/a.rs", "mod b; pub struct A; fn a() { b::b() }"), child]), ["a <-> a/b"]);
    }
}
