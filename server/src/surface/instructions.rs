//! What the server tells a client about itself: clients that load tools lazily show a model this and the names of the
//! tools, so it says what there is to look for and how replies are asked for.

use dockwright::tools::{self, Tool};

use super::tags::tags;
use crate::exposure::Exposure;
use crate::reply;
use crate::settings::Surface;

/// The instructions, at most 2 KB, which is where clients cut.
pub(crate) fn instructions(exposure: &Exposure, surface: Surface) -> String {
    let exposed = super::exposed(exposure);
    let engine = what_there_is(&exposed, surface) + &in_force(exposure);
    [engine.as_str(), ARGUMENTS, reply::INSTRUCTIONS].join("\n\n")
}

const ARGUMENTS: &str = "Arguments carry the Docker Engine API's own names, a request body is `body`; `operation_schema` shows all \
    of them. Narrow lists with `filters`. List and inspect replies hold the usual fields: `select` (JMESPath over the engine's \
    whole answer) picks any, as `[].{name: Names[0], mounts: Mounts}`; `grep` keeps items \
    or lines with a text, `limit_items` and `limit_bytes` bound a reply, `limit_seconds` ends waiting; times may be \
    `10m` (ago), dates or Unix seconds; what was left out or \
    cut is said at its end. Updates of services, nodes, the swarm, secrets and configs take a merge patch as \
    `body`: send only what changes.";

fn what_there_is(exposed: &[Tool], surface: Surface) -> String {
    let groups: Vec<_> = tags(exposed)
        .into_iter()
        .map(|tag| format!("{tag} ({})", exposed.iter().filter(|tool| tool.operation.tag == tag).count()))
        .collect();
    let named = match surface {
        Surface::Operations => "one tool per endpoint, named as `container_list` or `network_connect`",
        Surface::Tags => "one tool per tag, which takes `operation` and `arguments`",
    };
    format!("Controls a Docker engine: {named}. Operations by tag: {}.", groups.join(", "))
}

/// That something is missing, so that nobody looks for it.
fn in_force(exposure: &Exposure) -> String {
    match tools::ALL.iter().filter(|tool| exposure.exposes(tool.operation).is_err()).count() {
        0 => String::new(),
        count => format!(" The server's settings keep back {count} operations, which cannot be called."),
    }
}
