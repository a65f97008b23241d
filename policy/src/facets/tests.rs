//! Facets of requests, by the rules of the built table.

use dockwright::operation::{Facet, Operation};
use dockwright::operations;
use serde_json::json;
use serde_json::{Map, Value};

use super::*;
use crate::request::BODY;

/// `facet path` of each cause, without those of every request.
fn found(operation: &Operation, arguments: Value) -> Vec<String> {
    let Value::Object(mut arguments) = arguments else { unreachable!() };
    let body = arguments.shift_remove(BODY);
    let causes = facets(operation, &arguments, body.as_ref()).causes;
    let caused = causes.iter().filter(|cause| !cause.path.is_empty());
    caused.map(|cause| format!("{} {}", cause.facet, cause.path)).collect()
}

fn of_host_config(host_config: Value) -> Vec<String> {
    let found = found(&operations::CONTAINER_CREATE, json!({"body": {"HostConfig": host_config}}));
    found.iter().map(|cause| cause.replace("body.HostConfig.", "")).collect()
}

#[test]
fn a_plain_container_runs_code_and_nothing_else() {
    let body = json!({"Image": "busybox", "Cmd": ["true"], "Labels": {"a": "b"}, "ExposedPorts": {"80/tcp": {}}});
    assert_eq!(found(&operations::CONTAINER_CREATE, json!({"body": body})), ["runs_code body.Image"]);
}

#[test]
fn values_that_mean_nothing_have_no_facet() {
    let falsy = json!({
        "Privileged": false, "CapAdd": null, "Binds": null, "Devices": [], "PidMode": "", "IpcMode": "private",
        "UsernsMode": "", "SecurityOpt": null, "NetworkMode": "default", "MaskedPaths": null, "OomScoreAdj": 0,
        "RestartPolicy": {"Name": "", "MaximumRetryCount": 0}, "LogConfig": {"Type": "", "Config": {}},
        "Annotations": {}, "Mounts": [], "VolumeDriver": "", "Isolation": "", "Madness": false,
    });
    assert_eq!(of_host_config(falsy), [""; 0]);
}

#[test]
fn each_way_to_the_host_has_its_facet() {
    for (host_config, expected) in [
        (json!({"Privileged": true}), "privileged Privileged"),
        (json!({"PidMode": "host"}), "host_namespaces PidMode"),
        (json!({"NetworkMode": "Host"}), "host_namespaces NetworkMode"),
        (json!({"UTSMode": "host"}), "host_namespaces UTSMode"),
        (json!({"IpcMode": "container:db"}), "joins_container IpcMode"),
        (json!({"Links": ["db:db"]}), "joins_container Links"),
        (json!({"CapAdd": ["CHOWN", "cap_sys_admin"]}), "capabilities CapAdd[1]"),
        (json!({"CapAdd": ["all"]}), "capabilities CapAdd[0]"),
        (json!({"GroupAdd": ["0"]}), "capabilities GroupAdd"),
        (json!({"Devices": [{"PathOnHost": "/dev/sda"}]}), "devices Devices"),
        (json!({"DeviceRequests": [{"Driver": "cdi"}]}), "devices DeviceRequests"),
        (json!({"DeviceCgroupRules": ["b 8:* rwm"]}), "devices DeviceCgroupRules"),
        (json!({"SecurityOpt": ["no-new-privileges", "apparmor:unconfined"]}), "unconfined SecurityOpt[1]"),
        (json!({"SecurityOpt": ["no-new-privileges=false"]}), "unconfined SecurityOpt[0]"),
        (json!({"Sysctls": {"kernel.core_pattern": "|/x"}}), "unconfined Sysctls"),
        (json!({"CgroupParent": "/system.slice"}), "unconfined CgroupParent"),
        (json!({"OomScoreAdj": -1000}), "unconfined OomScoreAdj"),
        (json!({"MaskedPaths": []}), "unmasked MaskedPaths"),
        (json!({"Binds": ["data:/data", "/:/host"]}), "binds Binds[1]"),
        (json!({"Binds": ["C:\\:C:\\host"]}), "binds Binds[0]"),
        (json!({"Mounts": [{"Type": "bind", "Source": "/srv"}]}), "binds Mounts[0]"),
        (json!({"Mounts": [{"Type": "npipe"}]}), "binds Mounts[0]"),
        (json!({"Mounts": [{"Source": "/srv"}]}), "binds Mounts[0]"),
        (json!({"VolumeDriver": "nfs"}), "volume_device VolumeDriver"),
        (json!({"VolumesFrom": ["db"]}), "volumes_from VolumesFrom"),
        (json!({"Runtime": "runc"}), "runtime Runtime"),
        (json!({"Annotations": {"run.oci.handler": "krun"}}), "runtime Annotations"),
        (json!({"PortBindings": {"80/tcp": [{"HostPort": "80"}]}}), "publishes PortBindings"),
        (json!({"ExtraHosts": ["a:10.0.0.1", "x:host-gateway"]}), "egress ExtraHosts[1]"),
        (json!({"LogConfig": {"Type": "syslog"}}), "egress LogConfig.Type"),
        (json!({"LogConfig": {"Config": {"syslog-address": "tcp://a"}}}), "egress LogConfig.Config"),
        (json!({"RestartPolicy": {"Name": "always"}}), "persists RestartPolicy.Name"),
        (json!({"NewProperty": {"a": 1}}), "opaque NewProperty"),
        (json!({"privileged": true}), "opaque privileged"),
    ] {
        let found = of_host_config(host_config.clone());
        assert!(found.iter().any(|cause| cause == expected), "{host_config}: {found:?}");
        let others = found.iter().filter(|cause| *cause != expected && !cause.starts_with("binds Mounts[0]"));
        assert_eq!(others.count(), 0, "{host_config}: {found:?}");
    }
}

