//! Features of BuildKit through the server: mounts, agents of ssh, folders that are sent by need, many builds at once,
//! and what stands in a reply, a log and an audit trail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, UnixStream};

use crate::bench::{IMAGE, Leftover, RUNTIME, and, speaks, trials, unique, until, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_step_has_its_mounts_and_a_build_stops_at_its_target,
        newer_dockerfiles_have_heredocs_and_links,
        a_step_uses_an_agent_or_the_keys_of_a_file,
        of_a_folder_only_what_is_read_and_changed_is_sent,
        ten_builds_at_once_get_their_own_secrets,
        a_secret_is_in_no_reply_log_or_audit_line,
        a_secret_or_an_agent_that_cannot_be_used_is_told_before_the_build,
        a_secret_that_vanishes_during_the_build_is_told,
        the_classic_builder_has_limits_and_networks,
        beside_a_session_of_the_call_nothing_is_given,
        one_build_is_for_one_platform,
        a_dockerfile_gets_no_rights_that_its_call_did_not_ask_for,
    ]
}

fn a_step_has_its_mounts_and_a_build_stops_at_its_target(session: &Session) {
    let (name, cache) = (unique("target"), unique("cache"));
    let _leftover = Leftover::new(format!("/images/{name}:latest?force=true"));
    let dockerfile = format!(
        "FROM {IMAGE} AS base\nCOPY word /word\nRUN echo of the base > /base\n\
         FROM {IMAGE} AS made\nARG TURN\n\
         RUN --mount=type=cache,id={cache},target=/cache echo $TURN >> /cache/turns && cp /cache/turns /turns\n\
         RUN --mount=type=bind,source=word,target=/bound --mount=type=bind,from=base,target=/other \
         --mount=type=tmpfs,target=/gone cat /turns /bound /other/base; touch /gone/x\n\
         FROM {IMAGE} AS last\nRUN exit 3\n"
    );
    let build = |turn: &str| {
        let context = json!({ "Dockerfile": dockerfile, "word": "of the context\n" });
        let more = json!({ "target": "made", "t": [name], "buildargs": { "TURN": turn }, "nocache": false });
        session.output("image_build", buildkit(context, more)).text
    };
    assert!(build("first").contains("of the context"));
    let second = build("second");
    for line in ["first\n", "second\n", "of the context\n", "of the base\n"] {
        assert!(second.contains(&format!(" {line}")), "{second}");
    }
}

fn newer_dockerfiles_have_heredocs_and_links(session: &Session) {
    let steps =
        "COPY --link word /linked/word\nCOPY <<EOF /text\nof a heredoc\nEOF\nRUN <<EOF\ncat /text /linked/word\nEOF";
    let arguments = buildkit(json!({ "Dockerfile": dockerfile(steps), "word": "of a link\n" }), json!({}));
    // Docker's own frontend has both since 23.0; an older engine fetches a newer one by a `# syntax` line.
    if speaks(42) {
        let built = session.output("image_build", arguments);
        assert!(built.text.contains("of a heredoc\n") && built.text.contains("of a link\n"), "{built:?}");
    } else {
        let failed = session.fail("image_build", arguments);
        assert!(failed.contains("Dockerfile") || failed.contains("flag"), "{failed}");
    }
}

fn a_step_uses_an_agent_or_the_keys_of_a_file(_: &Session) {
    let folder = program("ssh-add");
    let keys = tempfile::tempdir().expect("a temporary folder");
    let (key, socket) = (keys.path().join("key"), keys.path().join("agent"));
    let mut made = Command::new("ssh-keygen");
    made.args(["-q", "-t", "ed25519", "-N", "", "-C", "of-the-trial", "-f"]).arg(&key);
    assert!(made.status().expect("it is installed").success());
    let _agent = Agent::with(&key, &socket);
    let steps = "COPY . /p\nRUN --mount=type=ssh,required /p/ld --library-path /p /p/ssh-add -l";
    fs::write(folder.path().join("Dockerfile"), dockerfile(steps)).expect("a temporary file");
    let allowed = folder.path().to_string_lossy().into_owned();
    let build = |agent: &Path, ids: Value| {
        let agent = format!("default={}", agent.display());
        let session = Session::with(&variable("HOST"), &["--allow-path", &allowed, "--build-ssh", &agent]);
        session.tried("image_build", buildkit(json!(allowed), json!({ "ssh": ids })))
    };
    for agent in [&socket, &key] {
        let built = build(agent, json!(["default"])).expect("it builds");
        assert!(built.contains("of-the-trial (ED25519)"), "{built}");
    }
    let missing = build(&socket, json!([])).expect_err("it was given no agent");
    assert!(missing.contains("this server has it: call again with `ssh` [\"default\"]"), "{missing}");
    // A step sees the agent, and not the file of a key.
    let text = fs::read_to_string(&key).expect("it is there");
    assert!(!build(&key, json!(["default"])).expect("it builds").contains(text.lines().nth(1).expect("a key")));
}

