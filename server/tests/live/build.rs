//! Images that are built here, by both builders. BuildKit's cache is tried beside the images.

use std::time::Instant;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{IMAGE, Leftover, and, trials, unique, until, variable};
use crate::buildkit;
use crate::image::commit;
use crate::session::{Output, Session};

pub fn trials() -> Vec<Trial> {
    let mut trials = trials![
        a_build_of_texts_makes_an_image_and_shows_its_last_lines,
        a_build_of_a_folder_leaves_out_what_is_ignored,
        a_step_that_fails_shows_what_it_wrote,
        a_step_that_fails_in_buildkit_is_named,
        a_build_by_buildkit_shows_its_steps_and_sends_progress,
        a_build_uses_the_secrets_of_the_server_and_no_others,
        the_builder_is_buildkit_unless_the_call_chooses,
        a_build_that_cannot_begin_is_refused,
        a_build_that_is_not_waited_for_ends,
        a_build_sends_progress_while_it_runs,
    ];
    trials.extend(buildkit::trials());
    trials
}

fn a_build_of_texts_makes_an_image_and_shows_its_last_lines(session: &Session) {
    let name = unique("build");
    let _leftover = Leftover::new(format!("/images/{name}:latest?force=true"));
    let steps = "ARG WORD\nCOPY . /context\nRUN /context/bin/run $WORD";
    let context = json!({ "Dockerfile": dockerfile(steps), "bin/run": "#!/bin/sh\necho \"ran with $1\"\n" });
    let more = json!({ "t": [name], "buildargs": { "WORD": "hello" }, "labels": { "built": "here" } });
    let built = session.output("image_build", classic(context, more));
    let image = session.call("image_inspect", json!({ "name": name, "select": "@" }));
    assert_eq!(built.outcome()["aux"]["ID"], image["Id"], "{built:?}");
    assert_eq!(built.outcome()["result"], format!("Successfully tagged {name}:latest"));
    assert!(built.text.contains("ran with hello\n") && built.text.contains("Step 3/"), "{built:?}");
    assert_eq!(image["Config"]["Labels"]["built"], "here");
}

fn a_build_of_a_folder_leaves_out_what_is_ignored(_: &Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let steps = "COPY . /context\nRUN cat /context/greeting; ls /context";
    for (name, content) in [
        ("other.Dockerfile", &*dockerfile(steps)),
        ("greeting", "hello\n"),
        ("for-nobody", "not for the engine\n"),
        (".dockerignore", "for-*\n"),
    ] {
        std::fs::write(folder.path().join(name), content).expect("a temporary file");
    }
    let session = Session::with(&variable("HOST"), &["--allow-path", &folder.path().to_string_lossy()]);
    let name = unique("build");
    let _leftover = Leftover::new(format!("/images/{name}:latest?force=true"));
    let context = json!(folder.path().to_string_lossy());
    let built =
        session.output("image_build", classic(context, json!({ "t": [name], "dockerfile": "other.Dockerfile" })));
    assert!(built.text.contains("hello\n") && built.text.contains("greeting\n"), "{built:?}");
    assert!(!built.text.contains("for-nobody"), "it was to be left out: {built:?}");
    assert_eq!(built.outcome()["aux"]["ID"], session.call("image_inspect", json!({ "name": name }))["Id"]);
    let without = session.refused("image_build", classic(json!(folder.path().to_string_lossy()), json!({})));
    assert!(without.contains("Dockerfile"), "{without}");
}

fn a_step_that_fails_shows_what_it_wrote(session: &Session) {
    let context = json!({ "Dockerfile": dockerfile("RUN echo about to fail; echo badly >&2; exit 7") });
    let failed = Output::of(&session.refused("image_build", classic(context, json!({}))));
    assert!(failed.above.starts_with("image_build: POST /build: "), "{failed:?}");
    assert!(failed.above.contains("exit 7") && failed.above.contains("\ndockwright: "), "{failed:?}");
    assert!(failed.text.contains("about to fail\n") && failed.text.contains("badly\n"), "{failed:?}");
}

fn a_step_that_fails_in_buildkit_is_named(session: &Session) {
    let context = json!({ "Dockerfile": dockerfile("RUN echo about to fail; exit 7") });
    let failed = Output::of(&session.refused("image_build", classic(context, json!({ "version": "2", "rm": null }))));
    assert!(failed.above.starts_with("image_build: POST /build: "), "{failed:?}");
    assert!(failed.above.contains("exit code: 7") && failed.above.contains("\ndockwright: "), "{failed:?}");
    let lines: Vec<_> = failed.text.lines().collect();
    assert_eq!(lines, ["[2/2] RUN echo about to fail; exit 7", "about to fail"], "{failed:?}");
}

