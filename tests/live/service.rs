//! Services and their tasks. They have no virtual address, since not every kernel can do that.

use dockwright::Error;
use dockwright::models::{
    ConfigReferenceFileTarget, EndpointSpec, SecretReferenceFileTarget, ServiceSpec, ServiceSpecMode,
    ServiceSpecModeReplicated, Task, TaskSpec, TaskSpecContainerSpec, TaskSpecContainerSpecConfigsItem,
    TaskSpecContainerSpecSecretsItem, TaskState,
};
use dockwright::options::{
    ServiceCreateOptions, ServiceInspectOptions, ServiceListFilters, ServiceListOptions, ServiceLogsOptions,
    ServiceUpdateOptions, TaskListFilters, TaskListOptions, TaskLogsOptions,
};
use libtest_mimic::Trial;

use crate::bench::{Bench, IMAGE, Leftover, trials, unique, until};
use crate::forwarder::Forwarder;
use crate::streams::{Written, until_written, written};
use crate::swarm;

pub fn trials() -> Vec<Trial> {
    trials![
        a_service_runs_scales_and_rolls_back,
        a_service_and_its_task_have_the_same_logs,
        the_logs_of_a_service_with_a_terminal_are_one_stream,
        logs_of_a_missing_container_are_refused,
    ]
}

async fn a_service_runs_scales_and_rolls_back(bench: &'static Bench) {
    let node = &*swarm::node(bench).await;
    let ((secret_name, secret, _secret), (config_name, config, _config)) =
        (swarm::secret(bench).await, swarm::config(bench).await);
    let file = SecretReferenceFileTarget::default().name("word").uid("0").gid("0").mode(0o444_u32);
    let secret = TaskSpecContainerSpecSecretsItem::default().secret_id(secret).secret_name(secret_name).file(file);
    let file = ConfigReferenceFileTarget::default().name("/word").uid("0").gid("0").mode(0o444_u32);
    let config = TaskSpecContainerSpecConfigsItem::default().config_id(config).config_name(config_name).file(file);
    // Runs on only if it was given both.
    let script = "test $(cat /run/secrets/word) = word && test $(cat /word) = word && exec sleep 1000";
    let container = container(script).secrets([secret]).configs([config]);
    let (name, id, _leftover) = create(bench, container).await;

    let tasks = running(bench, &id, 1).await;
    let task = bench.engine.task_inspect(&tasks[0].id).await.expect("it is there");
    assert_eq!((&task.service_id, task.node_id.as_deref(), task.slot), (&id, Some(node), Some(1)));
    let container = task.status.container_status.expect("it has a container").container_id;
    let path = format!("/containers/{container}/json");
    assert_eq!(bench.json(&path).await["Config"]["Labels"]["com.docker.swarm.service.id"], *id);

    let service = bench.engine.service_inspect(&id, &ServiceInspectOptions::default()).await.expect("it is there");
    let mut spec = service.spec;
    spec.mode = Some(replicas(2));
    update_service(bench, &id, &spec, &ServiceUpdateOptions::default()).await;
    running(bench, &id, 2).await;
    let options = ServiceListOptions::default().status(true).filters(ServiceListFilters::default().name(&name));
    let [listed] = &bench.engine.service_list(&options).await.expect("services are listed")[..] else { panic!("one") };
    assert_eq!(listed.id, id);
    let status = listed.service_status.as_ref().expect("it was asked for");
    assert_eq!((status.running_tasks, status.desired_tasks), (2, 2));

    update_service(bench, &id, &spec, &ServiceUpdateOptions::default().rollback("previous")).await;
    running(bench, &id, 1).await;
    bench.engine.service_delete(&id).await.expect("it is deleted");
    let gone = bench.engine.service_inspect(&id, &ServiceInspectOptions::default()).await;
    assert!(gone.is_err_and(|error| error.is_not_found()));
    until("its containers are gone", async || {
        let filters = format!("%7B%22label%22%3A%5B%22com.docker.swarm.service.id%3D{id}%22%5D%7D");
        let containers = bench.json(&format!("/containers/json?all=true&filters={filters}")).await;
        containers.as_array().is_some_and(Vec::is_empty).then_some(())
    })
    .await;
}

