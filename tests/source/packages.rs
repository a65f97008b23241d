//! The packages that are published contain what their table says and nothing else.

use std::process::Command;

use crate::files::repository;

/// The files of every package. Cargo writes those that are not in the repository.
const COMMON: [&str; 7] =
    [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig", "LICENSE", "NOTICE", "README.md"];
/// The packages, each with its other files and its folders, and the kinds of files in these.
const PACKAGES: [(&str, &[&str], &[&str]); 5] = [
    (
        "dockwright",
        &["CHANGELOG.md", "build.rs", "docs/from-bollard.md", "examples/", "spec/", "src/"],
        &["rs", "json", "yaml", "md"],
    ),
    ("dockwright-archive", &["src/"], &["rs"]),
    ("dockwright-codegen", &["src/"], &["rs", "yaml"]),
    ("dockwright-policy", &["presets/", "src/"], &["rs", "toml"]),
    ("dockwright-server", &["src/"], &["rs", "json", "html", "svg"]),
];

#[test]
fn packages_contain_what_their_table_says() {
    for (package, own, kinds) in PACKAGES {
        let files = packaged(package);
        let is_expected = |file: &&String| {
            let kind = file.rsplit_once('.').map(|(_, kind)| kind);
            COMMON.contains(&file.as_str())
                || own.contains(&file.as_str())
                || own.iter().any(|folder| folder.ends_with('/') && file.starts_with(folder))
                    && kind.is_some_and(|kind| kinds.contains(&kind))
        };
        let others: Vec<_> = files.iter().filter(|file| !is_expected(file)).collect();
        assert!(others.is_empty(), "{package} contains {others:?}, which its table in this test lacks");
        for expected in COMMON.iter().chain(own) {
            let is_there = |file: &String| file == expected || expected.ends_with('/') && file.starts_with(expected);
            assert!(files.iter().any(is_there), "{package} lacks {expected}");
        }
    }
}

/// The files of a package, as cargo would pack them.
fn packaged(package: &str) -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["package", "--list", "--offline", "--allow-dirty", "--package", package]).current_dir(repository());
    let output = cargo.output().expect("cargo runs");
    assert!(output.status.success(), "{package}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("paths are text").lines().map(str::to_owned).collect()
}
