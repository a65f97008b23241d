//! The server's instructions. Clients that load tools lazily show a model only these and the names of the tools, so
//! they name the groups of tools and explain arguments and replies.

use crate::catalogue::exposure::{Exposure, hidden_count};
use crate::catalogue::{self, Entry};
use crate::reply;
use crate::settings::Surface;

/// The instructions, at most 2 KB, because clients cut longer ones.
pub(super) fn instructions(exposure: &Exposure, surface: Surface) -> String {
    let tools = tools(exposure, surface) + &hidden_operations(exposure);
    [tools.as_str(), ARGUMENTS, reply::INSTRUCTIONS].join("\n\n")
}

const ARGUMENTS: &str = "Arguments have the Docker Engine API's names, `id` and `name` take a name or an \
    id, a request body is `body`. Tools take more than they show; `operation_schema` shows all. Narrow lists with \
    `filters`. List and inspect replies hold the usual fields: `select` (JMESPath over the engine's whole answer) \
    picks any, as `[].{name: Names[0], mounts: Mounts}`; `grep` (a regex) keeps items or lines, `limit_items` and \
    `limit_bytes` bound a reply, `limit_seconds` ends waiting: each works where it is not shown too. Times may be \
    `10m` (ago), dates or Unix seconds. Notes at a reply's end name parts left out or cut. Updates of services, \
    nodes, the swarm, secrets and configs take a merge patch as `body`: send only what changes.";

fn tools(exposure: &Exposure, surface: Surface) -> String {
    let count = |tag: &str| Entry::exposed(exposure).filter(|entry| entry.tag() == tag).count();
    let tags = catalogue::tags(Entry::exposed(exposure));
    let groups: Vec<_> = tags.into_iter().map(|tag| format!("{tag} ({})", count(tag))).collect();
    let tools = match surface {
        Surface::Operations => "one tool per endpoint, named as `container_list` or `network_connect`",
        Surface::Tags => "one tool per tag, which takes `operation` and `arguments`",
    };
    format!("Controls a Docker engine: {tools}. Operations by tag: {}.", groups.join(", "))
}

/// Says that operations are missing, so that a model does not look for them.
fn hidden_operations(exposure: &Exposure) -> String {
    match hidden_count(exposure) {
        0 => String::new(),
        count => format!(" The server's settings keep back {count} operations, which cannot be called."),
    }
}
