//! The requests that are sent in the place of those that pass.

use dockwright_policy::Policy;
use serde_json::{Value, json};

use crate::support::{MINE, OWN, Raw, end, wide};

fn reference() -> Policy {
    include_str!("reference.toml").parse().unwrap()
}

fn create(host_config: Value) -> Raw {
    Raw::json("POST", "/v1.51/containers/create", &json!({ "Image": "busybox:test", "HostConfig": host_config }))
}

/// The host's part of a new container, as it is sent.
fn host_config(host_config: Value) -> Value {
    end(&reference(), &create(host_config)).unwrap().0.body.unwrap()["HostConfig"].take()
}

#[test]
fn own_containers_are_named_by_their_full_id() {
    for (method, target) in [
        ("POST", "/v1.51/containers/c-own/start"),
        ("POST", "/v1.51/containers/c-own/rename?name=fresh"),
        ("GET", "/v1.51/containers/c-own/logs?stdout=1&follow=True&tail=10"),
        ("GET", "/v1.51/containers/c-own/top?ps_args=aux"),
        ("GET", "/v1.51/containers/aaaaaaaaaaaa/archive?path=/etc"),
        ("DELETE", "/v1.51/containers/c-own?force=1&v=1"),
    ] {
        let (call, _) = end(&reference(), &Raw::new(method, target, "")).unwrap();
        assert_eq!(call.arguments["id"], OWN, "{target}");
    }
    let connect = Raw::json("POST", "/v1.51/networks/n-own/connect", &json!({ "Container": "c-own" }));
    let (call, _) = end(&reference(), &connect).unwrap();
    assert_eq!((&call.arguments["id"], &call.body.unwrap()["Container"]), (&json!("n-own-id"), &json!(OWN)));
    let joined = host_config(json!({
        "PidMode": "container:c-own", "NetworkMode": "container:c-own", "VolumesFrom": ["c-own:ro"],
        "Links": ["c-own:db"],
    }));
    let container = json!(format!("container:{OWN}"));
    assert_eq!((&joined["PidMode"], &joined["NetworkMode"]), (&container, &container));
    assert_eq!(
        (&joined["VolumesFrom"], &joined["Links"]),
        (&json!([format!("{OWN}:ro")]), &json!([format!("{OWN}:db")]))
    );
}

#[test]
fn networks_and_images_are_named_by_their_id_where_an_engine_takes_one() {
    let sent =
        |body: Value| end(&wide(), &Raw::json("POST", "/v1.51/containers/create", &body)).unwrap().0.body.unwrap();
    let on_network = sent(json!({ "Image": "mine:1", "HostConfig": { "NetworkMode": "n-own" } }));
    assert_eq!(on_network["Image"], MINE);
    assert_eq!(on_network["HostConfig"]["NetworkMode"], "n-own", "by which the container is asked for");
    assert_eq!(on_network["NetworkingConfig"]["EndpointsConfig"], json!({ "n-own": { "NetworkID": "n-own-id" } }));
    let named = json!({ "n-own": { "NetworkID": "n-own" } });
    let on_named = sent(json!({ "Image": "busybox:test", "NetworkingConfig": { "EndpointsConfig": named } }));
    assert_eq!(on_named["NetworkingConfig"]["EndpointsConfig"]["n-own"]["NetworkID"], "n-own-id");
    assert_eq!(on_named["Image"], "busybox:test", "a name that is allowed means what it means");
    let argument =
        |method: &str, target: &str| end(&wide(), &Raw::new(method, target, "")).unwrap().0.arguments["name"].clone();
    assert_eq!(argument("POST", "/v1.51/images/mine:1/tag?repo=fresh"), MINE);
    assert_eq!(argument("GET", "/v1.51/images/mine:1/json"), MINE);
    assert_eq!(argument("DELETE", "/v1.51/images/mine:1"), "mine:1", "by its id, all its names would go");
}

#[test]
fn a_container_that_is_not_the_owners_is_not_there() {
    for name in ["c-other", "nobody"] {
        let refusal = end(&reference(), &Raw::new("GET", &format!("/containers/{name}/json"), "")).unwrap_err();
        assert_eq!((refusal.status(), refusal.message()), (404, format!("No such container: {name}")));
    }
    let refusal = end(&reference(), &create(json!({ "Privileged": true }))).unwrap_err();
    assert_eq!(refusal.status(), 403);
    assert_eq!(
        refusal.message(),
        "denied by privileged: `body.HostConfig.Privileged` gives all rights on the host; leave it out"
    );
}

#[test]
fn a_path_is_sent_without_what_changes_nothing() {
    let mounted = host_config(json!({
        "Binds": ["//srv//proj/./a:/w:ro"], "Mounts": [{ "Type": "bind", "Source": "/srv/proj/b/", "Target": "/b" }],
    }));
    let sources = (&mounted["Binds"][0], &mounted["Mounts"][0]["Source"]);
    assert_eq!(sources, (&json!("/srv/proj/a:/w:ro"), &json!("/srv/proj/b")));
}

