//! Tests with whole streams of values, from the engine's bytes to the list.

use super::*;
use crate::reply::view::{History, ViewOptions};
use dockwright::tools::View;
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

fn in_view(view: ViewOptions) -> ReplyOptions {
    ReplyOptions { view: Some(view), ..ReplyOptions::default() }
}

#[tokio::test]
async fn events_in_their_view_are_a_table_that_says_how_to_go_on() {
    let options = ReplyOptions { limit_items: Some(2), ..in_view(ViewOptions::new(View::Events)) };
    let text = shown(&operations::SYSTEM_EVENTS, events(500), &options).await.unwrap();
    let expected =
        json!([["00:00:00Z", "container", "start", "", "", ""], ["00:00:01Z", "container", "die", "", "", ""],]);
    assert_eq!((&data(&text)["date"], &data(&text)["rows"]), (&json!("1970-01-01"), &expected));
    assert!(text.ends_with("stopped at limit_items 2; continue with since: \"1.000000001\""), "{text}");

    let empty = shown(&operations::SYSTEM_EVENTS, String::new(), &options).await.unwrap();
    assert!(empty.contains("nothing happened; since: \"10m\" shows the past"), "{empty}");
    let history = Some(History { since: 0, oldest: Some(5_000_000_000) });
    let options = in_view(ViewOptions { history, ..ViewOptions::new(View::Events) });
    let empty = shown(&operations::SYSTEM_EVENTS, String::new(), &options).await.unwrap();
    assert!(empty.contains("the engine's history begins at 1970-01-01T00:00:05Z"), "{empty}");
    let selected = ReplyOptions { select: Some("[].Action".to_owned()), ..options };
    let empty = shown(&operations::SYSTEM_EVENTS, String::new(), &selected).await.unwrap();
    assert!(empty.starts_with("[]\n") && empty.contains("the engine's history begins at"), "{empty}");
}

#[tokio::test]
async fn a_search_in_a_table_tells_of_matches_that_it_does_not_show() {
    let event = json!({"Type": "container", "Action": "die", "Actor": {"Attributes": {"name": "a", "tier": "gold"}}});
    let options = |grep: &str| ReplyOptions { grep: Some(grep.into()), ..in_view(ViewOptions::new(View::Events)) };
    let text = shown(&operations::SYSTEM_EVENTS, event.to_string(), &options("gold")).await.unwrap();
    assert!(text.contains("grep: 0 of 1 values match") && text.contains("only in `Actor.Attributes`"), "{text}");
    let text = shown(&operations::SYSTEM_EVENTS, event.to_string(), &options("die")).await.unwrap();
    assert!(data(&text)["rows"][0][2] == "die" && !text.contains("only in"), "{text}");
}

#[tokio::test]
async fn samples_in_their_view_are_computed() {
    let stopped = json!({"name": "/web", "read": "0001-01-01T00:00:00Z"}).to_string();
    let options = in_view(ViewOptions::new(View::Usage));
    let text = shown(&operations::CONTAINER_STATS, stopped.clone(), &options).await.unwrap();
    assert_eq!(text, r#"{"Name":"web","State":"not running"}"#);
    let text = shown(&operations::CONTAINER_STATS, stopped.repeat(2), &options).await.unwrap();
    assert_eq!(data(&text)[1]["State"], "not running");
}
