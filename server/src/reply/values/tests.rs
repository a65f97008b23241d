//! Tests with whole streams of values, from the engine's bytes to the list.

use super::*;
use dockwright::{bytes, http, operations};
use serde_json::json;

async fn shown(operation: &'static Operation, body: String, options: &ReplyOptions) -> Result<String> {
    let engine = dockwright::Engine::canned(move |_| http::Response::new(bytes::Bytes::from(body.clone())));
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let arguments = required.map(|parameter| (parameter.name.to_owned(), json!("web"))).collect();
    let reply = engine.call(operation).arguments(arguments).send().await.unwrap();
    let options = options.clone();
    let gathering = async move { gather(reply, operation, &options, &Progress::default()).await };
    tokio::spawn(gathering).await.unwrap().map(|reply| reply.to_string())
}

fn events(count: usize) -> String {
    let event =
        |n: usize| json!({"Type": "container", "Action": if n.is_multiple_of(2) { "start" } else { "die" }, "time": n});
    (0..count).map(|n| format!("{}\n", event(n))).collect()
}

fn data(text: &str) -> Value {
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

#[tokio::test]
async fn events_are_always_a_list() {
    for count in [0, 1, 2] {
        let text = shown(&operations::SYSTEM_EVENTS, events(count), &ReplyOptions::default()).await.unwrap();
        assert_eq!(data(&text).as_array().unwrap().len(), count, "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

#[tokio::test]
async fn gathering_stops_at_each_limit() {
    let text = shown(&operations::SYSTEM_EVENTS, events(500), &ReplyOptions::default()).await.unwrap();
    assert_eq!(data(&text).as_array().unwrap().len(), 100);
    assert!(text.ends_with("dockwright: stopped at limit_items 100; continue with since"), "{text}");

    let options = ReplyOptions { limit_items: Some(3), grep: Some("DIE".into()), ..ReplyOptions::default() };
    let text = shown(&operations::SYSTEM_EVENTS, events(500), &options).await.unwrap();
    assert_eq!(data(&text)[2]["Action"], "die");
    assert!(text.contains("dockwright: grep: 3 of 6 values match\ndockwright: stopped at limit_items 3;"), "{text}");

    let options = ReplyOptions { limit_bytes: Some(200), ..ReplyOptions::default() };
    let text = shown(&operations::SYSTEM_EVENTS, events(500), &options).await.unwrap();
    assert!(text.lines().next().unwrap().len() <= 200 && text.contains("stopped at limit_bytes 200;"), "{text}");
}

#[tokio::test]
async fn an_expression_selects_from_the_gathered_values() {
    let options =
        |select: &str| ReplyOptions { select: Some(select.into()), limit_items: Some(4), ..ReplyOptions::default() };
    let text = shown(&operations::SYSTEM_EVENTS, events(9), &options("length(@)")).await.unwrap();
    assert_eq!(text, "4\ndockwright: stopped at limit_items 4; continue with since");
    let text = shown(&operations::SYSTEM_EVENTS, events(1), &options("[].Action")).await.unwrap();
    assert_eq!(text, r#"["start"]"#);
    let sample = json!({"pids_stats": {"current": 3}}).to_string();
    let text = shown(&operations::CONTAINER_STATS, sample, &options("pids_stats.current")).await.unwrap();
    assert_eq!(text, "3");
    assert!(shown(&operations::SYSTEM_EVENTS, events(1), &options("[")).await.is_err());
}

#[tokio::test]
async fn a_single_sample_is_an_object_and_several_are_a_list() {
    let sample = json!({"name": "/web", "pids_stats": {"current": 3}}).to_string();
    let text = shown(&operations::CONTAINER_STATS, sample.clone(), &ReplyOptions::default()).await.unwrap();
    assert!(data(&text).is_object(), "{text}");
    let text = shown(&operations::CONTAINER_STATS, sample.repeat(2), &ReplyOptions::default()).await.unwrap();
    assert_eq!(data(&text).as_array().unwrap().len(), 2);
    let options = ReplyOptions { limit_items: Some(1), ..ReplyOptions::default() };
    let text = shown(&operations::CONTAINER_STATS, sample.repeat(2), &options).await.unwrap();
    assert!(data(&text).is_array() && text.contains("stopped at limit_items 1;"), "{text}");
}

#[tokio::test]
async fn a_stream_that_breaks_off_shows_its_values_and_one_that_fails_at_once_is_an_error() {
    let text = shown(&operations::SYSTEM_EVENTS, events(2) + r#"{"Ty"#, &ReplyOptions::default()).await.unwrap();
    assert_eq!(data(&text).as_array().unwrap().len(), 2);
    assert!(text.contains("dockwright: the stream broke off: "), "{text}");
    assert!(shown(&operations::SYSTEM_EVENTS, "<html>".to_owned(), &ReplyOptions::default()).await.is_err());
}

#[tokio::test]
async fn values_are_safe() {
    let event =
        json!({"Action": "exec_create: psql PASSWORD=hunter2", "Actor": {"Attributes": {"name": "a\u{1b}[2J\n"}}});
    let text = shown(&operations::SYSTEM_EVENTS, event.to_string(), &ReplyOptions::default()).await.unwrap();
    assert!(
        !text.contains("hunter2") && !text.contains('\u{1b}') && text.contains("1 secret value is hidden"),
        "{text}"
    );
}
