//! The facets of the repository's overlay are complete: nothing that a request can say is left unjudged.

use std::collections::BTreeSet;
use std::path::Path;

use dockwright_codegen::ir::Api;
use dockwright_codegen::overlay::{self, Overlay};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{forgotten, spec, unclaimed, unmatched};

fn all_descriptions() -> (Vec<Api>, Overlay) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut problems = Problems::default();
    let overlay = overlay::read(&folder.join("overlay"), &mut problems);
    let sources = spec::sources(&folder, &mut problems);
    assert!(!problems.has_errors(), "{problems}");
    let apis: Vec<_> = spec::apis(&sources, &overlay).into_iter().flatten().collect();
    assert_eq!(apis.len(), sources.len());
    (apis, overlay)
}

#[test]
fn every_part_of_a_request_of_any_version_has_a_facet_or_is_marked_harmless() {
    let (apis, _) = all_descriptions();
    assert!(apis.len() >= 15);
    let unclaimed: BTreeSet<_> = apis.iter().flat_map(unclaimed).collect();
    let lines: Vec<_> = unclaimed.into_iter().collect();
    assert!(lines.is_empty(), "state in spec/overlay/facets.yaml what these can do:\n{}", lines.join("\n"));
}

#[test]
fn every_facet_is_about_a_part_of_some_version() {
    let (apis, overlay) = all_descriptions();
    let unmatched = unmatched(&apis, &overlay);
    assert!(unmatched.is_empty(), "no description has\n{}", unmatched.join("\n"));
}

#[test]
fn the_newest_description_knows_all_that_an_older_request_can_say() {
    let (apis, _) = all_descriptions();
    let (newest, older) = apis.split_last().unwrap();
    let forgotten = forgotten(older, newest);
    assert!(
        forgotten.is_empty(),
        "bring these back in spec/overlay/corrections/bodies.yaml or parameters.yaml:\n{}",
        forgotten.join("\n")
    );
}
