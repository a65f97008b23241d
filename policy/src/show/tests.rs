//! Operations that presets can let pass, and the warnings about presets.

use super::*;
use crate::policy::Preset;

fn passing(policy: &Policy) -> Vec<&'static str> {
    fates(policy).filter(|fate| fate.refusal.is_none()).map(|fate| fate.operation.name).collect()
}

#[test]
fn only_what_can_ever_pass_is_listed() {
    let text = "preset = \"develop\"\n[own]\nlabel = \"a=b\"\n[allow]\noperations = [\"*\"]";
    let names = passing(&text.parse().unwrap());
    for name in ["container_create", "image_build", "exec_start", "service_list"] {
        assert!(names.contains(&name), "{name}");
    }
    // Denied by name, opaque, of everybody, and without a registry.
    for name in
        ["container_export", "plugin_pull", "session", "system_data_usage", "image_create", "distribution_inspect"]
    {
        assert!(!names.contains(&name), "{name}");
    }
    let fate = fates(&text.parse().unwrap()).find(|fate| fate.operation.name == "session").unwrap();
    assert_eq!(fate.refusal.unwrap().to_string(), "denied by opaque: session cannot be judged");
    assert_eq!(passing(&Policy::preset(Preset::Open, None).unwrap()).len(), operations::ALL.len());
    let observe = passing(&Policy::preset(Preset::Observe, None).unwrap());
    assert!(observe.contains(&"container_list") && !observe.contains(&"container_start"));
}

#[test]
fn sections_are_told_in_words() {
    let text = r#"
        preset = "develop"
        audit = "required"
        [own]
        label = "a=b"
        [images]
        allow = ["busybox:*"]
        [binds]
        allow = ["/srv/proj"]
        [egress]
        registries = ["ghcr.io"]
        [publish]
        addresses = ["127.0.0.1"]
        ports = "8000-8999"
        [set]
        cap_drop = ["ALL"]
        memory = "2g"
    "#;
    let told = |policy: &Policy| {
        let sections = sections(policy);
        sections.iter().map(|section| format!("{}: {}", section.name, section.words)).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&text.parse().unwrap()),
        [
            "own: only what carries the label a=b; new objects get it",
            "images: busybox:*, the owner's; new names: *",
            "binds: /srv/proj, and all below",
            "egress: registries: ghcr.io; builds may pass",
            "publish: ports 8000-8999 of 127.0.0.1",
            "set: new containers: without the capabilities ALL, at most 2048 MiB of memory",
            "audit: nothing passes without its lines",
            "facets: may pass: persists, runs_code, reads_files",
        ]
    );
    assert_eq!(
        told(&Policy::preset(Preset::Observe, None).unwrap()),
        [
            "own: everything on the engine",
            "images: *; new names: none",
            "binds: no path of the host",
            "egress: registries: none; no builds",
            "publish: no port of the host",
            "answers: values of environment variables are hidden",
            "facets: may pass: none",
        ]
    );
    let open = told(&Policy::preset(Preset::Open, None).unwrap());
    assert!(open.contains(&"binds: any path of the host".to_owned()), "{open:?}");
}

#[test]
fn a_reader_is_warned_of_what_passes_unseen() {
    assert!(warnings(&Policy::preset(Preset::Observe, None).unwrap()).is_empty());
    let open = warnings(&Policy::preset(Preset::Open, None).unwrap()).join("\n");
    assert!(open.contains("no owner") && open.contains("builds: ") && open.contains("privileged"));
    let text = "preset = \"develop\"\n[own]\nlabel = \"a=b\"\n[binds]\nallow = [\"/srv\"]\n[egress]\nbuilds = false";
    let binds = warnings(&text.parse().unwrap());
    assert!(binds.len() == 1 && binds[0].starts_with("binds: "), "{binds:?}");
}
