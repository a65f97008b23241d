//! The page for users of bollard is complete: each method of its `Docker` has a row, each name of ours exists, and each
//! operation that bollard lacks is named. The list of bollard's methods is a file beside this one, made from its
//! source.

use std::collections::BTreeSet;

use dockwright::operations;

use crate::files;

const PAGE: &str = "docs/from-bollard.md";

#[test]
fn every_method_of_bollard_has_one_row_and_every_name_of_ours_exists() {
    let (page, names) = (files::read(PAGE), files::read("tests/source/bollard-0.21.txt"));
    let rows = rows(&page);
    let methods: Vec<_> = rows.iter().map(|(method, _)| *method).collect();
    let (once, all): (BTreeSet<_>, BTreeSet<_>) = (methods.iter().copied().collect(), names.lines().collect());
    assert_eq!((once.len(), &once), (methods.len(), &all), "each has one row");

    let engine: String = files::rust_files("src").iter().map(|file| file.text.code.as_str()).collect();
    let is_ours = |name: &str| {
        operations::ALL.iter().any(|operation| operation.name == name) || engine.contains(&format!("pub fn {name}("))
    };
    let is_async = |name: &str| engine.contains(&format!("pub async fn {name}("));
    let unknown: Vec<_> =
        rows.iter().filter_map(|(_, ours)| *ours).filter(|name| !is_ours(name) && !is_async(name)).collect();
    assert!(unknown.is_empty(), "{PAGE} names what does not exist: {unknown:?}");
}

#[test]
fn every_operation_that_bollard_lacks_is_named() {
    let page = files::read(PAGE);
    let rows = rows(&page);
    let (_, missing) = page.split_once("\nIn bollard, ").expect("a paragraph tells what it lacks");
    let missing = missing.split("\n\n").next().unwrap_or_default();
    for operation in operations::ALL {
        let has_row = rows.iter().any(|(_, ours)| *ours == Some(operation.name));
        let is_named = missing.contains(&format!("`{}`", operation.name));
        assert!(
            has_row != is_named,
            "{}: in a row of {PAGE}, or in the paragraph on what bollard lacks",
            operation.name
        );
    }
}

/// The rows of the tables: a method of bollard, and its counterpart here if there is one.
fn rows(page: &str) -> Vec<(&str, Option<&str>)> {
    let row = |line| {
        let (method, rest) = str::strip_prefix(line, "| `")?.split_once("` |")?;
        let ours = rest.trim_start().strip_prefix('`').and_then(|rest| rest.split('`').next());
        Some((method, ours))
    };
    page.lines().filter_map(row).collect()
}
