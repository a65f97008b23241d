//! The sections of a policy: each key is read, checked, and replaces that of the preset.

use dockwright::operation::Facet;
use dockwright::registry_of;

use super::table::{Fault, Table};
use super::{Chosen, Egress, Images, OwnerLabel, Policy, Ports, Preset, Publish, Settings, memory};
use crate::image::Pattern;
use crate::nearest::{did_you_mean, nearest};
use crate::paths;

/// The keys and sections of a policy.
pub(super) const TOP: &[&str] =
    &["preset", "audit", "own", "allow", "deny", "images", "binds", "egress", "publish", "facets", "set", "answers"];

/// Reads one section into a policy.
type Read = fn(&mut Policy, &Table) -> Result<(), Fault>;

/// The sections as they are read.
pub(super) struct Sections(Policy);

impl Sections {
    /// The sections of a preset, before they are read.
    pub(super) fn of(preset: Preset) -> Self {
        Sections(Policy {
            preset,
            own: None,
            allow: Chosen::default(),
            always: Chosen::default(),
            deny: Chosen::default(),
            facets: [].into(),
            images: Images::default(),
            binds: Vec::new(),
            egress: Egress::default(),
            publish: Publish::default(),
            set: Settings::default(),
            hides_environment: false,
            audit_required: false,
        })
    }

    pub(super) fn finish(self, preset: Preset, own: Option<OwnerLabel>) -> Policy {
        Policy { preset, own, ..self.0 }
    }

    /// The owner's label.
    pub(super) fn owner(own: &Table) -> Result<Option<OwnerLabel>, Fault> {
        own.check_keys(&["label"])?;
        let Some((label, at)) = own.text("label")? else { return Ok(None) };
        label.parse().map(Some).map_err(|words| Fault::at(at, format!("own.label: {words}")))
    }

    /// Reads all sections that are there.
    pub(super) fn read(&mut self, top: &Table) -> Result<(), Fault> {
        let policy = &mut self.0;
        match top.text("audit")? {
            None => {}
            Some(("required", _)) => policy.audit_required = true,
            Some((_, at)) => return Err(Fault::at(at, "audit is \"required\", or not there")),
        }
        let read: [(&str, Read); 9] = [
            ("allow", allow),
            ("deny", deny),
            ("images", images),
            ("binds", binds),
            ("egress", egress),
            ("publish", publish),
            ("facets", facets),
            ("set", settings),
            ("answers", answers),
        ];
        for (name, read) in read {
            if let Some(section) = top.section(name)? {
                read(policy, &section)?;
            }
        }
        Ok(())
    }
}

fn chosen(section: &Table, key: &str) -> Result<Option<Chosen>, Fault> {
    let Some(texts) = section.texts(key)? else { return Ok(None) };
    let names: Vec<_> = texts.iter().map(|(text, _)| *text).collect();
    Chosen::of(&names).map(Some).map_err(|(place, words)| Fault::at(texts[place].1, words))
}

fn allow(policy: &mut Policy, section: &Table) -> Result<(), Fault> {
    section.check_keys(&["operations", "always"])?;
    replace(&mut policy.allow, chosen(section, "operations")?);
    replace(&mut policy.always, chosen(section, "always")?);
    Ok(())
}

fn deny(policy: &mut Policy, section: &Table) -> Result<(), Fault> {
    section.check_keys(&["operations"])?;
    replace(&mut policy.deny, chosen(section, "operations")?);
    Ok(())
}

fn images(policy: &mut Policy, section: &Table) -> Result<(), Fault> {
    section.check_keys(&["allow", "names"])?;
    let patterns = |key| -> Result<Option<Vec<Pattern>>, Fault> {
        let Some(texts) = section.texts(key)? else { return Ok(None) };
        let pattern = |(text, at): (&str, usize)| {
            text.parse().map_err(|words| Fault::at(at, format!("images.{key}: `{text}`: {words}")))
        };
        texts.into_iter().map(pattern).collect::<Result<_, _>>().map(Some)
    };
    replace(&mut policy.images.allow, patterns("allow")?);
    replace(&mut policy.images.names, patterns("names")?);
    Ok(())
}

