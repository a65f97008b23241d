//! Restrictions of calls: a policy each, with the setting that it comes from. Several hold at once, and a request
//! passes if every one lets it pass, so that each setting only narrows what the others leave.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use dockwright::operation::{Facet, Operation};
use dockwright_policy::policy::Chosen;
use dockwright_policy::show::{fates, reaches_host};
use dockwright_policy::{Policy, Preset, Refusal};

/// The most bytes of a policy's file.
const MAX_BYTES: u64 = 1 << 20;

/// The setting that a restriction comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `--read-only`.
    ReadOnly,
    /// `--no-destructive`.
    NoDestructive,
    /// `--exclude-tags` and `--exclude-tools`.
    Exclusion,
    /// `--tags` and `--tools`.
    Choice,
    /// The file of `--policy`, or that of an engine's section.
    File,
}

/// A policy, and the setting that it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Restriction {
    /// The setting.
    pub origin: Origin,
    /// The policy.
    pub policy: Policy,
    /// The operations of which no request can pass, with the reasons.
    refusals: HashMap<&'static str, Refusal>,
}

impl Restriction {
    fn new(origin: Origin, policy: Policy) -> Self {
        let refusals = fates(&policy).filter_map(|fate| Some((fate.operation.name, fate.refusal?)));
        Restriction { origin, refusals: refusals.collect(), policy }
    }

    /// Nothing changes, and the engine asks no registries but these, about the name that an argument has.
    #[must_use]
    pub fn read_only(registries: &[String]) -> Self {
        let connects = |operation: &Operation| operation.facets.of_every_request().any(|facet| facet == Facet::Egress);
        let mut policy = open();
        policy.allow = Chosen::filtered(|operation| operation.annotations.read_only);
        policy.deny = Chosen::filtered(|operation| {
            operation.annotations.read_only && operation.facets.registry.is_none() && connects(operation)
        });
        policy.facets.remove(&Facet::Egress);
        policy.egress.registries = registries.to_vec();
        Restriction::new(Origin::ReadOnly, policy)
    }

    /// No tool destroys anything, and no request reaches the engine's host.
    #[must_use]
    pub fn no_destructive() -> Self {
        let mut policy = open();
        policy.allow = Chosen::filtered(|operation| !operation.annotations.destructive);
        policy.facets.retain(|facet| !reaches_host(*facet));
        Restriction::new(Origin::NoDestructive, policy)
    }

    /// No operation passes for which this is true.
    #[must_use]
    pub fn exclusion(is_excluded: impl Fn(&Operation) -> bool) -> Self {
        let mut policy = open();
        policy.deny = Chosen::filtered(is_excluded);
        Restriction::new(Origin::Exclusion, policy)
    }

    /// Only operations pass for which this is true.
    #[must_use]
    pub fn choice(is_chosen: impl Fn(&Operation) -> bool) -> Self {
        let mut policy = open();
        policy.allow = Chosen::filtered(is_chosen);
        Restriction::new(Origin::Choice, policy)
    }

    /// Reads the policy of a file.
    ///
    /// # Errors
    /// Words about the file, or about the place in it that cannot be used.
    pub fn of_file(path: &Path) -> Result<Self, String> {
        let policy = read(path).map_err(|problem| format!("--policy: {problem}"))?;
        Ok(Restriction::new(Origin::File, policy))
    }

    /// The reason why no request of an operation can pass; `None` if some can.
    #[must_use]
    pub fn refusal(&self, operation: &Operation) -> Option<&Refusal> {
        self.refusals.get(operation.name)
    }

    /// The words for a request that is refused.
    #[must_use]
    pub fn words(&self, refusal: &Refusal) -> String {
        let Refusal { rule, words, .. } = refusal;
        match self.origin {
            Origin::ReadOnly if *rule == Facet::Egress.name() => {
                format!("refused, because the server runs read-only: {words} (--allow-registry)")
            }
            Origin::ReadOnly => format!("refused, because the server runs read-only: {words} ({rule})"),
            Origin::NoDestructive => {
                format!("refused, because the server runs with --no-destructive: {words} ({rule})")
            }
            Origin::Exclusion | Origin::Choice | Origin::File => refusal.message(),
        }
    }
}

/// Reads the policy of a file.
///
/// # Errors
/// Words about the file, or about the place in it that cannot be used.
pub fn read(path: &Path) -> Result<Policy, String> {
    let problem = |problem: &dyn std::fmt::Display| format!("{}: {problem}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| problem(&error))?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| problem(&error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(problem(&format_args!("has more than {MAX_BYTES} bytes")));
    }
    let text = text(bytes).ok_or_else(|| problem(&"is not UTF-8"))?;
    text.parse().map_err(|error: dockwright_policy::policy::Problem| problem(&error))
}

