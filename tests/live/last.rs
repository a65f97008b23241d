//! Trials that disturb all others, and so come last and alone: the engine restarts, and the swarm ends.

use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};

use dockwright::Error;
use dockwright::models::{SwarmInitRequest, SwarmJoinRequest, SwarmUnlockRequest};
use dockwright::options::{
    ContainerAttachOptions, ContainerLogsOptions, NodeDeleteOptions, NodeListOptions, SwarmLeaveOptions,
    SwarmUpdateOptions, SystemEventsFilters, SystemEventsOptions,
};
use libtest_mimic::Trial;

use crate::bench::{Bench, soon, trial_alone, until, variable};
use crate::second::{FIRST, SECOND, Second};
use crate::streams::{failure, until_written, value};
use crate::swarm::{self, inspect};

pub fn trials() -> Vec<Trial> {
    vec![
        trial_alone!(a_locked_swarm_opens_with_its_key_after_a_restart_and_ends),
        trial_alone!(a_second_engine_joins_leaves_and_is_forgotten),
        trial_alone!(streams_fail_when_the_engine_crashes_and_the_next_call_works),
    ]
}

async fn a_locked_swarm_opens_with_its_key_after_a_restart_and_ends(bench: &'static Bench) {
    let node = &*swarm::node(bench).await;
    let swarm = inspect(bench).await;
    let mut spec = swarm.spec;
    spec.encryption_config.get_or_insert_default().auto_lock_managers = Some(true);
    let options = SwarmUpdateOptions::default();
    bench.engine.swarm_update(swarm.version.index, &spec, &options).await.expect("it will lock itself");
    let key = bench.engine.swarm_unlockkey().await.expect("it has a key").unlock_key;

    restart(&[]);
    let state = || async { bench.engine.system_info().await.expect("it answers").swarm.local_node_state };
    assert_eq!(state().await.as_str(), "locked");
    let error = bench.engine.swarm_inspect().await.expect_err("it is locked");
    assert!(error.to_string().contains("encrypted"), "{error}");
    let wrong = SwarmUnlockRequest::default().unlock_key("SWMKEY-1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    bench.engine.swarm_unlock(&wrong).await.expect_err("it is another key");
    bench.engine.swarm_unlock(&SwarmUnlockRequest::default().unlock_key(key)).await.expect("it is the key");
    let swarm = until("the manager is back", async || bench.engine.swarm_inspect().await.ok()).await;
    assert_eq!(swarm.spec.labels.expect("it has labels")["purpose"], "tests");
    assert_eq!(bench.engine.node_inspect(node).await.expect("it is there").id, *node);

    bench.engine.swarm_leave(&SwarmLeaveOptions::default().force(true)).await.expect("the swarm ends");
    assert_eq!(state().await.as_str(), "inactive");
    let error = bench.engine.swarm_inspect().await.expect_err("there is no swarm");
    assert!(error.to_string().contains("not a swarm manager"), "{error}");
    swarm::end().await;
}

async fn a_second_engine_joins_leaves_and_is_forgotten(bench: &'static Bench) {
    swarm::end().await;
    let second = Second::start().await;
    let body = SwarmInitRequest::default().listen_addr(format!("{FIRST}:2377")).advertise_addr(FIRST);
    let first = bench.engine.swarm_init(&body).await.expect("a swarm begins");
    let token = inspect(bench).await.join_tokens.worker;
    let join = SwarmJoinRequest::default().listen_addr(format!("{SECOND}:2377")).advertise_addr(SECOND);
    let join = join.remote_addrs([format!("{FIRST}:2377")]).join_token(token);
    second.engine.swarm_join(&join).await.expect("it joins");

    let joined = second.engine.system_info().await.expect("it answers").swarm;
    assert_eq!((joined.control_available, &*joined.node_addr), (false, SECOND));
    let id = joined.node_id;
    let state = || async { bench.engine.node_inspect(&id).await.expect("it is there").status.state };
    until("it is ready", async || Some(state().await).filter(|state| state.as_str() == "ready")).await;
    let error = bench.engine.node_delete(&id, &NodeDeleteOptions::default()).await.expect_err("it is still there");
    assert!(error.to_string().contains("is not down and can't be removed"), "{error}");

    second.engine.swarm_leave(&SwarmLeaveOptions::default()).await.expect("a worker may leave");
    bench.engine.node_delete(&id, &NodeDeleteOptions::default().force(true)).await.expect("it is forgotten");
    let nodes = bench.engine.node_list(&NodeListOptions::default()).await.expect("nodes are listed");
    assert_eq!(nodes.into_iter().map(|node| node.id).collect::<Vec<_>>(), [first]);
    bench.engine.swarm_leave(&SwarmLeaveOptions::default().force(true)).await.expect("the swarm ends");
}

async fn streams_fail_when_the_engine_crashes_and_the_next_call_works(bench: &'static Bench) {
    swarm::end().await;
    let container = bench.running("echo ready; exec sleep 1000").await;
    let id = &container.id;
    let options = ContainerLogsOptions::default().stdout(true).follow(true);
    let mut logs = bench.engine.container_logs(id, &options).await.expect("it has logs");
    until_written(&mut logs, "ready\n").await;
    let options =
        SystemEventsOptions::default().filters(SystemEventsFilters::default().container(id)).since(UNIX_EPOCH);
    let mut events = bench.engine.system_events(&options).await.expect("it tells of events");
    value(&mut events).await;
    let options = ContainerAttachOptions::default().stream(true).stdout(true);
    let attached = bench.engine.container_attach(id, &options).await.expect("it is attached");
    let mut attached = attached.into_output();

    let began = Instant::now();
    let restarting = tokio::task::spawn_blocking(|| restart(&["KILL"]));
    let (logs, events, attached) = tokio::join!(
        async { (failure(async || logs.next().await).await, began.elapsed()) },
        async { (failure(async || events.next().await).await, began.elapsed()) },
        async { (soon("the attach ends", attached.next()).await, began.elapsed()) },
    );
    for error in [&logs.0, &events.0] {
        assert!(matches!(error, Error::Interrupted { .. }) && error.is_retryable(), "{error}");
    }
    // The connection does not show the difference between this end and the process's own; an inspect of the container
    // does.
    assert!(attached.0.is_none(), "{attached:?}");
    let latest = logs.1.max(events.1).max(attached.1);
    assert!(latest < Duration::from_secs(1), "{latest:?} passed until the last of them noticed");
    restarting.await.expect("the engine is up again");
    bench.engine.system_info().await.expect("the next call works");
}

fn restart(arguments: &[&str]) {
    let status = Command::new(variable("RESTART")).args(arguments).status().expect("the script runs");
    assert!(status.success(), "{status}");
}
