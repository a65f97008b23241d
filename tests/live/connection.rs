//! The way to the engine and back: addresses, the API version, limits, cancellation, and how a refusal reads.

use std::time::Duration;

use dockwright::options::{
    ContainerCreateOptions, ContainerInspectOptions, ContainerStartOptions, ContainerStopOptions, ContainerWaitOptions,
};
use dockwright::{API_VERSION, Engine, Error, Limits, Outcome, Value, Version};
use libtest_mimic::Trial;

use crate::bench::{Bench, request, shell, trials};
use crate::forwarder::Forwarder;

pub fn trials() -> Vec<Trial> {
    trials![
        the_version_is_the_newest_that_both_speak,
        the_environment_names_the_engine,
        a_tcp_address_reaches_the_same_engine,
        a_dropped_call_closes_its_connection,
        a_path_argument_that_leads_elsewhere_is_never_sent,
        an_endpoint_that_no_table_knows_is_reached,
        a_refusal_has_the_words_of_the_engine,
        a_taken_name_is_a_conflict,
        a_state_that_is_already_reached_is_unchanged_and_no_error,
        an_address_where_nobody_listens_is_unreachable,
        limits_do_not_end_calls_that_wait,
        limits_end_calls_that_should_answer_at_once,
    ]
}

async fn the_version_is_the_newest_that_both_speak(bench: &'static Bench) {
    let newest: Version = API_VERSION.parse().expect("a version");
    assert_eq!(bench.engine.api_version().await.expect("it is asked"), bench.api.min(newest));
    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    for _ in 0..2 {
        engine.system_info().await.expect("it answers");
    }
    let targets: Vec<_> = forwarder.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/_ping", "/info", "/info"]);
}

async fn the_environment_names_the_engine(bench: &'static Bench) {
    let engine = Engine::from_env().expect("DOCKER_HOST is an address");
    assert_eq!(engine.address(), bench.host, "tests/engine/with sets DOCKER_HOST");
    assert_eq!(id(&engine).await, id(&bench.engine).await);
}

async fn a_tcp_address_reaches_the_same_engine(bench: &'static Bench) {
    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    assert_eq!(engine.address(), forwarder.address);
    assert_eq!(id(&engine).await, id(&bench.engine).await);
}

async fn a_dropped_call_closes_its_connection(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    engine.api_version().await.expect("it answers");
    {
        let options = ContainerWaitOptions::default();
        let waiting = std::pin::pin!(engine.container_wait(&container.id, &options));
        tokio::select! {
            answer = waiting => panic!("the container still runs: {answer:?}"),
            // The engine sends the head of its answer at once.
            () = forwarder.answered("/wait") => {}
        }
    }
    forwarder.closed("/wait").await;
    assert_eq!(container.status().await, "running");
    engine.system_ping().await.expect("the next call has a connection of its own");
}

async fn a_path_argument_that_leads_elsewhere_is_never_sent(bench: &'static Bench) {
    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    for id in ["", ".", "..", "../images", "a/../../info", "/a"] {
        let error = engine.container_inspect(id, &ContainerInspectOptions::default()).await.expect_err("it is no id");
        assert!(matches!(&error, Error::Argument { argument, .. } if argument == "id"), "{id}: {error}");
    }
    for name in ["", "a/../b", "a//b", "./a"] {
        let error = engine.image_history(name, &Default::default()).await.expect_err("it is no name");
        assert!(matches!(error, Error::Argument { .. }), "{name}: {error}");
    }
    assert_eq!(forwarder.requests(), []);
    let error = engine.image_history("a/b?c#d e", &Default::default()).await.expect_err("there is no such image");
    assert!(matches!(error, Error::Api { .. }), "{error}");
    let last = forwarder.requests().pop().expect("it was sent");
    assert_eq!(last.target, "/images/a/b%3Fc%23d%20e/history");
}

