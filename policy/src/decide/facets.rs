//! Judges the facets of a request: each passes if the policy grants it, or if its section allows this value.

use dockwright::Value;
use dockwright::operation::{Facet, Operation, When};

use super::ruling::{Ruling, refuse};
use super::{binds, egress, publish};
use crate::facets::{Finding, Search};
use crate::facts::{Answer, Question};
use crate::objects::{CONTAINERS, collection};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::request::Path;

pub(super) fn judge<'a>(ruling: &mut Ruling<'_, 'a>, search: &Search<'a>) -> Result<(), Refusal> {
    for finding in &search.findings {
        if !ruling.policy.grants(finding.facet) {
            judge_one(ruling, finding, search)?;
        }
    }
    for question in &search.questions {
        let facet = question.cause.facet;
        if ruling.policy.grants(facet) {
            continue;
        }
        let Some(collection) = collection(question.object.operation) else { continue };
        let answer = ruling.ask(Question::Object { collection, name: question.name.clone() });
        if let Some(Answer::Json(object)) = answer
            && question.answer(object).is_some()
        {
            return refuse(facet.name(), format!("`{}` {}", question.cause.path, words(facet)));
        }
    }
    Ok(())
}

fn judge_one<'a>(ruling: &mut Ruling<'_, 'a>, finding: &Finding<'a>, search: &Search<'a>) -> Result<(), Refusal> {
    let is_of_every_request = finding.path.0.is_empty();
    match finding.facet {
        Facet::Binds => binds::judge(ruling, finding),
        Facet::Publishes => publish::judge(ruling, finding),
        Facet::Egress if is_of_every_request => egress::judge_operation(ruling, search),
        Facet::Egress if matches!(finding.when, When::Registry | When::Address) => {
            egress::judge_registry(ruling, finding)
        }
        // The owner's own containers may be joined, and each that is named is judged by its name.
        Facet::JoinsContainer | Facet::VolumesFrom if ruling.policy.own.is_some() && is_named(finding, search) => {
            Ok(())
        }
        facet if is_of_every_request => {
            refusal_of_every_request(ruling.policy, ruling.request.operation, facet).map_or(Ok(()), Err)
        }
        // Without an owner, everything is everybody's.
        Facet::Shared if ruling.policy.own.is_none() => Ok(()),
        facet => refuse(facet.name(), format!("`{}` {}", finding.path, words(facet))),
    }
}

/// The refusal of a facet that every request of an operation has; `None` if some of them may pass.
pub(super) fn refusal_of_every_request(policy: &Policy, operation: &Operation, facet: Facet) -> Option<Refusal> {
    match facet {
        // Without an owner, everything is everybody's.
        Facet::Shared if policy.own.is_none() => None,
        Facet::Egress => egress::refusal_of_operation(policy, operation),
        facet => refuse::<()>(facet.name(), format!("{} {}", operation.name, effect(facet))).err(),
    }
}

/// Returns true if every text of the value is the name of a container.
fn is_named(finding: &Finding<'_>, search: &Search<'_>) -> bool {
    let texts = match finding.value {
        Value::Array(items) => items.len(),
        _ => 1,
    };
    let starts = |path: &Path<'_>| path.0.starts_with(&finding.path.0);
    let names = search.names.iter().filter(|named| named.collection == CONTAINERS);
    names.filter(|named| starts(&named.path)).count() == texts
}

/// The effect of a facet.
fn effect(facet: Facet) -> &'static str {
    match facet {
        Facet::Privileged => "gives all rights on the host",
        Facet::HostNamespaces => "uses the host's namespaces or network, or shows its processes",
        Facet::JoinsContainer => "shares namespaces or variables of another container",
        Facet::Capabilities => "adds rights beyond those of every container",
        Facet::Devices => "reaches devices or interfaces of the host",
        Facet::Unconfined => "changes how the kernel confines the container",
        Facet::Unmasked => "unmasks parts of /proc and /sys",
        Facet::Binds => "mounts a path of the host",
        Facet::VolumeDevice => "is a volume whose driver or device can be the host's",
        Facet::VolumesFrom => "mounts all that another container mounts",
        Facet::Publishes => "publishes ports",
        Facet::Egress => "makes the engine connect to an address of the caller's",
        Facet::Runtime => "chooses or instructs the runtime",
        Facet::Persists => "starts again by itself",
        Facet::RunsCode => "runs code",
        Facet::ReadsFiles => "reads files",
        Facet::Shared => "shows or changes what belongs to everybody",
        _ => "cannot be judged",
    }
}

/// The effect of a part of a request, and what passes instead.
fn words(facet: Facet) -> String {
    let remedy = match facet {
        Facet::HostNamespaces => "leave it out, or use a bridge network",
        Facet::JoinsContainer => "connect both to one network instead",
        Facet::Capabilities => "name only Docker's default capabilities",
        Facet::Binds => "use a named volume",
        Facet::VolumeDevice => "use a `local` volume without options",
        Facet::VolumesFrom => "name the volumes instead",
        _ => "leave it out",
    };
    format!("{}; {remedy}", effect(facet))
}
