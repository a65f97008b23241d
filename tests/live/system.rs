//! The engine's words about itself.

use dockwright::models::AuthConfig;
use dockwright::options::SystemDataUsageOptions;
use libtest_mimic::Trial;

use crate::bench::{Bench, IMAGE, trials, variable};

pub fn trials() -> Vec<Trial> {
    trials![
        a_ping_tells_the_api_version,
        version_and_info_tell_of_the_same_engine,
        data_usage_counts_a_container,
        a_login_is_checked_by_the_registry,
    ]
}

async fn a_ping_tells_the_api_version(bench: &'static Bench) {
    let ping = bench.engine.system_ping().await.expect("it answers");
    assert_eq!(ping.text, "OK");
    assert_eq!(ping.headers.api_version, Some(bench.api.to_string()));
    assert_eq!(ping.headers.docker_experimental, Some(false));
    let head = bench.engine.system_ping_head().await.expect("it answers");
    assert_eq!(head.api_version, ping.headers.api_version);
    assert_eq!(head.builder_version, ping.headers.builder_version);
}

async fn version_and_info_tell_of_the_same_engine(bench: &'static Bench) {
    let version = bench.engine.system_version().await.expect("it answers");
    assert_eq!(version.api_version, bench.api.to_string());
    assert_eq!(version.os, "linux");
    assert!(version.components.iter().any(|component| component.name == "Engine"));
    let container = bench.running("sleep 1000").await;
    let info = bench.engine.system_info().await.expect("it answers");
    assert_eq!(info.server_version, version.version);
    assert_eq!(info.kernel_version, version.kernel_version);
    assert_eq!(info.os_type, version.os);
    assert!(!info.id.is_empty());
    assert!(info.ncpu > 0 && info.mem_total > 0);
    assert!(info.containers_running > 0, "{} runs", container.id);
    assert!(info.plugins.volume.contains(&"local".to_owned()));
    assert!(info.runtimes.contains_key("runc"));
    let insecure = info.registry_config.insecure_registry_cidrs;
    assert!(insecure.contains(&"127.0.0.0/8".to_owned()), "{insecure:?}");
}

async fn data_usage_counts_a_container(bench: &'static Bench) {
    let container = bench.running("sleep 1000").await;
    let options = SystemDataUsageOptions::default();
    let usage = bench.engine.system_data_usage(&options).await.expect("it counts");
    let containers = usage.containers.expect("containers are listed");
    let ours = containers.iter().find(|listed| listed.id == container.id).expect("ours too");
    assert_eq!(ours.state.as_str(), "running");
    assert!(usage.layers_size.is_some_and(|bytes| bytes > 0));
    let images = usage.images.expect("images are listed");
    let image = images.iter().find(|image| image.repo_tags.iter().any(|tag| tag == IMAGE));
    assert!(image.is_some_and(|image| image.containers > 0), "{images:?}");
}

async fn a_login_is_checked_by_the_registry(bench: &'static Bench) {
    let login = |password: &str| {
        let registry = variable("PRIVATE_REGISTRY");
        AuthConfig::default().username("dock").password(password).serveraddress(registry)
    };
    let answer = bench.engine.system_auth(&login("wright")).await.expect("the password is right");
    assert_eq!(answer.status, "Login Succeeded");
    let error = bench.engine.system_auth(&login("wrong")).await.expect_err("the password is wrong");
    // The engine answers 500; the registry's answer stands in the message.
    assert!(error.to_string().contains("401 Unauthorized") && !error.to_string().contains("wrong"), "{error}");
}
