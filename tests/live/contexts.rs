//! Builds with named contexts: folders and images take the places of stages, by BuildKit's own API.

use std::fs;

use dockwright::models::{BuildOutput, Ulimit};
use dockwright::options::{ImageBuildOptions, SessionOptions};
use dockwright::recipes::{Build, Builder};
use dockwright::session::{Output, Secret, Session};
use dockwright::solve::Solve;
use dockwright::tar::Context;
use dockwright::{Body, Credentials, Error, Login};
use libtest_mimic::Trial;

use crate::archive::archive;
use crate::bench::{Bench, IMAGE, Leftover, soon, trials, unique, variable};
use crate::build::{ends_its_command_when_dropped, looping};
use crate::image::inspect;
use crate::progress::{folder, forget, in_registry, push};
use crate::session::{options, output};

/// The first API version whose engines know named contexts.
const SINCE: u16 = 42;

pub fn trials() -> Vec<Trial> {
    trials![
        an_engine_that_does_not_know_named_contexts_is_refused,
        a_named_folder_is_sent_but_for_what_its_ignore_file_excludes,
        a_named_context_takes_the_place_of_an_image_and_of_a_stage,
        an_archive_is_uploaded_beside_a_named_folder,
        a_build_with_a_named_context_has_tags_labels_and_an_id,
        a_step_that_fails_beside_a_named_context_has_its_code_and_lines,
        a_result_of_named_contexts_comes_back_as_files,
        options_that_cannot_be_said_with_named_contexts_are_refused,
        an_exporter_that_does_not_exist_is_an_error,
        options_reach_a_build_with_a_named_context,
        a_named_image_is_pulled_with_the_login_of_its_registry,
        every_engine_builds_by_its_own_api_and_refuses_a_capability_that_it_lacks,
        a_build_with_a_named_context_that_is_dropped_ends_its_command,
    ]
}

/// A build of a Dockerfile, from an archive.
fn dockerfile(lines: &str) -> Build {
    Build::new(Body::from(archive([("Dockerfile", lines)]))).options(options())
}

async fn an_engine_that_does_not_know_named_contexts_is_refused(bench: &'static Bench) {
    if bench.speaks(SINCE) {
        return;
    }
    let build = dockerfile(&format!("FROM {IMAGE}\n")).named_context("a", "/tmp").start(&bench.engine).await;
    let error = build.expect_err("it would be ignored");
    assert!(matches!(&error, Error::Unsupported { what, .. } if what == "named contexts"), "{error}");
    assert!(error.to_string().contains("1.42"), "{error}");
}

async fn a_named_folder_is_sent_but_for_what_its_ignore_file_excludes(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let main = folder([
        (
            "Dockerfile",
            &*format!("FROM {IMAGE}\nCOPY main /c/\nCOPY --from=shared . /c/\nRUN cd /c; ls -A; cat a main\n"),
        ),
        ("main", "of main\n"),
    ]);
    let shared = folder([("a", "of shared\n"), ("secret", ""), (".dockerignore", "secret\n")]);
    let shared_path = || shared.path().to_owned();
    let build = |context: Build| context.options(options()).named_context("shared", shared_path());
    let written = output(build(Build::new(Context::new(main.path()))), &bench.engine).await.expect("it builds");
    assert_eq!(written, ".dockerignore\na\nmain\nof shared\nof main\n");
    // Each is compared with what the engine has of it.
    fs::write(shared.path().join("a"), "changed!!\n").expect("a temporary file");
    let written = output(build(Build::new(Context::new(main.path()))), &bench.engine).await.expect("it builds");
    assert!(written.contains("changed!!\nof main\n"), "{written}");
    let missing = dockerfile("FROM scratch\n").named_context("shared", "/no/such").start(&bench.engine).await;
    let error = missing.expect_err("there is no such folder").to_string();
    assert!(error.contains("/no/such"), "{error}");
}

async fn a_named_context_takes_the_place_of_an_image_and_of_a_stage(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let files = folder([("a", "of a folder\n")]);
    let base = format!("docker-image://{IMAGE}");
    let stage = format!("FROM {IMAGE} AS made\nRUN mkdir /m; echo of a stage >/m/a\n");
    let lines = stage + "FROM no.such/base:1\nCOPY --from=made . /m/\nRUN cat /m/a\n";
    let build = dockerfile(&lines).named_context("no.such/base:1", &*base);
    let written = output(build.named_context("made", files.path().to_owned()), &bench.engine).await;
    assert_eq!(written.expect("it builds"), "of a folder\n");
    // Both names are taken by the main context's folders.
    let lines = format!("FROM {IMAGE}\nCOPY --from=context a /1\nCOPY --from=dockerfile a /2\nRUN cat /1 /2\n");
    let build = dockerfile(&lines).named_context("context", files.path().to_owned());
    let written = output(build.named_context("dockerfile", files.path().to_owned()), &bench.engine).await;
    assert_eq!(written.expect("it builds"), "of a folder\nof a folder\n");
}