#[test]
fn a_port_without_an_address_gets_the_allowed_one() {
    let bound = |binding: Value| {
        let ports = host_config(json!({ "PortBindings": { "80/tcp": [binding] } }));
        ports["PortBindings"]["80/tcp"][0].clone()
    };
    assert_eq!(bound(json!({})), json!({ "HostIp": "127.0.0.1", "HostPort": "8000-8999" }));
    assert_eq!(
        bound(json!({ "HostIp": "", "HostPort": "8080" })),
        json!({ "HostIp": "127.0.0.1", "HostPort": "8080" })
    );
}

#[test]
fn lists_events_and_prunes_are_narrowed_to_the_owner() {
    let wide = wide();
    let get = |target: &str| Raw::new("GET", target, "");
    let post = |target: &str| Raw::new("POST", target, "");
    let label = "dockwright.owner=agent-1";
    for (raw, expected) in [
        (get("/containers/json?all=1"), json!([label])),
        (get("/images/json"), json!([label])),
        (get("/networks"), json!([label])),
        (get("/volumes?filters=%7B%22label%22%3A%5B%22a%22%5D%7D"), json!(["a", label])),
        (get("/services"), json!([label])),
        (get("/tasks"), json!([label])),
        (get("/secrets"), json!([label])),
        (get("/configs"), json!([label])),
        (get("/events?filters=%7B%22label%22%3A%7B%22a%22%3Atrue%7D%7D"), json!(["a", label])),
        (post("/containers/prune"), json!([label])),
        (post("/images/prune?filters=%7B%22dangling%22%3A%5B%22false%22%5D%7D"), json!([label])),
        (post("/networks/prune"), json!([label])),
        (post("/volumes/prune?filters=%7B%22all%22%3A%5B%22true%22%5D%7D"), json!([label])),
        (post("/volumes/prune?filters=%7B%22label!%22%3A%5B%22a%22%5D%7D"), json!([label])),
    ] {
        let (call, changed) = end(&wide, &raw).unwrap_or_else(|refusal| panic!("{}: {refusal}", raw.target));
        assert_eq!((changed, &call.arguments["filters"]["label"]), (true, &expected), "{}", raw.target);
    }
}

#[test]
fn new_containers_get_the_settings_of_the_owner() {
    let plain = end(&reference(), &create(json!({}))).unwrap().0.body.unwrap();
    assert_eq!(plain["Labels"], json!({ "dockwright.owner": "agent-1" }));
    let expected = json!({
        "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"], "Memory": 2_147_483_648_i64, "PidsLimit": 512,
    });
    assert_eq!(plain["HostConfig"], expected);
    let own = host_config(json!({
        "CapDrop": ["NET_RAW"], "CapAdd": ["CHOWN"], "SecurityOpt": ["no-new-privileges:true"], "Memory": 10_000_000,
        "MemorySwap": -1, "PidsLimit": 10,
    }));
    let expected = json!({
        "CapDrop": ["NET_RAW", "ALL"], "CapAdd": ["CHOWN"], "SecurityOpt": ["no-new-privileges:true"],
        "Memory": 10_000_000, "MemorySwap": 4_294_967_296_i64, "PidsLimit": 10,
    });
    assert_eq!(own, expected);
    let large = host_config(json!({ "Memory": 1_i64 << 40, "PidsLimit": -1 }));
    assert_eq!((&large["Memory"], &large["PidsLimit"]), (&json!(1_i64 << 31), &json!(512)));
    let update = |body: Value| {
        let raw = Raw::json("POST", "/v1.51/containers/c-own/update", &body);
        end(&reference(), &raw).unwrap().0.body.unwrap()
    };
    assert_eq!(update(json!({ "CpuShares": 2 })), json!({ "CpuShares": 2 }));
    let limits = update(json!({ "Memory": 1_i64 << 40, "PidsLimit": -1 }));
    assert_eq!(limits, json!({ "Memory": 1_i64 << 31, "PidsLimit": 512 }));
}

#[test]
fn a_request_that_names_too_much_is_refused_at_once() {
    let binds: Vec<_> = (0..100_000).map(|number| format!("volume{number}:/v{number}")).collect();
    let blanks: serde_json::Map<_, _> = (0..100_000).map(|number| (format!("Blank{number}"), Value::Null)).collect();
    let start = std::time::Instant::now();
    let refusal = end(&reference(), &create(json!({ "Binds": binds }))).unwrap_err();
    assert_eq!(refusal.to_string(), "denied by request: it names too many objects to be judged");
    assert!(end(&reference(), &create(Value::Object(blanks))).is_ok());
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