fn a_build_by_buildkit_shows_its_steps_and_sends_progress(session: &Session) {
    let (name, base) = (unique("build"), unique("base"));
    let _leftover = Leftover::new(format!("/images/{name}:latest?force=true"));
    // From the same base as builds beside this one, some engines share a step with them and pass over the cache.
    let (_, _base) = commit(session, json!({ "repo": base }));
    let steps = "COPY . /context\nRUN cat /context/word; sleep 1; echo done waiting";
    let context = json!({ "Dockerfile": format!("FROM {base}\n{steps}\n"), "word": unique("word") });
    let arguments = json!({ "version": "2", "rm": null, "nocache": false, "t": [name] });
    let built = session.output("image_build", classic(context.clone(), arguments.clone()));
    let outcome = built.outcome();
    assert_eq!(outcome["aux"]["ID"], session.call("image_inspect", json!({ "name": name }))["Id"], "{built:?}");
    assert_eq!(outcome["image"]["RepoTags"], json!([format!("{name}:latest")]));
    // The base of builds beside this one may count as a step, too: it has the same layers.
    assert!(outcome["steps"]["count"].as_u64() >= Some(4), "{built:?}");
    assert!(built.text.contains("[3/3] RUN cat") && built.text.contains(" done waiting\n"), "{built:?}");
    let told = until("it was told of the step", || Some(session.steps()).filter(|steps| !steps.is_empty()));
    assert!(told.iter().any(|step| step.contains("word")), "{told:?}");
    let again = session.output("image_build", classic(context, arguments));
    // The base image may count as one that was found, too.
    assert!(again.outcome()["steps"]["cached"].as_u64() >= Some(2), "{again:?}");
    assert!(again.text.contains("[3/3] RUN cat") && again.text.contains(" (cached)\n"), "{again:?}");
}

fn a_build_uses_the_secrets_of_the_server_and_no_others(without: &Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("word");
    std::fs::write(&file, "five5").expect("a temporary file");
    let secret = format!("id=word,file={}", file.display());
    let session = Session::with(&variable("HOST"), &["--build-secret", &secret]);
    let step = "RUN --mount=type=secret,id=word,required wc -c /run/secrets/word";
    let build = |more: Value| {
        let arguments =
            json!({ "networkmode": "none", "nocache": true, "context": { "Dockerfile": dockerfile(step) } });
        and(arguments, more)
    };
    let built = session.output("image_build", build(json!({ "secrets": ["word"] })));
    assert!(built.text.contains("5 /run/secrets/word\n"), "{built:?}");
    let missing = Output::of(&session.refused("image_build", build(json!({}))));
    let hint = "\ndockwright: this server has it: call again with `secrets` [\"word\"]\n";
    assert!(missing.above.contains(": secret word") && missing.above.ends_with(hint), "{missing:?}");
    let missing = Output::of(&without.refused("image_build", build(json!({}))));
    assert!(missing.above.contains("no argument gives it, since this server was started without"), "{missing:?}");
    let unknown = session.refused("image_build", build(json!({ "secrets": ["other"] })));
    assert!(
        unknown.contains("argument `secrets`: no `other`; this server has these secrets for builds: `word`"),
        "{unknown}"
    );
    let none = without.refused("image_build", build(json!({ "secrets": ["word"] })));
    assert!(none.contains("started without secrets for builds; its operator adds one with --build-secret"), "{none}");
    let classic = session.refused("image_build", build(json!({ "secrets": ["word"], "builder": "classic" })));
    assert!(classic.contains("argument `secrets`: only BuildKit takes it"), "{classic}");
}

fn the_builder_is_buildkit_unless_the_call_chooses(session: &Session) {
    for (more, line) in [(json!({}), "[2/2] RUN"), (json!({ "builder": "classic", "rm": true }), "Step 2/2 : RUN")] {
        let context = json!({ "Dockerfile": dockerfile("RUN echo hello") });
        let arguments = and(json!({ "networkmode": "none", "nocache": true, "context": context }), more);
        let built = session.output("image_build", arguments);
        assert!(built.text.contains(line), "{built:?}");
    }
}

fn a_build_that_cannot_begin_is_refused(session: &Session) {
    let context = json!({ "Dockerfile": dockerfile("NO SUCH INSTRUCTION") });
    let failed = session.fail("image_build", classic(context, json!({})));
    assert!(failed.contains("400"), "{failed}");
    let refused = session.refused("image_build", classic(json!({ "../Dockerfile": "" }), json!({})));
    assert!(refused.starts_with("image_build: argument `context`: ") && refused.contains("lead out"), "{refused}");
}

fn a_build_that_is_not_waited_for_ends(session: &Session) {
    let label = unique("label");
    let steps = format!("LABEL {label}=1\nRUN while :; do echo still; sleep 0.1; done");
    let context = json!({ "Dockerfile": dockerfile(&steps) });
    let stopped = session.output("image_build", classic(context, json!({ "limit_seconds": 3 })));
    assert_eq!(stopped.outcome()["stopped_at"], "still");
    assert!(stopped.notes.contains("stopped after 3 s (limit_seconds)"), "{stopped:?}");
    until("its command ends", || {
        let running = session.call("container_list", json!({ "filters": { "label": [label] } }));
        (running == json!([])).then_some(())
    });
}

fn a_build_sends_progress_while_it_runs(session: &Session) {
    let steps = "RUN for number in $(seq 100); do echo line $number; sleep 0.02; done";
    let began = Instant::now();
    session.output("image_build", classic(json!({ "Dockerfile": dockerfile(steps) }), json!({})));
    let tenths = began.elapsed().as_millis() / 100;
    // The client receives progress in tasks of its own.
    let steps = until("it was told of some lines", || Some(session.steps()).filter(|steps| steps.len() > 5));
    assert!(steps.iter().filter(|step| step.starts_with("line ")).count() > 3, "{steps:?}");
    assert!(steps.len() as u128 <= tenths + 1, "{} steps in {tenths} tenths of a second", steps.len());
}

/// Arguments for the classic builder.
fn classic(context: Value, more: Value) -> Value {
    // Without their containers: a label on these would be found by others.
    let all = json!({ "version": "1", "networkmode": "none", "nocache": true, "rm": true });
    let mut arguments = and(all, more);
    arguments["context"] = context;
    arguments
}

fn dockerfile(steps: &str) -> String {
    format!("FROM {IMAGE}\n{steps}\n")
}