fn of_a_folder_only_what_is_read_and_changed_is_sent(_: &Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("sub")).expect("a temporary folder");
    for (name, content) in [
        ("sub/web", &*dockerfile("COPY a* /c/\nRUN wc -c /c/*")),
        ("a1", "first"),
        ("a2", &"x".repeat(1_000_000)),
        ("b", &"y".repeat(5_000_000)),
        ("secret", "for nobody"),
        (".dockerignore", "secret\nb\n"),
    ] {
        fs::write(at(name), content).expect("a temporary file");
    }
    let (address, sent) = counting();
    let session = Session::with(&address, &["--allow-path", &folder.path().to_string_lossy()]);
    let build = |dockerfile: &str| {
        let before = sent.load(Ordering::SeqCst);
        let arguments = buildkit(json!(folder.path()), json!({ "dockerfile": dockerfile }));
        let built = session.output("image_build", arguments).text;
        assert!(built.contains("1000000 /c/a2\n"), "{built}");
        (built, sent.load(Ordering::SeqCst) - before)
    };
    let (_, first) = build("sub/web");
    assert!((1_000_000..2_000_000).contains(&first), "only `a1` and `a2`: {first} bytes");
    let (_, second) = build("./sub/web");
    assert!(second < 100_000, "nothing changed: {second} bytes");
    fs::write(at("a1"), "z".repeat(300_000)).expect("a temporary file");
    let (built, third) = build(&at("sub/web").to_string_lossy());
    assert!(
        (300_000..500_000).contains(&third) && built.contains("300000 /c/a1\n"),
        "only `a1`: {third} bytes: {built}"
    );
    for (name, words) in [("no-such", "there is no Dockerfile"), ("../outside", "named by its path in the context")] {
        let refused = session.refused("image_build", buildkit(json!(folder.path()), json!({ "dockerfile": name })));
        assert!(refused.starts_with("image_build: argument `context`: ") && refused.contains(words), "{refused}");
    }
    let outside = session.refused("image_build", buildkit(json!("/etc"), json!({})));
    assert!(outside.contains("not in a folder allowed by --allow-path"), "{outside}");
    fs::write(at("sub/web"), dockerfile("COPY secret /")).expect("a temporary file");
    let excluded = session.refused("image_build", buildkit(json!(folder.path()), json!({ "dockerfile": "sub/web" })));
    assert!(excluded.contains("secret") && !excluded.contains("for nobody"), "{excluded}");
}

fn ten_builds_at_once_get_their_own_secrets(_: &Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options: Vec<_> = (0..10)
        .flat_map(|number| {
            let file = folder.path().join(format!("word-{number}"));
            fs::write(&file, format!("word of {number}\n")).expect("a temporary file");
            ["--build-secret".to_owned(), format!("id=id-{number},file={}", file.display())]
        })
        .collect();
    let session = Session::with(&variable("HOST"), &options.iter().map(String::as_str).collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for number in 0..10 {
            let session = &session;
            scope.spawn(move || {
                let step = format!("RUN --mount=type=secret,id=id-{number},required cat /run/secrets/id-{number}");
                let context = json!({ "Dockerfile": dockerfile(&step) });
                let more = json!({ "secrets": [format!("id-{number}")] });
                let built = session.output("image_build", buildkit(context, more));
                assert!(built.text.contains(&format!(" word of {number}\n")), "{built:?}");
            });
        }
    });
}

fn a_secret_is_in_no_reply_log_or_audit_line(_: &Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (secret, audit) = (folder.path().join("secret"), folder.path().join("audit"));
    fs::write(&secret, "plain words of nobody").expect("a temporary file");
    let (secret, trail) = (format!("id=word,file={}", secret.display()), audit.to_string_lossy().into_owned());
    let options = ["--build-secret", &secret, "--audit", &trail, "--show-secrets"];
    let session = Session::with(&variable("HOST"), &options);
    let build = |step: &str| {
        let step = format!("RUN --mount=type=secret,id=word,required {step}");
        let context = json!({ "Dockerfile": dockerfile(&step) });
        session.tried("image_build", buildkit(context, json!({ "secrets": ["word"] })))
    };
    let built = build("wc -c /run/secrets/word").expect("it builds");
    assert!(built.contains("21 /run/secrets/word"), "{built}");
    let failed = build("test -s /run/secrets/word && exit 4").expect_err("it fails");
    let lines = fs::read_to_string(&audit).expect("it is written");
    assert!(lines.contains("\"secrets\"") && lines.contains("image_build"), "{lines}");
    for text in [&built, &failed, &lines, &format!("{:?}", session.steps())] {
        assert!(!text.contains("plain words"), "{text}");
    }
    // The README says so: a step may print it, and nobody can tell.
    assert!(build("cat /run/secrets/word; echo").expect("it builds").contains("plain words of nobody"));
}

