//! The life of a container, from its creation to its end. Each operation is judged by `container_inspect`, and by its
//! effect on the processes inside.

use std::time::Duration;

use dockwright::models::{
    ContainerCreateRequest, ContainerUpdateRequest, ContainerWaitResponse, HostConfig, RestartPolicy,
};
use dockwright::operations;
use dockwright::options::{
    ContainerDeleteOptions, ContainerInspectOptions, ContainerKillOptions, ContainerListFilters, ContainerListOptions,
    ContainerPruneFilters, ContainerPruneOptions, ContainerRestartOptions, ContainerStartOptions, ContainerStopOptions,
    ContainerTopOptions, ContainerWaitOptions,
};
use dockwright::{Outcome, TerminalSize};
use libtest_mimic::Trial;

use crate::bench::{Bench, Container, IMAGE, shell, trials, unique, until};
use crate::forwarder::Forwarder;

pub fn trials() -> Vec<Trial> {
    trials![
        a_created_container_is_listed_until_it_is_deleted,
        a_container_keeps_what_it_was_created_with,
        a_started_container_runs_until_it_is_stopped,
        a_restarted_container_has_another_process,
        a_killed_container_gets_the_signal,
        a_paused_container_is_frozen_until_it_is_unpaused,
        a_renamed_container_answers_to_its_new_name,
        an_update_changes_limits_in_place,
        top_shows_the_processes,
        changes_are_those_of_the_file_system,
        the_archive_headers_describe_a_file,
        a_resize_reaches_the_terminal,
        waiting_ends_with_the_exit_code,
        waiting_for_removal_ends_when_the_container_is_gone,
        a_container_that_removes_itself_is_waited_for_before_it_starts,
        pruning_removes_containers_that_have_ended,
    ]
}

async fn a_created_container_is_listed_until_it_is_deleted(bench: &'static Bench) {
    let label = unique("label");
    let container = bench.container_of(shell("true").labels([(&label, "yes")])).await;
    let listed = || async {
        let filters = ContainerListFilters::default().label(format!("{label}=yes"));
        let options = ContainerListOptions::default().all(true).filters(filters);
        bench.engine.container_list(&options).await.expect("containers are listed")
    };
    let [summary] = &listed().await[..] else { panic!("one container has the label") };
    assert_eq!(summary.id, container.id);
    assert_eq!(summary.names, [format!("/{}", container.name)]);
    assert_eq!(summary.image, IMAGE);
    assert_eq!(summary.state.as_str(), "created");

    bench.engine.container_delete(&container.id, &ContainerDeleteOptions::default()).await.expect("it is deleted");
    assert_eq!(listed().await, []);
    let options = ContainerInspectOptions::default();
    let error = bench.engine.container_inspect(&container.id, &options).await.expect_err("it is gone");
    assert!(error.is_not_found(), "{error}");
}

async fn a_container_keeps_what_it_was_created_with(bench: &'static Bench) {
    let mut body = ContainerCreateRequest::default()
        .image(IMAGE)
        .cmd(["true"])
        .env(["A=1", "B=two words"])
        .hostname("keeper")
        .working_dir("/tmp")
        .stop_signal("SIGINT")
        .exposed_ports(["8080/tcp"]);
    body.host_config =
        shell("").host_config.map(|config| config.cap_drop(["NET_RAW"]).dns(["192.0.2.1"]).shm_size(1 << 20));
    let container = bench.container_of(body).await;
    let options = ContainerInspectOptions::default().size(true);
    let inspect = bench.engine.container_inspect(&container.id, &options).await.expect("it is there");
    assert!(inspect.size_root_fs.is_some_and(|bytes| bytes > 0), "{:?}", inspect.size_root_fs);
    let config = inspect.config;
    assert!(config.env.expect("it has an environment").contains(&"B=two words".into()));
    assert_eq!(config.hostname.as_deref(), Some("keeper"));
    assert_eq!(config.working_dir.as_deref(), Some("/tmp"));
    assert_eq!(config.stop_signal.as_deref(), Some("SIGINT"));
    assert!(config.exposed_ports.expect("it exposes a port").contains("8080/tcp"));
    let host = inspect.host_config;
    assert_eq!(host.cap_drop.as_deref().map(<[_]>::len), Some(1));
    assert_eq!(host.dns.as_deref(), Some(&["192.0.2.1".to_owned()][..]));
    assert_eq!(host.shm_size, Some(1 << 20));
    assert_eq!(host.network_mode.as_deref(), Some("none"));
    assert_eq!(host.init, Some(true));
}

