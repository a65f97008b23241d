//! Volumes: made, found, used by a container, pruned, deleted.

use dockwright::models::{Mount, VolumeCreateRequest};
use dockwright::options::{
    VolumeDeleteOptions, VolumeListFilters, VolumeListOptions, VolumePruneFilters, VolumePruneOptions,
};
use libtest_mimic::Trial;

use crate::bench::{Bench, Leftover, shell, trials, unique};

pub fn trials() -> Vec<Trial> {
    trials![
        a_created_volume_is_listed_until_it_is_deleted,
        a_volume_in_use_is_not_deleted,
        pruning_removes_unused_volumes,
    ]
}

async fn a_created_volume_is_listed_until_it_is_deleted(bench: &'static Bench) {
    let label = unique("label");
    let (name, _leftover) = create(bench, &label).await;
    let inspect = bench.engine.volume_inspect(&name).await.expect("it is there");
    assert_eq!(inspect.driver, "local");
    assert_eq!(inspect.labels.get(&label).map(String::as_str), Some("yes"));
    assert!(inspect.mountpoint.contains(&name), "{:?}", inspect.mountpoint);
    let listed = || async {
        let options = VolumeListOptions::default().filters(VolumeListFilters::default().label(&label).dangling(true));
        bench.engine.volume_list(&options).await.expect("volumes are listed").volumes
    };
    assert_eq!(listed().await.iter().map(|volume| &volume.name).collect::<Vec<_>>(), [&name]);
    bench.engine.volume_delete(&name, &VolumeDeleteOptions::default()).await.expect("it is deleted");
    assert_eq!(listed().await, []);
    assert!(bench.engine.volume_inspect(&name).await.is_err_and(|error| error.is_not_found()));
}

async fn a_volume_in_use_is_not_deleted(bench: &'static Bench) {
    let (name, _leftover) = create(bench, &unique("label")).await;
    let mut body = shell("echo kept > /data/file");
    let mount = Mount::default().type_("volume").source(&name).target("/data");
    body.host_config = body.host_config.map(|config| config.mounts([mount]));
    let container = bench.container_of(body).await.started().await;
    let mounts = container.inspect().await.mounts;
    assert_eq!(mounts[0].name.as_deref(), Some(&*name));
    assert_eq!(mounts[0].destination, "/data");
    let error = bench.engine.volume_delete(&name, &VolumeDeleteOptions::default()).await.expect_err("it is in use");
    assert!(error.is_conflict(), "{error}");
    drop(container);
    bench.engine.volume_delete(&name, &VolumeDeleteOptions::default()).await.expect("it is not in use any more");
}

async fn pruning_removes_unused_volumes(bench: &'static Bench) {
    let label = unique("label");
    let (name, _leftover) = create(bench, &label).await;
    let (other, _other) = create(bench, &unique("label")).await;
    let filters = VolumePruneFilters::default().label(&label);
    // Since 1.42 volumes with a name are spared unless all are meant; before, the engine did not know the filter.
    let filters = if bench.speaks(42) { filters.all(true) } else { filters };
    let options = VolumePruneOptions::default().filters(filters);
    let pruned = bench.engine.volume_prune(&options).await.expect("pruning works");
    assert_eq!(pruned.volumes_deleted, [name]);
    bench.engine.volume_inspect(&other).await.expect("others stay");
    let pruned = bench.engine.volume_prune(&options).await.expect("pruning nothing works");
    assert_eq!(pruned.volumes_deleted, [] as [String; 0]);
}

async fn create(bench: &Bench, label: &str) -> (String, Leftover) {
    let name = unique("volume");
    let leftover = Leftover::new(format!("/volumes/{name}?force=true"));
    let body = VolumeCreateRequest::default().name(&name).driver("local").labels([(label, "yes")]);
    let volume = bench.engine.volume_create(&body).await.expect("a volume is created");
    assert_eq!(volume.name, name);
    (name, leftover)
}