/// Reads UTF-8, or UTF-16 as Windows PowerShell's `>` writes it.
fn text(bytes: Vec<u8>) -> Option<String> {
    let Some(wide) = bytes.strip_prefix(b"\xff\xfe") else { return String::from_utf8(bytes).ok() };
    let units = wide.chunks(2).map(|unit| u16::from_le_bytes([unit[0], unit.get(1).copied().unwrap_or_default()]));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// A policy that lets everything pass that this build understands.
#[must_use]
pub fn open() -> Policy {
    Policy::preset(Preset::Open, None).expect("this preset needs no owner")
}

#[cfg(test)]
mod tests {
    use dockwright::{Value, operations};
    use dockwright_policy::{Decision, Facts, Request, decide};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_policy_is_read_as_powershell_writes_it_too() {
        let wide: Vec<u8> = "\u{feff}a = \"é\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(wide).as_deref(), Some("a = \"é\""));
        assert_eq!(text("a = \"é\"".into()).as_deref(), Some("a = \"é\""));
        assert_eq!((text(vec![0xFF, 0xFE, 0x00, 0xD8]), text(vec![0xFF, b'a'])), (None, None));
    }

    fn decided(restriction: &Restriction, operation: &'static Operation, arguments: Value, body: Value) -> String {
        let arguments = arguments.as_object().unwrap();
        match decide(&restriction.policy, Request { operation, arguments, body: Some(&body) }, &Facts::none()) {
            Decision::Deny(refusal) => restriction.words(&refusal),
            decision => format!("{decision:?}"),
        }
    }

    #[test]
    fn a_refused_request_is_told_the_flag_the_place_and_what_passes() {
        let body = |host: Value| json!({ "Image": "busybox", "HostConfig": host });
        let mild = Restriction::no_destructive();
        let refused = |host| decided(&mild, &operations::CONTAINER_CREATE, json!({}), body(host));
        assert_eq!(
            refused(json!({ "Privileged": true })),
            "refused, because the server runs with --no-destructive: `body.HostConfig.Privileged` gives all rights on \
             the host; leave it out (privileged)"
        );
        assert_eq!(
            refused(json!({ "Binds": ["/etc:/h"] })),
            "refused, because the server runs with --no-destructive: /etc is a path of the host, and no folder is \
             allowed; use a named volume (binds)"
        );
        assert_eq!(refused(json!({ "PublishAllPorts": true })), "Allow");
        let reading = Restriction::read_only(&["docker.io".to_owned()]);
        let asked = |name| decided(&reading, &operations::DISTRIBUTION_INSPECT, json!({ "name": name }), Value::Null);
        assert_eq!(asked("nginx"), "Allow");
        assert_eq!(
            asked("quay.io/a/b"),
            "refused, because the server runs read-only: quay.io is not among docker.io (--allow-registry)"
        );
    }

    #[test]
    fn flags_say_which_operations_never_pass() {
        let never = |restriction: &Restriction, operation: &Operation| restriction.refusal(operation).map(|no| no.rule);
        let reading = Restriction::read_only(&[]);
        assert_eq!(never(&reading, &operations::CONTAINER_LIST), None);
        assert_eq!(never(&reading, &operations::CONTAINER_STOP), Some("allow"));
        assert_eq!(never(&reading, &operations::DISTRIBUTION_INSPECT), Some("egress"));
        let asking = Restriction::read_only(&["docker.io".to_owned()]);
        assert_eq!(never(&asking, &operations::DISTRIBUTION_INSPECT), None);
        assert_eq!(never(&asking, &operations::SYSTEM_AUTH), Some("deny"));
        let mild = Restriction::no_destructive();
        assert_eq!(never(&mild, &operations::CONTAINER_CREATE), None);
        assert_eq!(never(&mild, &operations::CONTAINER_DELETE), Some("allow"));
        assert_eq!(never(&mild, &operations::SESSION), Some("opaque"));
        let excluded = Restriction::exclusion(|operation| operation.tag == "Volume");
        assert_eq!(never(&excluded, &operations::VOLUME_LIST), Some("deny"));
        assert_eq!(never(&excluded, &operations::IMAGE_LIST), None);
        let chosen = Restriction::choice(|operation| operation.tag == "Volume");
        assert_eq!(never(&chosen, &operations::IMAGE_LIST), Some("allow"));
    }

    #[test]
    fn the_policy_that_the_readme_shows_is_one() {
        let readme = include_str!("../README.md");
        let shown =
            readme.split("```toml\n").find_map(|block| block.split("```").next()?.contains("preset").then_some(block));
        let policy: Policy = shown.unwrap().split("```").next().unwrap().parse().unwrap();
        assert_eq!(
            (policy.binds, policy.own.unwrap().key.as_str()),
            (vec!["/srv/proj".to_owned()], "dockwright.owner")
        );
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_with_the_place_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        let problem = Restriction::of_file(&path).unwrap_err();
        assert!(problem.starts_with(&format!("--policy: {}: ", path.display())), "{problem}");
        std::fs::write(&path, "preset = \"observe\"\n[own]\nlable = \"a=b\"\n").unwrap();
        let problem = Restriction::of_file(&path).unwrap_err();
        assert!(problem.ends_with("line 3, column 1: [own]: unknown key `lable`; did you mean `label`?"), "{problem}");
    }
}
