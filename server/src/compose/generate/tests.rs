//! Tests of whole models, with containers as the engine shows them.

use super::*;

fn source(name: &str, labels: Value, body: Value) -> Source {
    let inspect = json!({ "Id": format!("{name}-id"), "Name": format!("/{name}"), "Config": { "Image": "x:1", "Labels": labels } });
    Source { inspect, body: body.as_object().cloned().unwrap_or_default() }
}

fn generated(project: Option<&str>, containers: Vec<Source>) -> Generated {
    let labels = json!({ labels::PROJECT: "shop", "com.docker.compose.network": "default" });
    let networks = [json!({ "Name": "shop_default", "Driver": "bridge", "Labels": labels, "Internal": true })];
    let labels = json!({ labels::PROJECT: "shop", "com.docker.compose.volume": "data" });
    let volumes = [json!({ "Name": "shop_data", "Driver": "local", "Labels": labels, "Options": { "type": "tmpfs" } })];
    generate(Sources { project, containers, networks: &networks, volumes: &volumes })
}

#[test]
fn what_was_set_on_a_container_becomes_a_service() {
    let body = json!({
        "Cmd": ["serve"], "Env": ["A=1", "EMPTY=", "GONE"], "User": "1000", "StopTimeout": 3,
        "Labels": { "own": "1" }, "ExposedPorts": { "80/tcp": {}, "90/udp": {} }, "AttachStdout": true,
        "Healthcheck": { "Test": ["CMD", "true"], "Interval": 1_500_000_000, "Timeout": 2_000_000_000 },
        "HostConfig": {
            "NetworkMode": "default", "Memory": 64, "NanoCpus": 1_500_000_000, "ShmSize": 67_108_864, "Runtime": "runc",
            "PortBindings": { "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "8080" }, { "HostPort": "" }] },
            "RestartPolicy": { "Name": "on-failure", "MaximumRetryCount": 2 }, "Links": ["/db:/web/base"],
            "LogConfig": { "Type": "json-file", "Config": { "max-size": "1m" } }, "CpusetMems": "0",
            "Ulimits": [{ "Name": "nofile", "Soft": 1, "Hard": 2 }], "Tmpfs": { "/run": "size=1m", "/t": "" },
            "Binds": ["/srv:/s:ro,Z", "shop_data:/d", "/anonymous"], "AutoRemove": true,
            "MaskedPaths": [], "ReadonlyPaths": [], "BlkioWeight": 10,
        },
    });
    let Generated { model, notes } = generated(None, vec![source("web", json!({}), body)]);
    assert_eq!(
        model["services"]["web"],
        json!({
            "image": "x:1", "container_name": "web", "user": "1000", "labels": { "own": "1" }, "command": ["serve"],
            "network_mode": "bridge", "environment": { "A": "1", "EMPTY": "", "GONE": null }, "expose": ["90/udp"],
            "healthcheck": { "test": ["CMD", "true"], "interval": "1500000000ns", "timeout": "2s" },
            "stop_grace_period": "3s", "cpus": 1.5, "external_links": ["db:base"],
            "logging": { "driver": "json-file", "options": { "max-size": "1m" } }, "mem_limit": 64,
            "ports": [
                { "target": 80, "protocol": "tcp", "published": "8080", "host_ip": "127.0.0.1" },
                { "target": 80, "protocol": "tcp" },
            ],
            "restart": "on-failure:2", "tmpfs": ["/run:size=1m", "/t"],
            "ulimits": { "nofile": { "soft": 1, "hard": 2 } }, "blkio_config": { "weight": 10 },
            "security_opt": ["systempaths=unconfined"],
            "volumes": [
                { "type": "bind", "source": "/srv", "target": "/s", "bind": { "create_host_path": true, "selinux": "Z" },
                    "read_only": true },
                { "type": "volume", "source": "shop_data", "target": "/d" },
                { "type": "volume", "target": "/anonymous" },
            ],
        })
    );
    assert_eq!(model["volumes"]["shop_data"], json!({ "name": "shop_data", "external": true }));
    assert_eq!(notes, ["web: no compose file says the data of volumes without a name, CpusetMems, AutoRemove"]);
}

#[test]
fn a_project_keeps_its_names_networks_volumes_and_needs() {
    let labels = |service: &str, number: &str, needs: &str| {
        json!({
            labels::PROJECT: "shop", labels::SERVICE: service, labels::NUMBER: number, labels::DEPENDS_ON: needs,
        })
    };
    let body = |mode: &str| {
        let mounts = json!([{ "Type": "volume", "Source": "shop_data", "Target": "/d" }]);
        let endpoints = json!({ "shop_default": { "Aliases": ["web", "www"] } });
        json!({
            "HostConfig": { "NetworkMode": mode, "Mounts": mounts },
            "NetworkingConfig": { "EndpointsConfig": endpoints },
        })
    };
    let needs = "db:service_healthy:false,gone:service_started:true";
    let web = source("shop-web-1", labels("web", "1", needs), body("shop_default"));
    let db =
        |number: &str| source(&format!("shop-db-{number}"), labels("db", number, ""), body("container:shop-web-1-id"));
    let Generated { model, notes } = generated(Some("shop"), vec![web, db("1"), db("2")]);
    let volumes = json!([{ "type": "volume", "source": "data", "target": "/d" }]);
    let db = json!({ "image": "x:1", "network_mode": "service:web", "volumes": volumes, "scale": 2 });
    let web = json!({
        "image": "x:1", "volumes": volumes, "networks": { "default": { "aliases": ["www"] } },
        "depends_on": { "db": { "condition": "service_healthy" } },
    });
    let wanted = json!({
        "name": "shop", "services": { "web": web, "db": db }, "networks": { "default": { "internal": true } },
        "volumes": { "data": { "driver_opts": { "type": "tmpfs" } } },
    });
    assert_eq!((model, notes), (wanted, Vec::new()));
}
