//! Rules that hold for every operation of the table.

use dockwright::operation::{Facet, Operation};
use dockwright::{Value, operations};
use serde_json::Map;

use super::*;
use crate::objects;
use crate::policy::Preset;

/// Operations that show nothing of anybody, or whose objects are held to the owner elsewhere.
const HARMLESS: &[&str] = &[
    "system_ping",
    "system_ping_head",
    "system_version",
    // A login and a search tell of a registry, not of the engine.
    "system_auth",
    "image_search",
    "get_plugin_privileges",
    "distribution_inspect",
];

fn owned() -> Policy {
    let granted = ["shared = \"allow\"", "opaque = \"allow\"", "allow = [\"*\"]"];
    let open = granted.iter().fold(Preset::Open.text().to_owned(), |text, granted| text.replace(granted, ""));
    format!("preset = \"operate\"\n[own]\nlabel = \"owner=me\"\n{open}").parse().unwrap()
}

fn decided(policy: &Policy, operation: &'static Operation) -> String {
    let mut arguments = Map::new();
    for parameter in operation.path_parameters() {
        arguments.insert(parameter.name.to_owned(), Value::from("x"));
    }
    let request = Request { operation, arguments: &arguments, body: None };
    match decide(policy, request, &Facts::none()) {
        Decision::Allow => "allow".to_owned(),
        Decision::Rewrite(_) => "rewrite".to_owned(),
        Decision::Deny(refusal) => refusal.to_string(),
        Decision::Needs(_) => "needs".to_owned(),
    }
}

/// An operation that is added by a new version must be told whose objects it shows or changes.
#[test]
fn under_an_owner_no_operation_passes_as_it_is() {
    let policy = owned();
    let passing = operations::ALL.iter().filter(|operation| decided(&policy, operation) == "allow");
    let passing: Vec<_> = passing.map(|operation| operation.name).filter(|name| !HARMLESS.contains(name)).collect();
    // These name images in their arguments, of which there are none here.
    assert_eq!(passing, ["image_create", "image_get_all"]);
}

#[test]
fn every_operation_on_an_object_asks_whose_it_is() {
    let policy = owned();
    for operation in operations::ALL.iter().filter(|operation| objects::target(operation).is_some()) {
        let words = decided(&policy, operation);
        let is_of_all = operation.facets.of_every_request().any(|facet| matches!(facet, Facet::Shared | Facet::Opaque));
        assert!(words == "needs" || is_of_all || words.contains("name one"), "{}: {words}", operation.name);
    }
}

#[test]
fn an_operation_that_is_not_named_is_denied_whatever_it_says() {
    let policy: Policy = "preset = \"observe\"".parse().unwrap();
    for operation in operations::ALL.iter().filter(|operation| !policy.names(operation)) {
        assert!(decided(&policy, operation).starts_with("denied by allow: "), "{}", operation.name);
    }
}

#[test]
fn a_facet_that_the_policy_grants_passes() {
    let policy: Policy = Preset::Open.text().replacen('#', "preset = \"open\"\n#", 1).parse().unwrap();
    let body =
        serde_json::json!({"Image": "x", "HostConfig": {"Privileged": true, "Binds": ["/:/h"], "NetworkMode": "host"}});
    let arguments = Map::new();
    let request = Request { operation: &operations::CONTAINER_CREATE, arguments: &arguments, body: Some(&body) };
    assert_eq!(decide(&policy, request, &Facts::none()), Decision::Allow);
}

#[test]
fn a_look_at_what_may_not_be_looked_at_is_one_at_nothing() {
    let policy: Policy = "preset = \"operate\"\n[own]\nlabel = \"owner=me\"".parse().unwrap();
    let looks: Vec<_> = operations::ALL.iter().filter(|operation| objects::is_look(operation)).collect();
    assert!(looks.iter().all(|operation| operation.annotations.read_only) && looks.len() >= 11, "{}", looks.len());
    for operation in operations::ALL.iter().filter(|operation| !policy.names(operation)) {
        let refusal = operation_refusal(&policy, operation.name);
        let (arguments, words) = (Map::new(), refusal.to_string());
        let request = Request { operation, arguments: &arguments, body: None };
        let Decision::Deny(refusal) = decide(&policy, request, &Facts::none()) else { panic!("{words}") };
        let refusal = refusal.for_client(operation);
        let status = if objects::is_look(operation) { 404 } else { 403 };
        assert_eq!((refusal.status(), refusal.message()), (status, words), "{}", operation.name);
    }
}

#[test]
fn the_builder_that_a_client_starts_is_refused_with_the_way_out() {
    let policy: Policy = "preset = \"develop\"\n[own]\nlabel = \"owner=me\"".parse().unwrap();
    let refusal = |image: &str| {
        let Value::Object(arguments) = serde_json::json!({"fromImage": image, "tag": "buildx-stable-1"}) else {
            panic!()
        };
        let request = Request { operation: &operations::IMAGE_CREATE, arguments: &arguments, body: None };
        let Decision::Deny(refusal) = decide(&policy, request, &Facts::none()) else { panic!("{image} passes") };
        refusal.message()
    };
    assert!(refusal("moby/buildkit").ends_with(", and with docker build in place of docker buildx"));
    assert!(refusal("docker.io/moby/buildkit").contains("DOCKER_BUILDKIT=0"));
    assert!(!refusal("moby/buildkits").contains("BUILDKIT"));
}
