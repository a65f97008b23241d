//! What is committed under `generated/` is what the description becomes, and every description becomes Rust.

use std::fs;
use std::path::{Path, PathBuf};

use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, emit, generate, overlay, spec, surface};

#[test]
fn the_committed_signatures_are_those_that_are_generated() {
    let committed = fs::read_to_string(repository().join("generated").join(surface::FILE)).unwrap_or_default();
    let generated = surface::surface(&output(&sources().pop().unwrap()));
    assert!(committed == generated, "they differ; write them with\n  make regenerate\nand look at the difference");
}

#[test]
fn every_description_becomes_rust_the_same_each_time() {
    for source in sources() {
        let first = output(&source);
        for (name, text) in first.files() {
            assert!(syn::parse_file(text).is_ok(), "{}: {name}", source.name);
        }
        assert_eq!(first, output(&source), "{}", source.name);
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources() -> Vec<Source> {
    let mut problems = Problems::default();
    let sources = spec::sources(&repository().join("spec"), &mut problems);
    assert!(problems.is_empty() && sources.len() >= 15, "{problems}");
    sources
}

fn output(source: &Source) -> emit::Output {
    let mut problems = Problems::default();
    let overlay = overlay::read(&repository().join("spec/overlay"), &mut problems);
    let history = spec::history(&repository().join("spec"), &overlay, &mut problems);
    let (output, found) = generate(source, &overlay, &history);
    problems.extend(found);
    output.unwrap_or_else(|| panic!("{problems}"))
}
