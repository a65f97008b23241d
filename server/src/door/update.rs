//! Updates that replace a whole object, given as a merge patch: the present object is read first, and the patch is applied
//! to it. A model that saw only a part of the object, or a redacted one, cannot write that back.

use dockwright::operation::Operation;
use dockwright::{Error, Value};

use super::{Door, Failure};
use crate::arguments::{Checked, merge};

/// How often a patch that was overtaken is applied anew.
pub(super) const ATTEMPTS_MORE: usize = 3;

/// Whether the object changed between its reading and its update, as a swarm's own bookkeeping does. The engine wrote
/// nothing then, and the patch still means the same; unless the caller named the version that it is for.
pub(super) fn is_overtaken(update: &Operation, checked: &Checked, error: &Error) -> bool {
    let ours = merge::updated_from(update).is_some() && !checked.own.replace && !merge::names_a_version(checked);
    ours && matches!(error, Error::Api { message, .. } if message.contains("update out of sequence"))
}

impl Door {
    /// Makes the body of such an update whole. The operation that reads the object must be exposed too.
    pub(super) async fn complete_update(
        &self,
        update: &'static Operation,
        checked: &mut Checked,
    ) -> Result<(), Failure> {
        let Some(reader) = merge::updated_from(update).filter(|_| !checked.own.replace) else { return Ok(()) };
        if let Err(refusal) = self.exposure.exposes(reader) {
            let (update, reader) = (update.name, reader.name);
            let problem =
                format!("{update}: a patch needs {reader}, which is {refusal}; send all with `replace: true`");
            return Err(Failure::Request(problem));
        }
        // What is merged into came from the engine itself, so it is the patch that must be known to it.
        if !checked.own.allow_newer {
            let arguments = checked.arguments.clone();
            let known = async { self.engine()?.call(update).arguments(arguments).body(&checked.body).check().await };
            if let Err(error) = known.await {
                return Err(self.explain(update, &checked.arguments, error).await);
            }
            checked.own.allow_newer = true;
        }
        let arguments = merge::reading_arguments(reader, checked);
        let read = async { self.engine()?.call(reader).arguments(arguments).json::<Value>().await }.await;
        match read {
            Ok(present) => merge::complete(checked, present)
                .map_err(|problem| Failure::Request(format!("{}: {problem}", update.name))),
            Err(error) => Err(self.explain(reader, &checked.arguments, error).await),
        }
    }
}
