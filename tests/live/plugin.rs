//! Managed plugins: the one that the engine of `tests/engine` has, and some that are made here. The latter cannot run
//! and need not: they are pushed, pulled and upgraded.

use std::time::Duration;

use dockwright::models::{Mount, Plugin, PluginPrivilege, VolumeCreateRequest};
use dockwright::options::{
    PluginDeleteOptions, PluginDisableOptions, PluginListFilters, PluginListOptions, PluginPullOptions,
    PluginPushOptions, PluginUpgradeOptions, VolumeDeleteOptions,
};
use dockwright::{Error, JsonStream, Result};
use libtest_mimic::Trial;
use serde::de::DeserializeOwned;

use crate::archive::archive;
use crate::bench::{Bench, Leftover, shell, soon, trials, unique, variable};
use crate::streams::values;

pub fn trials() -> Vec<Trial> {
    trials![
        an_enabled_plugin_does_its_work_until_it_is_disabled,
        a_plugin_is_pushed_pulled_and_upgraded,
        a_folder_that_is_no_plugin_is_refused,
    ]
}

async fn an_enabled_plugin_does_its_work_until_it_is_disabled(bench: &'static Bench) {
    let name = &*variable("PLUGIN");
    let plugin = inspect(bench, name).await;
    assert_eq!((&*plugin.name, plugin.enabled), (name, false));
    assert_eq!(plugin.config.interface.types, ["docker.volumedriver/1.0"]);

    bench.engine.plugin_set(name, &["DEBUG=1".to_owned()]).await.expect("it is set");
    let settings = inspect(bench, name).await.settings;
    assert_eq!(settings.env, ["DEBUG=1"]);

    bench.engine.plugin_enable(name, Duration::from_secs(30)).await.expect("it is enabled");
    assert_eq!(listed(bench, true).await, [name]);
    keep_a_file(bench, name).await;
    bench.engine.plugin_disable(name, &PluginDisableOptions::default()).await.expect("it is disabled");
    assert_eq!(listed(bench, true).await, [] as [String; 0]);
    assert!(listed(bench, false).await.contains(&name.to_owned()));
    bench.engine.plugin_set(name, &["DEBUG=0".to_owned()]).await.expect("it is set back");
}

/// One story, and nothing is deleted before its end. After a deletion the engine also collects the manifests of plugins
/// that were just pushed, and files of those that are being pulled.
async fn a_plugin_is_pushed_pulled_and_upgraded(bench: &'static Bench) {
    let ((one, _one), (two, _two)) = (pushed(bench).await, pushed(bench).await);
    let granted = privileges(bench, &one).await;
    let value = |of: &str| {
        let privilege = granted.iter().find(|privilege| privilege.name.as_deref() == Some(of));
        privilege.and_then(|privilege| privilege.value.clone()).unwrap_or_default()
    };
    assert_eq!((value("network"), value("capabilities")), (vec!["host".to_owned()], vec!["CAP_SYS_ADMIN".to_owned()]));

    let name = format!("{}:local", unique("pulled"));
    let _leftover = Leftover::new(format!("/plugins/{name}?force=true"));
    let options = PluginPullOptions::default().name(&name);
    // The engine begins before it looks at the granted privileges.
    let error = outcome(bench.engine.plugin_pull(&one, &[], &options)).await.expect_err("it wants more than nothing");
    assert!(matches!(&error, Error::Failed { message, .. } if message == "incorrect privileges"), "{error}");
    assert!(bench.engine.plugin_inspect(&name).await.is_err_and(|error| error.is_not_found()));
    let progress = done("it is pulled", bench.engine.plugin_pull(&one, &granted, &options)).await;
    assert!(progress.iter().any(|step| step.status.is_some()), "{progress:?}");
    let pulled = inspect(bench, &name).await;
    assert_eq!((&pulled.plugin_reference, pulled.enabled), (&one, false));
    assert_eq!(pulled.config.description, one);

    let (granted, options) = (privileges(bench, &two).await, PluginUpgradeOptions::default());
    let progress = done("it is upgraded", bench.engine.plugin_upgrade(&name, &two, &granted, &options)).await;
    assert!(progress.iter().any(|step| step.status.is_some()), "{progress:?}");
    let upgraded = inspect(bench, &name).await;
    assert_eq!((upgraded.id == pulled.id, upgraded.config.description), (true, two));
    bench.engine.plugin_delete(&name, &PluginDeleteOptions::default()).await.expect("it is deleted");
    assert!(bench.engine.plugin_inspect(&name).await.is_err_and(|error| error.is_not_found()));
}