async fn a_service_and_its_task_have_the_same_logs(bench: &'static Bench) {
    swarm::node(bench).await;
    let (_, id, _leftover) = create(bench, container("echo out; echo err >&2; exec sleep 1000")).await;
    let tasks = running(bench, &id, 1).await;
    let task = &*tasks[0].id;
    let expected = Written::stdout("out\n").with_stderr("err\n");
    until("both lines are kept", async || (service_logs(bench, &id).await == expected).then_some(())).await;
    let options = TaskLogsOptions::default().stdout(true).stderr(true);
    let logs = bench.engine.task_logs(task, &options).await.expect("it has logs");
    assert_eq!(written(logs).await, expected);
    let logs = bench.engine.task_logs(task, &options.stdout(false)).await.expect("it has logs");
    assert_eq!(written(logs).await, Written::default().with_stderr("err\n"));

    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    let options = ServiceLogsOptions::default().stdout(true).follow(true);
    let mut following = engine.service_logs(&id, &options).await.expect("it has logs");
    assert_eq!(until_written(&mut following, "out\n").await, Written::stdout("out\n"));
    drop(following);
    forwarder.closed_at_once("/logs").await;
}

async fn the_logs_of_a_service_with_a_terminal_are_one_stream(bench: &'static Bench) {
    swarm::node(bench).await;
    let (_, id, _leftover) = create(bench, container("echo out; echo err >&2; exec sleep 1000").tty(true)).await;
    let tasks = running(bench, &id, 1).await;
    let task = &*tasks[0].id;
    let expected = Written::terminal("out\r\nerr\r\n");
    until("both lines are kept", async || (service_logs(bench, &id).await == expected).then_some(())).await;
    let options = TaskLogsOptions::default().stdout(true).stderr(true);
    let logs = bench.engine.task_logs(task, &options).await.expect("it has logs");
    assert_eq!(written(logs).await, expected);
}

async fn logs_of_a_missing_container_are_refused(bench: &'static Bench) {
    swarm::node(bench).await;
    let options = ServiceLogsOptions::default().stdout(true);
    let error = bench.engine.service_logs("no-such", &options).await.expect_err("there is no such service");
    assert!(error.is_not_found() && error.to_string().starts_with("service_logs: 404: "), "{error}");
    let options = TaskLogsOptions::default().stdout(true);
    let error = bench.engine.task_logs("no-such", &options).await.expect_err("there is no such task");
    assert!(error.is_not_found() && error.to_string().starts_with("task_logs: 404: "), "{error}");
}

/// Returns the output of a service so far.
async fn service_logs(bench: &Bench, id: &str) -> Written {
    let options = ServiceLogsOptions::default().stdout(true).stderr(true);
    written(bench.engine.service_logs(id, &options).await.expect("it has logs")).await
}

/// The tasks of a service, when so many run.
async fn running(bench: &Bench, service: &str, count: usize) -> Vec<Task> {
    let filters = TaskListFilters::default().service(service).desired_state("running");
    let options = TaskListOptions::default().filters(filters);
    until("the tasks run", async || {
        let tasks = bench.engine.task_list(&options).await.expect("tasks are listed");
        let running = tasks.iter().filter(|task| task.status.state == TaskState::Running).count();
        (running == count && tasks.len() == count).then_some(tasks)
    })
    .await
}

async fn update_service(bench: &Bench, id: &str, spec: &ServiceSpec, options: &ServiceUpdateOptions) {
    // The swarm itself writes to a service that changes, so the version may be old when it arrives.
    until("the version is the newest", async || {
        let service = bench.engine.service_inspect(id, &ServiceInspectOptions::default()).await.expect("it is there");
        match bench.engine.service_update(id, service.version.index, spec, options).await {
            Err(Error::Api { message, .. }) if message.contains("out of sequence") => None,
            answer => Some(answer.expect("it is updated")),
        }
    })
    .await;
}

/// A new service with one task: its name, its id.
pub async fn create(bench: &Bench, container: TaskSpecContainerSpec) -> (String, String, Leftover) {
    let name = unique("service");
    let spec = ServiceSpec::default()
        .name(&name)
        .labels([("purpose", "tests")])
        .task_template(TaskSpec::default().container_spec(container))
        .mode(replicas(1))
        .endpoint_spec(EndpointSpec::default().mode("dnsrr"));
    let created = bench.engine.service_create(&spec, &ServiceCreateOptions::default()).await.expect("it is created");
    let id = created.id;
    (name, id.clone(), Leftover::new(format!("/services/{id}")))
}

/// Settings of the containers that a service's tasks run.
pub fn container(script: &str) -> TaskSpecContainerSpec {
    TaskSpecContainerSpec::default().image(IMAGE).command(["sh", "-c", script]).init(true)
}

fn replicas(count: i64) -> ServiceSpecMode {
    ServiceSpecMode::default().replicated(ServiceSpecModeReplicated::default().replicas(count))
}