async fn a_started_container_runs_until_it_is_stopped(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    assert_eq!(container.status().await, "running");
    let options = ContainerStopOptions::default().timeout(Duration::from_secs(10));
    let outcome = bench.engine.container_stop(&container.id, &options).await.expect("it stops");
    assert_eq!(outcome, Outcome::Changed);
    let state = container.inspect().await.state;
    assert_eq!(state.status.as_str(), "exited");
    assert_eq!((state.running, state.exit_code), (false, 128 + 15));
}

async fn a_restarted_container_has_another_process(bench: &'static Bench) {
    let script = "trap 'touch /told; exit' USR1; touch /ready; while :; do sleep 0.02; done";
    let container = bench.running(script).await;
    ready(bench, &container).await;
    let process = || async { container.inspect().await.state.pid };
    let before = process().await;
    let options = ContainerRestartOptions::default().signal("SIGUSR1").timeout(Duration::from_secs(5));
    let engine = bench.engine.clone().allow_newer(true);
    engine.container_restart(&container.id, &options).await.expect("it restarts");
    assert_eq!(container.status().await, "running");
    assert_ne!(process().await, before);
    // Up to 1.41 an engine knew no signal here and sent the container's own, which is SIGTERM.
    let told = bench.engine.container_archive_info(&container.id, "/told").await;
    match bench.speaks(42) {
        true => assert!(told.is_ok(), "{told:?}"),
        false => assert!(told.as_ref().is_err_and(|error| error.is_not_found()), "{told:?}"),
    }
}

async fn a_killed_container_gets_the_signal(bench: &'static Bench) {
    let container = bench.running("trap 'exit 7' USR1; touch /ready; while :; do sleep 0.02; done").await;
    ready(bench, &container).await;
    let options = ContainerKillOptions::default().signal("SIGUSR1");
    bench.engine.container_kill(&container.id, &options).await.expect("it gets the signal");
    assert_eq!(container.exit_code().await, 7);
    let refusal = bench.engine.container_kill(&container.id, &options).await.expect_err("it has ended");
    assert!(refusal.is_conflict(), "{refusal}");
}

async fn a_paused_container_is_frozen_until_it_is_unpaused(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    bench.engine.container_pause(&container.id).await.expect("it pauses");
    assert_eq!(container.status().await, "paused");
    bench.engine.container_unpause(&container.id).await.expect("it goes on");
    assert_eq!(container.status().await, "running");
}

async fn a_renamed_container_answers_to_its_new_name(bench: &'static Bench) {
    let container = bench.container("true").await;
    let name = unique("renamed");
    bench.engine.container_rename(&container.id, &name).await.expect("it is renamed");
    let options = ContainerInspectOptions::default();
    let inspect = bench.engine.container_inspect(&name, &options).await.expect("it has its new name");
    assert_eq!((inspect.id, inspect.name), (container.id.clone(), format!("/{name}")));
    let error = bench.engine.container_inspect(&container.name, &options).await.expect_err("its old name is free");
    assert!(error.is_not_found(), "{error}");
}

async fn an_update_changes_limits_in_place(bench: &'static Bench) {
    let mut body = shell("sleep 1000");
    body.host_config = body.host_config.map(|config| config.cpu_shares(256).pids_limit(100));
    let container = bench.container_of(body).await.started().await;
    let policy = RestartPolicy::default().name("on-failure").maximum_retry_count(3);
    let update = ContainerUpdateRequest::default()
        .cpu_shares(512)
        .memory(64 << 20)
        .memory_swap(128 << 20)
        .restart_policy(policy);
    bench.engine.container_update(&container.id, &update).await.expect("it is updated");
    let host = container.inspect().await.host_config;
    assert_eq!((host.cpu_shares, host.memory, host.pids_limit), (Some(512), Some(64 << 20), Some(100)));
    let policy = host.restart_policy.expect("it has a restart policy");
    assert_eq!(policy.name.expect("the policy has a name").as_str(), "on-failure");
    assert_eq!(policy.maximum_retry_count, Some(3));
    assert_eq!(container.status().await, "running");
}

async fn top_shows_the_processes(bench: &'static Bench) {
    let container = bench.running("sleep 4321; true").await;
    let options = ContainerTopOptions::default().ps_args("-o pid,args");
    let top = until("the script's own process runs", async || {
        let top = bench.engine.container_top(&container.id, &options).await.expect("it has processes");
        let sleeps = |process: &Vec<String>| process.iter().any(|column| column == "sleep 4321");
        top.processes.iter().any(sleeps).then_some(top)
    });
    assert_eq!(top.await.titles, ["PID", "COMMAND"]);
}

