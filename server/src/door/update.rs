//! Updates that replace a whole object, given as a merge patch: the present object is read first, and the patch is applied
//! to it. A model that saw only a part of the object, or a redacted one, cannot write that back.

use dockwright::Value;
use dockwright::operation::Operation;

use super::{Door, Failure};
use crate::arguments::{Checked, merge};

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
        let arguments = merge::reading_arguments(reader, checked);
        let read = async { self.engine()?.call(reader).arguments(arguments).json::<Value>().await }.await;
        match read {
            Ok(present) => merge::complete(checked, present)
                .map_err(|problem| Failure::Request(format!("{}: {problem}", update.name))),
            Err(error) => Err(self.explain(reader, &checked.arguments, error).await),
        }
    }
}
