//! Properties that every engine is said to send are in its answers to requests that change something, which nobody
//! records, and to questions about objects that have little to tell.

use std::sync::LazyLock;

use dockwright::models::{
    AuthConfig, ConfigSpec, ContainerExecRequest, ContainerUpdateRequest, NetworkCreateRequest, SecretSpec,
    ServiceSpec, TaskSpec,
};
use dockwright::operations::{
    BUILD_PRUNE, CONFIG_CREATE, CONTAINER_CREATE, CONTAINER_EXEC, CONTAINER_INSPECT, CONTAINER_PRUNE, CONTAINER_STATS,
    CONTAINER_UPDATE, CONTAINER_WAIT, EXEC_INSPECT, IMAGE_COMMIT, IMAGE_HISTORY, IMAGE_INSPECT, IMAGE_PRUNE,
    NETWORK_CREATE, NETWORK_PRUNE, SECRET_CREATE, SERVICE_CREATE, SERVICE_INSPECT, SERVICE_UPDATE, SYSTEM_AUTH,
    SYSTEM_INFO, VOLUME_PRUNE,
};
use dockwright::options::ImageBuildOptions;
use dockwright::{Call, Operation, Value};
use dockwright_codegen::ir::Api;
use libtest_mimic::Trial;
use serde_json::json;

use crate::archive::archive;
use crate::bench::{Bench, IMAGE, Leftover, shell, trials, unique, variable};
use crate::streams::values;
use crate::{service, swarm, types};

static API: LazyLock<Api> = LazyLock::new(types::api);

pub fn trials() -> Vec<Trial> {
    trials![
        containers_are_made_changed_and_pruned_with_whole_answers,
        what_has_little_to_tell_has_whole_answers,
        objects_of_a_swarm_are_made_with_whole_answers,
    ]
}

async fn containers_are_made_changed_and_pruned_with_whole_answers(bench: &'static Bench) {
    let call = |operation| bench.engine.call(operation);
    let made = whole(&CONTAINER_CREATE, call(&CONTAINER_CREATE).body(&shell("sleep 1000"))).await;
    let id = made["Id"].as_str().expect("it has an id");
    let _container = Leftover::new(format!("/containers/{id}?force=true"));
    whole(&CONTAINER_INSPECT, call(&CONTAINER_INSPECT).argument("id", id)).await;
    bench.engine.container_start(id, &Default::default()).await.expect("it starts");
    let exec = ContainerExecRequest::default().cmd(["true"]);
    let exec = whole(&CONTAINER_EXEC, call(&CONTAINER_EXEC).argument("id", id).body(&exec)).await;
    whole(&EXEC_INSPECT, call(&EXEC_INSPECT).argument("id", &exec["Id"])).await;
    let update = ContainerUpdateRequest::default().cpu_shares(256);
    whole(&CONTAINER_UPDATE, call(&CONTAINER_UPDATE).argument("id", id).body(&update)).await;
    let stat = bench.engine.container_archive_info(id, "/etc/passwd").await.expect("the file is there");
    let stat = serde_json::to_value(stat.x_docker_container_path_stat).expect("it is JSON");
    assert_eq!(stat.as_object().map(|stat| stat.len()), Some(5), "{stat}");
    bench.engine.container_kill(id, &Default::default()).await.expect("it ends");
    whole(&CONTAINER_WAIT, call(&CONTAINER_WAIT).argument("id", id)).await;
    let commit = call(&IMAGE_COMMIT).argument("container", id).body(&json!({}));
    let image = whole(&IMAGE_COMMIT, commit).await;
    let _image = Leftover::new(format!("/images/{}", image["Id"].as_str().expect("it has an id")));

    let network = NetworkCreateRequest::default().name(unique("network")).internal(true);
    let network = whole(&NETWORK_CREATE, call(&NETWORK_CREATE).body(&network)).await;
    let _network = Leftover::new(format!("/networks/{}", network["Id"].as_str().expect("it has an id")));
    for operation in [&CONTAINER_PRUNE, &IMAGE_PRUNE, &NETWORK_PRUNE, &VOLUME_PRUNE, &BUILD_PRUNE] {
        let none = json!({ if operation.id == BUILD_PRUNE.id { "id" } else { "label" }: [unique("none")] });
        whole(operation, call(operation).argument("filters", &none)).await;
    }
}

