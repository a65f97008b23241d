//! Ways to the engine's host, and out of it: what `--no-destructive` and `--read-only` hold, and the audit trail names.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use std::{fs, thread};

use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::bench::{IMAGE, Leftover, and, created, shell, text, trials, unique, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_host_file_is_not_deleted_through_a_bind,
        each_way_to_the_host_is_refused_before_anything_is_created,
        a_volume_with_a_device_is_refused_by_its_name,
        a_service_reaches_the_host_in_no_way,
        a_build_takes_no_network_of_the_hosts_in_its_file,
        what_stays_in_the_container_passes,
        under_read_only_nothing_connects_to_an_address_of_the_callers,
        an_allowed_registry_is_asked_and_no_other,
        the_audit_trail_names_what_a_request_reaches,
    ]
}

fn mild() -> Session {
    Session::with(&variable("HOST"), &["--no-destructive"])
}

fn a_host_file_is_not_deleted_through_a_bind(session: &Session) {
    let folder = tempdir().unwrap();
    let file = folder.path().join("kept");
    fs::write(&file, "kept").unwrap();
    let attack = |name: &str| {
        let binds = json!({ "HostConfig": { "Binds": [format!("{}:/host", folder.path().display())] } });
        json!({ "name": name, "body": and(shell("rm /host/kept"), binds) })
    };
    let refused = mild().refused("container_create", attack(&unique("attack")));
    assert!(
        refused.contains(" is a path of the host, and no folder is allowed") && refused.contains("(binds)"),
        "{refused}"
    );
    assert!(refused.contains("--no-destructive") && refused.contains("named volume"), "{refused}");
    assert!(file.exists());

    // The attack is one: without the flag it succeeds.
    let container = created(session, and(shell("rm /host/kept"), attack("")["body"].clone()));
    session.call("container_start", json!({ "id": container.id }));
    session.call("container_wait", json!({ "id": container.id }));
    assert!(!file.exists());
}

fn each_way_to_the_host_is_refused_before_anything_is_created(session: &Session) {
    let mild = mild();
    for (host_config, facet) in [
        (json!({ "Privileged": true }), "privileged"),
        (json!({ "PidMode": "host" }), "host_namespaces"),
        (json!({ "NetworkMode": "host" }), "host_namespaces"),
        (json!({ "NetworkMode": "container:other" }), "joins_container"),
        (json!({ "CapAdd": ["SYS_ADMIN"] }), "capabilities"),
        (json!({ "Devices": [{ "PathOnHost": "/dev/sda", "PathInContainer": "/dev/x" }] }), "devices"),
        (json!({ "SecurityOpt": ["seccomp=unconfined"] }), "unconfined"),
        (json!({ "MaskedPaths": [] }), "unmasked"),
        (json!({ "Binds": ["/var/run/docker.sock:/s"] }), "binds"),
        (json!({ "Mounts": [{ "Type": "bind", "Source": "/", "Target": "/h" }] }), "binds"),
        (json!({ "VolumesFrom": ["other"] }), "volumes_from"),
        (json!({ "Runtime": "runc" }), "runtime"),
    ] {
        let name = unique("refused");
        let body = and(shell("true"), json!({ "HostConfig": host_config }));
        let refused = mild.refused("container_create", json!({ "name": name, "body": body }));
        assert!(refused.contains(&format!("({facet})")), "{refused}");
        let gone = session.fail("container_inspect", json!({ "id": name }));
        assert!(gone.contains("404"), "{gone}");
    }
    let device = json!({ "type": "none", "o": "bind", "device": "/" });
    for (tool, arguments) in [
        ("volume_create", json!({ "body": { "Name": unique("refused"), "DriverOpts": device } })),
        ("network_create", json!({ "body": { "Name": unique("refused"), "Driver": "macvlan" } })),
        ("image_build", json!({ "networkmode": "host", "context": { "Dockerfile": format!("FROM {IMAGE}") } })),
        ("container_exec", json!({ "id": "any", "body": { "Cmd": ["id"], "Privileged": true } })),
    ] {
        let refused = mild.refused(tool, arguments);
        assert!(refused.starts_with(&format!("{tool}: refused, because")), "{refused}");
    }
    for hidden in ["plugin_pull", "plugin_enable", "plugin_create", "swarm_join"] {
        assert!(!mild.tools().iter().any(|tool| tool == hidden));
        assert!(mild.refused(hidden, json!({})).contains("can reach the engine's host"), "{hidden}");
    }
}

