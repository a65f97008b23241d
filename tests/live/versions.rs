//! Effects of the API version that is spoken: arguments are refused if the engine would ignore them, or sent as that
//! version wants them.

use dockwright::models::{ContainerCreateRequest, HostConfig};
use dockwright::options::{
    BuildPruneOptions, ContainerCreateOptions, ContainerDeleteOptions, ImageHistoryOptions, ImageListFilters,
    ImageListOptions, VolumePruneFilters, VolumePruneOptions,
};
use dockwright::{Version, operations};
use libtest_mimic::Trial;

use crate::bench::{Bench, IMAGE, trials};

pub fn trials() -> Vec<Trial> {
    trials![
        a_pinned_version_refuses_what_is_newer_and_sends_it_if_it_may,
        old_names_of_arguments_are_for_old_engines,
        options_of_newer_engines_are_refused_by_older_ones,
    ]
}

const OLDEST: Version = Version { major: 1, minor: 41 };

async fn a_pinned_version_refuses_what_is_newer_and_sends_it_if_it_may(bench: &'static Bench) {
    let pinned = bench.engine.clone().with_api_version(OLDEST);
    let host = HostConfig::default().annotations([("purpose", "tests")]);
    let body = ContainerCreateRequest::default().image(IMAGE).host_config(host);
    let options = ContainerCreateOptions::default();
    let error = pinned.container_create(&body, &options).await.expect_err("it is newer than 1.41");
    let expected =
        "container_create: `body.HostConfig.Annotations` needs API 1.43, and 1.41 is spoken with this engine";
    assert!(error.is_unsupported() && error.to_string() == expected, "{error}");

    let created = pinned.allow_newer(true).container_create(&body, &options).await.expect("the engine takes it");
    let id = created.id;
    let host = bench.engine.container_inspect(&id, &Default::default()).await.expect("it is there").host_config;
    assert_eq!(host.annotations, None, "at 1.41 it is ignored, as the refusal says");
    bench.engine.container_delete(&id, &ContainerDeleteOptions::default()).await.expect("it is deleted");
}

async fn old_names_of_arguments_are_for_old_engines(bench: &'static Bench) {
    let kept = BuildPruneOptions::default().keep_storage(1 << 40);
    bench.engine.build_prune(&kept).await.expect("an engine of today knows the old name still");
    let newest = bench.engine.clone().with_api_version(Version { major: 1, minor: 52 });
    let error = newest.build_prune(&kept).await.expect_err("1.52 does not");
    assert!(error.to_string().contains("`keep-storage` is known up to API 1.51, and 1.52 is spoken"), "{error}");

    let engine = bench.engine.clone().with_api_version(OLDEST);
    let body = ContainerCreateRequest::default().image(IMAGE).mac_address("02:42:ac:11:00:77");
    let created = engine.container_create(&body, &ContainerCreateOptions::default()).await.expect("it is created");
    let id = created.id;
    let inspected = engine.container_inspect(&id, &Default::default()).await.expect("it is there");
    let config = inspected.config;
    assert_eq!(config.mac_address.as_deref(), Some("02:42:ac:11:00:77"));
    bench.engine.container_delete(&id, &ContainerDeleteOptions::default()).await.expect("it is deleted");
}

async fn options_of_newer_engines_are_refused_by_older_ones(bench: &'static Bench) {
    let platform: dockwright::models::OciPlatform =
        serde_json::from_value(serde_json::json!({ "os": "linux" })).expect("it is a platform");
    let history = bench.engine.image_history(IMAGE, &ImageHistoryOptions::default().platform(platform)).await;
    assert_eq!(history.is_err_and(|error| error.is_unsupported()), !bench.speaks(48));
    let both = [serde_json::json!({ "os": "linux" }), serde_json::json!({ "os": "windows" })];
    let saved =
        bench.engine.call(&operations::IMAGE_GET).argument("name", IMAGE).argument("platform", &both).send().await;
    let refused = saved.is_err_and(|error| error.is_unsupported());
    assert_eq!(refused, !bench.speaks(52), "older engines take one platform, and none before 1.48");
    let filters = ImageListFilters::default().until("1s");
    let listed = bench.engine.image_list(&ImageListOptions::default().filters(filters)).await;
    assert_eq!(listed.is_err_and(|error| error.is_unsupported()), !bench.speaks(44));
    let filters = VolumePruneFilters::default().all(true).label("no-such-label");
    let pruned = bench.engine.volume_prune(&VolumePruneOptions::default().filters(filters)).await;
    assert_eq!(pruned.is_err_and(|error| error.is_unsupported()), !bench.speaks(42));
}
