//! Completes what a person types into an argument of a prompt or a resource template: the names of engines, and those
//! of objects, which the engine lists. That is a call like any other: exposed only, in turn, and in the audit trail.

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model as mcp;
use tokio::time::timeout;

use super::{prompts, resources};
use crate::audit::Client;
use crate::catalogue::Entry;
use crate::dispatch::{Dispatcher, ENGINE, Engines};

/// The longest time for an engine's list.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells whether a client is offered completion at all.
pub(super) fn is_offered(engines: &Engines) -> bool {
    let offer = engines.offer();
    let exposed: Vec<_> = offer.exposed().map(Entry::name).collect();
    engines.are_several()
        || resources::collections(&offer).filter_map(resources::list_of).any(|list| exposed.contains(&list.name))
}

/// The values for an argument: those that begin with what is typed, then those that contain it, in any case.
///
/// # Errors
/// If there is no such prompt or template, or the engine does not list its objects in time.
pub(super) async fn complete(
    dispatcher: &Dispatcher,
    request: &mcp::CompleteRequestParams,
    client: Client,
) -> Result<mcp::CompletionInfo, ErrorData> {
    let (engines, argument) = (dispatcher.engines(), &request.argument);
    let offer = engines.offer();
    let collection = match &request.r#ref {
        mcp::Reference::Prompt(prompt) => prompts::completes(&offer, &prompt.name, &argument.name),
        mcp::Reference::Resource(template) => resources::completes(&offer, &template.uri, &argument.name),
        _ => Err("`ref` must be a prompt or a resource template".to_owned()),
    };
    let collection = collection.map_err(|problem| ErrorData::invalid_params(problem, None))?;
    if argument.name == ENGINE {
        let names = offer.engine_names().iter().map(|name| (**name).to_owned()).collect();
        return Ok(matching(names, &argument.value));
    }
    let Some(list) = collection.and_then(resources::list_of) else { return Ok(matching(Vec::new(), "")) };
    let engine = request.context.as_ref().and_then(|context| context.get_argument(ENGINE));
    let names = dispatcher.names(list, engine.map(String::as_str), client);
    match timeout(PATIENCE, names).await {
        Ok(Ok(names)) => Ok(matching(names, &argument.value)),
        Ok(Err(failure)) => Err(ErrorData::internal_error(failure.to_string(), None)),
        Err(_) => Err(ErrorData::internal_error(format!("no list within {} s", PATIENCE.as_secs()), None)),
    }
}

/// The names that match what is typed, as many as the protocol allows.
fn matching(names: Vec<String>, typed: &str) -> mcp::CompletionInfo {
    let typed = typed.to_lowercase();
    let found = names.into_iter().filter_map(|name| Some((name.to_lowercase().find(&typed)? > 0, name)));
    let mut found: Vec<_> = found.collect();
    found.sort();
    found.dedup();
    let total = found.len();
    let values: Vec<_> = found.into_iter().map(|(_, name)| name).take(mcp::CompletionInfo::MAX_VALUES).collect();
    let has_more = total > values.len();
    mcp::CompletionInfo::with_pagination(values, u32::try_from(total).ok(), has_more).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_begin_with_what_is_typed_come_first() {
        let names = ["api", "web", "old-Web", "Webmail", "web"].map(str::to_owned).to_vec();
        let found = matching(names.clone(), "web");
        assert_eq!(
            (found.values, found.total, found.has_more),
            (["Webmail", "web", "old-Web"].map(str::to_owned).to_vec(), Some(3), Some(false))
        );
        assert_eq!(matching(names, "").values.len(), 4);
        let many = matching((0..250).map(|number| format!("c{number}")).collect(), "C");
        assert_eq!((many.values.len(), many.total, many.has_more), (100, Some(250), Some(true)));
        assert_eq!(matching(vec!["a".into()], "b").total, Some(0));
    }
}