async fn a_folder_that_is_no_plugin_is_refused(bench: &'static Bench) {
    let name = unique("no-plugin");
    let _leftover = Leftover::new(format!("/plugins/{name}:latest?force=true"));
    let error = bench.engine.plugin_create(&name, archive([("rootfs/file", "")])).await.expect_err("it has no config");
    assert!(matches!(&error, Error::Api { message, .. } if message == "config not found"), "{error}");
    let options = PluginPushOptions::default();
    let error = outcome(bench.engine.plugin_push("no-such", &options)).await.expect_err("there is nothing to push");
    assert!(error.is_not_found(), "{error}");
    let lacking = format!("{}/no-such:latest", variable("REGISTRY"));
    let options = PluginPullOptions::default();
    let error = outcome(bench.engine.plugin_pull(&lacking, &[], &options)).await.expect_err("the registry lacks it");
    assert!(matches!(&error, Error::Api { message, .. } if message.contains("resolving plugin reference")), "{error}");
}

/// A file that one container writes to a volume of the plugin is read by another.
async fn keep_a_file(bench: &'static Bench, driver: &str) {
    let volume = unique("volume");
    let _leftover = Leftover::new(format!("/volumes/{volume}?force=true"));
    let body = VolumeCreateRequest::default().name(&volume).driver(driver);
    let created = bench.engine.volume_create(&body).await.expect("the plugin makes a volume");
    assert_eq!(created.driver, driver);
    for script in ["echo kept > /data/file", "grep kept /data/file"] {
        let mut body = shell(script);
        let mount = Mount::default().type_("volume").source(&volume).target("/data");
        body.host_config = body.host_config.map(|config| config.mounts([mount]));
        let container = bench.container_of(body).await.started().await;
        assert_eq!(container.exit_code().await, 0, "{script}");
    }
    bench.engine.volume_delete(&volume, &VolumeDeleteOptions::default()).await.expect("the plugin deletes it");
}

/// A new plugin that could not run, made here and pushed to the registry: its name.
async fn pushed(bench: &Bench) -> (String, Leftover) {
    let name = format!("{}/dockwright/{}:latest", variable("REGISTRY"), unique("plugin"));
    let leftover = Leftover::new(format!("/plugins/{name}?force=true"));
    let config = format!(
        r#"{{
            "description": "{name}", "documentation": "", "entrypoint": ["/nothing"],
            "interface": {{"types": ["docker.volumedriver/1.0"], "socket": "nothing.sock"}},
            "network": {{"type": "host"}}, "linux": {{"capabilities": ["CAP_SYS_ADMIN"]}}
        }}"#
    );
    // The engine refuses a second plugin with the same files.
    let content = archive([("config.json", &*config), ("rootfs/name", &*name)]);
    bench.engine.plugin_create(&name, content).await.expect("it is made");
    assert!(!inspect(bench, &name).await.enabled);
    let progress = done("it is pushed", bench.engine.plugin_push(&name, &PluginPushOptions::default())).await;
    let digest = progress.iter().find_map(|step| step.aux.as_ref()?["Digest"].as_str());
    assert!(digest.is_some_and(|digest| digest.starts_with("sha256:")), "{progress:?}");
    (name, leftover)
}

/// Returns the privileges that a plugin in a registry wants.
async fn privileges(bench: &Bench, name: &str) -> Vec<PluginPrivilege> {
    bench.engine.get_plugin_privileges(name, &Default::default()).await.expect("the registry has it")
}

/// Returns the progress of work that succeeds.
async fn done<T: DeserializeOwned>(what: &str, call: impl Future<Output = Result<JsonStream<T>>>) -> Vec<T> {
    values(soon(what, call).await.expect(what)).await
}

/// Returns the outcome, if the engine refuses the call or begins and fails.
async fn outcome<T: DeserializeOwned>(call: impl Future<Output = Result<JsonStream<T>>>) -> Result<()> {
    soon("it ends", async { call.await?.last().await.map(drop) }).await
}

async fn inspect(bench: &Bench, name: &str) -> Plugin {
    bench.engine.plugin_inspect(name).await.expect("the plugin is there")
}

async fn listed(bench: &Bench, enabled: bool) -> Vec<String> {
    let filters = PluginListFilters::default().capability("volumedriver").enabled(enabled);
    let plugins = bench.engine.plugin_list(&PluginListOptions::default().filters(filters)).await;
    plugins.expect("plugins are listed").into_iter().map(|plugin| plugin.name).collect()
}
