//! Builds with a session: an engine asks for secrets, logins, agents of ssh and files, and gets them. Results come
//! back.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dockwright::build::BuildEvent;
use dockwright::options::{ImageBuildOptions, ImageInspectOptions, SessionOptions};
use dockwright::recipes::{Build, Builder};
use dockwright::session::{Output, Secret, Session, SshAgent};
use dockwright::tar::{Context, ContextTree};
use dockwright::{Credentials, Engine, Login, Result};
use libtest_mimic::Trial;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::archive::archive;
use crate::bench::{Bench, IMAGE, Leftover, soon, trials, unique, variable};
use crate::build::{ends_its_command_when_dropped, looping};
use crate::examples::{failed, path, succeeded};
use crate::image::inspect;
use crate::progress::{folder, forget, in_registry, push};

pub fn trials() -> Vec<Trial> {
    trials![
        a_step_reads_secrets_from_memory_a_file_and_the_environment,
        a_secret_that_is_not_given_is_missing_only_for_a_step_that_needs_it,
        a_private_base_image_is_pulled_with_the_login_of_its_registry,
        the_classic_builder_is_told_apart_and_refuses_secrets,
        a_step_uses_the_keys_of_an_agent,
        a_folder_is_the_same_however_it_is_sent,
        only_files_that_a_build_reads_and_that_changed_are_sent,
        a_dockerfile_outside_is_found_and_excluded_files_are_not,
        a_result_is_unpacked_into_a_folder_or_saved,
        build_with_secret_gives_a_step_its_secret,
        ten_builds_at_once_get_their_own_secrets_and_files,
        a_build_that_is_dropped_ends_its_command_within_two_seconds,
    ]
}

async fn a_step_reads_secrets_from_memory_a_file_and_the_environment(bench: &'static Bench) {
    let files = folder([("npmrc", "from a file\n")]);
    let show = |id: &str| format!("--mount=type=secret,id={id},required");
    let [a, b, c] = ["a", "b", "c"].map(show);
    let build = step(&format!("RUN {a} {b} {c} cd /run/secrets && cat a b c"))
        .secret("a", Secret::bytes("from memory\n"))
        .secret("b", Secret::file(files.path().join("npmrc")))
        .secret("c", Secret::env("PATH"));
    let path = std::env::var("PATH").expect("every process has one");
    assert_eq!(output(build, &bench.engine).await.expect("it builds"), format!("from memory\nfrom a file\n{path}"));
    let missing = step("RUN true").secret("a", Secret::file("/no/such")).start(&bench.engine).await;
    let error = missing.expect_err("nothing begins");
    assert!(error.to_string().starts_with("image_build: argument `secrets`: expected for `a` a secret"), "{error}");
}

async fn a_secret_that_is_not_given_is_missing_only_for_a_step_that_needs_it(bench: &'static Bench) {
    let other = || Secret::bytes("unused");
    let optional = step("RUN --mount=type=secret,id=absent echo none; cat /run/secrets/absent || true");
    let written = output(optional.secret("b", other()), &bench.engine).await.expect("it builds");
    assert!(written.lines().any(|line| line == "none"), "{written}");
    let required = step("RUN --mount=type=secret,id=absent,required cat /run/secrets/absent");
    let error = output(required.secret("b", other()), &bench.engine).await.expect_err("it needs the secret");
    assert!(error.to_string().contains("secret absent") && error.to_string().contains("not found"), "{error}");
}

async fn a_private_base_image_is_pulled_with_the_login_of_its_registry(bench: &'static Bench) {
    let registry = variable("PRIVATE_REGISTRY");
    let (name, id, _leftover) = in_registry(bench, &registry).await;
    push(bench, &name, Some("wright")).await.expect("the push begins").last().await.expect("it is pushed");
    forget(bench, &id).await;
    let built = unique("private");
    let _built = Leftover::new(format!("/images/{built}:latest?force=true"));
    let build = || {
        let context = archive([("Dockerfile", format!("FROM {name}\nLABEL built=here\n"))]);
        let options = ImageBuildOptions::default().tags([&built]).pull(true);
        Build::new(dockwright::Body::from(context)).builder(Builder::BuildKit).options(options)
    };
    let engine = |password: &str| {
        let credentials = Credentials::none().with_login(&registry, Login::password("dock", password));
        bench.engine.clone().with_credentials(credentials)
    };
    for engine in [bench.engine.clone(), engine("wrong")] {
        assert!(output(build(), &engine).await.is_err(), "it needs a login");
    }
    output(build(), &engine("wright")).await.expect("the password is right");
    let image = bench.engine.image_inspect(&built, &ImageInspectOptions::default()).await.expect("it is there");
    assert_eq!(image.config.labels.expect("it has labels")["built"], "here");
}

