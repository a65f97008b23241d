//! One small description per shape, with its output. `make test` also compiles each.

use std::fs;
use std::path::{Path, PathBuf};

use dockwright_codegen::history::History;
use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::{Source, generate};

const ACCEPT: &str = "DOCKWRIGHT_ACCEPT=1 cargo test -p dockwright-codegen --test goldens";

#[test]
fn every_shape_becomes_what_was_reviewed() {
    let mut changed = Vec::new();
    for input in inputs() {
        let golden = input.with_extension("rs");
        let generated = generated(&input);
        if std::env::var_os("DOCKWRIGHT_ACCEPT").is_some() {
            fs::write(&golden, &generated).unwrap();
        }
        if fs::read_to_string(&golden).unwrap_or_default() != generated {
            changed.push(golden);
        }
    }
    assert!(changed.is_empty(), "{changed:?} changed; look at the difference that this leaves:\n  {ACCEPT}");
}

#[test]
fn generates_the_same_bytes_each_time() {
    for input in inputs() {
        assert_eq!(generated(&input), generated(&input));
    }
}

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut inputs: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).collect();
    inputs.sort();
    assert!(inputs.len() > 10);
    inputs
}

fn generated(input: &Path) -> String {
    let source = Source {
        name: input.display().to_string(),
        text: fs::read_to_string(input).unwrap(),
        oldest: "1.0".to_owned(),
        newest: true,
        tags: None,
    };
    // A method that is written by hand.
    let overlay = Overlay { engine_methods: vec!["connect".to_owned()], ..Overlay::default() };
    let (output, problems) = generate(&source, &overlay, &History::default());
    assert!(problems.is_empty(), "{problems}");
    let output = output.unwrap();
    // The files for tests and tools have tests of their own.
    let reviewed = output.files().into_iter().filter(|(name, _)| !matches!(*name, "rereads.rs" | "tools.rs"));
    reviewed.map(|(name, text)| format!("// {name}\n\n{text}\n")).collect()
}
