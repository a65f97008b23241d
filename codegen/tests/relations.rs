//! Relations of operations: an update and the read of its object, an object and its list, a prune and the list of its
//! candidates.

use std::path::Path;

use dockwright_codegen::history::History;
use dockwright_codegen::ir::{Api, Operation};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{lowered, overlay, spec};

/// The newest description, with the operations of these tags, or with all.
fn docker(tags: Option<&[&str]>) -> Api {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut problems = Problems::default();
    let overlay = overlay::read(&folder.join("overlay"), &mut problems);
    let mut source = spec::sources(&folder, &mut problems).pop().unwrap();
    source.tags = tags.map(|tags| tags.iter().map(|tag| (*tag).to_owned()).collect());
    let api = lowered(&source, &overlay, &History::default(), &mut problems);
    api.unwrap_or_else(|| panic!("{problems}"))
}

/// The operations with a fact, each with its value.
fn pairs(api: &Api, fact: impl Fn(&Operation) -> Option<&String>) -> Vec<(&str, &str)> {
    api.operations.iter().filter_map(|operation| Some((operation.name.as_str(), fact(operation)?.as_str()))).collect()
}

#[test]
fn updates_that_replace_a_spec_are_read_beforehand() {
    let expected = [
        ("config_update", "CONFIG_INSPECT"),
        ("node_update", "NODE_INSPECT"),
        ("secret_update", "SECRET_INSPECT"),
        ("service_update", "SERVICE_INSPECT"),
        ("swarm_update", "SWARM_INSPECT"),
    ];
    assert_eq!(pairs(&docker(None), |operation| operation.reads.as_ref()), expected);
}

#[test]
fn objects_are_listed_by_the_operation_beside() {
    let api = docker(None);
    let lists = pairs(&api, |operation| operation.list.as_ref());
    for (name, list) in [
        ("container_stop", Some("CONTAINER_LIST")),
        ("image_tag", Some("IMAGE_LIST")),
        ("volume_delete", Some("VOLUME_LIST")),
        ("service_update", Some("SERVICE_LIST")),
        ("exec_inspect", None),
        ("system_info", None),
    ] {
        assert_eq!(lists.iter().find(|(known, _)| *known == name).map(|(_, list)| *list), list, "{name}");
    }
}

#[test]
fn prunes_are_previewed_by_a_list() {
    let expected = [
        ("build_prune", "SYSTEM_DATA_USAGE"),
        ("container_prune", "CONTAINER_LIST"),
        ("image_prune", "SYSTEM_DATA_USAGE"),
        ("network_prune", "NETWORK_LIST"),
        ("volume_prune", "SYSTEM_DATA_USAGE"),
    ];
    let api = docker(None);
    assert_eq!(pairs(&api, |operation| Some(&operation.preview.as_ref()?.list)), expected);
    let prunes = api.operations.iter().filter(|operation| operation.path.last().is_some_and(is_prune));
    assert_eq!(prunes.count(), expected.len(), "a prune lacks its `preview` in the overlay");
}

fn is_prune(segment: &dockwright_codegen::ir::Segment) -> bool {
    *segment == dockwright_codegen::ir::Segment::Literal("prune".to_owned())
}

#[test]
fn objects_and_their_output_are_resources() {
    let api = docker(None);
    let resources: Vec<_> = api.operations.iter().filter_map(|operation| operation.resource.as_ref()).collect();
    assert_eq!(resources.len(), 15, "{resources:?}");
    let logs = resources.iter().filter(|resource| resource.part.as_deref() == Some("logs"));
    assert_eq!(
        logs.map(|resource| resource.collection.as_str()).collect::<Vec<_>>(),
        ["containers", "services", "tasks"]
    );
    let container = resources.iter().find(|resource| resource.collection == "containers" && resource.part.is_none());
    assert!(container.is_some_and(|container| container.argument == "id" && container.slashes));
}

#[test]
fn operations_that_are_not_built_in_are_not_referred_to() {
    let api = docker(Some(&["Image", "Volume"]));
    assert_eq!(pairs(&api, |operation| Some(&operation.preview.as_ref()?.list)), [], "they need `SystemDataUsage`");
    assert!(pairs(&api, |operation| operation.list.as_ref()).contains(&("volume_delete", "VOLUME_LIST")));
}

#[test]
fn every_destructive_operation_shows_its_object_or_its_candidates() {
    let api = docker(None);
    let losses = pairs(&api, |operation| Some(&operation.loss.as_ref()?.read));
    for (name, read) in [
        ("container_delete", Some("CONTAINER_INSPECT")),
        ("put_container_archive", Some("CONTAINER_INSPECT")),
        ("image_delete", Some("IMAGE_INSPECT")),
        ("exec_start", Some("EXEC_INSPECT")),
        ("swarm_leave", Some("SWARM_INSPECT")),
        ("container_inspect", None),
        ("container_create", None),
        ("volume_prune", None),
    ] {
        assert_eq!(losses.iter().find(|(known, _)| *known == name).map(|(_, read)| *read), read, "{name}");
    }
    let destructive = api.operations.iter().filter(|operation| operation.annotations.destructive);
    let blind = destructive.filter(|operation| operation.loss.is_none() && operation.preview.is_none());
    let blind: Vec<_> = blind.map(|operation| operation.name.as_str()).collect();
    assert_eq!(blind, [] as [&str; 0], "the operation that reads their object lacks `loss` in the overlay");
    // A list that is left out takes only its facts along.
    let volumes = docker(Some(&["Volume"]));
    let delete = volumes.operations.iter().find(|operation| operation.name == "volume_delete").unwrap();
    assert!(delete.loss.as_ref().is_some_and(|loss| loss.item.is_none()));
}