fn a_secret_or_an_agent_that_cannot_be_used_is_told_before_the_build(_: &Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    assert!(Command::new("mkfifo").arg(at("pipe")).status().expect("it is installed").success());
    fs::write(at("large"), vec![b'x'; 600_000]).expect("a temporary file");
    // It listens, and never answers.
    let _deaf = std::os::unix::net::UnixListener::bind(at("deaf")).expect("a new socket");
    let secrets = [
        ("pipe", at("pipe"), "not a regular file"),
        ("folder", at(""), "not a regular file"),
        ("zero", "/dev/zero".to_owned(), "not a regular file"),
        ("large", at("large"), "more than 512000 bytes"),
        ("gone", at("no-such"), "No such file"),
    ];
    let agents = [("deaf", at("deaf"), "no answer within 5 s"), ("none", at("no-such"), "No such file")];
    let mut options = Vec::new();
    for (id, path, _) in &secrets {
        options.extend(["--build-secret".to_owned(), format!("id={id},file={path}")]);
    }
    for (id, path, _) in &agents {
        options.extend(["--build-ssh".to_owned(), format!("{id}={path}")]);
    }
    let session = Session::with(&variable("HOST"), &options.iter().map(String::as_str).collect::<Vec<_>>());
    let tables = [("secrets", &secrets[..]), ("ssh", &agents[..])];
    for (argument, id, words) in tables.iter().flat_map(|(name, rows)| rows.iter().map(move |row| (name, row.0, row.2)))
    {
        let context = json!({ "Dockerfile": dockerfile("RUN true") });
        let refused = session.refused("image_build", buildkit(context, json!({ *argument: [id] })));
        assert!(refused.starts_with(&format!("image_build: argument `{argument}`: expected for `{id}` ")), "{refused}");
        assert!(refused.contains(words) && refused.contains("its operator must mend what --build-s"), "{refused}");
        assert!(refused.lines().count() == 1 && !refused.contains("xxx"), "{refused}");
    }
    assert!(session.peak_kib() < 100_000, "{} KiB", session.peak_kib());
}

fn a_secret_that_vanishes_during_the_build_is_told(_: &Session) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("word");
    fs::write(&file, "word").expect("a temporary file");
    let secret = format!("id=word,file={}", file.display());
    let session = Session::with(&variable("HOST"), &["--build-secret", &secret]);
    let steps = "RUN for turn in $(seq 8); do echo ready $turn; sleep 0.5; done\nRUN --mount=type=secret,id=word,required cat /run/secrets/word";
    let context = json!({ "Dockerfile": dockerfile(steps) });
    std::thread::scope(|scope| {
        let build = buildkit(context, json!({ "secrets": ["word"] }));
        let building = scope.spawn(|| session.refused("image_build", build));
        until("the first step runs", || session.steps().iter().any(|step| step.contains("ready")).then_some(()));
        fs::remove_file(&file).expect("it is there");
        let failed = building.join().expect("it does not panic");
        assert!(failed.contains("secret word: ") && failed.contains("No such file"), "{failed}");
    });
}

fn the_classic_builder_has_limits_and_networks(session: &Session) {
    let context = || json!({ "Dockerfile": dockerfile("RUN echo hello") });
    let plain = |more: Value| and(json!({ "nocache": true, "networkmode": "none", "context": context() }), more);
    for more in [
        json!({ "memory": 64 << 20 }),
        json!({ "cpusetcpus": "0" }),
        json!({ "cgroupparent": "/of-the-trial" }),
        json!({ "networkmode": "bridge" }),
    ] {
        let built = session.output("image_build", plain(more.clone()));
        assert!(built.text.contains("Step 2/2 : RUN"), "{more}: {built:?}");
        let refused = session.refused("image_build", and(plain(more.clone()), json!({ "builder": "buildkit" })));
        assert!(refused.contains("BuildKit does not heed it; leave it out"), "{more}: {refused}");
    }
    for (name, value) in
        [("ulimits", json!([{ "Name": "nofile", "Soft": 123, "Hard": 456 }])), ("shmsize", json!(2 << 20))]
    {
        let more = json!({ name: value, "context": { "Dockerfile": dockerfile("RUN ulimit -n; df -k /dev/shm") } });
        let built = session.output("image_build", plain(more.clone())).text;
        assert!(built.contains(if name == "ulimits" { "123\n" } else { " 2048 " }), "{built}");
        if !speaks(42) {
            let refused = session.refused("image_build", and(plain(more), json!({ "builder": "buildkit" })));
            assert!(refused.contains("BuildKit does not heed it; leave it out"), "{refused}");
        }
    }
}

