//! The committed files under `generated/` are up to date, and every description becomes Rust.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dockwright_codegen::history::History;
use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::problem::Problems;
use dockwright_codegen::surface::Changes;
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

/// The overlay and the history of all descriptions.
static KNOWN: LazyLock<(Overlay, History)> = LazyLock::new(|| {
    let mut problems = Problems::default();
    let overlay = overlay::read(&repository().join("spec/overlay"), &mut problems);
    let history = spec::history(&repository().join("spec"), &overlay, &mut problems);
    assert!(problems.is_empty(), "{problems}");
    (overlay, history)
});

fn output(source: &Source) -> emit::Output {
    let mut problems = Problems::default();
    let (output, found) = generate(source, &KNOWN.0, &KNOWN.1);
    problems.extend(found);
    output.unwrap_or_else(|| panic!("{problems}"))
}

#[test]
fn what_a_release_had_is_there_unless_the_version_says_that_it_may_not_be() {
    let read = |name: &str| fs::read_to_string(repository().join("generated").join(name)).unwrap();
    let released = read(surface::RELEASED);
    let version = released.lines().next().and_then(|line| line.strip_prefix("# ")).expect("it names its version");
    let changes = Changes::between(&released, &read(surface::FILE));
    // Until 1.0 a minor version may break, after it a major one.
    let line = |version: &str| version.split('.').take(if version.starts_with("0.") { 2 } else { 1 }).count();
    let leading = |version: &str| version.split('.').take(line(version)).collect::<Vec<_>>().join(".");
    assert!(
        !changes.is_breaking() || leading(version) != leading(env!("CARGO_PKG_VERSION")),
        "{version} had what is not there any more; raise the version, or soften it with `formerly` in the overlay:\n{changes}"
    );
}

#[test]
fn changes_of_a_surface_are_entries_for_the_changelog() {
    let old =
        "models::A struct\nmodels::A.x: Option<i64>\nmodels::A.y: Option<i64>\nEngine::a_list(&self) -> Result<()>\n";
    let new = "models::A struct\nmodels::A.x: Option<u64>\nmodels::A::z(mut self, value: bool) -> Self\nmodels::A.z: Option<bool>\n\
               models::B struct\nmodels::B.w: Option<bool>\nEngine::a_list(&self) -> Result<()>\n";
    let changes = Changes::between(&format!("# 0.1.0\n{old}"), new);
    let expected = "### Added\n- `models::A.z: Option<bool>`\n- `models::B struct`\n\n### Changed\n\
                    - `models::A.x: Option<i64>` is `models::A.x: Option<u64>`\n\n### Removed\n- `models::A.y: Option<i64>`\n\n";
    assert!(changes.is_breaking());
    assert_eq!(changes.to_string(), expected);
}

#[test]
fn the_overlay_knows_every_method_that_is_not_generated() {
    let is_engine = |block: &syn::ItemImpl| {
        block.trait_.is_none() && matches!(&*block.self_ty, syn::Type::Path(name) if name.path.is_ident("Engine"))
    };
    let mut methods = Vec::new();
    for file in rust_files(&repository().join("src")) {
        for item in syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap().items {
            let syn::Item::Impl(block) = item else { continue };
            if is_engine(&block) {
                methods.extend(block.items.into_iter().filter_map(|item| match item {
                    syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                    _ => None,
                }));
            }
        }
    }
    methods.sort();
    let mut known = KNOWN.0.engine_methods.clone();
    known.sort();
    assert_eq!(methods, known, "`engine_methods` in spec/overlay/overlay.yaml");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = paths.flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    files.filter(|file| file.extension().is_some_and(|extension| extension == "rs")).collect()
}
