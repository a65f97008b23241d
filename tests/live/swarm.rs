//! A swarm of one node that all trials share, from the first that needs it to the last. Its contents are tested here:
//! settings, node, secrets, configs and cluster volumes.

use dockwright::models::{
    ClusterVolumeSpec, ClusterVolumeSpecAccessMode, ConfigSpec, NodeSpec, SecretSpec, Swarm, SwarmInitRequest,
    SwarmSpec, VolumeCreateRequest, VolumeTypeMount, VolumeUpdateRequest,
};
use dockwright::options::{
    ConfigListFilters, ConfigListOptions, NodeListFilters, NodeListOptions, SecretListFilters, SecretListOptions,
    SwarmLeaveOptions, SwarmUpdateOptions, VolumeDeleteOptions,
};
use libtest_mimic::Trial;
use tokio::sync::Mutex;

use crate::bench::{BENCH, Bench, Leftover, request, trials, unique};

pub fn trials() -> Vec<Trial> {
    trials![
        a_new_swarm_has_this_node_as_its_manager,
        a_node_is_listed_and_labelled,
        a_swarm_is_updated_and_its_tokens_rotated,
        a_secret_is_kept_and_not_shown,
        a_config_is_kept_and_shown,
        a_stale_version_is_refused,
        a_cluster_volume_is_drained,
    ]
}

/// The node of the swarm, as long as there is one.
static NODE: Mutex<Option<String>> = Mutex::const_new(None);

/// Held while the swarm's or the node's own settings change: an update of an older version is refused.
pub static SETTINGS: Mutex<()> = Mutex::const_new(());

/// The id of the swarm's node. The first to ask begins the swarm.
pub async fn node(bench: &Bench) -> String {
    let mut node = NODE.lock().await;
    if node.is_none() {
        let spec = SwarmSpec::default().labels([("purpose", "tests")]);
        let body = SwarmInitRequest::default().listen_addr("127.0.0.1:2377").advertise_addr("127.0.0.1").spec(spec);
        *node = Some(bench.engine.swarm_init(&body).await.expect("a swarm begins"));
    }
    node.clone().expect("a swarm has begun")
}

/// Ends the swarm if there is one.
pub async fn end() {
    if NODE.lock().await.take().is_some() {
        let _ = BENCH.engine.raw(request("POST", "/swarm/leave?force=true", "")).await;
    }
}

async fn a_new_swarm_has_this_node_as_its_manager(bench: &'static Bench) {
    let node = node(bench).await;
    let info = bench.engine.system_info().await.expect("it answers").swarm;
    assert_eq!(info.local_node_state.as_str(), "active");
    assert_eq!((info.node_id, info.control_available), (node, true));
    let swarm = bench.engine.swarm_inspect().await.expect("a manager knows");
    assert_eq!(Some(swarm.id), info.cluster.map(|cluster| cluster.id));
    assert_eq!(swarm.spec.labels.expect("it has labels")["purpose"], "tests");
    let error = bench.engine.swarm_leave(&SwarmLeaveOptions::default()).await.expect_err("the last manager stays");
    assert!(error.is_retryable(), "503 says that the swarm would lose its manager: {error}");
}

async fn a_node_is_listed_and_labelled(bench: &'static Bench) {
    let id = &*node(bench).await;
    let _settings = SETTINGS.lock().await;
    let label = unique("label");
    let node = bench.engine.node_inspect(id).await.expect("it is there");
    assert_eq!(node.manager_status.and_then(|status| status.leader), Some(true));
    let spec = node.spec;
    assert_eq!(spec.availability.as_ref().map(|availability| availability.as_str()), Some("active"));
    let mut labelled = spec.clone();
    labelled.labels.get_or_insert_default().insert(label.clone(), "yes".to_owned());
    update_node(bench, id, &labelled).await;
    let listed = || async {
        let filters = NodeListFilters::default().node_label(&label).role("manager");
        let nodes = bench.engine.node_list(&NodeListOptions::default().filters(filters)).await;
        nodes.expect("nodes are listed").into_iter().map(|node| node.id).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [id]);
    update_node(bench, id, &spec).await;
    assert_eq!(listed().await, [] as [String; 0]);
}

async fn update_node(bench: &Bench, id: &str, spec: &NodeSpec) {
    let node = bench.engine.node_inspect(id).await.expect("it is there");
    bench.engine.node_update(id, node.version.index, spec).await.expect("it is updated");
}

async fn a_swarm_is_updated_and_its_tokens_rotated(bench: &'static Bench) {
    node(bench).await;
    let _settings = SETTINGS.lock().await;
    let before = inspect(bench).await;
    let mut spec = before.spec;
    spec.orchestration.get_or_insert_default().task_history_retention_limit = Some(3);
    let options = SwarmUpdateOptions::default().rotate_worker_token(true);
    bench.engine.swarm_update(before.version.index, &spec, &options).await.expect("it is updated");
    let after = inspect(bench).await;
    let limit = after.spec.orchestration.and_then(|all| all.task_history_retention_limit);
    assert_eq!(limit, Some(3));
    let (before, after) = (before.join_tokens, after.join_tokens);
    assert_eq!(before.manager, after.manager);
    assert_ne!(before.worker, after.worker);
}

