//! `compose_config`: resolves the files of a project and shows the model.

use super::answer::reply_options;
use super::compose_project::{refused, resolve};
use super::composed_call::ComposedCall;
use crate::access::Failure;
use crate::catalogue::nearest::{did_you_mean, nearest};
use crate::reply::{self, ToolReply, limits};

const NAME: &str = "compose_config";
/// The tag by whose words secrets are found.
const TAG: &str = "Container";

pub(super) async fn run(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let resolved = resolve(&call, NAME).await?;
    let options = reply_options(&call.extra, call.access);
    let value = match call.arguments.get("service").and_then(|service| service.as_str()) {
        None => resolved.model.value().clone(),
        Some(wanted) => match resolved.model.services().find(|(name, _)| *name == wanted) {
            Some((_, service)) => service.clone(),
            None => {
                let near = nearest(wanted, resolved.model.services().map(|(name, _)| name.as_str()));
                return Err(refused(NAME, &format!("no service `{wanted}`{}", did_you_mean(&near))));
            }
        },
    };
    let room = options.room();
    let shown = reply::safe(value, TAG, &options).map(|value| limits::cut(value, room).0);
    Ok(ToolReply::data(shown, resolved.warnings, &options))
}