#[test]
fn a_mount_of_a_volume_is_one_unless_it_has_a_device() {
    let mount = |options: Value| json!({"Mounts": [{"Type": "volume", "Target": "/a", "VolumeOptions": options}]});
    assert_eq!(of_host_config(mount(json!({"Labels": {"a": "b"}, "Subpath": "x"}))), [""; 0]);
    assert_eq!(of_host_config(mount(json!({"DriverConfig": {"Name": "local", "Options": {"size": "1g"}}}))), [""; 0]);
    assert_eq!(
        of_host_config(mount(json!({"DriverConfig": {"Options": {"device": "/", "o": "bind", "type": "none"}}}))),
        ["volume_device Mounts[0].VolumeOptions.DriverConfig.Options"]
    );
}

#[test]
fn a_name_is_a_question_about_its_object() {
    let body = json!({"HostConfig": {"Binds": ["data:/data", "/srv:/srv"], "Mounts": [{"Source": "image:1"}]}});
    let questions = facets(&operations::CONTAINER_CREATE, &Map::new(), Some(&body)).questions;
    let about = |name: &str| questions.iter().filter(|question| question.name == name).collect::<Vec<_>>();
    assert_eq!((about("data").len(), about("image").len(), questions.len()), (2, 2, 4));
    let has_facet = |volume: Value| about("data").into_iter().filter_map(|question| question.answer(&volume)).count();
    assert_eq!(has_facet(json!({"Driver": "local", "Options": null})), 0);
    assert_eq!(has_facet(json!({"Driver": "local", "Options": {"size": "1g"}})), 0);
    assert_eq!(has_facet(json!({"Driver": "local", "Options": {"device": "/", "o": "bind"}})), 1);
    assert_eq!(has_facet(json!({"Driver": "nfs", "Options": {"share": "a"}})), 2);
    assert_eq!(has_facet(Value::Null), 0, "a volume that does not exist is made without options");
}

#[test]
fn default_capabilities_may_be_added_after_all_are_dropped() {
    assert_eq!(of_host_config(json!({"CapDrop": ["ALL"], "CapAdd": ["NET_BIND_SERVICE", "cap_chown"]})), [""; 0]);
}

#[test]
fn other_requests_have_facets_too() {
    for (operation, arguments, expected) in [
        (&operations::CONTAINER_EXEC, json!({"id": "a", "body": {"Privileged": true}}), "privileged body.Privileged"),
        (&operations::CONTAINER_UPDATE, json!({"id": "a", "body": {"Devices": [{}]}}), "devices body.Devices"),
        (&operations::IMAGE_BUILD, json!({"networkmode": "host"}), "host_namespaces networkmode"),
        (&operations::IMAGE_BUILD, json!({"networkmode": "container:a"}), "joins_container networkmode"),
        (&operations::VOLUME_CREATE, json!({"body": {"DriverOpts": {"device": "/"}}}), "volume_device body.DriverOpts"),
        (&operations::NETWORK_CREATE, json!({"body": {"Driver": "macvlan"}}), "host_namespaces body.Driver"),
        (&operations::NETWORK_CREATE, json!({"body": {"Options": {"parent": "eth0"}}}), "devices body.Options"),
        (&operations::SECRET_CREATE, json!({"body": {"Driver": {"Name": "x"}}}), "opaque body.Driver"),
    ] {
        assert_eq!(found(operation, arguments.clone()), [expected], "{arguments}");
    }
    let template = |container: Value| json!({"body": {"TaskTemplate": {"ContainerSpec": container}}});
    let service = template(json!({"CapabilityAdd": ["ALL"], "Mounts": [{"Source": "/", "Target": "/h"}]}));
    assert_eq!(found(&operations::SERVICE_CREATE, service).len(), 2, "without a type a service's mount is a bind");
}

#[test]
fn what_is_never_judged_by_its_arguments_has_a_facet_of_every_request() {
    for operation in [&operations::PLUGIN_PULL, &operations::PLUGIN_CREATE, &operations::SWARM_JOIN] {
        assert!(operation.facets.of_every_request().any(|facet| facet == Facet::Opaque), "{}", operation.name);
    }
}
