//! Paths that a builder wants to read in, and every path that they lead to by links out. Nothing is looked up outside
//! the folder: there, as in a container, its top is the root of all paths.

use std::collections::BTreeSet;
use std::path::Path;

use crate::folder::Folder;
use crate::pattern::{Pattern, clean};

/// The most paths that are looked at, links in a circle included.
const PATHS: usize = 100_000;

/// The paths themselves, the links on their way, and the paths behind those. `None` if the folder itself is one, so
/// that everything is meant. Paths may have wildcards. It ends early once nobody wants the list any more.
pub(crate) fn follow_links(folder: &Folder, paths: &[String], is_wanted: &dyn Fn() -> bool) -> Option<Vec<String>> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<String> = paths.iter().map(|path| below_top(path)).collect();
    while let Some(path) = waiting.pop().filter(|_| is_wanted()) {
        let mut here = String::new();
        let parts: Vec<_> = path.split('/').collect();
        for (index, part) in parts.iter().enumerate() {
            here = if here.is_empty() { (*part).to_owned() } else { format!("{here}/{part}") };
            let rest = parts[index + 1..].join("/");
            let targets = targets(folder, &here);
            if targets.is_empty() && !rest.is_empty() {
                continue;
            }
            if found.len() < PATHS && found.insert(here.clone()) {
                waiting.extend(targets.iter().map(|target| below_top(&format!("{target}/{rest}"))));
            }
            break;
        }
    }
    (!found.contains(".")).then(|| found.into_iter().collect())
}

/// The paths that a link leads to; several if the last part of the path has wildcards.
fn targets(folder: &Folder, path: &str) -> Vec<String> {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    if !name.contains(['*', '?', '[', '\\']) {
        return target(folder, path).into_iter().collect();
    }
    let Ok(pattern) = Pattern::parse(name) else { return Vec::new() };
    let place = if parent.is_empty() { "." } else { parent };
    let Ok(entries) = folder.dir.read_dir(place) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let matching = names.filter(|name| pattern.matches(name));
    matching.filter_map(|name| target(folder, &below_top(&format!("{parent}/{name}")))).collect()
}

/// The path that a link leads to; `None` for everything else.
fn target(folder: &Folder, path: &str) -> Option<String> {
    let target = folder.dir.read_link_contents(path).ok()?;
    let target = target.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
    let parent = Path::new(path).parent().and_then(Path::to_str).unwrap_or_default();
    Some(below_top(&if target.starts_with('/') { target } else { format!("{parent}/{target}") }))
}

/// A path from the top of the folder, `.` for the top itself. `..` stays below it.
fn below_top(path: &str) -> String {
    match clean(&format!("/{path}")).trim_start_matches('/') {
        "" => ".".to_owned(),
        path => path.to_owned(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_within_the_folder() {
        let top = tempfile::tempdir().unwrap();
        fs::create_dir(top.path().join("a")).unwrap();
        for (target, link) in
            [("../b", "a/up"), ("/a/up", "abs"), ("loop", "loop"), ("../../../etc", "out"), ("a", "dir"), (".", "top")]
        {
            symlink(target, top.path().join(link)).unwrap();
        }
        let folder = Folder::open(top.path()).unwrap();
        let follow = |paths: &[&str]| {
            let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
            follow_links(&folder, &paths, &|| true).map(|paths| paths.join(" "))
        };
        for (paths, found) in [
            (&["b"][..], Some("b")),
            (&["no/such", "b"], Some("b no/such")),
            (&["abs"], Some("a/up abs b")),
            (&["a*"], Some("a* a/up b")),
            (&["dir/up"], Some("a/up b dir")),
            (&["out/passwd"], Some("etc/passwd out")),
            (&["../../b"], Some("b")),
            (&["loop/x"], Some("loop")),
            (&["."], None),
            (&["b", "/"], None),
            (&["top"], None),
        ] {
            assert_eq!(follow(paths).as_deref(), found, "{paths:?}");
        }
    }
}
