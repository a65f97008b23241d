//! Times and durations, written in the unit of each property and read back.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dockwright::models::HealthConfig;
use dockwright::options::{ContainerInspectOptions, ContainerListFilters, ContainerListOptions, ContainerStopOptions};
use dockwright::{Period, TimeLimit, UnixTime};
use libtest_mimic::Trial;

use crate::bench::{Bench, shell, trials};

pub fn trials() -> Vec<Trial> {
    trials![
        durations_and_their_special_values_reach_the_engine,
        a_container_was_created_now_and_has_not_ended,
        what_the_unit_cannot_say_is_not_sent,
    ]
}

async fn durations_and_their_special_values_reach_the_engine(bench: &'static Bench) {
    let half_a_minute = Duration::from_secs(30);
    let health = HealthConfig::default().test(["CMD", "true"]).interval(half_a_minute).timeout(Period::Default);
    let mut body = shell("true").healthcheck(health).stop_timeout(TimeLimit::Unlimited);
    body.host_config = body.host_config.map(|host| host.cpu_period(Duration::from_millis(50)).cpu_quota(half_a_minute));
    let container = bench.container_of(body).await;
    let inspect = container.inspect().await;
    let config = inspect.config;
    assert_eq!(config.stop_timeout, Some(TimeLimit::Unlimited));
    let health = config.healthcheck.expect("it has a health check");
    assert_eq!(health.interval, Some(half_a_minute.into()));
    // The engine leaves out zeros.
    assert_eq!(health.timeout.unwrap_or_default(), Period::Default);
    let host = inspect.host_config;
    assert_eq!(host.cpu_period, Some(Duration::from_millis(50).into()));
    assert_eq!(host.cpu_quota, Some(half_a_minute.into()));
}

async fn a_container_was_created_now_and_has_not_ended(bench: &'static Bench) {
    let before = SystemTime::now();
    let container = bench.running("sleep 1000").await;
    let is_now = |time: UnixTime| {
        let second_before = UnixTime::from(before).seconds();
        (second_before..=UnixTime::from(SystemTime::now()).seconds()).contains(&time.seconds())
    };
    let inspect = bench.engine.container_inspect(&container.id, &ContainerInspectOptions::default()).await;
    let inspect = inspect.expect("it is there");
    let created = inspect.created.unix_time().expect("it is a time");
    assert!(is_now(created), "{created}");
    let state = inspect.state;
    assert!(is_now(state.started_at.unix_time().expect("it is a time")));
    assert!(state.finished_at.is_zero());

    let options = ContainerListOptions::default().filters(ContainerListFilters::default().id(&container.id));
    let listed = bench.engine.container_list(&options).await.expect("containers are listed");
    assert_eq!(listed[0].created, UnixTime::new(created.seconds(), 0));
    assert!(SystemTime::try_from(created).expect("the clock reaches it") > UNIX_EPOCH);
}

async fn what_the_unit_cannot_say_is_not_sent(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let options = ContainerStopOptions::default().timeout(Duration::from_millis(1_500));
    let error = bench.engine.container_stop(&container.id, &options).await.expect_err("the engine takes seconds");
    assert!(error.to_string().contains("1.5s) is not a whole number of seconds"), "{error}");
    assert_eq!(container.status().await, "running");
}
