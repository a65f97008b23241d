//! Tests with whole work, from the engine's messages to the outcome.

use super::*;
use dockwright::operations;
use serde_json::json;
use std::sync::mpsc;

async fn follow(
    operation: &'static Operation,
    messages: &[Value],
    progress: &Progress,
) -> Result<ToolReply, WorkFailure> {
    let body: String = messages.iter().map(|message| format!("{message}\r\n")).collect();
    let engine = dockwright::Engine::canned(move |_| {
        dockwright::http::Response::new(dockwright::bytes::Bytes::from(body.clone()))
    });
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let arguments = required.map(|parameter| (parameter.name.to_owned(), json!("nginx"))).collect();
    let body = operation.body.map(|_| dockwright::Body::from("archive"));
    let reply = engine.call(operation).arguments(arguments).content(body).send().await.unwrap();
    let progress = progress.clone();
    tokio::spawn(async move { follow_work(reply, operation, &ReplyOptions::default(), &progress).await }).await.unwrap()
}

async fn outcome(operation: &'static Operation, messages: &[Value]) -> ToolReply {
    follow(operation, messages, &Progress::default()).await.unwrap()
}

#[tokio::test]
async fn a_pull_is_summed_up() {
    let layer = |id: &str, status: &str, current: u64, total: u64| {
        json!({"status": status, "id": id,
        "progressDetail": {"current": current, "total": total}})
    };
    let messages = [
        json!({"status": "Pulling from library/nginx", "id": "latest"}),
        json!({"status": "Already exists", "progressDetail": {}, "id": "c0"}),
        json!({"status": "Pulling fs layer", "progressDetail": {}, "id": "a1"}),
        layer("a1", "Downloading", 10, 3_000),
        layer("b2", "Downloading", 2_000, 2_000),
        layer("a1", "Extracting", 3_000, 3_000),
        json!({"status": "Pull complete", "progressDetail": {}, "id": "a1"}),
        json!({"status": "Digest: sha256:abc"}),
        json!({"status": "Status: Downloaded newer image for nginx:latest"}),
    ];
    let (sender, receiver) = mpsc::channel();
    let progress = Progress::with_listener(move |step| sender.send(step.message).unwrap());
    let reply = follow(&operations::IMAGE_CREATE, &messages, &progress).await.unwrap();
    assert_eq!(
        reply.to_string(),
        json!({
            "status": ["Pulling from library/nginx", "Digest: sha256:abc",
                "Status: Downloaded newer image for nginx:latest"],
            "layers": {"count": 3, "already_there": 1, "bytes": 5_000},
        })
        .to_string()
    );
    assert_eq!(reply.clone().into_structured().unwrap()["layers"]["count"], 3);
    assert_eq!(*receiver.recv().unwrap(), "Pulling from library/nginx");
}

#[tokio::test]
async fn a_push_has_its_digest() {
    let aux = json!({"Tag": "latest", "Digest": "sha256:abc", "Size": 1_778});
    let messages = [
        json!({"status": "The push refers to repository [r/x]"}),
        json!({"status": "Layer already exists", "progressDetail": {}, "id": "a1"}),
        json!({"status": "latest: digest: sha256:abc size: 1778"}),
        json!({"progressDetail": {}, "aux": aux}),
    ];
    let value = outcome(&operations::IMAGE_PUSH, &messages).await.into_structured().unwrap();
    assert_eq!(value["aux"], aux);
    assert_eq!(value["layers"], json!({"count": 1, "already_there": 1}));
    assert_eq!(value["status"][1], "latest: digest: sha256:abc size: 1778");
}

