//! The programs of `examples/`, called as users call them, and judged by their output, their exit code, and their
//! effect on the engine. `cargo build --examples --all-features` builds them, and so does `cargo test` unless it names
//! a test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use dockwright::models::{Service, TaskState};
use dockwright::options::{ServiceInspectOptions, TaskListFilters, TaskListOptions};
use libtest_mimic::Trial;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::bench::{Bench, IMAGE, Leftover, shell, soon, trials, unique, until, variable};
use crate::image::inspect;
use crate::progress::{folder, forget, in_registry, push};
use crate::swarm;

pub fn trials() -> Vec<Trial> {
    trials![
        each_says_so_if_no_engine_answers,
        each_that_needs_arguments_says_which,
        list_shows_the_containers_that_match,
        pull_brings_an_image,
        run_passes_output_and_exit_code_on_and_removes_the_container,
        run_that_is_interrupted_removes_the_container,
        exec_hands_its_stdin_over,
        exec_ends_though_its_stdin_is_open,
        database_is_healthy_asked_and_removed,
        login_shows_users_and_no_secrets,
        logs_follow_several_containers_to_their_end,
        build_shows_its_steps_and_makes_an_image,
        build_says_which_exit_code_a_command_had,
        build_steps_shows_steps_of_buildkit_and_the_one_that_failed,
        copy_brings_a_file_and_a_folder_in_and_out,
        events_are_followed_until_ctrl_c,
        service_runs_is_updated_and_rolled_back,
        stats_show_containers_while_they_run,
    ]
}

async fn each_says_so_if_no_engine_answers(_: &'static Bench) {
    for name in names().into_iter().filter(|name| name != "login") {
        // As many arguments as any needs. The last is a folder that is there.
        let arguments = match &*name {
            "build" | "build_steps" | "build_with_secret" => vec!["examples", "tag"],
            "copy" => vec!["web:/etc", "."],
            "list" | "events" => vec!["name=web"],
            _ => vec!["web", IMAGE, "true"],
        };
        let ended = ended(example(&name, &arguments).env("DOCKER_HOST", "unix:///no/such.sock")).await;
        assert_eq!(ended.status.code(), Some(1), "{name}: {ended:?}");
        let expected = format!("{name}: cannot reach the engine at unix:///no/such.sock: ");
        assert!(text(&ended.stderr).starts_with(&expected), "{name}: {ended:?}");
    }
}

async fn each_that_needs_arguments_says_which(_: &'static Bench) {
    for name in names().iter().filter(|name| !["list", "events", "stats"].contains(&&***name)) {
        let ended = ended(&mut example(name, &[])).await;
        assert_eq!(ended.status.code(), Some(1), "{name}: {ended:?}");
        assert!(text(&ended.stderr).starts_with(&format!("{name}: usage: {name} ")), "{name}: {ended:?}");
    }
}

async fn list_shows_the_containers_that_match(bench: &'static Bench) {
    let label = unique("label");
    let chosen = bench.container_of(shell("true").labels([(&label, "yes")])).await;
    let other = bench.container("true").await;
    let listed = succeeded("list", &[&format!("label={label}")]).await;
    let lines: Vec<_> = listed.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("ID ") && lines[0].ends_with("  STATUS"), "{listed}");
    let words: Vec<_> = lines[1].split_whitespace().collect();
    assert_eq!(words, [&chosen.id[..12], &chosen.name, IMAGE, "Created"]);
    let all = succeeded("list", &[]).await;
    assert!(all.contains(&chosen.name) && all.contains(&other.name), "{all}");
    let refused = failed("list", &["status=nonsense"]).await;
    assert!(refused.starts_with("list: container_list: 400: "), "{refused}");
}

async fn pull_brings_an_image(bench: &'static Bench) {
    let (name, id, _leftover) = in_registry(bench, &variable("REGISTRY")).await;
    push(bench, &name, None).await.expect("the push begins").last().await.expect("it is pushed");
    forget(bench, &id).await;
    let told = succeeded("pull", &[&name]).await;
    assert!(told.contains(&format!("\nStatus: Downloaded newer image for {name}\n")), "{told}");
    assert!(!told.contains(['[', '\r']), "a bar is for terminals: {told}");
    assert_eq!(inspect(bench, &name).await.id, id);
    // Only its tag is missing, which is the one that is meant if none is named.
    let missing = failed("pull", &[name.strip_suffix(":one").expect("it has a tag")]).await;
    assert!(missing.starts_with("pull: image_create: 404: ") && missing.contains(":latest"), "{missing}");
}

