//! The server's instructions. Clients that load tools lazily show a model only these and the names of the tools, so
//! they name the groups of tools and explain arguments and replies.

use crate::access::Access;
use crate::catalogue::{self, Offer};
use crate::dispatch::Engines;
use crate::reply;
use crate::secrets::Safe;
use crate::settings::Surface;

/// The most bytes for the names and addresses of engines.
const ENGINES_BYTES: usize = 300;

/// The instructions, at most 2 KB, because clients cut longer ones.
pub(super) fn instructions(engines: &Engines, surface: Surface) -> String {
    let offer = engines.offer();
    let subject = subject(engines.all());
    let tools = format!("Controls {subject}: {}{}", tools(&offer, surface), hidden_operations(&offer));
    [tools.as_str(), ARGUMENTS, reply::INSTRUCTIONS].join("\n\n")
}

const ARGUMENTS: &str = "Arguments have the Docker Engine API's names, `id` and `name` take a name or an \
    id, a request body is `body`. Tools take more than they show; `operation_schema` shows all. Narrow lists with \
    `filters`. List and inspect replies hold the usual fields: `select` (JMESPath over the engine's whole answer) \
    picks any, as `[].{name: Names[0], mounts: Mounts}`; `grep` (a regex) keeps items or lines, `limit_items` and \
    `limit_bytes` bound a reply, `limit_seconds` ends waiting: each works where it is not shown too. Times may be \
    `10m` (ago), dates or Unix seconds. Notes at a reply's end name parts left out or cut. Updates of services, \
    nodes, the swarm, secrets and configs take a merge patch as `body`: send only what changes.";

/// The engines in words.
fn subject(engines: &[Access]) -> String {
    let address = |access: &Access| access.shown_address().map(Safe::into_inner).ok();
    if let [access] = engines {
        let address = address(access).filter(|address| address.len() <= ENGINES_BYTES);
        return match (access.context(), address) {
            (Some(name), Some(address)) => format!("the Docker engine `{name}` at {address}"),
            (None, Some(address)) => format!("the Docker engine at {address}"),
            (_, None) => "a Docker engine".to_owned(),
        };
    }
    let described = engines.iter().map(|access| {
        let name = access.name().map_or("", |name| name);
        address(access).map_or_else(|| name.to_owned(), |address| format!("{name} ({address})"))
    });
    let mut named = String::new();
    for (count, engine) in described.enumerate() {
        if named.len() + engine.len() > ENGINES_BYTES {
            named += &format!("and {} more", engines.len() - count);
            break;
        }
        named += &format!("{engine}{}", if count + 1 < engines.len() { ", " } else { "" });
    }
    format!(
        "{} Docker engines, {named}. Every tool takes `engine`, a name; those that only read also take `*` for all, or \
         a list, and reply with `answers` and `errors` by name; `engine_list` describes the engines",
        engines.len()
    )
}

fn tools(offer: &Offer, surface: Surface) -> String {
    let count = |tag: &str| offer.exposed().filter(|entry| entry.tag() == tag).count();
    let tags = catalogue::tags(offer.exposed());
    let groups: Vec<_> = tags.into_iter().map(|tag| format!("{tag} ({})", count(tag))).collect();
    let tools = match surface {
        Surface::Operations => "one tool per endpoint, named as `container_list` or `network_connect`",
        Surface::Tags => "one tool per tag, which takes `operation` and `arguments`",
    };
    format!("{tools}. Operations by tag: {}.", groups.join(", "))
}

/// Says that operations are missing, so that a model does not look for them.
fn hidden_operations(offer: &Offer) -> String {
    match offer.hidden_count() {
        0 => String::new(),
        count => format!(" The server's settings keep back {count} operations, which cannot be called."),
    }
}
