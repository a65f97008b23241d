//! Policies that are read, and those that are refused.

use super::*;

fn refused(text: &str) -> String {
    text.parse::<Policy>().unwrap_err().to_string()
}

#[test]
fn every_preset_is_read_and_denies_what_it_does_not_name() {
    for preset in Preset::ALL {
        let policy = Policy::preset(preset, "a=b".parse().ok()).unwrap();
        assert_eq!(policy.preset, preset);
        let count = policy.allow.names().len();
        assert!(count > 5 && (preset == Preset::Open) == (count == dockwright::operations::ALL.len()), "{preset:?}");
        assert_eq!(Policy::preset(preset, None).is_none(), preset.needs_owner());
        let owner = if preset.needs_owner() { "[own]\nlabel = \"a=b\"" } else { "" };
        assert!(format!("preset = \"{}\"\n{owner}", preset.name()).parse::<Policy>().is_ok());
    }
    let observe = Policy::preset(Preset::Observe, None).unwrap();
    assert!(observe.hides_environment && observe.facets.is_empty());
    let reads =
        |name: &&str| dockwright::operations::ALL.iter().any(|one| one.name == *name && one.annotations.read_only);
    assert!(observe.allow.names().iter().all(reads), "looking changes nothing");
}

#[test]
fn keys_of_a_policy_replace_those_of_its_preset() {
    let text = "preset = \"develop\"\n[own]\nlabel = \"a=b\"\n[allow]\noperations = [\"image_list\"]\n[facets]\nprivileged = \"allow\"\nruns_code = \"deny\"";
    let policy: Policy = text.parse().unwrap();
    assert_eq!(policy.allow.names(), ["image_list"]);
    assert_eq!(policy.always.names(), ["system_ping", "system_ping_head", "system_version"]);
    assert_eq!(policy.deny, Policy::preset(Preset::Develop, "a=b".parse().ok()).unwrap().deny);
    use dockwright::operation::Facet;
    assert!(policy.grants(Facet::Privileged) && !policy.grants(Facet::RunsCode) && policy.grants(Facet::Persists));
    assert_eq!(policy.own.unwrap().to_string(), "a=b");
}

#[test]
fn an_audit_trail_is_required_where_the_policy_says_so() {
    let required = |text: &str| text.parse::<Policy>().unwrap().audit_required;
    assert!(required("preset = \"open\"\naudit = \"required\"") && !required("preset = \"open\""));
}

#[test]
fn a_fault_is_refused_with_its_place_and_the_nearest_name() {
    let with = |rest: &str| format!("preset = \"open\"\n{rest}");
    for (text, expected) in [
        (String::new(), "line 1, column 1: no preset; begin with `preset = \"develop\"`, or observe, operate, open"),
        (
            "preset = \"developp\"".to_owned(),
            "line 1, column 10: no preset is `developp`; there are observe, develop, operate and open",
        ),
        ("preset = 1".to_owned(), "line 1, column 10: `preset` is not a text in quotes"),
        (
            "preset = \"develop\"".to_owned(),
            "line 1, column 10: the preset develop needs `[own] label = \"KEY=VALUE\"`: it is safe only with an owner",
        ),
        (with("[bind]\nallow = []"), "line 2, column 2: unknown key `bind`; did you mean `binds`?"),
        (with("[binds]\nalow = []"), "line 3, column 1: [binds]: unknown key `alow`; did you mean `allow`?"),
        (with("[set]\ncap-drop = []"), "line 3, column 1: [set]: unknown key `cap-drop`; did you mean `cap_drop`?"),
        (with("binds = []"), "line 2, column 9: `binds` is a section; write [binds]"),
        (with("[binds]\nallow = \"/a\""), "line 3, column 9: `binds.allow` is not a list of texts, `[\"…\"]`"),
        (with("[binds]\nallow = [\"/ä\", 1]"), "line 3, column 16: `binds.allow` is not a text in quotes"),
        (
            with("[binds]\nallow = [\"/a/../b\"]"),
            "line 3, column 10: binds.allow: `/a/../b` is not an absolute path without `..`",
        ),
        (with("[own]\nlabel = \"a\""), "line 3, column 9: own.label: a label is `key=value`, without spaces"),
        (
            with("[allow]\noperations = [\n  \"image_list\",\n  \"image_lst\",\n]"),
            "line 5, column 3: no operation is `image_lst`; did you mean `image_list`",
        ),
        (
            with("[images]\nallow = [\"Busybox\"]"),
            "line 3, column 10: images.allow: `Busybox`: not a pattern such as busybox:*, ghcr.io/acme/* or *",
        ),
        (
            with("[egress]\nregistries = [\"https://ghcr.io\"]"),
            "line 3, column 15: egress.registries: `https://ghcr.io` is not a registry",
        ),
        (
            with("[publish]\naddresses = [\"localhost\"]"),
            "line 3, column 14: publish.addresses: `localhost` is not an IP address",
        ),
        (with("[publish]\nports = \"0\""), "line 3, column 9: publish.ports: ports are `8080`"),
        (with("[set]\nmemory = \"2x\""), "line 3, column 10: set.memory: `2x` is not a size"),
        (with("[set]\npids = 0"), "line 3, column 8: `set.pids` is not a whole number above zero"),
        (
            with("[facets]\nprivilege = \"allow\""),
            "line 3, column 1: [facets]: unknown facet `privilege`; did you mean `privileged`?",
        ),
        (with("[facets]\nprivileged = true"), "line 3, column 14: `facets.privileged` is not a text in quotes"),
        (with("[facets]\nprivileged = \"yes\""), "line 3, column 1: facets.privileged is \"allow\" or \"deny\""),
        (with("[answers]\nenvironment = \"x\""), "line 3, column 15: answers.environment is \"hide\" or \"show\""),
        (with("audit = \"yes\""), "line 2, column 9: audit is \"required\", or not there"),
        (with("audit = true"), "line 2, column 9: `audit` is not a text in quotes"),
        (with("[set\n"), "line 2, column "),
        (with("preset = \"open\""), "line 2, column 1: not TOML: "),
    ] {
        let words = refused(&text);
        assert!(words.starts_with(expected), "{text}\n{words}");
    }
}