async fn a_secret_is_kept_and_not_shown(bench: &'static Bench) {
    node(bench).await;
    let (name, id, _leftover) = secret(bench).await;
    let secret = bench.engine.secret_inspect(&id).await.expect("it is there");
    let mut spec = secret.spec;
    assert_eq!((spec.name.as_ref(), &spec.data), (Some(&name), &None));
    spec.labels = Some([("changed".to_owned(), "yes".to_owned())].into());
    bench.engine.secret_update(&id, secret.version.index, &spec).await.expect("its labels change");
    let listed = || async {
        let filters = SecretListFilters::default().name(&name).label("changed=yes");
        let secrets = bench.engine.secret_list(&SecretListOptions::default().filters(filters)).await;
        secrets.expect("secrets are listed").into_iter().map(|secret| secret.id).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [&*id]);
    bench.engine.secret_delete(&id).await.expect("it is deleted");
    assert_eq!(listed().await, [] as [String; 0]);
    assert!(bench.engine.secret_inspect(&id).await.is_err_and(|error| error.is_not_found()));
}

async fn a_config_is_kept_and_shown(bench: &'static Bench) {
    node(bench).await;
    let (name, id, _leftover) = config(bench).await;
    let config = bench.engine.config_inspect(&id).await.expect("it is there");
    let mut spec = config.spec;
    assert_eq!((spec.name.as_ref(), spec.data.as_ref().map(dockwright::Sensitive::reveal)), (Some(&name), Some(WORD)));
    spec.labels = Some([("changed".to_owned(), "yes".to_owned())].into());
    bench.engine.config_update(&id, config.version.index, &spec).await.expect("its labels change");
    let listed = || async {
        let filters = ConfigListFilters::default().name(&name).label("changed=yes");
        let configs = bench.engine.config_list(&ConfigListOptions::default().filters(filters)).await;
        configs.expect("configs are listed").into_iter().map(|config| config.id).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [&*id]);
    bench.engine.config_delete(&id).await.expect("it is deleted");
    assert_eq!(listed().await, [] as [String; 0]);
    assert!(bench.engine.config_inspect(&id).await.is_err_and(|error| error.is_not_found()));
}

async fn a_stale_version_is_refused(bench: &'static Bench) {
    node(bench).await;
    let (_, id, _leftover) = config(bench).await;
    let config = bench.engine.config_inspect(&id).await.expect("it is there");
    let (version, spec) = (config.version.index, config.spec);
    bench.engine.config_update(&id, version, &spec).await.expect("the version is the newest");
    let error = bench.engine.config_update(&id, version, &spec).await.expect_err("it is not any more");
    assert!(error.to_string().contains("update out of sequence"), "{error}");
}

async fn a_cluster_volume_is_drained(bench: &'static Bench) {
    node(bench).await;
    let name = unique("cluster-volume");
    let _leftover = Leftover::new(format!("/volumes/{name}?force=true"));
    let mount = VolumeTypeMount::default();
    let mode = ClusterVolumeSpecAccessMode::default().scope("single").sharing("none").mount_volume(mount);
    let spec = ClusterVolumeSpec::default().group("tests").access_mode(mode);
    let body = VolumeCreateRequest::default().name(&name).cluster_volume_spec(spec);
    if !bench.speaks(42) {
        let error = bench.engine.volume_create(&body).await.expect_err("it is unknown here");
        assert!(error.is_unsupported() && error.to_string().contains("needs API 1.42, and 1.41"), "{error}");
        let engine = bench.engine.clone().allow_newer(true);
        let volume = engine.volume_create(&body).await.expect("it is created");
        assert_eq!(volume.cluster_volume, None, "before 1.42 an engine takes this for a volume of its own");
        return;
    }
    // No plugin answers to this name, so the volume is never made; its settings are kept all the same.
    bench.engine.volume_create(&body.driver("no-such-plugin")).await.expect("it is created");
    let inspect = || async {
        bench.engine.volume_inspect(&name).await.expect("it is there").cluster_volume.expect("of a cluster")
    };
    let volume = inspect().await;
    let update = VolumeUpdateRequest::default().spec(volume.spec.expect("it has settings").availability("drain"));
    // The engine finds the volume by its name, and then reports this id to the swarm.
    let id = volume.id.expect("it has an id");
    bench
        .engine
        .volume_update(&id, volume.version.expect("it has a version").index, &update)
        .await
        .expect("it is updated");
    let spec = inspect().await.spec.expect("it has settings");
    assert_eq!(spec.availability.map(|availability| availability.to_string()).as_deref(), Some("drain"));
    assert_eq!(spec.group.as_deref(), Some("tests"));
    bench.engine.volume_delete(&name, &VolumeDeleteOptions::default().force(true)).await.expect("it is deleted");
}

/// Returns the manager's state of the swarm.
pub async fn inspect(bench: &Bench) -> Swarm {
    bench.engine.swarm_inspect().await.expect("a manager knows")
}

/// `word`, as the API wants bytes.
const WORD: &str = "d29yZA==";

/// A new secret: its name, its id.
pub async fn secret(bench: &Bench) -> (String, String, Leftover) {
    let name = unique("secret");
    let spec = SecretSpec::default().name(&name).data(WORD);
    let id = bench.engine.secret_create(&spec).await.expect("it is created").id;
    (name, id.clone(), Leftover::new(format!("/secrets/{id}")))
}

/// A new config: its name, its id.
pub async fn config(bench: &Bench) -> (String, String, Leftover) {
    let name = unique("config");
    let spec = ConfigSpec::default().name(&name).data(WORD);
    let id = bench.engine.config_create(&spec).await.expect("it is created").id;
    (name, id.clone(), Leftover::new(format!("/configs/{id}")))
}
