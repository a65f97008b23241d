//! Updates that replace a whole object, given as a merge patch: the present object is read first, and the patch is applied
//! to it. A model that saw only a part of the object, or a redacted one, cannot write that back.

use dockwright::operation::Operation;
use dockwright::{Error, Value};

use crate::access::{Access, Failure};
use crate::arguments::{CheckedArguments, merge};

/// The times that a patch which was overtaken is applied anew.
pub(super) const RETRIES: usize = 3;

/// Whether the object changed between its reading and its update, as a swarm's own bookkeeping does. The engine wrote
/// nothing then, and the patch still means the same; unless the caller named the version that it is for.
pub(super) fn is_overtaken(update: &Operation, checked: &CheckedArguments, error: &Error) -> bool {
    let patches = update.reads.is_some() && !checked.extra.replace && !merge::names_a_version(checked);
    patches && matches!(error, Error::Api { message, .. } if message.contains("update out of sequence"))
}

/// Makes the body of such an update whole. The operation that reads the object must be exposed too.
pub(super) async fn complete(
    access: &Access,
    update: &'static Operation,
    checked: &mut CheckedArguments,
) -> Result<(), Failure> {
    let Some(reader) = update.reads.filter(|_| !checked.extra.replace) else { return Ok(()) };
    if let Err(refusal) = access.permits(reader) {
        let (update, reader) = (update.name, reader.name);
        let problem = format!("{update}: a patch needs {reader}, which is {refusal}; send all with `replace: true`");
        return Err(Failure::Request(problem));
    }
    // The patch must be known to the engine; the object that it is merged into came from the engine itself.
    if !checked.extra.allow_newer {
        let call = access.call(update)?.arguments(checked.arguments.clone()).body(&checked.body);
        if let Err(error) = call.check().await {
            return Err(access.explain(update, &checked.arguments, error).await);
        }
        checked.extra.allow_newer = true;
    }
    let present = access.call(reader)?.arguments(merge::reading_arguments(reader, checked)).json::<Value>().await;
    match present {
        Ok(present) => {
            merge::complete(checked, present).map_err(|problem| Failure::Request(format!("{}: {problem}", update.name)))
        }
        Err(error) => Err(access.explain(reader, &checked.arguments, error).await),
    }
}