async fn changes_are_those_of_the_file_system(bench: &'static Bench) {
    let container = bench.running("touch /added /root/deeper; rm /etc/group").await;
    assert_eq!(container.exit_code().await, 0);
    let changes = bench.engine.container_changes(&container.id).await.expect("it has changes");
    let kind = |path: &str| {
        let change = changes.iter().find(|change| change.path == path);
        change.map(|change| change.kind.value())
    };
    let (modified, added, deleted) = (Some(0), Some(1), Some(2));
    assert_eq!([kind("/added"), kind("/root"), kind("/root/deeper")], [added, modified, added]);
    assert_eq!([kind("/etc/group"), kind("/etc/passwd")], [deleted, None]);

    let unchanged = bench.container("true").await;
    assert_eq!(bench.engine.container_changes(&unchanged.id).await.expect("null is no changes"), []);
}

async fn the_archive_headers_describe_a_file(bench: &'static Bench) {
    let container = bench.container("true").await;
    let headers = bench.engine.container_archive_info(&container.id, "/etc/passwd").await.expect("the file is there");
    let stat = headers.x_docker_container_path_stat.expect("the header has come");
    assert_eq!((&*stat.name, stat.mode, &*stat.link_target), ("passwd", 0o644, ""));
    assert!(stat.size > 10 && stat.mtime.unix_time().is_ok(), "{stat:?}");
    assert!(stat.extra.is_empty(), "{stat:?}");
    let error =
        bench.engine.container_archive_info(&container.id, "/no/such").await.expect_err("there is no such file");
    assert!(error.is_not_found(), "{error}");
}

async fn a_resize_reaches_the_terminal(bench: &'static Bench) {
    let script = "until stty size | grep -q '33 77'; do sleep 0.02; done; exit 5";
    let container = bench.container_of(shell(script).tty(true)).await.started().await;
    bench.engine.container_resize(&container.id, TerminalSize { height: 33, width: 77 }).await.expect("it is resized");
    assert_eq!(container.exit_code().await, 5);
}

async fn waiting_ends_with_the_exit_code(bench: &'static Bench) {
    let container = bench.container("exit 42").await;
    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    let options = ContainerWaitOptions::default().condition("next-exit");
    let starting = async {
        forwarder.answered("/wait").await;
        bench.engine.container_start(&container.id, &ContainerStartOptions::default()).await.expect("it starts");
    };
    let (answer, ()) = tokio::join!(engine.container_wait(&container.id, &options), starting);
    let answer = answer.expect("it ends");
    assert_eq!((answer.status_code, answer.error), (42, None));
    assert_eq!(container.exit_code().await, 42);
}

async fn waiting_for_removal_ends_when_the_container_is_gone(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    let options = ContainerWaitOptions::default().condition("removed");
    let deleting = async {
        forwarder.answered("/wait").await;
        let force = ContainerDeleteOptions::default().force(true);
        bench.engine.container_delete(&container.id, &force).await.expect("it is deleted");
    };
    let (answer, ()) = tokio::join!(engine.container_wait(&container.id, &options), deleting);
    assert_eq!(answer.expect("it is gone").status_code, 128 + 9);
}

async fn a_container_that_removes_itself_is_waited_for_before_it_starts(bench: &'static Bench) {
    let host = HostConfig::default().network_mode("none").auto_remove(true);
    let container = bench.container_of(shell("exit 42").host_config(host)).await;
    let wait = bench.engine.call(&operations::CONTAINER_WAIT).argument("id", &container.id);
    let waiting = wait.argument("condition", "removed").send().await.expect("the engine waits");
    bench.engine.container_start(&container.id, &ContainerStartOptions::default()).await.expect("it starts");
    let answer: ContainerWaitResponse = waiting.json().await.expect("it is gone");
    assert_eq!(answer.status_code, 42);
    let error = bench.engine.container_inspect(&container.id, &ContainerInspectOptions::default()).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

async fn pruning_removes_containers_that_have_ended(bench: &'static Bench) {
    let label = unique("label");
    let labelled = |script| shell(script).labels([(&label, "")]);
    let (ended, other) = (bench.container_of(labelled("true")).await, bench.container("true").await);
    let running = bench.container_of(labelled("sleep 1000")).await.started().await;
    let options = ContainerPruneOptions::default().filters(ContainerPruneFilters::default().label(&label));
    let pruned = bench.engine.container_prune(&options).await.expect("pruning works");
    assert_eq!(pruned.containers_deleted, [&*ended.id]);
    assert_eq!((running.status().await.as_str(), other.status().await.as_str()), ("running", "created"));
    let pruned = bench.engine.container_prune(&options).await.expect("pruning nothing works");
    assert_eq!(pruned.containers_deleted, [] as [String; 0]);
}

/// Waits until the container's script has made the file `/ready`.
async fn ready(bench: &Bench, container: &Container) {
    until("the script is ready", async || bench.engine.container_archive_info(&container.id, "/ready").await.ok())
        .await;
}