fn beside_a_session_of_the_call_nothing_is_given(session: &Session) {
    for (name, value) in [("secrets", json!(["word"])), ("ssh", json!(["default"])), ("builder", json!("classic"))] {
        let more = json!({ "session": "x", name: value });
        let refused = session.refused("image_build", buildkit(json!({ "Dockerfile": dockerfile("RUN true") }), more));
        assert!(refused.contains(&format!("argument `{name}`: the build has the `session`")), "{refused}");
    }
}

fn one_build_is_for_one_platform(session: &Session) {
    let context = json!({ "Dockerfile": dockerfile("RUN true") });
    for builder in ["buildkit", "classic"] {
        let more = json!({ "builder": builder, "platform": "linux/amd64,linux/arm64" });
        let refused = session.refused("image_build", and(buildkit(context.clone(), json!({})), more));
        assert!(refused.contains("argument `platform`: an engine builds an image for one platform"), "{refused}");
    }
}

fn a_dockerfile_gets_no_rights_that_its_call_did_not_ask_for(session: &Session) {
    // Policies judge calls, and rely on this.
    for flag in ["--network=host", "--security=insecure"] {
        let context = json!({ "Dockerfile": dockerfile(&format!("RUN {flag} echo hello")) });
        let refused = session.refused("image_build", buildkit(context, json!({ "networkmode": null })));
        assert!(refused.contains("is not allowed") || refused.to_lowercase().contains("unknown flag"), "{refused}");
    }
}

/// A listener before the engine, and the number of bytes that it was sent through it.
fn counting() -> (String, Arc<AtomicU64>) {
    let socket = variable("HOST").strip_prefix("unix://").expect("the engine listens on a socket").to_owned();
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    RUNTIME.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = format!("tcp://{}", listener.local_addr().expect("it has an address"));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (socket, counted) = (socket.clone(), Arc::clone(&counted));
                tokio::spawn(async move {
                    let engine = UnixStream::connect(&socket).await.expect("the engine is up");
                    let ((mut from, mut to), (mut back, mut answer)) = (client.into_split(), engine.into_split());
                    let answered = tokio::spawn(async move { tokio::io::copy(&mut back, &mut to).await });
                    let mut piece = vec![0; 64 * 1024];
                    while let Ok(read @ 1..) = tokio::io::AsyncReadExt::read(&mut from, &mut piece).await {
                        counted.fetch_add(read as u64, Ordering::SeqCst);
                        let sent = tokio::io::AsyncWriteExt::write_all(&mut answer, &piece[..read]).await;
                        if sent.is_err() {
                            break;
                        }
                    }
                    drop(answer);
                    let _ = answered.await;
                });
            }
        });
        (address, count)
    })
}

/// An agent of ssh that ends with its value.
struct Agent(Child);

impl Agent {
    fn with(key: &Path, socket: &PathBuf) -> Self {
        let mut agent = Command::new("ssh-agent");
        let agent =
            agent.arg("-D").arg("-a").arg(socket).stdout(Stdio::null()).spawn().expect("it is beside ssh-keygen");
        let agent = Agent(agent);
        until("the agent listens", || socket.exists().then_some(()));
        let added = Command::new("ssh-add").arg("-q").arg(key).env("SSH_AUTH_SOCK", socket).status();
        assert!(added.is_ok_and(|status| status.success()), "the agent takes the key");
        agent
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// A folder with a program of this machine, its libraries, and their loader as `ld`.
fn program(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = Command::new("sh").args(["-c", &format!("command -v {name}")]).output().expect("a shell").stdout;
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

/// Arguments for BuildKit.
pub fn buildkit(context: Value, more: Value) -> Value {
    let mut arguments = and(json!({ "networkmode": "none", "nocache": true }), more);
    arguments["context"] = context;
    arguments
}

pub fn dockerfile(steps: &str) -> String {
    format!("FROM {IMAGE}\n{steps}\n")
}
