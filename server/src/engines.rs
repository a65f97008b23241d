//! The engines of a server, from its settings: the name of each, its address and what is exposed of it. Without names
//! there is one, which the docker CLI would use. Nothing here calls an engine.

mod file;
mod name;
mod narrow;
mod same;
mod target;

use std::sync::Arc;

use crate::catalogue::Offer;
use crate::catalogue::exposure::Exposure;
use crate::catalogue::nearest::{did_you_mean, nearest};
use crate::settings::Settings;

use file::Section;

pub use target::{Address, Target};

/// The engines that the settings name, at least one, and warnings of contexts that are left out.
///
/// # Errors
/// If a name is odd or given twice, the file cannot be used, a setting of it would widen those of the server, or one
/// address has two exposures; and those of [`Exposure::new`].
pub fn targets(settings: Settings) -> Result<(Vec<Target>, Vec<String>), String> {
    let exposure = Arc::new(Exposure::new(&settings)?);
    let settings = Arc::new(settings);
    if settings.engine.is_empty() && !settings.contexts && settings.engines.is_none() {
        let address = match (&settings.host, &settings.context) {
            (Some(_), Some(_)) => return Err("--host and --context each name an engine: give one of them".to_owned()),
            (Some(address), None) => Address::Host(address.clone()),
            (None, Some(name)) => Address::Context(name.clone()),
            (None, None) => Address::Found,
        };
        return Ok((vec![Target::new(None, address, settings, exposure)], Vec::new()));
    }
    let only = [("--host", &settings.host), ("--context", &settings.context)];
    if let Some((option, _)) = only.into_iter().find(|(_, value)| value.is_some()) {
        return Err(format!("{option} names the only engine; among several, name it too: --engine NAME=ADDRESS"));
    }
    let mut targets = Vec::new();
    for engine in &settings.engine {
        let (name, address) = name::split(engine)?;
        add(&mut targets, Target::new(Some(name), Address::Host(address), settings.clone(), exposure.clone()))?;
    }
    let (contexts, warnings) = if settings.contexts { dockwright::context_names() } else { Default::default() };
    let mut warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    for context in contexts {
        match name::check(&context) {
            Ok(name) => {
                let address = Address::Context(context);
                add(&mut targets, Target::new(Some(name), address, settings.clone(), exposure.clone()))?;
            }
            Err(problem) => warnings.push(format!("--contexts: a context is left out: {problem}")),
        }
    }
    if let Some(file) = &settings.engines {
        for (name, section) in file::read(file)? {
            let place = format!("{}: engines.{name}", file.display());
            apply(&mut targets, &name, section, (&settings, &exposure))
                .map_err(|problem| format!("{place}: {problem}"))?;
        }
    }
    if targets.is_empty() {
        return Err("--engines: the file names no engine".to_owned());
    }
    same::refuse_gaps(&targets)?;
    Ok((targets, warnings))
}

/// The tools of these engines for a client, while nothing is known of their versions.
#[must_use]
pub fn offer(targets: Vec<Target>) -> Offer {
    let mut offer = Offer::default();
    targets.into_iter().for_each(|target| offer.add(target.name, target.exposure, None));
    offer
}

/// Adds the engine of a section, or narrows one that other settings have named.
fn apply(
    targets: &mut Vec<Target>,
    name: &str,
    mut section: Section,
    (settings, exposure): (&Arc<Settings>, &Arc<Exposure>),
) -> Result<(), String> {
    let name = name::check(name)?;
    if let Some(address) = section.address.take() {
        add(targets, Target::new(Some(name.clone()), Address::Host(address), settings.clone(), exposure.clone()))?;
    }
    match targets.iter_mut().find(|target| target.name.as_deref() == Some(&*name)) {
        Some(target) => narrow::narrow(target, section, exposure),
        None => {
            let near = did_you_mean(&nearest(&name, targets.iter().filter_map(|target| target.name.as_deref())));
            Err(format!("`address` is missing, and no other setting names this engine{near}"))
        }
    }
}

fn add(targets: &mut Vec<Target>, target: Target) -> Result<(), String> {
    match targets.iter().find(|other| other.name == target.name) {
        Some(_) => Err(format!("two engines are named `{}`", target.name.as_deref().unwrap_or_default())),
        None => {
            targets.push(target);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
