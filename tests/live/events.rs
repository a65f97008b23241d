//! Events, and samples of a container's use of resources, sent while they happen.

use std::time::{SystemTime, UNIX_EPOCH};

use dockwright::models::{ContainerStatsResponse, EventMessage};
use dockwright::options::{
    ContainerDeleteOptions, ContainerStatsOptions, ContainerWaitOptions, SystemEventsFilters, SystemEventsOptions,
};
use dockwright::{Engine, JsonStream, UnixTime};
use libtest_mimic::Trial;

use crate::bench::{Bench, Container, shell, soon, trials, unique};
use crate::forwarder::Forwarder;
use crate::streams::{value, values};

pub fn trials() -> Vec<Trial> {
    trials![
        events_come_in_the_order_in_which_they_happen,
        events_until_a_time_that_has_passed_end,
        filters_choose_events,
        a_waiting_call_that_is_dropped_closes_its_connection,
        samples_come_one_after_the_other,
        one_sample_comes_at_once,
    ]
}

async fn events_come_in_the_order_in_which_they_happen(bench: &'static Bench) {
    let container = bench.container("exit 3").await;
    // Without a past a client may miss events: the engine answers before it listens for them.
    let mut events = events(&bench.engine, of(&container).since(UNIX_EPOCH)).await;
    assert_eq!(value(&mut events).await.action, "create");
    let container = container.started().await;
    let seen = until_death(&mut events).await;
    assert_eq!(actions(&seen), ["start", "die"]);
    let options = ContainerDeleteOptions::default();
    bench.engine.container_delete(&container.id, &options).await.expect("it is deleted");
    let last = value(&mut events).await;
    assert_eq!(last.action, "destroy");

    let [start, die] = &seen[..] else { panic!("two events: {seen:?}") };
    assert!(start.time_nano < die.time_nano && die.time_nano < last.time_nano, "{seen:?}");
    assert_eq!(die.type_.as_str(), "container");
    assert_eq!(die.scope.as_str(), "local");
    assert_eq!(die.actor.id, container.id);
    let attributes = &die.actor.attributes;
    assert_eq!((&*attributes["exitCode"], &*attributes["name"]), ("3", &*container.name));
}

async fn events_until_a_time_that_has_passed_end(bench: &'static Bench) {
    let container = bench.running("exit 3").await;
    until_death(&mut events(&bench.engine, of(&container).since(UNIX_EPOCH)).await).await;
    let past = events(&bench.engine, of(&container).since(UNIX_EPOCH).until(SystemTime::now())).await;
    assert_eq!(actions(&values(past).await), ["create", "start", "die"]);
    let past = events(&bench.engine, of(&container).since(UNIX_EPOCH).until(UnixTime::new(1, 0))).await;
    assert_eq!(values(past).await, []);
}

async fn filters_choose_events(bench: &'static Bench) {
    let label = unique("label");
    let labelled = bench.container_of(shell("true").labels([(&label, "yes")])).await.started().await;
    let other = bench.running("true").await;
    for container in [&labelled, &other] {
        until_death(&mut events(&bench.engine, of(container).since(UNIX_EPOCH)).await).await;
    }
    let chosen = async |filters: SystemEventsFilters| {
        let options = SystemEventsOptions::default().filters(filters).since(UNIX_EPOCH).until(SystemTime::now());
        values(events(&bench.engine, options).await).await
    };
    let labelled = chosen(SystemEventsFilters::default().label(format!("{label}=yes"))).await;
    assert_eq!(actions(&labelled), ["create", "start", "die"]);
    let died = chosen(SystemEventsFilters::default().container(&other.id).event("die").event("create")).await;
    assert_eq!(actions(&died), ["create", "die"]);
    let networks = chosen(SystemEventsFilters::default().container(&other.id).type_("network")).await;
    assert_eq!(networks, []);
}

async fn a_waiting_call_that_is_dropped_closes_its_connection(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    let mut events = events(&engine, of(&container).since(UNIX_EPOCH)).await;
    value(&mut events).await;
    drop(events);
    forwarder.closed_at_once("/events").await;
    let mut samples = engine.container_stats(&container.id, &ContainerStatsOptions::default()).await.expect("it runs");
    value(&mut samples).await;
    drop(samples);
    forwarder.closed_at_once("/stats").await;
    {
        let options = ContainerWaitOptions::default();
        let waiting = std::pin::pin!(engine.container_wait(&container.id, &options));
        tokio::select! {
            answer = waiting => panic!("the container still runs: {answer:?}"),
            () = forwarder.answered("/wait") => {}
        }
    }
    forwarder.closed_at_once("/wait").await;
}

async fn samples_come_one_after_the_other(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let options = ContainerStatsOptions::default().stream(true);
    let mut samples = bench.engine.container_stats(&container.id, &options).await.expect("it runs");
    let (first, second) = (value(&mut samples).await, value(&mut samples).await);
    assert_eq!(first.id.as_ref(), Some(&container.id));
    let read = |sample: &ContainerStatsResponse| sample.read.unix_time().expect("it is a time");
    assert!(read(&first) < read(&second), "{:?} and {:?}", first.read, second.read);
    assert_eq!(second.preread, first.read);
    assert!(cpu_nanoseconds(&first) <= cpu_nanoseconds(&second) && cpu_nanoseconds(&first) > 0);
    assert!(second.pids_stats.current.is_some_and(|count| count >= 2), "init and sleep");
}

async fn one_sample_comes_at_once(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let options = ContainerStatsOptions::default().stream(false).one_shot(true);
    let samples = bench.engine.container_stats(&container.id, &options).await.expect("it runs");
    let samples = values(samples).await;
    let [sample] = &samples[..] else { panic!("one sample: {samples:?}") };
    assert!(cpu_nanoseconds(sample) > 0, "{sample:?}");
    // Engines after 1.41 leave out the container's name and id here.
    assert_eq!(sample.id.is_some(), !bench.speaks(42), "{sample:?}");
    // There is none before it, for which the engine would have to wait a second.
    assert!(sample.preread.is_zero());
}

fn cpu_nanoseconds(sample: &ContainerStatsResponse) -> u64 {
    sample.cpu_stats.cpu_usage.total_usage
}

/// The events until one says that the container has ended.
async fn until_death(events: &mut JsonStream<EventMessage>) -> Vec<EventMessage> {
    let mut seen: Vec<EventMessage> = Vec::new();
    while seen.last().is_none_or(|event| event.action != "die") {
        seen.push(value(events).await);
    }
    seen
}

/// Options for the events of one container.
fn of(container: &Container) -> SystemEventsOptions {
    let filters = SystemEventsFilters::default().type_("container").container(&container.id);
    SystemEventsOptions::default().filters(filters)
}

async fn events(engine: &Engine, options: SystemEventsOptions) -> JsonStream<EventMessage> {
    soon("the engine answers", engine.system_events(&options)).await.expect("it tells of events")
}

fn actions(events: &[EventMessage]) -> Vec<&str> {
    events.iter().map(|event| &*event.action).collect()
}