async fn run_passes_output_and_exit_code_on_and_removes_the_container(bench: &'static Bench) {
    let ended = ended(&mut example("run", &[IMAGE, "sh", "-c", "hostname; echo err >&2; exit 3"])).await;
    assert_eq!((ended.status.code(), text(&ended.stderr)), (Some(3), "err\n"));
    assert_no_container(bench, text(&ended.stdout)).await;
    let missing = failed("run", &["no-such:image"]).await;
    assert!(missing.starts_with("run: container_create: 404: ") && missing.contains("; pull it first"), "{missing}");
}

async fn run_that_is_interrupted_removes_the_container(bench: &'static Bench) {
    let mut running = Running::start("run", &[IMAGE, "sh", "-c", "hostname; exec sleep 1000"]);
    let id = running.line().await;
    running.interrupt();
    assert_eq!(running.exit_code().await, Some(1));
    assert_no_container(bench, &id).await;
}

async fn exec_hands_its_stdin_over(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let mut exec = example("exec", &[&container.name, "sh", "-c", "cat; echo err >&2; exit 5"]);
    let mut exec = exec.stdin(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = exec.stdin.take().expect("it is a pipe");
    stdin.write_all(b"one\ntwo\n").await.expect("it reads");
    drop(stdin);
    let ended = soon("it ends", exec.wait_with_output()).await.expect("it is our child");
    assert_eq!((text(&ended.stdout), text(&ended.stderr)), ("one\ntwo\n", "err\n"));
    assert_eq!(ended.status.code(), Some(5));
}

async fn exec_ends_though_its_stdin_is_open(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let mut exec = example("exec", &[&container.name, "echo", "out"]);
    let mut exec = exec.stdin(Stdio::piped()).spawn().expect("it starts");
    let _stdin = exec.stdin.take().expect("it is a pipe");
    let ended = soon("it ends", exec.wait_with_output()).await.expect("it is our child");
    assert_eq!((ended.status.code(), text(&ended.stdout)), (Some(0), "out\n"));
}

async fn database_is_healthy_asked_and_removed(bench: &'static Bench) {
    let told = succeeded("database", &[IMAGE, "true", "hostname", "sleep", "1000"]).await;
    assert_no_container(bench, told.trim()).await;
    let failed = failed("database", &[IMAGE, "echo not yet; exit 1", "true", "sleep", "1000"]).await;
    assert!(failed.ends_with(": it is unhealthy: not yet\n"), "{failed}");
}

async fn login_shows_users_and_no_secrets(_: &'static Bench) {
    let folder = folder([("config.json", r#"{"auths":{"a.example:1":{"auth":"YWRhOmh1bnRlcjI="}}}"#)]);
    let mut command = example("login", &["A.example:1", "b.example"]);
    let ended = ended(command.env("DOCKER_CONFIG", folder.path()).env_remove("DOCKER_AUTH_CONFIG")).await;
    assert_eq!(text(&ended.stdout), "A.example:1: ada\nb.example: no login\n");
    assert_eq!(ended.status.code(), Some(1));
}

async fn logs_follow_several_containers_to_their_end(bench: &'static Bench) {
    let first = bench.running("echo one; sleep 1000").await;
    let second = bench.running("echo two >&2; sleep 1000").await;
    let mut following = Running::start("logs", &[&first.name, &second.name]);
    let mut interrupted = Running::start("logs", &[&first.name]);
    // The longer name sets the width of both.
    let width = first.name.len().max(second.name.len());
    let expected = BTreeSet::from([format!("{:width$} | one", first.name), format!("{:width$} ! two", second.name)]);
    assert_eq!(BTreeSet::from([following.line().await, following.line().await]), expected);

    assert!(interrupted.line().await.ends_with(" | one"));
    interrupted.interrupt();
    assert_eq!(interrupted.exit_code().await, Some(0));

    first.kill("KILL").await;
    second.kill("KILL").await;
    assert_eq!(following.exit_code().await, Some(0), "it ends when all have ended");
}

async fn build_shows_its_steps_and_makes_an_image(bench: &'static Bench) {
    let tag = format!("{}:one", unique("built"));
    let _leftover = Leftover::new(format!("/images/{tag}?force=true"));
    let folder = folder([
        ("Dockerfile", &*format!("FROM {IMAGE}\nCOPY . /context\nRUN ls /context\n")),
        ("greeting", ""),
        ("secret", ""),
        (".dockerignore", "secret\n"),
    ]);
    let told = succeeded("build", &[path(folder.path()), &tag]).await;
    assert!(told.starts_with("Step 1/3 : FROM ") && told.contains("\ngreeting\n"), "{told}");
    assert!(!told.contains("secret"), "it was to stay here: {told}");
    let id = inspect(bench, &tag).await.id;
    assert!(told.ends_with(&format!("\n{id} {tag}\n")), "{told}");
}

async fn build_says_which_exit_code_a_command_had(_: &'static Bench) {
    let folder = folder([("Dockerfile", &*format!("FROM {IMAGE}\nRUN exit 7\n"))]);
    let told = failed("build", &[path(folder.path()), &unique("built")]).await;
    assert_eq!(told, "build: a command failed with exit code 7\n");
}

async fn build_steps_shows_steps_of_buildkit_and_the_one_that_failed(bench: &'static Bench) {
    let tag = format!("{}:one", unique("built"));
    let _leftover = Leftover::new(format!("/images/{tag}?force=true"));
    let good = folder([("Dockerfile", &*format!("FROM {IMAGE}\nRUN echo {tag}\n"))]);
    let told = succeeded("build_steps", &[path(good.path()), &tag]).await;
    // Other steps may end before this one writes.
    let (_, rest) = told.split_once(&format!(" [2/2] RUN echo {tag}\n")).expect("its step is told");
    assert!(rest.contains(&format!("{tag}\n")) && rest.contains(" is done in "), "{told}");
    assert!(told.contains(&inspect(bench, &tag).await.id), "{told}");
    let bad = folder([("Dockerfile", &*format!("FROM {IMAGE}\nRUN echo badly; exit 7\n"))]);
    let told = failed("build_steps", &[path(bad.path()), &tag]).await;
    assert_eq!(told, "build_steps: [2/2] RUN echo badly; exit 7 failed with exit code 7\n  badly\n");
}

async fn copy_brings_a_file_and_a_folder_in_and_out(bench: &'static Bench) {
    let container = bench.container("true").await;
    let here = folder([("file", "content")]);
    let there = |path: &str| format!("{}:{path}", container.name);
    let (file, back) = (here.path().join("file"), here.path().join("back"));
    succeeded("copy", &[path(&file), &there("/tmp")]).await;
    let told = succeeded("copy", &[&there("/tmp/file"), path(&back)]).await;
    assert!(told.ends_with("(files: 1, bytes: 7)\n"), "{told}");
    assert_eq!(std::fs::read(back.join("file")).expect("it came back"), b"content");

    succeeded("copy", &[path(&back), &there("/root")]).await;
    let again = here.path().join("again");
    succeeded("copy", &[&there("/root/back"), path(&again)]).await;
    assert_eq!(std::fs::read(again.join("back/file")).expect("it came back in its folder"), b"content");

    let missing = failed("copy", &[&there("/no/such"), path(here.path())]).await;
    assert!(missing.starts_with("copy: container_archive: 404: "), "{missing}");
    let missing = failed("copy", &["no-such-file", &there("/tmp")]).await;
    assert!(missing.contains("no-such-file: No such file"), "{missing}");
}

async fn events_are_followed_until_ctrl_c(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let mut events = Running::start("events", &["type=container", &format!("container={}", container.name)]);
    // The moment in which the engine begins to listen is not visible from here, so events are made until one arrives.
    let line = async {
        loop {
            container.kill("WINCH").await;
            if let Ok(line) = tokio::time::timeout(Duration::from_millis(100), events.line()).await {
                break line;
            }
        }
    };
    let line = soon("an event is told", line).await;
    assert!(line.ends_with(&format!("  container  kill  {}", container.name)), "{line}");
    events.interrupt();
    assert_eq!(events.exit_code().await, Some(0));
}

async fn service_runs_is_updated_and_rolled_back(bench: &'static Bench) {
    swarm::node(bench).await;
    let name = unique("service");
    let _leftover = Leftover::new(format!("/services/{name}"));
    let told = succeeded("service", &[&name, IMAGE, "sleep", "1000"]).await;
    assert!(told.trim_end().ends_with("3 of 3 tasks run"), "{told}");
    assert_eq!(running_commands(bench, &name).await, [["sleep", "1000"]; 3]);

    let told = succeeded("service", &[&name, IMAGE, "sleep", "2000"]).await;
    assert!(told.ends_with("3 of 3 tasks run, update completed\n"), "{told}");
    assert_eq!(running_commands(bench, &name).await, [["sleep", "2000"]; 3]);
    let updated = service(bench, &name).await.spec;
    assert!(updated.update_config.is_some_and(|config| config.parallelism == Some(1)), "what is not changed stays");

    let told = failed("service", &[&name, IMAGE, "false"]).await;
    assert_eq!(told, "service: the update failed, its state is rollback_completed\n");
    // The last of the tasks that failed may be replaced a moment later.
    let old_ones = async || (running_commands(bench, &name).await == [["sleep", "2000"]; 3]).then_some(());
    until("the old tasks run again", old_ones).await;
}

async fn stats_show_containers_while_they_run(bench: &'static Bench) {
    let first = bench.running("sleep 1000").await;
    let mut stats = Running::start("stats", &[]);
    // Names are of different lengths, and one may be the beginning of another.
    let has_row = |table: &str, name: &str| table.lines().any(|line| line.split(' ').next() == Some(name));
    stats.until_table(|table| has_row(table, &first.name)).await;
    let second = bench.running("sleep 1000").await;
    stats.until_table(|table| has_row(table, &first.name) && has_row(table, &second.name)).await;
    second.kill("KILL").await;
    stats.until_table(|table| has_row(table, &first.name) && !has_row(table, &second.name)).await;
    stats.interrupt();
    assert_eq!(stats.exit_code().await, Some(0));
}

/// All examples there are.
fn names() -> Vec<String> {
    let folder = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).expect("there are examples");
    let paths = folder.map(|entry| entry.expect("it can be read").path());
    let programs = paths.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    programs.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect()
}

/// An example to be run on the engine of the trials.
fn example(name: &str, arguments: &[&str]) -> Command {
    let program = program(name);
    assert!(program.exists(), "{} is missing: run cargo build --examples --all-features", program.display());
    let mut command = Command::new(program);
    command.args(arguments).env("DOCKER_HOST", variable("HOST"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Tests are in `debug/deps`, examples in `debug/examples`.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this program is a file");
    let target = test.parent().and_then(Path::parent).expect("it is in a folder of cargo's");
    target.join("examples").join(name)
}

async fn ended(command: &mut Command) -> Output {
    soon("it ends", command.output()).await.expect("it starts")
}

/// Runs an example that must succeed, and returns its stdout.
pub async fn succeeded(name: &str, arguments: &[&str]) -> String {
    let ended = ended(&mut example(name, arguments)).await;
    assert!(ended.status.success() && ended.stderr.is_empty(), "{name} {arguments:?}: {ended:?}");
    text(&ended.stdout).to_owned()
}

/// Runs an example that must fail, and returns its stderr.
pub async fn failed(name: &str, arguments: &[&str]) -> String {
    let ended = ended(&mut example(name, arguments)).await;
    assert_eq!(ended.status.code(), Some(1), "{name} {arguments:?}: {ended:?}");
    text(&ended.stderr).to_owned()
}

/// An example that goes on, and is killed when it is dropped.
struct Running {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(name: &str, arguments: &[&str]) -> Self {
        let mut child = example(name, arguments).stderr(Stdio::inherit()).spawn().expect("it starts");
        let stdout = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
        Running { child, stdout }
    }

    async fn line(&mut self) -> String {
        soon("a line is printed", self.stdout.next_line()).await.expect("it is text").expect("the program goes on")
    }

    /// Waits for a table that is as expected. It goes from one head to the next, which is not part of another then.
    async fn until_table(&mut self, is_expected: impl Fn(&str) -> bool) {
        let expected = async {
            loop {
                while !self.line().await.starts_with("NAME ") {}
                let mut table = String::new();
                loop {
                    let line = self.line().await;
                    if line.starts_with("NAME ") {
                        break;
                    }
                    table = table + &line + "\n";
                }
                if is_expected(&table) {
                    break;
                }
            }
        };
        soon("the table is as expected", expected).await;
    }

    /// Sends the signal of Ctrl-C.
    fn interrupt(&self) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = std::process::Command::new("sh").args(["-c", "kill -INT $0", &id]).status();
        assert!(sent.expect("there is a shell").success(), "it was gone already");
    }

    async fn exit_code(&mut self) -> Option<i32> {
        soon("it ends", self.child.wait()).await.expect("it is our child").code()
    }
}

/// Asserts that a container is gone, of which its hostname is known.
async fn assert_no_container(bench: &Bench, hostname: &str) {
    let id = hostname.trim();
    assert_eq!(id.len(), 12, "`{id}` is the beginning of an id");
    let gone = bench.engine.container_inspect(id, &Default::default()).await;
    assert!(gone.is_err_and(|error| error.is_not_found()), "{id} is still there");
}

async fn service(bench: &Bench, name: &str) -> Service {
    bench.engine.service_inspect(name, &ServiceInspectOptions::default()).await.expect("it is there")
}

/// The commands of the tasks that run and are to do so.
async fn running_commands(bench: &Bench, service: &str) -> Vec<Vec<String>> {
    let filters = TaskListFilters::default().service(service).desired_state("running");
    let options = TaskListOptions::default().filters(filters);
    let tasks = bench.engine.task_list(&options).await.expect("tasks are listed");
    let running = tasks.into_iter().filter(|task| task.status.state == TaskState::Running);
    running.filter_map(|task| task.spec.container_spec?.command).collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it is text")
}

pub fn path(path: &Path) -> &str {
    path.to_str().expect("it is text")
}
