//! Bodies over the inspects that three engines gave of the same containers.

use super::*;

const RECORDED: [(u16, &str); 3] =
    [(41, include_str!("v1.41.json")), (45, include_str!("v1.45.json")), (51, include_str!("v1.51.json"))];

/// Plans the container `name` from `image` on each engine.
fn planned(name: &str, old_image: &str, new_image: &Value, patch: Value) -> Vec<Plan> {
    let plan_on = |(minor, recorded): (u16, &str)| {
        let recorded: Value = serde_json::from_str(recorded).unwrap();
        let new_image = if new_image.is_null() { &recorded[old_image] } else { new_image };
        let version = Version { major: 1, minor };
        let present = Present { inspect: &recorded[name], image: &recorded[old_image], new_image, version };
        plan(&present, "app:2", patch.as_object().unwrap().clone()).unwrap()
    };
    RECORDED.map(plan_on).into()
}

#[test]
fn all_that_was_set_is_set_again_and_nothing_else() {
    for (plan, (minor, _)) in planned("web", "app", &Value::Null, json!({})).into_iter().zip(RECORDED) {
        let mut body = plan.body;
        let host = body["HostConfig"].take();
        let mut variables = body["Env"].as_array().unwrap().clone();
        variables.sort_by_key(ToString::to_string);
        assert_eq!(variables, [json!("DB_PASSWORD=hunter2"), json!("VERSION=9")]);
        assert_eq!(body["Cmd"], json!(["sleep 2000"]));
        assert_eq!(body["ExposedPorts"], json!({"5000/tcp": {}, "9000/tcp": {}, "80/tcp": {}, "443/tcp": {}}));
        assert_eq!(body["Labels"], json!({"keep": "mine", "own": "1"}));
        assert_eq!(body["Healthcheck"], json!({"Interval": 7_000_000_000_i64}));
        assert_eq!(body["Volumes"], json!({"/anon": {}}));
        assert_eq!((&body["Hostname"], &body["StopTimeout"]), (&json!("webhost"), &json!(3)));
        for given in ["User", "WorkingDir", "Entrypoint", "StopSignal", "OnBuild"] {
            assert_eq!(body[given], Value::Null, "{given}");
        }
        assert_eq!(body["Image"], "app:2");

        assert_eq!(host["PortBindings"]["9000/tcp"], json!([{"HostIp": "", "HostPort": ""}]), "a free port again");
        assert_eq!((&host["Memory"], &host["MemorySwap"]), (&json!(64 << 20), &Value::Null));
        assert_eq!(host["MaskedPaths"], Value::Null, "{minor}");
        let mounts = host["Mounts"].as_array().unwrap();
        let mut places: Vec<_> = mounts.iter().map(|mount| mount["Target"].as_str().unwrap()).collect();
        places.sort_unstable();
        assert_eq!(places, ["/anon", "/anon2", "/data", "/tmp3"]);
        let volumes = mounts.iter().filter(|mount| mount["Type"] == "volume");
        assert!(volumes.clone().count() == 3 && volumes.clone().all(|mount| mount["Source"].is_string()));

        let endpoints = &body["NetworkingConfig"]["EndpointsConfig"];
        let front = &endpoints["front"];
        assert_eq!(front["IPAMConfig"], json!({"IPv4Address": "10.77.0.10", "IPv6Address": "fd00:77::10"}));
        assert_eq!(front["Aliases"], json!(["www"]));
        let back = json!({"IPAMConfig": {"IPv4Address": "10.78.0.20"}, "Aliases": ["inner"]});
        match minor {
            41 => {
                assert_eq!(body["MacAddress"], "02:42:99:00:00:01");
                assert_eq!(plan.connections, [("back".to_owned(), back)]);
            }
            _ => {
                assert_eq!(front["MacAddress"], "02:42:99:00:00:01");
                assert_eq!(endpoints["back"]["Aliases"], back["Aliases"]);
                assert!(plan.connections.is_empty() && body["MacAddress"].is_null());
            }
        }
    }
}

#[test]
fn an_entrypoint_that_was_taken_away_stays_away_and_links_stay() {
    for plan in planned("ep", "app", &Value::Null, json!({})) {
        assert_eq!((&plan.body["Entrypoint"], &plan.body["Cmd"]), (&json!([""]), &json!(["sleep", "1000"])));
        assert_eq!(plan.body["Hostname"], Value::Null, "the short id is no name of its own");
        assert_eq!(plan.body["NetworkingConfig"], Value::Null, "there is nothing to say of the default network");
    }
    for plan in planned("linked", "busybox", &Value::Null, json!({})) {
        assert_eq!(plan.body["HostConfig"]["Links"], json!(["/db:/linked/database"]));
        let ports = plan.body["HostConfig"]["PortBindings"].as_object().unwrap();
        assert!(ports.keys().all(|port| plan.body["ExposedPorts"][port].is_object()) && ports.len() == 2);
    }
    for plan in planned("host", "busybox", &Value::Null, json!({"HostConfig": {"Privileged": false}})) {
        assert_eq!(plan.body["HostConfig"]["SecurityOpt"], json!([]), "the engine added it for privileges");
    }
}

#[test]
fn a_patch_is_applied_to_it() {
    let image = json!({"Env": ["PATH=/usr/bin", "VERSION=2"], "Labels": {"team": "web"}});
    let patch = json!({
        "Env": ["VERSION", "DEBUG=1"], "Labels": {"own": null, "team": null}, "Cmd": null,
        "HostConfig": {
            "PortBindings": {"80": [{"HostPort": "8081"}], "443/TCP": null},
            "Memory": 128 << 20, "RestartPolicy": {"Name": "on-failure"}, "LogConfig": {"Type": "local"},
        },
    });
    for plan in planned("web", "app", &image, patch) {
        let (body, host) = (&plan.body, &plan.body["HostConfig"]);
        assert_eq!(body["Env"], json!(["DB_PASSWORD=hunter2", "VERSION", "DEBUG=1"]));
        assert_eq!((&body["Labels"], &body["Cmd"]), (&json!({"keep": "mine"}), &Value::Null));
        assert_eq!(host["PortBindings"]["80/tcp"], json!([{"HostPort": "8081"}]));
        assert_eq!((&host["PortBindings"]["443/tcp"], &body["ExposedPorts"]["443/tcp"]), (&Value::Null, &Value::Null));
        assert_eq!((&host["Memory"], &host["MemorySwap"]), (&json!(128 << 20), &Value::Null));
        assert_eq!(host["RestartPolicy"], json!({"Name": "on-failure"}));
        assert_eq!(host["LogConfig"], json!({"Type": "local"}));
        assert!(plan.notes.iter().any(|note| note == "Labels: team stays, because the image has it"), "{plan:?}");
    }
}
