//! Sets what every new container gets.

use dockwright::Value;
use dockwright::operation::{Setting, SettingRule};
use serde_json::json;

use super::ruling::{Ruling, refuse};
use crate::policy::Settings;
use crate::refusal::Refusal;
use crate::request::Path;

const RULE: &str = "set";

pub(super) fn set(ruling: &mut Ruling<'_, '_>) -> Result<(), Refusal> {
    let policy = ruling.policy;
    for rule in ruling.request.operation.facets.settings {
        let given = ruling.request.at(rule.path);
        if given.is_none() && rule.keeps_absent {
            continue;
        }
        if rule.setting == Setting::Memory && policy.set.memory.is_some() && is_of_buildkit(ruling) {
            return refuse(RULE, "BuildKit heeds no limit of memory; leave `version` out".to_owned());
        }
        if let Some(value) = value(&policy.set, rule, given) {
            ruling.change(RULE, Path::of_row(rule.path), value);
        }
    }
    Ok(())
}

/// Returns true for a build that its request gives to BuildKit.
fn is_of_buildkit(ruling: &Ruling<'_, '_>) -> bool {
    let request = ruling.request;
    let version = request.arguments.get("version");
    request.operation.takes("session") && version.is_some_and(|version| *version == "2" || *version == 2)
}

/// The value that replaces the one of the request; `None` where that may stay.
fn value(settings: &Settings, rule: &SettingRule, given: Option<&Value>) -> Option<Value> {
    match rule.setting {
        Setting::CapDrop => {
            let missing = |name: &&String| !texts(given).any(|given| given.eq_ignore_ascii_case(name));
            with(given, settings.cap_drop.iter().filter(missing).map(String::as_str).collect())
        }
        Setting::NoNewPrivileges if settings.no_new_privileges => {
            const ON: [&str; 3] = ["no-new-privileges", "no-new-privileges=true", "no-new-privileges:true"];
            let is_on = texts(given).any(|text| ON.contains(&text));
            with(given, if is_on { vec![] } else { vec![ON[0]] })
        }
        Setting::NoNewPrivilegesFlag => {
            (settings.no_new_privileges && given != Some(&Value::Bool(true))).then_some(Value::Bool(true))
        }
        Setting::Memory => at_most(settings.memory, given),
        // Twice the memory is what an engine gives by itself.
        Setting::MemorySwap => {
            let most = settings.memory?.saturating_mul(2);
            given.and_then(Value::as_i64).filter(|swap| *swap < 0 || *swap > most).map(|_| json!(most))
        }
        Setting::Pids => at_most(settings.pids, given),
        Setting::Network => {
            let network = settings.network.as_ref()?;
            let is_default = given.and_then(Value::as_str).is_none_or(|name| ["", "default", "bridge"].contains(&name));
            is_default.then(|| json!(network))
        }
        _ => None,
    }
}

/// A list with more texts at its end; `None` if there are none.
fn with(given: Option<&Value>, more: Vec<&str>) -> Option<Value> {
    (!more.is_empty()).then(|| texts(given).chain(more).map(Value::from).collect())
}

fn texts(given: Option<&Value>) -> impl Iterator<Item = &str> {
    given.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// A limit in place of none, and of a higher one.
fn at_most(most: Option<i64>, given: Option<&Value>) -> Option<Value> {
    let most = most?;
    let is_within = given.and_then(Value::as_i64).is_some_and(|given| given > 0 && given <= most);
    (!is_within).then(|| json!(most))
}
