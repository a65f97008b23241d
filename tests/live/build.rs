//! Builds as streams of events, the same for both builders.

use std::time::{Duration, Instant};

use dockwright::build::{BuildEvent, BuildStream, StepState};
use dockwright::options::{ImageBuildOptions, ImageCommitOptions, ImageInspectOptions};
use dockwright::tar::Context;
use dockwright::{Error, Result};
use libtest_mimic::Trial;

use crate::archive::archive;
use crate::bench::{Bench, IMAGE, Leftover, soon, trials, unique, until};
use crate::image::commit;
use crate::progress::folder;

pub fn trials() -> Vec<Trial> {
    trials![
        both_builders_tell_of_steps_their_output_and_the_image,
        a_second_build_finds_its_steps_in_the_cache,
        a_step_that_fails_is_the_error_of_either_builder,
        a_build_by_buildkit_that_is_dropped_ends_its_command,
        dockerfiles_of_buildkit_build_without_a_session,
    ]
}

const BUILDERS: [&str; 2] = ["1", "2"];

async fn both_builders_tell_of_steps_their_output_and_the_image(bench: &'static Bench) {
    for version in BUILDERS {
        let name = unique("events");
        let _leftover = Leftover::new(format!("/images/{name}:latest?force=true"));
        let folder =
            folder([("Dockerfile", &format!("FROM {IMAGE}\nCOPY . /c\nRUN cat /c/word\n")), ("word", "hello\n")]);
        let options = options(version).nocache(true).tags([&name]);
        let build = bench.engine.image_build(Some(Context::new(folder.path()).into()), &options).await;
        let events = events(build.expect("it begins").into_build()).await.expect("it succeeds");
        let number = number(&events, "RUN cat /c/word", &StepState::Done);
        assert_eq!(output(&events, number), "hello\n", "version {version}: {events:?}");
        let image = events.iter().rev().find_map(|event| match event {
            BuildEvent::Image { id } => Some(id.clone()),
            _ => None,
        });
        let built = bench.engine.image_inspect(&name, &ImageInspectOptions::default()).await.expect("it is there");
        assert_eq!(image, Some(built.id), "version {version}");
    }
}

async fn a_second_build_finds_its_steps_in_the_cache(bench: &'static Bench) {
    // From the same base as builds beside this one, some engines share a step with them and pass over the cache.
    let base = unique("base");
    let (_, _leftover) = commit(bench, ImageCommitOptions::default().repo(&base)).await;
    for version in BUILDERS {
        let step = format!("RUN echo {}", unique("word"));
        let dockerfile = format!("FROM {base}\n{step}\n");
        for state in [StepState::Done, StepState::Cached] {
            let build = build_file(bench, &dockerfile, &options(version)).await.expect("it begins");
            number(&events(build).await.expect("it succeeds"), &step, &state);
        }
    }
}

async fn a_step_that_fails_is_the_error_of_either_builder(bench: &'static Bench) {
    for version in BUILDERS {
        let build = build(bench, version, "RUN echo about to fail; echo badly >&2; exit 7").await;
        let error = events(build.expect("it begins")).await.expect_err("its command fails");
        let Error::Step { step, .. } = error else { panic!("version {version}: {error:?}") };
        assert_eq!(step.exit_code, Some(7), "{step:?}");
        assert!(step.name.contains("RUN echo about to fail"), "{step:?}");
        // The classic builder colours stderr, and either may read it first.
        let lines = step.lines.join(" ");
        assert!(lines.contains("about to fail") && lines.contains("badly"), "{step:?}");
    }
}

async fn a_build_by_buildkit_that_is_dropped_ends_its_command(bench: &'static Bench) {
    let word = unique("word");
    let build = build(bench, "2", &looping(&word)).await.expect("it begins");
    ends_its_command_when_dropped(build, &word).await;
}

/// A step whose command has a word among its arguments, says that it is ready, and never ends.
pub fn looping(word: &str) -> String {
    format!("RUN echo ready {word}; while :; do sleep 0.1; done")
}

/// Drops a build with such a step once its command runs, and expects that command, which never ends by itself, to end.
/// Returns the time that this took.
pub async fn ends_its_command_when_dropped(mut build: BuildStream, word: &str) -> Duration {
    // The engine's processes are seen here, since both share a process namespace.
    let runs = || {
        let processes = std::fs::read_dir("/proc").expect("the engine runs on Linux, and so does this").flatten();
        let mut commands = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
        commands.any(|command| command.starts_with(b"/bin/sh") && contains(&command, word.as_bytes()))
    };
    loop {
        let event = soon("the command runs", build.next()).await.expect("it goes on").expect("it does not fail");
        if matches!(&event, BuildEvent::Output(output) if output.bytes.starts_with(b"ready")) {
            break;
        }
    }
    assert!(runs(), "the command is among the processes");
    drop(build);
    let dropped = Instant::now();
    until("its command ends", async || (!runs()).then_some(())).await;
    dropped.elapsed()
}

async fn dockerfiles_of_buildkit_build_without_a_session(bench: &'static Bench) {
    let mut steps =
        vec!["RUN --mount=type=cache,target=/c echo kept > /c/x", "RUN --mount=type=bind,target=/b cat /b/Dockerfile"];
    // The frontend of 20.10 knows neither; it would have to be fetched.
    if bench.speaks(45) {
        steps.extend(["RUN <<END\necho here\nEND", "COPY --link Dockerfile /linked"]);
    }
    for step in steps {
        let built = events(build(bench, "2", step).await.expect("it begins")).await;
        assert!(built.is_ok(), "{step}: {built:?}");
    }
    let failed = events(build(bench, "2", "RUN --mount=type=secret,id=a,required cat /run/secrets/a").await.unwrap());
    let error = failed.await.expect_err("nobody gives the secret");
    assert!(matches!(&error, Error::Step { message, .. } if message.contains("no active session")), "{error}");
}

fn options(version: &str) -> ImageBuildOptions {
    ImageBuildOptions::default().version(version).networkmode("none").forcerm(true)
}

async fn build(bench: &Bench, version: &str, step: &str) -> Result<BuildStream> {
    build_file(bench, &format!("FROM {IMAGE}\n{step}\n"), &options(version).nocache(true)).await
}

async fn build_file(bench: &Bench, dockerfile: &str, options: &ImageBuildOptions) -> Result<BuildStream> {
    let context = archive([("Dockerfile", dockerfile)]);
    Ok(soon("the engine answers", bench.engine.image_build(Some(context.into()), options)).await?.into_build())
}

async fn events(mut build: BuildStream) -> Result<Vec<BuildEvent>> {
    let mut events = Vec::new();
    while let Some(event) = soon("the build goes on", build.next()).await {
        events.push(event?);
    }
    assert_eq!(build.unknown_fields(), 0, "every field is known");
    Ok(events)
}

/// The number of the step whose name ends so, and which has this state in the end.
fn number(events: &[BuildEvent], name: &str, state: &StepState) -> u32 {
    let steps = events.iter().filter_map(|event| match event {
        BuildEvent::Step(step) if step.name.ends_with(name) => Some(step),
        _ => None,
    });
    let last = steps.last().unwrap_or_else(|| panic!("`{name}` is no step: {events:?}"));
    assert_eq!(&last.state, state, "{events:?}");
    last.number
}

fn output(events: &[BuildEvent], number: u32) -> String {
    let pieces = events.iter().filter_map(|event| match event {
        BuildEvent::Output(output) if output.step == Some(number) => Some(String::from_utf8_lossy(&output.bytes)),
        _ => None,
    });
    pieces.collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