async fn an_archive_is_uploaded_beside_a_named_folder(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let shared = folder([("a", "of shared\n")]);
    let lines = format!("FROM {IMAGE}\nCOPY large /c/\nCOPY --from=shared a /c/\nRUN wc -c /c/large; cat /c/a\n");
    let builds = (0..4).map(|number: usize| {
        let (lines, shared) = (lines.clone(), shared.path().to_owned());
        tokio::spawn(async move {
            let large = "x".repeat(3_000_000 + number);
            let context = archive([("web", lines), ("large", large)]);
            let build = Build::new(Body::from(context)).options(options().dockerfile("web"));
            let written = output(build.named_context("shared", shared), &bench.engine).await.expect("it builds");
            assert_eq!(written, format!("{} /c/large\nof shared\n", 3_000_000 + number));
        })
    });
    for build in builds.collect::<Vec<_>>() {
        build.await.expect("it does not panic");
    }
}

async fn a_build_with_a_named_context_has_tags_labels_and_an_id(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let name = unique("named");
    let _leftovers = ["latest", "two"].map(|tag| Leftover::new(format!("/images/{name}:{tag}?force=true")));
    let lines = "FROM base\nARG A\nRUN --mount=type=secret,id=s,required echo $A; cat /run/secrets/s\n";
    let options = options().tags([name.clone(), format!("{name}:two")]).labels([("built", "here")]);
    let options = options.buildargs([("A", Some("b".to_owned()))]);
    let build = dockerfile(lines).options(options).secret("s", Secret::bytes("hunter2"));
    let build = build.named_context("base", &*format!("docker-image://{IMAGE}"));
    let id = build.start(&bench.engine).await.expect("it begins").image().await.expect("it builds");
    for tag in ["latest", "two"] {
        let image = inspect(bench, &format!("{name}:{tag}")).await;
        assert_eq!((Some(&image.id), &*image.config.labels.expect("it has labels")["built"]), (id.as_ref(), "here"));
    }
}

async fn a_step_that_fails_beside_a_named_context_has_its_code_and_lines(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    // The engine adds the Dockerfile to the headers of its error.
    let comments = "# nothing\n".repeat(20_000);
    let build = dockerfile(&format!("FROM base\n{comments}RUN echo about to fail; exit 7\n"));
    let build = build.named_context("base", &*format!("docker-image://{IMAGE}"));
    let error = output(build, &bench.engine).await.expect_err("its command fails");
    let Error::Step { step, .. } = error else { panic!("{error:?}") };
    assert_eq!((step.exit_code, step.lines), (Some(7), vec!["about to fail".to_owned()]));
    let build = dockerfile("FROM base\nNO SUCH INSTRUCTION\n").named_context("base", "docker-image://scratch");
    let error = output(build, &bench.engine).await.expect_err("there is no such instruction");
    assert!(matches!(&error, Error::Failed { message, .. } if message.contains("unknown instruction")), "{error:?}");
}

async fn a_result_of_named_contexts_comes_back_as_files(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let (shared, place) = (folder([("a", "hello\n")]), folder([]));
    let build = dockerfile("FROM scratch\nCOPY --from=shared a /deep/\n").output(Output::folder(place.path()));
    let build = build.named_context("shared", shared.path().to_owned()).start(&bench.engine).await;
    assert_eq!(build.expect("it begins").image().await.expect("it builds"), None);
    assert_eq!(fs::read_to_string(place.path().join("deep/a")).expect("it is there"), "hello\n");
}

async fn options_that_cannot_be_said_with_named_contexts_are_refused(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let build = |options: ImageBuildOptions| dockerfile("FROM scratch\n").options(options).named_context("a", "/tmp");
    for (build, argument) in [
        // Only the classic builder heeds a limit, and it knows no named contexts.
        (build(ImageBuildOptions::default().memory(1 << 30)), "context"),
        (build(ImageBuildOptions::default().memory(1 << 30)).builder(Builder::BuildKit), "memory"),
        (build(ImageBuildOptions::default().extrahosts(["here:host-gateway"])), "extrahosts"),
        (build(ImageBuildOptions::default()).named_context("Upper", "/tmp"), "context:Upper"),
        (build(ImageBuildOptions::default()).builder(Builder::Classic), "context"),
    ] {
        let error = build.start(&bench.engine).await.expect_err("nothing begins");
        assert!(matches!(&error, Error::Argument { argument: found, .. } if found == argument), "{error}");
    }
}