fn a_volume_with_a_device_is_refused_by_its_name(session: &Session) {
    let folder = tempdir().unwrap();
    let (bad, good) = (unique("bad"), unique("good"));
    let device = json!({ "type": "none", "o": "bind", "device": folder.path() });
    session.call("volume_create", json!({ "body": { "Name": bad, "DriverOpts": device } }));
    let _bad = Leftover::new(format!("/volumes/{bad}"));
    let mild = mild();
    let mount = json!({ "Mounts": [{ "Type": "volume", "Source": bad, "Target": "/h" }] });
    for host_config in [json!({ "Binds": [format!("{bad}:/h:ro")] }), mount] {
        let body = and(shell("true"), json!({ "HostConfig": host_config }));
        let refused = mild.refused("container_create", json!({ "body": body }));
        assert!(refused.contains("use a `local` volume without options (volume_device)"), "{refused}");
    }
    mild.call("volume_create", json!({ "body": { "Name": good } }));
    let _good = Leftover::new(format!("/volumes/{good}"));
    let _container = created(&mild, and(shell("true"), json!({ "HostConfig": { "Binds": [format!("{good}:/g")] } })));
}

fn a_service_reaches_the_host_in_no_way(session: &Session) {
    let mild = mild();
    let service = |task: Value| json!({ "body": { "Name": unique("refused"), "TaskTemplate": task } });
    let container = |more: Value| json!({ "ContainerSpec": and(json!({ "Image": IMAGE }), more) });
    // The engine takes a mount without a type as a bind.
    let mount = json!({ "Mounts": [{ "Source": "/", "Target": "/h" }] });
    let refused = mild.refused("service_create", service(container(mount)));
    assert!(refused.contains("Mounts[0]` does not tell which path of the host it mounts"), "{refused}");
    let refused = mild.refused("service_create", service(container(json!({ "CapabilityAdd": ["ALL"] }))));
    assert!(refused.contains("(capabilities)"), "{refused}");
    let host = text(&session.call("network_inspect", json!({ "id": "host" }))["Id"]);
    for name in ["host", &host, &host[..12]] {
        let networks = and(container(json!({})), json!({ "Networks": [{ "Target": name }] }));
        let refused = mild.refused("service_create", service(networks));
        assert!(refused.contains("Networks[0].Target` uses the host's namespaces or network"), "{refused}");
    }
}

/// BuildKit takes flags of `RUN`; only the argument `networkmode` would permit this one, and that is refused.
fn a_build_takes_no_network_of_the_hosts_in_its_file(_: &Session) {
    let file = format!("FROM {IMAGE}\nRUN --network=host true");
    let build = json!({ "version": "2", "nocache": true, "context": { "Dockerfile": file } });
    let failed = mild().fail("image_build", build);
    assert!(
        failed.contains("network.host is not allowed") || failed.to_lowercase().contains("unknown flag: network"),
        "{failed}"
    );
}

fn what_stays_in_the_container_passes(_: &Session) {
    let falsy = json!({ "HostConfig": {
        "Privileged": false, "CapAdd": null, "Binds": null, "Devices": [], "PidMode": "", "IpcMode": "private",
        "SecurityOpt": ["no-new-privileges"], "CapDrop": ["ALL"], "NetworkMode": "default",
        "PortBindings": { "80/tcp": [{ "HostIp": "127.0.0.1" }] }, "RestartPolicy": { "Name": "on-failure" },
    } });
    let mild = mild();
    let container = created(&mild, and(shell("true"), falsy));
    mild.call("container_start", json!({ "id": container.id }));
}

