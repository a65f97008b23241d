//! `generated/tools` shows reviewers every tool as a client gets it; this holds it to the truth.

use std::path::Path;

use dockwright_server::catalogue::Offer;
use dockwright_server::catalogue::exposure::Exposure;
use dockwright_server::mcp::tools::{for_client, listed};
use dockwright_server::settings::{Settings, Surface};
use serde_json::json;

#[test]
fn the_reviewed_tools_are_those_of_this_build() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/tools");
    let offer = Offer::of_one(Exposure::new(&Settings::default()).unwrap().into(), None);
    let tools = for_client(&offer, &Settings::default());
    let mut differing: Vec<_> = tools
        .iter()
        .filter(|tool| {
            let reviewed = std::fs::read_to_string(folder.join(format!("{}.json", tool.name)));
            reviewed.ok() != Some(format!("{:#}\n", json!(tool)))
        })
        .map(|tool| tool.name.to_string())
        .collect();
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().trim_end_matches(".json").to_owned());
    differing.extend(names.filter(|name| !tools.iter().any(|tool| tool.name == *name)));
    assert!(differing.is_empty(), "{} differ: `make regenerate` accepts them", differing.join(", "));
}

/// Gemini refuses a whole list of tools for one such enumeration.
#[test]
fn no_enumeration_has_an_empty_text() {
    let offer = Offer::of_one(Exposure::new(&Settings::default()).unwrap().into(), None);
    for surface in [Surface::Operations, Surface::Tags] {
        for tool in listed(&offer, surface) {
            let schema = json!(tool).to_string();
            let empty = ["\"enum\":[\"\"", ",\"\"]", ",\"\","].iter().find(|empty| schema.contains(*empty));
            assert_eq!(empty, None, "{}", tool.name);
        }
    }
}
