//! Narrows the settings of one engine by its section of the file. The server's own settings are a bound: a section may
//! withhold more than they do, and never less.

use std::sync::Arc;

use super::file::Section;
use super::target::{Address, Target};
use crate::catalogue::exposure::Exposure;
use crate::settings::Settings;

/// Narrows an engine's settings by a section.
///
/// # Errors
/// If the section would widen the server's settings, is empty where it is to choose, or names unknown things.
pub(super) fn narrow(target: &mut Target, section: Section, server: &Arc<Exposure>) -> Result<(), String> {
    let whole = &*target.settings;
    let settings = Settings {
        read_only: stricter("read_only", section.read_only, whole.read_only)?,
        no_destructive: stricter("no_destructive", section.no_destructive, whole.no_destructive)?,
        no_credentials: stricter("no_credentials", section.no_credentials, whole.no_credentials)?,
        allow_newer: permitted("allow_newer", section.allow_newer, whole.allow_newer)?,
        show_secrets: permitted("show_secrets", section.show_secrets, whole.show_secrets)?,
        policy: section.policy,
        tags: chosen("tags", section.tags)?,
        tools: chosen("tools", section.tools)?,
        exclude_tags: section.exclude_tags.unwrap_or_default(),
        exclude_tools: section.exclude_tools.unwrap_or_default(),
        allow_registry: registries(section.allow_registry, &whole.allow_registry)?,
        ..whole.clone()
    };
    target.exposure = Arc::new(Exposure::new(&settings)?.bounded_by(server));
    target.settings = Arc::new(settings);
    if section.certificates.is_some() && !matches!(target.address, Address::Host(_)) {
        return Err("`certificates` is for an engine with an address; a context has its own".to_owned());
    }
    target.certificates = section.certificates;
    target.api_version = match section.api_version {
        Some(version) => Some(version.parse().map_err(|error| format!("api_version: {error}"))?),
        None => None,
    };
    Ok(())
}

/// A flag that withholds.
fn stricter(key: &str, section: Option<bool>, server: bool) -> Result<bool, String> {
    match section {
        Some(false) if server => Err(format!("`{key} = false` would widen the server's --{}", key.replace('_', "-"))),
        section => Ok(section.unwrap_or(server)),
    }
}

/// A flag that permits.
fn permitted(key: &str, section: Option<bool>, server: bool) -> Result<bool, String> {
    match section {
        Some(true) if !server => {
            Err(format!("`{key} = true` would widen the server's settings: start it with --{}", key.replace('_', "-")))
        }
        section => Ok(section.unwrap_or(server)),
    }
}

/// A choice of tools. An empty one would expose all.
fn chosen(key: &str, section: Option<Vec<String>>) -> Result<Vec<String>, String> {
    match section {
        Some(names) if names.is_empty() => Err(format!("`{key}` is empty: leave it out, or name some")),
        names => Ok(names.unwrap_or_default()),
    }
}

fn registries(section: Option<Vec<String>>, server: &[String]) -> Result<Vec<String>, String> {
    let Some(section) = section else { return Ok(server.to_vec()) };
    match section.iter().find(|registry| !server.contains(registry)) {
        Some(other) => {
            let words = "would widen the server's settings: start it with --allow-registry";
            Err(format!("`allow_registry` with `{other}` {words} {other}"))
        }
        None => Ok(section),
    }
}