async fn an_exporter_that_does_not_exist_is_an_error(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let build = dockerfile("FROM scratch\n").named_context("a", "/tmp");
    let output = BuildOutput::default().type_("no-such");
    let build = build.options(ImageBuildOptions::default().outputs([output]));
    let error = soon("it is refused", build.start(&bench.engine)).await.expect("it begins").image().await;
    let error = error.expect_err("there is none");
    assert!(matches!(&error, Error::Failed { message, .. } if message.contains("no-such")), "{error:?}");
}

async fn options_reach_a_build_with_a_named_context(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let lines = "FROM base AS one\n\
        RUN grep made.up /etc/hosts; ulimit -n; df -k /dev/shm | tail -n 1; cat /proc/self/cgroup\n\
        FROM base\nRUN echo the last stage\n";
    let limit = Ulimit::default().name("nofile").soft(123).hard(456);
    let options = options().networkmode("host").extrahosts(["made.up:10.1.2.3"]).ulimits([limit]).shmsize(2 << 20);
    let options = options.target("one").pull(false).cgroupparent("of-the-trial").rm(true);
    let build = dockerfile(lines).options(options).named_context("base", &*format!("docker-image://{IMAGE}"));
    let written = output(build, &bench.engine).await.expect("it builds");
    for expected in ["10.1.2.3", "made.up", "\n123\n", " 2048 ", "/of-the-trial/"] {
        assert!(written.contains(expected), "{expected} in {written}");
    }
    assert!(!written.contains("the last stage"), "{written}");
}

async fn a_named_image_is_pulled_with_the_login_of_its_registry(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let registry = variable("PRIVATE_REGISTRY");
    let (name, id, _leftover) = in_registry(bench, &registry).await;
    push(bench, &name, Some("wright")).await.expect("the push begins").last().await.expect("it is pushed");
    forget(bench, &id).await;
    let build = || dockerfile("FROM base\nLABEL a=b\n").named_context("base", &*format!("docker-image://{name}"));
    assert!(output(build(), &bench.engine).await.is_err(), "it needs a login");
    let credentials = Credentials::none().with_login(&registry, Login::password("dock", "wright"));
    let engine = bench.engine.clone().with_credentials(credentials);
    output(build(), &engine).await.expect("the password is right");
}

async fn every_engine_builds_by_its_own_api_and_refuses_a_capability_that_it_lacks(bench: &'static Bench) {
    let name = unique("solved");
    let _leftover = Leftover::new(format!("/images/{name}:one?force=true"));
    let start = async |capability: &str| {
        let mut session = Session::new("trial");
        let context = session.archive(archive([("Dockerfile", format!("FROM {IMAGE}\nRUN echo hello\n"))]));
        let solve = Solve::new("dockerfile.v0").attribute("context", context).attribute("force-network-mode", "none");
        let solve = solve.attribute("frontend.caps", capability).exporter("moby", [("name", format!("{name}:one"))]);
        let solve = solve.session(session.id());
        let answers = SessionOptions::default()
            .x_docker_expose_session_uuid(session.id())
            .x_docker_expose_session_grpc_method(session.methods());
        let open = session.start(bench.engine.session(&answers).await.expect("it opens"));
        solve.start(&bench.engine).await.expect("it begins").keeping(open).image().await
    };
    let id = start("").await.expect("it builds");
    assert_eq!(id, Some(inspect(bench, &format!("{name}:one")).await.id));
    let error = start("moby.buildkit.frontend.of-the-future").await.expect_err("no frontend has it");
    assert!(error.to_string().contains("of-the-future"), "{error}");
}

async fn a_build_with_a_named_context_that_is_dropped_ends_its_command(bench: &'static Bench) {
    if !bench.speaks(SINCE) {
        return;
    }
    let word = unique("word");
    let build = dockerfile(&format!("FROM base\n{}\n", looping(&word)));
    let build = build.named_context("base", &*format!("docker-image://{IMAGE}"));
    let build = build.start(&bench.engine).await.expect("it begins");
    ends_its_command_when_dropped(build, &word).await;
}
