//! Tests with texts of the classic builder, and with what both builders have in common. Recorded builds of real engines
//! are in tests/builds/.

use super::*;
use crate::build::{Step, StepOutput};
use crate::stream::canned;

/// The events of a build, each in one line, and its error.
async fn read(body: &'static str) -> (Vec<String>, Option<Error>) {
    let mut build = canned(body).await.into_build();
    let mut events = Vec::new();
    while let Some(event) = build.next().await {
        events.push(match event {
            Ok(BuildEvent::Step(Step { number, name, state, .. })) => format!("#{number} {name} {state:?}"),
            Ok(BuildEvent::Output(StepOutput { step: Some(step), bytes, .. })) => {
                format!("#{step} {}", bytes.escape_ascii())
            }
            Ok(BuildEvent::Output(StepOutput { bytes, .. })) => bytes.escape_ascii().to_string(),
            Ok(BuildEvent::Image { id }) => id,
            Ok(event) => format!("{event:?}"),
            Err(error @ Error::Decode { .. }) => error.to_string(),
            Err(error) => return (events, Some(error)),
        });
    }
    (events, None)
}

#[tokio::test]
async fn a_command_cannot_pass_its_output_off_as_the_builders() {
    let (events, error) = read(
        r#"{"stream":"Step 1/2 : RUN x"}{"stream":"\n"}{"stream":" ---\u003e Running in abc\n"}
        {"stream":"Step 2/2 : evil\n"}{"stream":" ---\u003e Using cache\n"}{"stream":" ---\u003e Removed intermediate container b\n"}
        {"stream":" ---\u003e Removed intermediate container abc\n"}{"stream":"Step 2/2 : ENV a"}"#,
    )
    .await;
    let expected = [
        "#1 Step 1/2 : RUN x Running",
        r" ---> Running in abc\n",
        r"#1 Step 2/2 : evil\n",
        r"#1  ---> Using cache\n",
        r"#1  ---> Removed intermediate container b\n",
        r" ---> Removed intermediate container abc\n",
        "#1 Step 1/2 : RUN x Done",
        "#2 Step 2/2 : ENV a Running",
        "#2 Step 2/2 : ENV a Done",
    ];
    assert_eq!((events, error.is_none()), (expected.map(str::to_owned).to_vec(), true));
}

#[tokio::test]
async fn a_step_of_the_classic_builder_fails_with_its_code_and_lines() {
    let (events, error) = read(
        r#"{"stream":"Step 1/1 : RUN x"}{"stream":"\n"}{"stream":" ---\u003e Running in abc\n"}{"stream":"ou"}{"stream":"t\n"}
        {"errorDetail":{"code":7,"message":"returned a non-zero code: 7"},"error":"x"}"#,
    )
    .await;
    assert_eq!(events.last().unwrap(), r#"#1 Step 1/1 : RUN x Failed("returned a non-zero code: 7")"#);
    let error = error.unwrap();
    assert_eq!(error.to_string(), "raw: Step 1/1 : RUN x: returned a non-zero code: 7");
    let Error::Step { step, .. } = error else { panic!("{error:?}") };
    assert_eq!((step.number, step.exit_code, step.lines), (1, Some(7), vec!["out".to_owned()]));
}

#[tokio::test]
async fn a_message_that_cannot_be_read_loses_no_other() {
    let (events, error) = read(
        r#"{"id":"moby.buildkit.trace","aux":"%"} 5 {"id":"moby.buildkit.trace","aux":{"ID":"x"}} {"aux":[]}
        {"id":"moby.image.id","aux":{"ID":"sha256:a"}}"#,
    )
    .await;
    assert!(error.is_none() && events.len() == 4, "{events:?}");
    assert!(events[0].starts_with("raw: unexpected answer: BuildKit's trace: "), "{events:?}");
    assert_eq!(events[2..], ["x", "sha256:a"]);
}

#[tokio::test]
async fn a_failure_outside_any_step_stays_as_it_is() {
    let error = read(r#"{"errorDetail":{"message":"dockerfile parse error"},"error":"x"}"#).await.1.unwrap();
    assert!(matches!(error, Error::Failed { message, .. } if message == "dockerfile parse error"));
}

#[tokio::test]
async fn the_image_of_a_build_is_the_last_one() {
    let build = r#"{"aux":{"ID":"sha256:a"}}{"aux":{"ID":"sha256:b"}}{"stream":"Successfully built b\n"}"#;
    assert_eq!(canned(build).await.into_build().image().await.unwrap().as_deref(), Some("sha256:b"));
    assert_eq!(canned("").await.into_build().image().await.unwrap(), None);
}
