//! Builds that were recorded on real engines (`ENGINE-BUILD.json`), read as the events of a build. `record` recorded
//! them.

use std::collections::BTreeMap;
use std::time::SystemTime;

use dockwright::build::{BuildEvent, BuildStream, Step, StepState};
use dockwright::options::ImageBuildOptions;
use dockwright::{Engine, Error, FailedStep, Source};

const ENGINES: [&str; 3] = ["20.10.24", "26.1.5", "28.5.2"];

async fn build(name: &str) -> BuildStream {
    let body = std::fs::read(format!("tests/builds/{name}.json")).expect("it was recorded");
    let engine = Engine::canned(move |_| http::Response::new(body.clone().into()));
    engine.image_build(None, &ImageBuildOptions::default()).await.expect("the build begins").into_build()
}

async fn events(name: &str) -> (Vec<BuildEvent>, Option<Error>) {
    let mut build = build(name).await;
    let (mut events, mut failure) = (Vec::new(), None);
    while let Some(event) = build.next().await {
        match event {
            Ok(event) => events.push(event),
            Err(error) => failure = Some(error),
        }
    }
    assert_eq!(build.unknown_fields(), 0, "{name}: every field of a known engine is known");
    (events, failure)
}

/// The last state of each step, by its name.
fn steps(events: &[BuildEvent]) -> BTreeMap<&str, &Step> {
    let steps = events.iter().filter_map(|event| match event {
        BuildEvent::Step(step) => Some((&*step.name, step)),
        _ => None,
    });
    steps.collect()
}

/// The output of a step: stdout and stderr.
fn output(events: &[BuildEvent], number: u32) -> [String; 2] {
    [Source::Stdout, Source::Stderr].map(|source| {
        let pieces = events.iter().filter_map(|event| match event {
            BuildEvent::Output(output) if output.step == Some(number) && output.source == source => {
                Some(str::from_utf8(&output.bytes).expect("it is text"))
            }
            _ => None,
        });
        pieces.collect()
    })
}

#[tokio::test]
async fn a_build_has_its_steps_their_times_and_their_output() {
    for engine in ENGINES {
        let (events, failure) = events(&format!("{engine}-good")).await;
        assert!(failure.is_none(), "{failure:?}");
        let steps = steps(&events);
        let run = steps["[first 2/2] RUN echo one; echo two >&2; sleep 0.3; printf 'no end'"];
        let took = run.ended.unwrap_or(SystemTime::UNIX_EPOCH).duration_since(run.began.expect("it began"));
        assert!((300..3_000).contains(&took.expect("it ended later").as_millis()), "{run:?}");
        assert_eq!(output(&events, run.number), ["one\nno end".to_owned(), "two\n".to_owned()], "{engine}");
        assert_eq!(output(&events, steps["[second 3/3] RUN cat /greeting"].number)[0], "hello\n");
        let copy = steps["[stage-2 1/1] COPY --from=second /greeting /there"];
        assert!(copy.inputs.contains(&run.id) && copy.state == StepState::Done, "{copy:?}");
        assert!(events.iter().any(|event| matches!(event, BuildEvent::Progress(progress)
            if progress.name == "naming to docker.io/library/rec:1" && progress.is_complete)));
        let image = build(&format!("{engine}-good")).await.image().await.expect("it succeeds");
        assert!(image.is_some_and(|id| id.starts_with("sha256:")));
    }
}

#[tokio::test]
async fn steps_begin_before_they_end_and_are_numbered_in_that_order() {
    for engine in ENGINES {
        let (events, _) = events(&format!("{engine}-good")).await;
        let mut next = 1;
        for event in &events {
            let number = match event {
                BuildEvent::Step(step) => step.number,
                BuildEvent::Output(output) => output.step.unwrap_or(0),
                _ => continue,
            };
            assert!(number <= next, "{engine}: {event:?} is too early");
            next = next.max(number + 1);
        }
        assert!(next > 8, "{engine}: {next}");
    }
}

#[tokio::test]
async fn steps_of_a_second_build_are_cached() {
    for engine in ENGINES {
        let (events, _) = events(&format!("{engine}-cached")).await;
        let cached = steps(&events).into_values().filter(|step| step.state == StepState::Cached).count();
        assert!(cached >= 5, "{engine}: {cached}");
    }
}

#[tokio::test]
async fn a_step_that_fails_is_the_error_with_its_code_and_its_lines() {
    for engine in ENGINES {
        let (events, failure) = events(&format!("{engine}-failing")).await;
        let Some(Error::Step { step, message, .. }) = failure else { panic!("{engine}: {failure:?}") };
        let FailedStep { name, exit_code, lines, number, .. } = &*step;
        assert_eq!(name, "[2/2] RUN echo about to fail; echo badly >&2; exit 7");
        assert_eq!((*exit_code, &**lines), (Some(7), &["about to fail".to_owned(), "badly".to_owned()][..]));
        assert!(message.ends_with("exit code: 7"), "{message}");
        let failed = steps(&events)[&**name];
        assert!(failed.number == *number && matches!(failed.state, StepState::Failed(_)), "{failed:?}");
    }
}

#[tokio::test]
async fn a_warning_has_its_place() {
    let (events, _) = events("28.5.2-warnings").await;
    let warnings = events.iter().filter_map(|event| match event {
        BuildEvent::Warning(warning) => Some(warning),
        _ => None,
    });
    let places: Vec<_> = warnings.clone().map(|warning| (&*warning.file, warning.lines.clone())).collect();
    assert_eq!(places, [("Dockerfile", vec![2..=2]), ("Dockerfile", vec![4..=4]), ("Dockerfile", vec![4..=4])]);
    let first = warnings.clone().next().expect("there are three");
    assert!(first.message.starts_with("MaintainerDeprecated: ") && first.url.starts_with("https://"), "{first:?}");
}

#[tokio::test]
async fn the_classic_builder_has_the_same_events() {
    let (events, failure) = events("28.5.2-classic").await;
    assert!(failure.is_none());
    let run = steps(&events)["Step 4/4 : RUN echo about"];
    assert_eq!((run.number, &run.state), (4, &StepState::Done));
    assert_eq!(output(&events, 4)[0], "about\n");
    let (events, _) = self::events("20.10.24-classic-cached").await;
    let states: Vec<_> = steps(&events).into_values().map(|step| step.state.clone()).collect();
    let (done, cached) = (StepState::Done, StepState::Cached);
    assert_eq!(states, [done, cached.clone(), cached.clone(), cached]);
}
