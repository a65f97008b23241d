//! The files of this repository: all Rust that is written by hand, each with its text taken apart.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::text::Text;

/// The folders of hand-written Rust. `codegen/tests/goldens` is left out: the generator wrote it.
const FOLDERS: [&str; 9] = ["src", "archive", "policy", "server", "codegen", "tests", "examples", "benches", "fuzz"];
const GENERATED: &str = "codegen/tests/goldens/";

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path from the repository's root.
    pub path: String,
    /// All of its text.
    pub whole: String,
    /// Its text taken apart.
    pub text: Text,
}

impl File {
    /// A file of this path and text.
    pub fn new(path: &str, whole: &str) -> Self {
        Self { path: path.to_owned(), whole: whole.to_owned(), text: Text::parse(whole) }
    }
}

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a file of the repository.
pub fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All hand-written Rust, in order.
pub fn hand_written() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
        let mut paths = Vec::new();
        FOLDERS.into_iter().for_each(|folder| collect(&repository().join(folder), &mut paths));
        paths.sort();
        let relative = |path: &PathBuf| path.strip_prefix(repository()).unwrap().to_str().unwrap().to_owned();
        let paths = paths.iter().map(relative).filter(|path| !path.starts_with(GENERATED));
        paths.map(|path| File::new(&path, &read(&path))).collect()
    });
    &FILES
}

/// The Rust files below a folder, `server/src`; none if there is no such folder.
pub fn rust_files(folder: &str) -> Vec<&'static File> {
    let is_below = |file: &&File| file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    hand_written().iter().filter(is_below).collect()
}

/// The files that are not modules for tests only, each with its text but for its tests.
pub fn without_tests(files: &[&File]) -> Vec<File> {
    let (mut kept, mut for_tests) = (Vec::new(), Vec::new());
    for file in files {
        let (text, tests) = file.text.without_tests();
        let folder = file.path.trim_end_matches(".rs").trim_end_matches("/lib").trim_end_matches("/mod");
        for_tests.extend(tests.into_iter().flat_map(|test| ["/", ".rs"].map(|end| format!("{folder}/{test}{end}"))));
        kept.push(File { text, path: file.path.clone(), whole: file.whole.clone() });
    }
    kept.retain(|file| !for_tests.iter().any(|test| file.path.starts_with(test)));
    kept
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}
