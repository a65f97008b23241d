//! Judges mounts of host paths: the path must lie in an allowed folder, and so must the one that its links lead to.

use dockwright::Value;
use dockwright::operation::When;

use super::ruling::{Ruling, refuse};
use crate::facets::Finding;
use crate::facts::{Answer, Question};
use crate::paths;
use crate::refusal::Refusal;
use crate::request::Path;

const RULE: &str = "binds";

pub(super) fn judge<'a>(ruling: &mut Ruling<'_, 'a>, finding: &Finding<'a>) -> Result<(), Refusal> {
    let Some(source) = source(finding) else {
        return refuse(RULE, format!("`{}` does not tell which path of the host it mounts", finding.path));
    };
    if propagates(finding) {
        return refuse(
            RULE,
            format!("`{}` is `shared`: mounts of the container would be the host's too", finding.path),
        );
    }
    let Some(plain) = paths::plain(source.path) else {
        return refuse(RULE, format!("{} is not an absolute path without `..`", source.path));
    };
    let policy = ruling.policy;
    let outside = |path: &str| match policy.binds.as_slice() {
        [] => refuse(RULE, format!("{path} is a path of the host, and no folder is allowed; use a named volume")),
        folders => refuse(RULE, format!("{path} is not below {}", folders.join(", "))),
    };
    let folders: Vec<_> = policy.binds.iter().filter(|folder| paths::is_within(&plain, folder)).collect();
    if folders.is_empty() {
        return outside(&plain);
    }
    let resolved = match ruling.ask(Question::Path(plain.clone())) {
        None => return Ok(()),
        Some(Answer::Elsewhere) => plain.clone(),
        Some(Answer::Path(path)) => path.clone(),
        Some(_) => return refuse(RULE, format!("{plain} cannot be followed on the engine's host")),
    };
    let mut is_within = false;
    for folder in folders {
        // The folder may be a link itself.
        match ruling.ask(Question::Path(folder.clone())) {
            None => return Ok(()),
            Some(Answer::Elsewhere) => is_within |= resolved == plain,
            Some(Answer::Path(folder)) => is_within |= paths::is_within(&resolved, folder),
            Some(_) => {}
        }
    }
    if !is_within {
        return outside(&format!("{plain}, which leads to {resolved},"));
    }
    if resolved != source.path {
        let text = format!("{resolved}{}", source.rest);
        ruling.change(RULE, source.at, Value::String(text));
    }
    Ok(())
}

/// Returns true if mounts that are made below this one in the container are made on the host, too.
pub(crate) fn propagates(finding: &Finding<'_>) -> bool {
    let is_shared = |option: &str| ["shared", "rshared"].iter().any(|shared| option.eq_ignore_ascii_case(shared));
    match finding.when {
        // Such as `/source:/target:ro,rshared`.
        When::Bind => finding.value.as_str().is_some_and(|text| text.split([':', ',']).skip(2).any(is_shared)),
        _ => finding.value.pointer("/BindOptions/Propagation").and_then(Value::as_str).is_some_and(is_shared),
    }
}

/// The source of a mount, its place, and the text behind it there.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a str,
    rest: &'a str,
    at: Path<'a>,
}

/// The path of the host that a value mounts.
pub(crate) fn source<'a>(finding: &Finding<'a>) -> Option<Source<'a>> {
    let at = finding.path.clone();
    match finding.when {
        When::Bind => {
            let text = finding.value.as_str()?;
            let colon = text.find(':')?;
            Some(Source { path: &text[..colon], rest: &text[colon..], at })
        }
        When::Mount => {
            // Other types than `bind` mount things of other systems.
            let kind = finding.value.get("Type")?.as_str()?;
            let path = finding.value.get("Source")?.as_str()?;
            (kind == "bind").then(|| Source { path, rest: "", at: at.below("Source") })
        }
        _ => None,
    }
}