async fn what_has_little_to_tell_has_whole_answers(bench: &'static Bench) {
    let container = bench.container("true").await;
    let call = |operation, id: &str| bench.engine.call(operation).argument("id", id);
    let once = call(&CONTAINER_STATS, &container.id).argument("stream", &false).argument("one-shot", &true);
    whole(&CONTAINER_STATS, once).await;
    let name = unique("empty");
    let _image = Leftover::new(format!("/images/{name}:latest"));
    let context = archive([("Dockerfile", "FROM scratch\nLABEL little=yes\n")]);
    let options = ImageBuildOptions::default().tags([&name]);
    values(bench.engine.image_build(Some(context.into()), &options).await.expect("the build begins")).await;
    for name in [&*name, IMAGE] {
        for operation in [&IMAGE_INSPECT, &IMAGE_HISTORY] {
            whole(operation, bench.engine.call(operation).argument("name", name)).await;
        }
    }
    whole(&SYSTEM_INFO, bench.engine.call(&SYSTEM_INFO)).await;
    let registry = variable("PRIVATE_REGISTRY");
    let login = AuthConfig::default().username("dock").password("wright").serveraddress(registry);
    whole(&SYSTEM_AUTH, bench.engine.call(&SYSTEM_AUTH).body(&login)).await;
}

async fn objects_of_a_swarm_are_made_with_whole_answers(bench: &'static Bench) {
    swarm::node(bench).await;
    let call = |operation| bench.engine.call(operation);
    let leftover =
        |kind: &str, made: &Value| Leftover::new(format!("/{kind}/{}", made["ID"].as_str().expect("it has an id")));
    let secret = SecretSpec::default().name(unique("secret")).data("d29yZA==");
    let secret = whole(&SECRET_CREATE, call(&SECRET_CREATE).body(&secret)).await;
    let _secret = leftover("secrets", &secret);
    let config = ConfigSpec::default().name(unique("config")).data("d29yZA==");
    let config = whole(&CONFIG_CREATE, call(&CONFIG_CREATE).body(&config)).await;
    let _config = leftover("configs", &config);

    let task = TaskSpec::default().container_spec(service::container("exec sleep 1000"));
    let spec = ServiceSpec::default().name(unique("service")).task_template(task);
    let made = whole(&SERVICE_CREATE, call(&SERVICE_CREATE).body(&spec)).await;
    let _service = leftover("services", &made);
    // The swarm itself writes to a service that is new, so the version may be old when it arrives.
    loop {
        let service = whole(&SERVICE_INSPECT, call(&SERVICE_INSPECT).argument("id", &made["ID"])).await;
        let update =
            call(&SERVICE_UPDATE).argument("id", &made["ID"]).argument("version", &service["Version"]["Index"]);
        match update.body(&service["Spec"]).send().await {
            Err(error) if error.to_string().contains("out of sequence") => {}
            reply => {
                let answer = reply.expect("it is updated").json().await.expect("it is JSON");
                return complete(&SERVICE_UPDATE, answer);
            }
        }
    }
}

/// The answer to a call, in which nothing is missing.
async fn whole(operation: &'static Operation, call: Call<'_>) -> Value {
    let reply = call.send().await.unwrap_or_else(|error| panic!("{error}"));
    let answer: Value = reply.json().await.expect("it is JSON");
    complete(operation, answer.clone());
    answer
}

fn complete(operation: &'static Operation, mut answer: Value) {
    let mut absent = Vec::new();
    types::each_object(&API, types::answer(&API, operation), &mut answer, &mut |known, object| {
        absent.extend(known.absent(object));
    });
    assert_eq!(absent, [] as [String; 0], "{}: {answer}", operation.id);
}