#[tokio::test]
async fn a_build_ends_with_its_image_and_its_last_lines() {
    let mut messages: Vec<_> = (1..=30).map(|n| json!({"stream": format!("step {n}\n")})).collect();
    messages.push(json!({"aux": {"ID": "sha256:abc"}}));
    messages.push(json!({"stream": "\u{1b}[1mSuccessfully"}));
    messages.push(json!({"stream": " built abc\n"}));
    let text = outcome(&operations::IMAGE_BUILD, &messages).await.to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], r#"{"aux":{"ID":"sha256:abc"},"result":"Successfully built abc"}"#);
    assert!(lines[1].starts_with("--- engine text ") && lines[22].starts_with("--- end "), "{text}");
    assert_eq!((lines[2], lines[21]), ("| step 12", "| Successfully built abc"));
    assert_eq!(lines[23..], ["dockwright: the last 20 of 31 lines of output"]);
}

/// The messages of a build that was recorded on a real engine.
fn recorded(name: &str) -> Vec<Value> {
    let path = format!("{}/../tests/builds/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_build_by_buildkit_shows_its_steps_and_their_output() {
    for version in ["20.10.24", "26.1.5", "28.5.2"] {
        let text = outcome(&operations::IMAGE_BUILD, &recorded(&format!("{version}-good"))).await.to_string();
        let value: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(value["steps"], json!({"count": 6, "cached": 0}), "{text}");
        assert!(value["aux"]["ID"].as_str().unwrap().starts_with("sha256:"), "{text}");
        let run = text.lines().find(|line| line.contains("[first 2/2] RUN echo one")).unwrap();
        let number = run.strip_prefix("| ").unwrap().split(' ').next().unwrap();
        for line in ["one", "two", "no end"] {
            assert!(text.contains(&format!("| {number} {line}\n")), "{line}: {text}");
        }
        assert!(!text.contains("[internal]") && !text.contains("could not be read"), "{text}");
        let text = outcome(&operations::IMAGE_BUILD, &recorded(&format!("{version}-cached"))).await.to_string();
        assert!(text.contains("[second 3/3] RUN cat /greeting (cached)\n"), "{text}");
    }
}

#[tokio::test]
async fn a_step_that_fails_in_buildkit_shows_its_own_lines_only() {
    for version in ["20.10.24", "26.1.5", "28.5.2"] {
        let messages = recorded(&format!("{version}-failing"));
        let failure = follow(&operations::IMAGE_BUILD, &messages, &Progress::default()).await.unwrap_err();
        assert!(matches!(&failure.error, Error::Failed { code: Some(7), .. }), "{:?}", failure.error);
        let lines: Vec<_> = failure.output.lines().map(|line| line.split_once(' ').unwrap().1).collect();
        let name = "[2/2] RUN echo about to fail; echo badly >&2; exit 7";
        assert_eq!(lines[1..lines.len() - 1], [name, "about to fail", "badly"], "{version}");
    }
}

#[tokio::test]
async fn warnings_of_buildkit_have_their_place_and_layers_are_counted() {
    let messages = recorded("28.5.2-warnings");
    let messages = &messages[..messages.len() - 1];
    let value = outcome(&operations::IMAGE_BUILD, messages).await.into_structured().unwrap();
    let warning = "Dockerfile:2: MaintainerDeprecated: Maintainer instruction is deprecated";
    assert!(value["warnings"][0].as_str().unwrap().starts_with(warning), "{value}");
    assert_eq!(value["warnings"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_trace_that_cannot_be_read_is_said_and_hides_no_result() {
    let trace = json!({"id": "moby.buildkit.trace", "aux": "CgoKCAoG"});
    let messages = [trace.clone(), trace, json!({"id": "moby.image.id", "aux": {"ID": "sha256:abc"}})];
    let text = outcome(&operations::IMAGE_BUILD, &messages).await.to_string();
    assert_eq!(text, "{\"aux\":{\"ID\":\"sha256:abc\"}}\ndockwright: 2 messages of BuildKit could not be read");
}

#[tokio::test]
async fn a_load_names_its_images() {
    let messages = [
        json!({"status": "Loading layer", "id": "a1", "progressDetail": {"current": 5, "total": 5},
            "progress": "[=>]"}),
        json!({"stream": "Loaded image: web:1\n"}),
    ];
    let text = outcome(&operations::IMAGE_LOAD, &messages).await.to_string();
    assert_eq!(text, r#"{"layers":{"count":1,"bytes":5},"result":"Loaded image: web:1"}"#);
    assert_eq!(outcome(&operations::IMAGE_LOAD, &[]).await.to_string(), "done");
}

#[tokio::test]
async fn a_failure_comes_with_the_lines_before_it() {
    let words = "The command '/bin/sh -c make' returned a non-zero code: 2";
    let messages = [
        json!({"stream": "Step 1/2 : RUN make API_TOKEN=abc\n"}),
        json!({"stream": "make: *** no rule"}),
        json!({"errorDetail": {"code": 2, "message": words}, "error": words}),
    ];
    let failure = follow(&operations::IMAGE_BUILD, &messages, &Progress::default()).await.unwrap_err();
    assert!(matches!(&failure.error, Error::Failed { message, code: Some(2), .. } if message == words));
    let lines: Vec<_> = failure.output.lines().collect();
    assert_eq!(lines[1..3], ["| Step 1/2 : RUN make API_TOKEN=[redacted by dockwright]", "| make: *** no rule"]);
    let messages = [json!({"status": "Pulling"}), json!({"error": "denied"})];
    assert_eq!(
        follow(&operations::IMAGE_CREATE, &messages, &Progress::default()).await.unwrap_err().output.as_str(),
        ""
    );
}

#[test]
fn progress_holds_no_secrets() {
    let options = ReplyOptions::default();
    let mut summary = Summary::new("Image", &options);
    let key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    for (output, last) in [
        ("Step 1/2 : FROM x\n\u{1b}[32m ---> TOKEN=abc\n", "---> TOKEN=[redacted by dockwright]"),
        ("-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----[redacted by dockwright]"),
        (key, "-----BEGIN PRIVATE KEY-----[redacted by dockwright]"),
        ("-----END PRIVATE KEY-----\ndone\nPASS", "done"),
        ("WORD=hunter2\n", "PASSWORD=[redacted by dockwright]"),
    ] {
        summary.add(&Message::read(&json!({ "stream": output })));
        assert_eq!(*summary.last, last, "{output}");
    }
}

#[tokio::test(start_paused = true)]
async fn work_that_is_cut_names_its_last_step() {
    let options = ReplyOptions::default();
    let mut summary = Summary::new("Image", &options);
    summary.add(&Message::read(
        &json!({"status": "Downloading", "id": "a1", "progressDetail": {"current": 5, "total": 10}}),
    ));
    let text = summary.into_reply(Some("stopped after 5 s (limit_seconds): layers stay".to_owned())).to_string();
    assert_eq!(
        text,
        "{\"stopped_at\":\"a1: Downloading 5/10 B\",\"layers\":{\"count\":1,\"bytes\":10}}\n\
         dockwright: stopped after 5 s (limit_seconds): layers stay"
    );
}

#[tokio::test]
async fn hostile_messages_take_no_more_room_than_others() {
    let mut messages: Vec<_> = (0..5_000)
        .map(|n| {
            json!({"status": format!("{n} {}", "x".repeat(500)), "id": format!("{n}"),
                "progressDetail": {"current": 1, "total": u64::MAX}})
        })
        .collect();
    messages.extend(
        (0..100).map(|n| json!({"aux": {"ID": "y".repeat(5_000), "n": n}, "status": format!("{n}\ndockwright: x")})),
    );
    messages.extend((0..100).map(|_| json!({"stream": "z".repeat(100_000)})));
    messages.extend([json!(1), json!([]), json!({"stream": 1, "aux": [], "status": {}})]);
    let text = outcome(&operations::IMAGE_BUILD, &messages).await.to_string();
    assert!(text.len() < 40_000, "{}", text.len());
    assert_eq!(text.lines().filter(|line| line.starts_with("dockwright: ")).count(), 0);
    let value: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(value["layers"], json!({"count": 1_000, "bytes": u64::MAX}));
}
