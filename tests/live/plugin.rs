//! Managed plugins: the one that the engine of `tests/engine` has, and one that is only made to be deleted. Making and
//! pushing a plugin carries tar and is done with the docker CLI.

use dockwright::models::{Mount, Plugin, VolumeCreateRequest};
use dockwright::options::{
    PluginDeleteOptions, PluginDisableOptions, PluginListFilters, PluginListOptions, VolumeDeleteOptions,
};
use libtest_mimic::Trial;

use crate::bench::{Bench, Leftover, shell, trials, unique, variable};

pub fn trials() -> Vec<Trial> {
    trials![an_enabled_plugin_does_its_work_until_it_is_disabled, a_plugin_in_a_registry_says_what_it_wants,]
}

async fn an_enabled_plugin_does_its_work_until_it_is_disabled(bench: &'static Bench) {
    let name = &*variable("PLUGIN");
    let plugin = inspect(bench, name).await;
    assert_eq!((plugin.name.as_deref(), plugin.enabled), (Some(name), Some(false)));
    let types = plugin.config.and_then(|config| config.interface).and_then(|interface| interface.types);
    assert_eq!(types.as_deref(), Some(&["docker.volumedriver/1.0".to_owned()][..]));

    bench.engine.plugin_set(name, &["DEBUG=1".to_owned()]).await.expect("it is set");
    let settings = inspect(bench, name).await.settings.expect("it has settings");
    assert_eq!(settings.env.as_deref(), Some(&["DEBUG=1".to_owned()][..]));

    bench.engine.plugin_enable(name, 30).await.expect("it is enabled");
    assert_eq!(listed(bench, true).await, [name]);
    keep_a_file(bench, name).await;
    bench.engine.plugin_disable(name, &PluginDisableOptions::default()).await.expect("it is disabled");
    assert_eq!(listed(bench, true).await, [] as [String; 0]);
    assert!(listed(bench, false).await.contains(&name.to_owned()));
    bench.engine.plugin_set(name, &["DEBUG=0".to_owned()]).await.expect("it is set back");
}

async fn a_plugin_in_a_registry_says_what_it_wants(bench: &'static Bench) {
    let name = format!("{}/dockwright/{}:latest", variable("REGISTRY"), unique("plugin"));
    let _leftover = Leftover::new(format!("/plugins/{name}?force=true"));
    create(bench, &name);
    bench.docker(&["plugin", "push", &name]);
    bench.engine.plugin_delete(&name, &PluginDeleteOptions::default()).await.expect("it is deleted");
    assert!(bench.engine.plugin_inspect(&name).await.is_err_and(|error| error.is_not_found()));

    let privileges = bench.engine.get_plugin_privileges(&name, &Default::default()).await.expect("the registry has it");
    let value = |of: &str| {
        let privilege = privileges.iter().find(|privilege| privilege.name.as_deref() == Some(of));
        privilege.and_then(|privilege| privilege.value.clone()).unwrap_or_default()
    };
    assert_eq!((value("network"), value("capabilities")), (vec!["host".to_owned()], vec!["CAP_SYS_ADMIN".to_owned()]));
}

/// A file that one container writes to a volume of the plugin is read by another.
async fn keep_a_file(bench: &'static Bench, driver: &str) {
    let volume = unique("volume");
    let _leftover = Leftover::new(format!("/volumes/{volume}?force=true"));
    let body = VolumeCreateRequest::default().name(&volume).driver(driver);
    let created = bench.engine.volume_create(&body).await.expect("the plugin makes a volume");
    assert_eq!(created.driver.as_deref(), Some(driver));
    for script in ["echo kept > /data/file", "grep kept /data/file"] {
        let mut body = shell(script);
        let mount = Mount::default().type_("volume").source(&volume).target("/data");
        body.host_config = body.host_config.map(|config| config.mounts([mount]));
        let container = bench.container_of(body).await.started().await;
        let answer = bench.engine.container_wait(&container.id, &Default::default()).await.expect("it ends");
        assert_eq!(answer.status_code, Some(0), "{script}");
    }
    bench.engine.volume_delete(&volume, &VolumeDeleteOptions::default()).await.expect("the plugin deletes it");
}

/// Makes a plugin that could not run: what it wants is all there is to it.
fn create(bench: &Bench, name: &str) {
    let folder = std::env::temp_dir().join(unique("plugin"));
    std::fs::create_dir_all(folder.join("rootfs")).expect("a temporary folder");
    let config = r#"{
        "description": "", "documentation": "", "entrypoint": ["/nothing"],
        "interface": {"types": ["docker.volumedriver/1.0"], "socket": "nothing.sock"},
        "network": {"type": "host"}, "linux": {"capabilities": ["CAP_SYS_ADMIN"]}
    }"#;
    std::fs::write(folder.join("config.json"), config).expect("a temporary file");
    bench.docker(&["plugin", "create", name, &folder.to_string_lossy()]);
    std::fs::remove_dir_all(folder).expect("it is ours");
}

async fn inspect(bench: &Bench, name: &str) -> Plugin {
    bench.engine.plugin_inspect(name).await.expect("the plugin is there")
}

async fn listed(bench: &Bench, enabled: bool) -> Vec<String> {
    let filters = PluginListFilters::default().capability("volumedriver").enabled(enabled);
    let plugins = bench.engine.plugin_list(&PluginListOptions::default().filters(filters)).await;
    plugins.expect("plugins are listed").into_iter().filter_map(|plugin| plugin.name).collect()
}
