//! Judges a request before it is sent: finds its facets, asks the engine about objects that it names, and refuses what
//! the settings withhold.

use std::collections::BTreeMap;

use dockwright::operation::Operation;
use dockwright::{Engine, Value, registry_of};
use serde_json::Map;

use super::failure::Failure;
use crate::facets::{self, Cause, Question, SeenFacets, refusal};
use crate::settings::Settings;

/// The most objects that a request may name.
const MOST_OBJECTS: usize = 100;

/// A request that is about to be sent.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) operation: &'static Operation,
    pub(super) arguments: &'a Map<String, Value>,
    pub(super) body: Option<&'a Value>,
}

/// Judges a request, and notes its facets.
///
/// # Errors
/// [`Failure::Facets`], with what could be sent instead.
pub(super) async fn judge(
    request: Request<'_>,
    engine: &Engine,
    settings: &Settings,
    seen: &SeenFacets,
) -> Result<(), Failure> {
    let Request { operation, arguments, body } = request;
    let refused = |words| Failure::Facets(operation.name, words);
    if let Some(words) = settings.read_only.then(|| refused_registry(request, settings)).flatten() {
        return Err(refused(words));
    }
    let mut found = facets::facets(operation, arguments, body);
    match answers(engine, &found.questions).await {
        Ok(causes) => found.causes.extend(causes),
        Err(words) if settings.no_destructive => return Err(refused(words)),
        Err(_) => {}
    }
    seen.add(&found.causes);
    match settings.no_destructive.then(|| refusal(&found.causes)).flatten() {
        Some(words) => Err(refused(words)),
        None => Ok(()),
    }
}

/// Asks the engine about the objects that a request names. One that does not exist has no facet.
///
/// # Errors
/// Words about an object that cannot be judged.
async fn answers(engine: &Engine, questions: &[Question]) -> Result<Vec<Cause>, String> {
    let mut objects: BTreeMap<(&str, &str), Value> = BTreeMap::new();
    let mut causes = Vec::new();
    for question in questions {
        let Question { name, object, cause, .. } = question;
        let key = (object.operation.name, name.as_str());
        if !objects.contains_key(&key) {
            if objects.len() == MOST_OBJECTS {
                return Err(format!("it names more than {MOST_OBJECTS} volumes or networks"));
            }
            let read = engine.call(object.operation).argument(object.argument, name).json::<Value>().await;
            let read = read.or_else(|error| if error.is_not_found() { Ok(Value::Null) } else { Err(error) });
            // The engine's own words stay out of a message of the server's.
            let refusal = |_| format!("`{}` names `{name}`, which the engine does not show", cause.path);
            objects.insert(key, read.map_err(refusal)?);
        }
        causes.extend(question.answer(&objects[&key]).cloned());
    }
    Ok(causes)
}

/// The words for a request to a registry that the settings do not name.
fn refused_registry(request: Request<'_>, settings: &Settings) -> Option<String> {
    let argument = request.operation.facets.registry?;
    let name = request.arguments.get(argument).and_then(Value::as_str).unwrap_or_default();
    let registry = registry_of(name);
    if registry.as_ref().is_some_and(|registry| settings.allow_registry.contains(registry)) {
        return None;
    }
    let registry = registry.map_or("an unknown registry".to_owned(), |registry| format!("the registry {registry}"));
    let allowed = settings.allow_registry.join(", ");
    Some(format!(
        "refused, because the server runs read-only: `{argument}` asks {registry}, and only {allowed} is allowed \
         (--allow-registry)"
    ))
}
