//! Contexts that are listed and read by need.

use std::cell::Cell;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;
use crate::Context;

fn context(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, contents) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    folder
}

fn paths(tree: &ContextTree, selection: &TreeSelection) -> Vec<String> {
    let mut paths = Vec::new();
    tree.list(selection, |entry| {
        paths.push(entry.path);
        Ok(())
    })
    .unwrap();
    paths
}

fn patterns(patterns: &[&str]) -> Vec<String> {
    patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
}

#[test]
fn entries_are_sorted_so_that_a_folder_comes_before_its_entries() {
    let folder =
        context(&[("Dockerfile", ""), ("a/b", "12"), ("a.c", ""), (".dockerignore", "secret\n"), ("secret", "")]);
    symlink("a/b", folder.path().join("link")).unwrap();
    fs::set_permissions(folder.path().join("a/b"), fs::Permissions::from_mode(0o4750)).unwrap();
    let tree = Context::new(folder.path()).tree().unwrap();
    let mut entries = Vec::new();
    let list = tree.list(&TreeSelection::default(), |entry| {
        entries.push((entry.path, entry.kind, entry.size, entry.target));
        Ok(())
    });
    list.unwrap();
    let entry = |path: &str, kind, size| (path.to_owned(), kind, size, None);
    assert_eq!(
        entries,
        [
            entry(".dockerignore", EntryKind::File, 7),
            entry("Dockerfile", EntryKind::File, 0),
            entry("a", EntryKind::Folder, 0),
            entry("a/b", EntryKind::File, 2),
            entry("a.c", EntryKind::File, 0),
            ("link".to_owned(), EntryKind::Symlink, 0, Some("a/b".to_owned())),
        ]
    );
}

#[test]
fn a_builder_gets_what_it_asks_for_and_nothing_that_the_ignore_file_excludes() {
    let files = ["Dockerfile", "src/a.rs", "src/deep/b.rs", "src/deep/c.md", "secret/key", "x"];
    let folder = context(&files.map(|file| (file, "")));
    fs::write(folder.path().join(".dockerignore"), "secret\n").unwrap();
    symlink("src/deep", folder.path().join("link")).unwrap();
    let tree = Context::new(folder.path()).tree().unwrap();
    let include = |include: &[&str]| TreeSelection { include: patterns(include), ..TreeSelection::default() };
    let follow = |follow: &[&str]| TreeSelection { follow: patterns(follow), ..TreeSelection::default() };
    let exclude = |exclude: &[&str]| TreeSelection { exclude: patterns(exclude), ..TreeSelection::default() };
    let deep = ["src", "src/deep", "src/deep/b.rs", "src/deep/c.md"];
    for (selection, expected) in [
        (include(&["x"]), vec!["x"]),
        (include(&["src/deep"]), deep.to_vec()),
        (include(&["**/*.md"]), vec!["src", "src/deep", "src/deep/c.md"]),
        (include(&["secret", "secret/key"]), vec![]),
        (follow(&["link", "no-such"]), [&["link"][..], &deep].concat()),
        (follow(&["secret/key"]), vec![]),
        (
            exclude(&["src", "!src/deep/b.rs", "#x", ".*"]),
            vec!["Dockerfile", "link", "src", "src/deep", "src/deep/b.rs", "x"],
        ),
        (TreeSelection { exclude: patterns(&["**/*.md"]), ..include(&["src/deep"]) }, deep[..3].to_vec()),
        (TreeSelection { follow: patterns(&["."]), ..exclude(&["src", "link", ".*"]) }, vec!["Dockerfile", "x"]),
    ] {
        assert_eq!(paths(&tree, &selection), expected, "{selection:?}");
    }
    let error = tree.list(&exclude(&["[a"]), |_| Ok(())).unwrap_err();
    assert!(error.to_string().starts_with("patterns of the builder:1: pattern `[a`"), "{error}");
}

#[test]
fn files_are_read_only_in_the_folder() {
    let folder = context(&[("Dockerfile", ""), ("a/b", "hello")]);
    let outside = context(&[("passwd", "root")]);
    symlink(outside.path(), folder.path().join("out")).unwrap();
    symlink("a/b", folder.path().join("link")).unwrap();
    let tree = Context::new(folder.path()).tree().unwrap();
    let mut text = String::new();
    tree.file("a/b").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello");
    for path in ["out/passwd", "../x", "link", "a", "no/such", ""] {
        assert!(tree.file(path).is_err(), "{path}");
    }
}

#[test]
fn of_the_folder_of_a_dockerfile_outside_nothing_else_is_seen() {
    let folder = context(&[("a", ""), ("b", ""), (".dockerignore", "a\n")]);
    let outside = context(&[("web", "FROM x"), ("web.dockerignore", "b\n"), ("key", "")]);
    let context = Context::new(folder.path()).dockerfile(outside.path().join("web").to_str().unwrap());
    let (dockerfiles, name) = context.dockerfile_tree().unwrap().unwrap();
    assert_eq!(
        (name.as_str(), paths(&dockerfiles, &TreeSelection::default())),
        ("web", patterns(&["web", "web.dockerignore"]))
    );
    assert_eq!(paths(&context.tree().unwrap(), &TreeSelection::default()), [".dockerignore", "a"]);
    fs::remove_file(outside.path().join("web.dockerignore")).unwrap();
    assert_eq!(paths(&context.tree().unwrap(), &TreeSelection::default()), [".dockerignore", "b"]);
    assert!(context.dockerfile("/no/such").dockerfile_tree().is_err());
}

#[test]
fn a_dockerfile_that_is_a_link_comes_with_what_it_leads_to() {
    let folder = context(&[("docker/prod", "FROM a"), ("docker/other", ""), (".dockerignore", "docker\nlink\n")]);
    symlink("link", folder.path().join("Dockerfile")).unwrap();
    symlink("docker/prod", folder.path().join("link")).unwrap();
    let tree = Context::new(folder.path()).tree().unwrap();
    let all = paths(&tree, &TreeSelection::default());
    assert_eq!(all, [".dockerignore", "Dockerfile", "docker", "docker/prod", "link"]);

    fs::create_dir(folder.path().join("app")).unwrap();
    let outside = Context::new(folder.path().join("app")).dockerfile("../link").dockerfile_tree().unwrap();
    let (dockerfiles, name) = outside.unwrap();
    assert_eq!(name, "link");
    assert_eq!(paths(&dockerfiles, &TreeSelection::default()), ["docker", "docker/prod", "link"]);
}

#[test]
fn a_list_that_nobody_wants_ends_though_nothing_in_it_is_selected() {
    let folder = context(&[("Dockerfile", ""), ("a", ""), ("b", ""), ("c", "")]);
    let tree = Context::new(folder.path()).tree().unwrap();
    let (selection, asked) = (TreeSelection { include: patterns(&["no-such"]), ..Default::default() }, Cell::new(0));
    let is_wanted = || {
        asked.set(asked.get() + 1);
        asked.get() < 3
    };
    let ended = tree.list_while(&selection, is_wanted, |entry| panic!("{entry:?} was not asked for"));
    assert!(matches!(ended, Err(Error::Stream(_))) && asked.get() == 3, "{ended:?}");
}