async fn an_endpoint_that_no_table_knows_is_reached(bench: &'static Bench) {
    let reply = bench.engine.raw(request("GET", "/networks/", "")).await.expect("an alias of the engine's");
    let networks: Vec<Value> = reply.json().await.expect("it is a list");
    assert!(networks.iter().any(|network| network["Name"] == "bridge"), "{networks:?}");
    let error = bench.engine.raw(request("GET", "/no/such/page", "")).await.expect_err("there is no such page");
    assert_eq!(error.to_string(), "raw: 404: page not found");
}

async fn a_refusal_has_the_words_of_the_engine(bench: &'static Bench) {
    let options = ContainerInspectOptions::default();
    let error = bench.engine.container_inspect("no-such", &options).await.expect_err("there is no such container");
    assert!(error.is_not_found() && !error.is_retryable() && !error.is_conflict());
    assert_eq!(error.to_string().to_lowercase(), "container_inspect: 404: no such container: no-such");
    assert!(matches!(error, Error::Api { endpoint, .. } if endpoint == "GET /containers/{id}/json"));
}

async fn a_taken_name_is_a_conflict(bench: &'static Bench) {
    let container = bench.container("true").await;
    let options = ContainerCreateOptions::default().name(&container.name);
    let error = bench.engine.container_create(&shell("true"), &options).await.expect_err("the name is taken");
    assert!(error.is_conflict() && !error.is_not_found(), "{error}");
    assert!(error.to_string().contains(&format!("\"/{}\" is already in use", container.name)), "{error}");
}

async fn a_state_that_is_already_reached_is_unchanged_and_no_error(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let (starting, stopping) = (ContainerStartOptions::default(), ContainerStopOptions::default());
    let start = || bench.engine.container_start(&container.id, &starting);
    let stop = || bench.engine.container_stop(&container.id, &stopping);
    assert_eq!(start().await.expect("it runs already"), Outcome::Unchanged);
    assert_eq!(stop().await.expect("it stops"), Outcome::Changed);
    assert_eq!(stop().await.expect("it has stopped already"), Outcome::Unchanged);
    assert_eq!(start().await.expect("it starts again"), Outcome::Changed);
}

async fn an_address_where_nobody_listens_is_unreachable(_: &'static Bench) {
    for address in ["unix:///no/such/docker.sock", "tcp://127.0.0.1:1"] {
        let engine = Engine::at(address).expect("it is an address");
        let error = engine.system_ping().await.expect_err("nobody listens");
        assert!(error.is_unreachable() && error.is_retryable(), "{error}");
        assert!(error.to_string().starts_with(&format!("cannot reach the engine at {address}: ")), "{error}");
    }
}

async fn limits_do_not_end_calls_that_wait(bench: &'static Bench) {
    let container = bench.running("sleep 1; exit 3").await;
    let engine = tiny(bench);
    let answer = engine.container_wait(&container.id, &ContainerWaitOptions::default()).await.expect("nothing is cut");
    assert_eq!(answer.status_code, 3);
    let container = bench.running("trap '' TERM; while :; do sleep 0.1; done").await;
    let options = ContainerStopOptions::default().timeout(Duration::from_secs(1));
    let outcome = engine.container_stop(&container.id, &options).await;
    assert_eq!(outcome.expect("nothing is cut"), Outcome::Changed);
}

async fn limits_end_calls_that_should_answer_at_once(bench: &'static Bench) {
    let limits = Limits::default().first_byte(Duration::from_nanos(1));
    let engine = bench.engine.clone().with_limits(limits).with_api_version(bench.api);
    let error = engine.system_info().await.expect_err("no engine is that fast");
    assert!(matches!(error, Error::Timeout { .. }) && error.is_retryable(), "{error}");
}

/// An engine that is given no time, but knows its version.
fn tiny(bench: &Bench) -> Engine {
    let limits = Limits::default().first_byte(Duration::from_millis(50)).idle(Duration::from_millis(50));
    bench.engine.clone().with_limits(limits).with_api_version(bench.api)
}

async fn id(engine: &Engine) -> String {
    engine.system_info().await.expect("it answers").id
}
