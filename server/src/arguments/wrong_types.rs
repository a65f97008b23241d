//! Values of a wrong type in the arguments of a call, and the value that the refusal shows.

use dockwright::tools::ALL;
use serde_json::{Value, json};

use super::check_at;

fn problem(name: &str, arguments: Value) -> String {
    let tool = ALL.iter().find(|tool| tool.operation.name == name).unwrap();
    let Value::Object(arguments) = arguments else { unreachable!() };
    let refusal = check_at(tool, arguments, 1_700_000_000_000_000_000, false).unwrap_err().to_string();
    refusal.strip_prefix(&format!("{name}: ")).unwrap().to_owned()
}

fn create(body: &Value) -> Value {
    json!({ "body": body })
}

/// Tests that each body of a container is refused with the value to write.
fn shows(cases: &[(Value, &str)]) {
    for (body, hint) in cases {
        let problem = problem("container_create", create(body));
        assert!(problem.ends_with(&format!("; write {hint}")), "{problem}");
    }
}

#[test]
fn a_wrong_type_shows_the_shape_to_write() {
    shows(&[
        (json!({"Env": {"A": "1", "B": 2}}), r#"`body.Env` as ["A=1","B=2"]"#),
        (json!({"Cmd": "echo hi"}), r#"`body.Cmd` as ["sh","-c","echo hi"]"#),
        (json!({"Entrypoint": "/a b"}), r#"`body.Entrypoint` as ["sh","-c","/a b"]"#),
        (json!({"Healthcheck": {"Test": "true"}}), r#"`body.Healthcheck.Test` as ["CMD-SHELL","true"]"#),
        (json!({"ExposedPorts": ["80/tcp"]}), r#"`body.ExposedPorts` as {"80/tcp":{}}"#),
        (json!({"Volumes": ["/data"]}), r#"`body.Volumes` as {"/data":{}}"#),
        (json!({"Labels": ["a=b", "c=d"]}), r#"`body.Labels` as {"a":"b","c":"d"}"#),
        (json!({"Env": {"A": 1, "B": true, "C": null}}), r#"`body.Env` as ["A=1","B=true","C="]"#),
        (json!({"Env": [{"name": "A", "value": "1"}]}), r#"`body.Env` as ["A=1"]"#),
        (json!({"Env": [{"A": "1"}]}), r#"`body.Env` as ["A=1"]"#),
        (json!({"Entrypoint": "/bin/sh"}), r#"`body.Entrypoint` as ["/bin/sh"]"#),
        (json!({"Healthcheck": "curl x"}), r#"`body.Healthcheck` as {"Test":["CMD-SHELL","curl x"]}"#),
        (json!({"NetworkingConfig": "net1"}), r#"`body.NetworkingConfig` as {"EndpointsConfig":{"net1":{}}}"#),
    ]);
}

#[test]
fn ports_in_other_forms_show_the_form_to_write() {
    shows(&[
        (
            json!({"HostConfig": {"PortBindings": {"80": 8080}}}),
            r#"`body.HostConfig.PortBindings` as {"80/tcp":[{"HostPort":"8080"}]}"#,
        ),
        (
            json!({"HostConfig": {"PortBindings": {"53/udp": "5353"}}}),
            r#"`body.HostConfig.PortBindings` as {"53/udp":[{"HostPort":"5353"}]}"#,
        ),
        (
            json!({"HostConfig": {"PortBindings": ["8080:80", "443:8443/tcp"]}}),
            r#"`body.HostConfig.PortBindings` as {"80/tcp":[{"HostPort":"8080"}],"8443/tcp":[{"HostPort":"443"}]}"#,
        ),
        (
            json!({"HostConfig": {"PortBindings": ["127.0.0.1:8080:80/udp"]}}),
            r#"`body.HostConfig.PortBindings` as {"80/udp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]}"#,
        ),
        (
            json!({"HostConfig": {"PortBindings": {"80/tcp": {"HostPort": "8080"}}}}),
            r#"`body.HostConfig.PortBindings["80/tcp"]` as [{"HostPort":"8080"}]"#,
        ),
        (
            json!({"HostConfig": {"PortBindings": {"443": ["8443"]}}}),
            r#"`body.HostConfig.PortBindings` as {"443/tcp":[{"HostPort":"8443"}]}"#,
        ),
        (json!({"HostConfig": {"PortBindings": ["80"]}}), r#"`body.HostConfig.PortBindings` as {"80/tcp":[{}]}"#),
    ]);
}

#[test]
fn a_wrong_type_in_the_host_configuration_shows_the_shape_to_write() {
    shows(&[
        (json!({"HostConfig": {"RestartPolicy": "always"}}), r#"`body.HostConfig.RestartPolicy` as {"Name":"always"}"#),
        (
            json!({"HostConfig": {"RestartPolicy": "on-failure:3"}}),
            r#"`body.HostConfig.RestartPolicy` as {"Name":"on-failure","MaximumRetryCount":3}"#,
        ),
        (json!({"HostConfig": {"Tmpfs": ["/run"]}}), r#"`body.HostConfig.Tmpfs` as {"/run":""}"#),
        (json!({"HostConfig": {"Tmpfs": ["/run:size=1m"]}}), r#"`body.HostConfig.Tmpfs` as {"/run":"size=1m"}"#),
        (
            json!({"HostConfig": {"Devices": ["/a:/b:r"]}}),
            r#"`body.HostConfig.Devices` as [{"PathOnHost":"/a","PathInContainer":"/b","CgroupPermissions":"r"}]"#,
        ),
        (
            json!({"HostConfig": {"Ulimits": ["nofile=1:2"]}}),
            r#"`body.HostConfig.Ulimits` as [{"Name":"nofile","Soft":1,"Hard":2}]"#,
        ),
        (json!({"HostConfig": {"Binds": "/a:/b:ro"}}), r#"`body.HostConfig.Binds` as ["/a:/b:ro"]"#),
        (json!({"HostConfig": {"Binds": {"/a": "/b"}}}), r#"`body.HostConfig.Binds` as ["/a:/b"]"#),
        (json!({"HostConfig": {"ExtraHosts": {"a": "1.2.3.4"}}}), r#"`body.HostConfig.ExtraHosts` as ["a:1.2.3.4"]"#),
        (json!({"HostConfig": {"CapAdd": "NET_ADMIN"}}), r#"`body.HostConfig.CapAdd` as ["NET_ADMIN"]"#),
        (json!({"HostConfig": {"LogConfig": "none"}}), r#"`body.HostConfig.LogConfig` as {"Type":"none"}"#),
        (
            json!({"HostConfig": {"Mounts": ["/a:/b"]}}),
            r#"`body.HostConfig.Mounts` as [{"Type":"bind","Source":"/a","Target":"/b"}]"#,
        ),
    ]);
}

#[test]
fn a_value_that_fits_no_shape_shows_a_number_or_an_example() {
    for (body, hint) in [
        (json!({"HostConfig": {"NanoCpus": 0.5}}), "; send 500000000 for 0.5"),
        (json!({"HostConfig": {"NanoCpus": "1.5"}}), "; send 1500000000 for 1.5"),
        (json!({"HostConfig": {"Binds": {"/a": {"bind": "/b"}}}}), r#"; such as ["/host:/container"]"#),
        (
            json!({"HostConfig": {"PortBindings": [{"containerPort": 80, "hostPort": 8080}]}}),
            r#"; such as {"80/tcp":[{"HostPort":"8080"}]}"#,
        ),
    ] {
        let problem = problem("container_create", create(&body));
        assert!(problem.ends_with(hint), "{problem}");
    }
}

#[test]
fn filters_in_a_text_show_the_object_to_write() {
    let filters = problem("container_list", json!({"filters": "label=app=x"}));
    assert!(filters.ends_with(r#"; write `filters` as {"label":["app=x"]}"#), "{filters}");
    let filters = problem("container_list", json!({"filters": ["label=a", "label=b", "status=running"]}));
    assert!(filters.ends_with(r#"; write `filters` as {"label":["a","b"],"status":["running"]}"#), "{filters}");
}
