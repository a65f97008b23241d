//! The cache of builds: counted, listed and pruned. These trials take it from others.

use std::collections::HashSet;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Leftover, and, speaks, trials_alone, unique, until};
use crate::buildkit::{buildkit, dockerfile};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials_alone![pruning_removes_the_build_cache, a_kind_of_cache_is_counted_and_pruned]
}

fn pruning_removes_the_build_cache(session: &Session) {
    // Builds that have ended, or were stopped, let go of theirs a little later.
    let used = json!({ "select": "length(BuildCache[?InUse] || `[]`)" });
    let prune = || {
        let is_unused = || (session.call("system_data_usage", and(of_builds(), used.clone())) == 0).then_some(());
        until("no build uses the cache", is_unused);
        session.call("build_prune", json!({ "all": true }))
    };
    // Removes what other trials left: a preview of all that would not fit into a reply.
    prune();
    let name = unique("build");
    let _leftover = Leftover::new(format!("/images/{name}:latest"));
    let context = json!({ "Dockerfile": "FROM scratch\nCOPY Dockerfile /copied\n" });
    let built = session.output("image_build", json!({ "version": "2", "t": [name], "context": context }));
    let built = built.outcome();
    assert_eq!(built["aux"]["ID"], session.call("image_inspect", json!({ "name": name }))["Id"], "{built}");
    let preview = session.call("build_prune", json!({ "all": true, "preview": true }));
    let would_go = preview["would_delete"].as_array().expect("it is a list").iter().map(|cache| cache["ID"].clone());
    let pruned = prune()["CachesDeleted"].as_array().cloned().unwrap_or_default();
    assert!(!pruned.is_empty(), "nothing was pruned after the build: {built}");
    let (would_go, went): (HashSet<_>, HashSet<_>) = (would_go.collect(), pruned.into_iter().collect());
    assert_eq!(would_go, went);
    let pruned = prune();
    assert_eq!((pruned["CachesDeleted"].as_array(), &pruned["SpaceReclaimed"]), (None, &json!(0)));
}

fn a_kind_of_cache_is_counted_and_pruned(session: &Session) {
    let cache = unique("pruned");
    let step = format!("RUN --mount=type=cache,id={cache},target=/cache echo {cache} > /cache/x");
    session.output("image_build", buildkit(json!({ "Dockerfile": dockerfile(&step) }), json!({})));
    let select = json!({ "select": "BuildCache[?Type=='exec.cachemount'].Description" });
    let listed = || session.shown("system_data_usage", and(of_builds(), select.clone()));
    assert!(listed().contains(&cache), "{}", listed());
    let only = json!({ "filters": { "type": ["exec.cachemount"] }, "all": true });
    let previewed = session.shown("build_prune", json!({ "all": true, "preview": true }));
    assert!(previewed.contains("exec.cachemount") && listed().contains(&cache), "{previewed}");
    session.text("build_prune", only);
    assert!(!listed().contains(&cache), "{}", listed());
}

/// The arguments by which an engine counts the cache of builds. Older ones count everything.
fn of_builds() -> Value {
    if speaks(42) { json!({ "type": ["build-cache"] }) } else { json!({}) }
}