async fn the_classic_builder_is_told_apart_and_refuses_secrets(bench: &'static Bench) {
    let refused = step("RUN true").builder(Builder::Classic).secret("a", Secret::bytes("hunter2")).start(&bench.engine);
    let error = refused.await.expect_err("it knows no secrets").to_string();
    assert!(error.contains("none with the classic builder, which was chosen") && !error.contains("hunter2"), "{error}");
    for (builder, number) in [(Builder::Classic, "Step 2/2 : RUN"), (Builder::Auto, "[2/2] RUN")] {
        let mut build = step("RUN echo hello").builder(builder).start(&bench.engine).await.expect("it begins");
        let mut names = Vec::new();
        while let Some(event) = soon("it goes on", build.next()).await {
            if let BuildEvent::Step(step) = event.expect("it builds") {
                names.push(step.name);
            }
        }
        assert!(names.iter().any(|name| name.contains(number)), "{builder:?}: {names:?}");
    }
}

async fn a_step_uses_the_keys_of_an_agent(bench: &'static Bench) {
    let files = folder([]);
    let (socket, key) = (files.path().join("agent"), files.path().join("key"));
    let mut made = Command::new("ssh-keygen");
    made.args(["-q", "-t", "ed25519", "-N", "", "-C", "of-the-trial", "-f"]).arg(&key);
    assert!(made.status().expect("openssh-client is installed").success());
    let mut agent = Command::new("ssh-agent")
        .arg("-D")
        .arg("-a")
        .arg(&socket)
        .stdout(Stdio::null())
        .spawn()
        .expect("it is beside ssh-keygen");
    soon("the agent listens", async {
        while !socket.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let added = Command::new("ssh-add").arg("-q").arg(&key).env("SSH_AUTH_SOCK", &socket).status();
    assert!(added.is_ok_and(|status| status.success()), "the agent takes the key");
    // The image has no program that speaks with an agent, so this machine's is copied with its libraries.
    let context = program("ssh-add");
    let dockerfile = format!("FROM {IMAGE}\nCOPY . /p\nRUN --mount=type=ssh /p/ld --library-path /p /p/ssh-add -l\n");
    fs::write(context.path().join("Dockerfile"), dockerfile).expect("a temporary file");
    let build = || Build::new(Context::new(context.path())).options(options());
    let listed = output(build().ssh("default", SshAgent::socket(&socket)), &bench.engine).await;
    let missing = output(build().ssh("other", SshAgent::socket(&socket)), &bench.engine).await;
    let of_file = output(build().ssh("default", SshAgent::keys([&key])), &bench.engine).await;
    agent.kill().and_then(|()| agent.wait()).expect("it is our child");
    let listed = listed.expect("it builds");
    for listed in [listed, of_file.expect("it builds")] {
        assert!(listed.contains("of-the-trial (ED25519)"), "{listed}");
    }
    assert!(missing.is_err(), "there is no agent of this name");
    let deaf = build().ssh("default", SshAgent::socket("/no/such")).start(&bench.engine).await;
    let error = deaf.expect_err("nothing begins").to_string();
    assert!(error.contains("argument `ssh`: expected for `default` an agent") && error.contains("/no/such"), "{error}");
}

async fn a_folder_is_the_same_however_it_is_sent(bench: &'static Bench) {
    let list =
        "find /c -exec stat -c '%n %a %u %g %F %Y' {} \\; | sort; cat /c/sub/text; readlink /c/link; readlink /c/abs";
    let folder = folder([("Dockerfile", &format!("FROM {IMAGE}\nCOPY . /c\nRUN {list}\n"))]);
    let at = |path: &str| folder.path().join(path);
    fs::create_dir_all(at("sub/deep er")).expect("a temporary folder");
    for (name, content) in [("sub/text", "text\n"), ("sub/deep er/ü 1%", "x"), ("sub.a", ""), ("run", "#!/bin/sh\n")] {
        fs::write(at(name), content).expect("a temporary file");
    }
    fs::write(at("large"), vec![7; 3_000_000]).expect("a temporary file");
    fs::set_permissions(at("run"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    fs::set_permissions(at("sub.a"), fs::Permissions::from_mode(0o4711)).expect("it is ours");
    fs::set_permissions(at("sub"), fs::Permissions::from_mode(0o2750)).expect("it is ours");
    symlink("sub/text", at("link")).expect("a temporary link");
    symlink("/no/such", at("abs")).expect("a temporary link");
    let context = || Context::new(folder.path());
    let build = |context: Build| context.options(options());
    let by_need = output(build(Build::new(context())), &bench.engine).await.expect("it builds");
    let archive = output(build(Build::new(dockwright::Body::from(context()))), &bench.engine).await.expect("it builds");
    let without_times_of_folders = |text: &str| -> Vec<String> {
        // The engine gives the top of them the time of the build, and before 23.0 each.
        let line = |line: &str| line.split_once(" directory ").map_or(line, |(line, _)| line).to_owned();
        text.lines().map(line).collect()
    };
    assert_eq!(without_times_of_folders(&by_need), without_times_of_folders(&archive));
    assert!(by_need.contains("/c/sub/deep er/ü 1% ") && by_need.contains("/c/sub.a 4711 0 0"), "{by_need}");
}

async fn only_files_that_a_build_reads_and_that_changed_are_sent(bench: &'static Bench) {
    let folder = folder([
        ("Dockerfile", &format!("FROM {IMAGE}\nCOPY a* /c/\nRUN sha256sum /c/*\n")),
        ("a1", "first"),
        ("a2", &"x".repeat(1_000_000)),
        ("b", &"y".repeat(5_000_000)),
    ]);
    let tree = Context::new(folder.path()).tree().expect("it is there");
    let first = sent(bench, &tree).await;
    assert!((1_000_000..2_000_000).contains(&first), "only `a1` and `a2`: {first} bytes");
    let second = sent(bench, &tree).await;
    assert!(second < 100_000, "nothing changed: {second} bytes");
    fs::write(folder.path().join("a1"), "z".repeat(300_000)).expect("a temporary file");
    let third = sent(bench, &tree).await;
    assert!((300_000..500_000).contains(&third), "only `a1`: {third} bytes");
}

async fn a_dockerfile_outside_is_found_and_excluded_files_are_not(bench: &'static Bench) {
    let outside = folder([("web", &format!("FROM {IMAGE}\nCOPY . /c\nRUN ls -a /c\n"))]);
    let folder = folder([("a", ""), ("secret", ""), (".dockerignore", "secret\n")]);
    let context = || Context::new(folder.path()).dockerfile(outside.path().join("web").to_str().expect("Unicode"));
    let listed = output(Build::new(context()).options(options()), &bench.engine).await.expect("it builds");
    assert_eq!(listed.split_whitespace().collect::<Vec<_>>(), [".", "..", ".dockerignore", "a"]);
    fs::write(outside.path().join("web"), format!("FROM {IMAGE}\nCOPY secret /\n")).expect("a temporary file");
    let error = output(Build::new(context()).options(options()), &bench.engine).await.expect_err("it is excluded");
    assert!(error.to_string().contains("secret"), "{error}");
    let missing = Build::new(context().dockerfile("no-such")).start(&bench.engine).await.expect_err("nothing begins");
    assert!(missing.to_string().contains("there is no Dockerfile"), "{missing}");
}

async fn a_result_is_unpacked_into_a_folder_or_saved(bench: &'static Bench) {
    let context = folder([
        ("Dockerfile", "FROM scratch\nCOPY a b* /\nCOPY a /deep/er/\n"),
        ("a", "hello\n"),
        ("b", &"x".repeat(2_000_000)),
    ]);
    let place = folder([("other", "stays")]);
    let (out, archive) = (place.path().join("out"), place.path().join("out.tar"));
    for output in [Output::folder(&out), Output::archive(&archive)] {
        let build = Build::new(Context::new(context.path())).options(options()).output(output);
        soon("it builds", build.start(&bench.engine)).await.expect("it begins").image().await.expect("it builds");
    }
    let read = |path: &str| fs::read_to_string(out.join(path)).expect(path);
    assert_eq!((read("a").as_str(), read("deep/er/a").as_str(), read("b").len()), ("hello\n", "hello\n", 2_000_000));
    let listing = dockwright::tar::list(fs::File::open(&archive).expect("it is there"), 100).expect("it is whole");
    assert!(listing.entries.iter().any(|entry| entry.name == "deep/er/a"), "{listing:?}");
    let full = Build::new(Context::new(context.path())).options(options()).output(Output::archive("/no/such/folder/x"));
    let failed = full.start(&bench.engine).await.expect("it begins").image().await.expect_err("it cannot be saved");
    assert!(failed.to_string().contains("/no/such/folder"), "{failed}");
}

async fn build_with_secret_gives_a_step_its_secret(bench: &'static Bench) {
    let tag = format!("{}:one", unique("built"));
    let _leftover = Leftover::new(format!("/images/{tag}?force=true"));
    let step = format!("RUN --mount=type=secret,id=word,required wc -c /run/secrets/word; : {tag}");
    let folder = folder([("Dockerfile", &*format!("FROM {IMAGE}\n{step}\n")), ("word", "hunter2")]);
    let secret = format!("word={}", path(&folder.path().join("word")));
    let told = succeeded("build_with_secret", &[path(folder.path()), &tag, &secret]).await;
    assert!(told.contains("7 /run/secrets/word\n") && !told.contains("hunter2"), "{told}");
    assert!(told.contains(&inspect(bench, &tag).await.id), "{told}");
    let told = failed("build_with_secret", &[path(folder.path()), &tag, "word=/no/such"]).await;
    assert!(told.contains("image_build: argument `secrets`") && told.contains("/no/such"), "{told}");
}

async fn ten_builds_at_once_get_their_own_secrets_and_files(bench: &'static Bench) {
    let builds = (0..10).map(|number| {
        tokio::spawn(async move {
            let (word, secret) = (format!("word {number}"), format!("secret {number}"));
            let step = "RUN --mount=type=secret,id=a,required cat /run/secrets/a; cat /word";
            let folder = folder([("Dockerfile", &*format!("FROM {IMAGE}\nCOPY word /\n{step}\n")), ("word", &*word)]);
            let build = Build::new(Context::new(folder.path())).options(options()).builder(Builder::BuildKit);
            let written = output(build.secret("a", Secret::bytes(secret.clone())), &bench.engine).await;
            assert_eq!(written.expect("it builds"), secret + &word);
        })
    });
    for build in builds.collect::<Vec<_>>() {
        build.await.expect("it does not panic");
    }
}

async fn a_build_that_is_dropped_ends_its_command_within_two_seconds(bench: &'static Bench) {
    let word = unique("word");
    let build = step(&looping(&word).replacen("RUN ", "RUN --mount=type=secret,id=a ", 1));
    let build = build.secret("a", Secret::bytes("a")).start(&bench.engine).await.expect("it begins");
    let took = ends_its_command_when_dropped(build, &word).await;
    assert!(took <= Duration::from_secs(2), "{took:?}");
}

/// Builds a folder by a session of its own, and returns the bytes that the session sent.
async fn sent(bench: &Bench, tree: &ContextTree) -> u64 {
    let session = Session::new("trial").folder("context", tree.clone()).folder("dockerfile", tree.clone());
    let answers = SessionOptions::default()
        .x_docker_expose_session_uuid(session.id())
        .x_docker_expose_session_sharedkey(session.shared_key())
        .x_docker_expose_session_grpc_method(session.methods());
    let options = options().version("2").remote("client-session").session(session.id());
    let channel = bench.engine.session(&answers).await.expect("it opens");
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (mut from_session, mut to_session) = tokio::io::split(far);
    let (mut from_engine, mut to_engine) = tokio::io::split(channel);
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    let open = session.start(near);
    let answers = tokio::spawn(async move {
        let mut piece = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from_session.read(&mut piece).await {
            counted.fetch_add(read as u64, Ordering::SeqCst);
            to_engine.write_all(&piece[..read]).await.expect("the engine reads");
        }
    });
    let calls = tokio::spawn(async move { tokio::io::copy(&mut from_engine, &mut to_session).await });
    let build = bench.engine.image_build(None, &options).await.expect("it begins").into_build();
    build.image().await.expect("it builds");
    drop(open);
    calls.abort();
    answers.abort();
    count.load(Ordering::SeqCst)
}

/// A folder with a program of this machine, its libraries, and their loader as `ld`.
fn program(name: &str) -> tempfile::TempDir {
    let folder = folder([]);
    let path =
        Command::new("sh").args(["-c", &format!("command -v {name}")]).output().expect("there is a shell").stdout;
    let path = String::from_utf8(path).expect("Unicode").trim().to_owned();
    let libraries = Command::new("ldd").arg(&path).output().expect("there is ldd").stdout;
    for word in String::from_utf8(libraries).expect("Unicode").split_whitespace().filter(|word| word.starts_with('/')) {
        let name = Path::new(word).file_name().expect("it is a file").to_string_lossy().into_owned();
        let name = if name.starts_with("ld-") { "ld" } else { &name };
        fs::copy(word, folder.path().join(name)).expect("it is there");
    }
    fs::copy(&path, folder.path().join(name)).expect("it is there");
    folder
}

pub fn options() -> ImageBuildOptions {
    ImageBuildOptions::default().networkmode("none").nocache(true)
}

/// A build of one step, by the builder that the engine prefers.
fn step(step: &str) -> Build {
    let context = archive([("Dockerfile", format!("FROM {IMAGE}\n{step}\n"))]);
    Build::new(dockwright::Body::from(context)).options(options())
}

/// Everything that the steps wrote.
pub async fn output(build: Build, engine: &Engine) -> Result<String> {
    let mut build = soon("the engine answers", build.start(engine)).await?;
    let mut output = String::new();
    while let Some(event) = soon("the build goes on", build.next()).await {
        if let BuildEvent::Output(piece) = event? {
            output.push_str(&String::from_utf8_lossy(&piece.bytes));
        }
    }
    assert_eq!(build.unknown_fields(), 0, "every field is known");
    Ok(output)
}