fn under_read_only_nothing_connects_to_an_address_of_the_callers(session: &Session) {
    let peer = Peer::new();
    let read_only = Session::with(&variable("HOST"), &["--read-only"]);
    let name = format!("{}/secret", peer.address);
    let requests = [
        ("distribution_inspect", json!({ "name": name })),
        ("image_search", json!({ "term": name })),
        ("get_plugin_privileges", json!({ "remote": name })),
        ("system_auth", json!({ "body": { "serveraddress": peer.address, "username": "a", "password": "b" } })),
    ];
    let tools = read_only.tools();
    for (tool, arguments) in &requests {
        assert!(!tools.iter().any(|listed| listed == tool), "{tool}");
        let refused = read_only.refused(tool, arguments.clone());
        assert!(refused.contains("not exposed") && refused.contains("read-only"), "{refused}");
    }
    let other = Session::with(&variable("HOST"), &["--read-only", "--allow-registry", "docker.io,ghcr.io"]);
    for (tool, arguments) in &requests[..3] {
        assert!(other.tools().iter().any(|listed| listed == tool), "{tool}");
        let refused = other.refused(tool, arguments.clone());
        let expected = format!("read-only: {} is not among docker.io, ghcr.io (--allow-registry)", peer.address);
        assert!(refused.contains(&expected), "{refused}");
    }
    assert!(other.refused(requests[3].0, requests[3].1.clone()).contains("not exposed"));
    assert!(!peer.was_asked(), "a connection arrived");

    // The peer would have seen it: without the flag the engine connects.
    for (tool, arguments) in requests {
        let _ = session.tried(tool, arguments);
        assert!(peer.was_asked(), "{tool}");
    }
}

fn an_allowed_registry_is_asked_and_no_other(_: &Session) {
    let registry = variable("REGISTRY");
    let read_only = Session::with(&variable("HOST"), &["--read-only", "--allow-registry", &registry]);
    let found = read_only.call("distribution_inspect", json!({ "name": format!("{registry}/busybox:test") }));
    assert!(found["Descriptor"]["digest"].is_string(), "{found}");
    for name in ["busybox", "127.0.0.1:9/busybox", "FOO/busybox"] {
        let refused = read_only.refused("distribution_inspect", json!({ "name": name }));
        assert!(refused.contains("server runs read-only: ") && refused.contains("(--allow-registry)"), "{refused}");
    }
}

fn the_audit_trail_names_what_a_request_reaches(_: &Session) {
    let folder = tempdir().unwrap();
    let file = folder.path().join("audit");
    let audited = Session::with(&variable("HOST"), &["--audit", &file.display().to_string()]);
    let risky = json!({ "HostConfig": { "Privileged": true, "Binds": ["/:/h"], "PublishAllPorts": true } });
    let _container = created(&audited, and(shell("true"), risky));
    audited.call("container_list", json!({}));
    let lines = fs::read_to_string(file).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let facets_of = |tool: &str| lines.iter().rfind(|line| line["tool"] == tool).map(|line| line["facets"].clone());
    let expected = json!(["privileged", "binds", "publishes", "runs_code"]);
    assert_eq!(facets_of("container_create"), Some(expected));
    assert_eq!(facets_of("container_list"), Some(Value::Null));
}

/// A peer that accepts connections and closes them.
struct Peer {
    address: String,
    connections: Arc<AtomicUsize>,
}

impl Peer {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let connections = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&connections);
        thread::spawn(move || listener.incoming().for_each(|_| _ = count.fetch_add(1, SeqCst)));
        Peer { address, connections }
    }

    /// Returns true if somebody has connected since it was asked last.
    fn was_asked(&self) -> bool {
        // A refusal comes at once, and so would a connection of the engine's on this host.
        thread::sleep(Duration::from_millis(200));
        self.connections.swap(0, SeqCst) > 0
    }
}