fn binds(policy: &mut Policy, section: &Table) -> Result<(), Fault> {
    section.check_keys(&["allow"])?;
    let Some(texts) = section.texts("allow")? else { return Ok(()) };
    let folder = |(text, at): (&str, usize)| {
        let words = || Fault::at(at, format!("binds.allow: `{text}` is not an absolute path without `..`"));
        paths::plain(text).ok_or_else(words)
    };
    policy.binds = texts.into_iter().map(folder).collect::<Result<_, _>>()?;
    Ok(())
}

fn egress(policy: &mut Policy, section: &Table) -> Result<(), Fault> {
    section.check_keys(&["registries", "builds"])?;
    if let Some(texts) = section.texts("registries")? {
        let wrong = |(text, _): &&(&str, usize)| registry_of(&format!("{text}/x")).as_deref() != Some(*text);
        if let Some((text, at)) = texts.iter().find(wrong) {
            let words = "is not a registry such as docker.io or localhost:5000";
            return Err(Fault::at(*at, format!("egress.registries: `{text}` {words}")));
        }
        policy.egress.registries = texts.into_iter().map(|(text, _)| text.to_owned()).collect();
    }
    replace(&mut policy.egress.builds, section.flag("builds")?);
    Ok(())
}

fn publish(policy: &mut Policy, section: &Table) -> Result<(), Fault> {
    section.check_keys(&["addresses", "ports"])?;
    if let Some(texts) = section.texts("addresses")? {
        let address = |(text, at): (&str, usize)| {
            text.parse().map_err(|_| Fault::at(at, format!("publish.addresses: `{text}` is not an IP address")))
        };
        policy.publish.addresses = texts.into_iter().map(address).collect::<Result<_, _>>()?;
    }
    if let Some((text, at)) = section.text("ports")? {
        let ports: Result<Ports, _> = text.parse();
        policy.publish.ports = ports.map_err(|words| Fault::at(at, format!("publish.ports: {words}")))?;
    }
    Ok(())
}

fn facets(policy: &mut Policy, section: &Table) -> Result<(), Fault> {
    for (key, at) in section.keys() {
        let Some(facet) = Facet::ALL.iter().find(|facet| facet.name() == key) else {
            let near = did_you_mean(&nearest(key, Facet::ALL.iter().map(|facet| facet.name())));
            return Err(Fault::at(at, format!("[facets]: unknown facet `{key}`{near}")));
        };
        match section.text(key)? {
            Some(("allow", _)) => _ = policy.facets.insert(*facet),
            Some(("deny", _)) => _ = policy.facets.remove(facet),
            _ => return Err(Fault::at(at, format!("facets.{key} is \"allow\" or \"deny\""))),
        }
    }
    Ok(())
}

fn settings(policy: &mut Policy, section: &Table) -> Result<(), Fault> {
    section.check_keys(&["cap_drop", "no_new_privileges", "memory", "pids", "network"])?;
    let set = &mut policy.set;
    if let Some(texts) = section.texts("cap_drop")? {
        set.cap_drop = texts.into_iter().map(|(text, _)| text.to_ascii_uppercase()).collect();
    }
    replace(&mut set.no_new_privileges, section.flag("no_new_privileges")?);
    if let Some((text, at)) = section.text("memory")? {
        let words = || Fault::at(at, format!("set.memory: `{text}` is not a size such as 512m or 2g, from 6m on"));
        set.memory = Some(memory::bytes(text).ok_or_else(words)?);
    }
    set.pids = section.count("pids")?.or(set.pids);
    set.network = section.text("network")?.map(|(text, _)| text.to_owned()).or(set.network.take());
    Ok(())
}

fn answers(policy: &mut Policy, section: &Table) -> Result<(), Fault> {
    section.check_keys(&["environment"])?;
    match section.text("environment")? {
        None => {}
        Some(("hide", _)) => policy.hides_environment = true,
        Some(("show", _)) => policy.hides_environment = false,
        Some((_, at)) => return Err(Fault::at(at, "answers.environment is \"hide\" or \"show\"")),
    }
    Ok(())
}

fn replace<T>(value: &mut T, other: Option<T>) {
    if let Some(other) = other {
        *value = other;
    }
}
