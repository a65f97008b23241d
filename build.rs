//! Generates the generated half of the library from `spec/` into OUT_DIR. `DOCKWRIGHT_SPEC` names another description
//! to build from, `DOCKWRIGHT_OVERLAY` the folder of another API's overlay, and the features `tag-…` choose parts of
//! it. Every problem is printed, and an error ends the build.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use dockwright_codegen::overlay::Overlay;
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{generate, overlay, spec};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=spec");
    println!("cargo::rerun-if-env-changed=DOCKWRIGHT_SPEC");
    let named = env::var_os("DOCKWRIGHT_SPEC").map(PathBuf::from);
    if let Some(named) = &named {
        println!("cargo::rerun-if-changed={}", named.display());
    }
    // The recipes name operations, which another description may not have.
    println!("cargo::rustc-check-cfg=cfg(docker_description)");
    if named.is_none() {
        println!("cargo::rustc-cfg=docker_description");
    }
    let mut problems = Problems::default();
    let ours = overlay::read(Path::new("spec/overlay"), &mut problems);
    let history = spec::history(Path::new("spec"), &ours, &mut problems);
    let other = other_overlay();
    let overlay = match &other {
        Some(folder) => Overlay { engine_methods: ours.engine_methods, ..overlay::read(folder, &mut problems) },
        None => ours,
    };
    let output = spec::source(Path::new("spec"), named.as_deref(), &mut problems).and_then(|mut source| {
        source.tags = chosen_tags();
        if other.is_some() {
            source.oldest.clear();
        }
        let (output, found) = generate(&source, &overlay, &history);
        problems.extend(found);
        output
    });
    let failed = problems.has_errors();
    problems.lines().iter().for_each(|(severity, line)| println!("cargo::{severity}={line}"));
    let Some(output) = output.filter(|_| !failed) else { return ExitCode::FAILURE };
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    for (name, text) in output.files() {
        fs::write(folder.join(name), text).expect("OUT_DIR can be written");
    }
    ExitCode::SUCCESS
}

/// The folder of the overlay of another API.
fn other_overlay() -> Option<PathBuf> {
    println!("cargo::rerun-if-env-changed=DOCKWRIGHT_OVERLAY");
    let folder = env::var_os("DOCKWRIGHT_OVERLAY").map(PathBuf::from)?;
    println!("cargo::rerun-if-changed={}", folder.display());
    Some(folder)
}

/// The tags of the features that are enabled, as Cargo spells them: `BUILD_CACHE`; `None` if all are.
fn chosen_tags() -> Option<Vec<String>> {
    let is_on = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    let chosen =
        env::vars_os().filter_map(|(name, _)| Some(name.to_str()?.strip_prefix("CARGO_FEATURE_TAG_")?.to_owned()));
    (!is_on("ALL_TAGS")).then(|| chosen.collect())
}
