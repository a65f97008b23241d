//! Updates that replace a whole object, given as a merge patch: the current object is read first, and the patch is
//! applied to it. A model that saw only a part of the object, or a redacted one, could not send the whole.

use dockwright::operation::Operation;
use dockwright::{Error, Value};

use crate::access::{Access, Failure};
use crate::arguments::{CheckedArguments, merge};

/// Number of retries of a patch whose object changed meanwhile.
pub(super) const RETRIES: usize = 3;

/// Returns true if the object changed between its reading and its update, as a swarm's bookkeeping changes it. The
/// engine wrote nothing then, so the patch can be applied again, unless the caller named a version.
pub(super) fn is_outdated(update: &Operation, checked: &CheckedArguments, error: &Error) -> bool {
    let patches = update.reads.is_some() && !checked.extra.replace && !merge::names_a_version(checked);
    patches && matches!(error, Error::Api { message, .. } if message.contains("update out of sequence"))
}

/// Completes the body of an update from a patch. The operation that reads the object must be exposed too.
pub(super) async fn complete(
    access: &Access,
    update: &'static Operation,
    checked: &mut CheckedArguments,
) -> Result<(), Failure> {
    let Some(reader) = update.reads.filter(|_| !checked.extra.replace) else { return Ok(()) };
    if let Err(refusal) = access.permits(reader) {
        let (update, reader) = (update.name, reader.name);
        let problem =
            format!("{update}: a patch needs {reader}, which is {refusal}; send the whole spec with `replace: true`");
        return Err(Failure::Request(problem));
    }
    // Only the patch is checked against the API version, as the object comes from the engine itself.
    if !checked.extra.allow_newer {
        access.check_version(update, &checked.arguments, checked.body.as_ref()).await?;
        checked.extra.allow_newer = true;
    }
    checked.keeps_login = !merge::sets_registry(update, checked.body.as_ref());
    let current = access.call(reader, merge::reading_arguments(reader, checked), None).await?.json::<Value>().await;
    match current {
        Ok(current) => {
            merge::complete(checked, current).map_err(|problem| Failure::Request(format!("{}: {problem}", update.name)))
        }
        Err(error) => Err(access.explain(reader, &checked.arguments, error).await),
    }
}
