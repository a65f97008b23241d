//! Tests of what callers often write otherwise: JSON in a text, empty text, words of the CLI and Compose, other shapes.

use dockwright::tools::ALL;
use serde_json::{Value, json};

use super::{ArgumentError, CheckedArguments, check_at};

fn checked(name: &str, arguments: Value) -> Result<CheckedArguments, ArgumentError> {
    checked_for(name, arguments, false)
}

fn checked_for(name: &str, arguments: Value, newer: bool) -> Result<CheckedArguments, ArgumentError> {
    let tool = ALL.iter().find(|tool| tool.operation.name == name).unwrap();
    let Value::Object(arguments) = arguments else { unreachable!() };
    check_at(tool, arguments, 1_700_000_000_000_000_000, newer)
}

fn sent(name: &str, arguments: Value) -> Value {
    checked(name, arguments).unwrap().arguments.into()
}

/// The only problem, without the name of the tool.
fn problem(name: &str, arguments: Value) -> String {
    let refusal = checked(name, arguments).unwrap_err().to_string();
    refusal.strip_prefix(&format!("{name}: ")).unwrap().to_owned()
}

fn create(body: &Value) -> Value {
    json!({ "body": body })
}

#[test]
fn json_in_a_text_is_understood_at_every_depth() {
    let context = json!({"Dockerfile": "FROM busybox:test\nRUN echo hi"});
    let built = checked("image_build", json!({"t": "b", "context": context.to_string()})).unwrap();
    assert_eq!(built.extra.context, Some(context));
    let host = json!({"Binds": ["/a:/b"], "Mounts": [json!({"Type": "tmpfs"}).to_string()]});
    let body = json!({"Image": "a", "Cmd": "[\"a\"]", "HostConfig": host.to_string()});
    let created = checked("container_create", create(&body.to_string().into())).unwrap();
    let read = json!({
        "Image": "a", "Cmd": ["a"], "HostConfig": {"Binds": ["/a:/b"], "Mounts": [{"Type": "tmpfs"}]},
    });
    assert_eq!(created.body, Some(read));
    let filters = sent("container_list", json!({"filters": {"label": "[\"a\",\"b\"]", "status": "running"}}));
    assert_eq!(filters, json!({"filters": {"label": ["a", "b"], "status": ["running"]}}));
    let grep = checked("container_logs", json!({"id": "a", "grep": "[\"a\", \"b\"]"}));
    assert!(grep.is_ok(), "a list of expressions");
    assert!(checked("container_logs", json!({"id": "a", "grep": "[\"a]"})).is_ok(), "an expression");
}

#[test]
fn json_in_json_text_is_taken_with_a_note_and_broken_json_says_where() {
    let text = json!({"Image": "a"}).to_string();
    let twice = checked("container_create", create(&Value::from(text).to_string().into())).unwrap();
    assert_eq!(twice.body, Some(json!({"Image": "a"})));
    assert_eq!(twice.notes, ["`body` was JSON twice (JSON inside JSON text), and was read as that"]);
    for (name, arguments, expected) in [
        ("container_create", json!({"body": r#"{"Image": "web",}"#}), "argument `body`: JSON breaks at character 17: "),
        ("container_create", json!({"body": "{'Image': 1}"}), "argument `body`: JSON breaks at character 2: "),
        ("container_create", json!({"body": {"Cmd": "[\"a\""}}), "argument `body.Cmd`: JSON breaks at character 4: "),
        ("container_list", json!({"filters": "{\"a\": "}), "argument `filters`: JSON breaks at character 6: "),
        (
            "image_build",
            json!({"context": "{\"Dockerfile\": FROM"}),
            "argument `context`: JSON breaks at character 16: ",
        ),
    ] {
        let problem = problem(name, arguments);
        assert!(problem.starts_with(expected), "{problem}");
    }
    assert_eq!(
        checked("image_build", json!({"context": "/a/{b}"})).unwrap().extra.context,
        Some("/a/{b}".into()),
        "a path"
    );
}

#[test]
fn an_empty_text_is_not_given() {
    let blank = json!({
        "all": "", "limit": "", "filters": "", "select": "", "grep": "", "limit_items": "", "limit_bytes": "",
    });
    assert_eq!(checked("container_list", blank).unwrap(), CheckedArguments::default());
    assert_eq!(problem("container_inspect", json!({"id": ""})), "argument `id` is required");
    assert_eq!(problem("container_inspect", json!({"id": " "})), "argument `id` is required");
    assert_eq!(problem("container_create", json!({"body": ""})), "argument `body` is required");
    let body = json!({
        "Image": "a", "Hostname": "", "Tty": "", "Cmd": "", "StopTimeout": "", "Labels": {"a": ""},
        "HostConfig": {"Memory": "", "RestartPolicy": {"Name": ""}},
    });
    let sent = json!({
        "Image": "a", "Hostname": "", "Labels": {"a": ""}, "HostConfig": {"RestartPolicy": {"Name": ""}},
    });
    assert_eq!(checked("container_create", create(&body)).unwrap().body, Some(sent));
}

#[test]
fn a_name_is_trimmed_with_a_note() {
    for written in ["web", " web ", "/web", " /web"] {
        let checked = checked("container_inspect", json!({"id": written})).unwrap();
        assert_eq!(Value::from(checked.arguments), json!({"id": "web"}));
        assert_eq!(checked.notes.is_empty(), written == "web");
    }
    assert_eq!(sent("container_archive", json!({"id": "a", "path": "/etc"}))["path"], "/etc");
}

#[test]
fn a_name_in_another_case_is_taken_with_a_note() {
    let body = json!({"image": "a", "hostconfig": {"memory": 1, "BINDS": ["/a:/b"]}, "ENV": ["A=1"]});
    let checked = checked("container_create", create(&body)).unwrap();
    let taken = json!({"Image": "a", "HostConfig": {"Memory": 1, "Binds": ["/a:/b"]}, "Env": ["A=1"]});
    assert_eq!(checked.body, Some(taken));
    assert!(checked.notes.contains(&"`body.image` was taken as `body.Image`".to_owned()), "{:?}", checked.notes);
    assert_eq!(checked.notes.len(), 5);
    assert_eq!(sent("container_list", json!({"All": true})), json!({"all": true}));
    let twice = problem("container_create", create(&json!({"image": "a", "Image": "b"})));
    assert_eq!(twice, "unknown argument `body.image`; did you mean `body.Image`?");
    assert!(
        self::checked("container_create", create(&json!({"Labels": {"image": "a"}}))).is_ok(),
        "keys of a map stay"
    );
}

#[test]
fn an_unknown_name_is_found_anywhere_in_the_schema_and_among_words_of_the_cli() {
    for (written, path) in [
        (json!({"Memory": 1}), "body.HostConfig.Memory"),
        (json!({"Binds": []}), "body.HostConfig.Binds"),
        (json!({"RestartPolicy": {}}), "body.HostConfig.RestartPolicy"),
        (json!({"PortBindings": {}}), "body.HostConfig.PortBindings"),
        (json!({"port_bindings": {}}), "body.HostConfig.PortBindings"),
        (json!({"NetworkMode": "host"}), "body.HostConfig.NetworkMode"),
        (json!({"Ports": []}), "body.HostConfig.PortBindings"),
        (json!({"IPv4Address": "1.2.3.4"}), "body.NetworkingConfig.EndpointsConfig.KEY.IPAMConfig.IPv4Address"),
        (json!({"HostConfig": {"Env": ["A=1"]}}), "body.Env"),
        (json!({"HostConfig": {"Image": "a"}}), "body.Image"),
        (json!({"environment": {"A": "1"}}), "body.Env"),
        (json!({"command": "a"}), "body.Cmd"),
        (json!({"restart": "always"}), "body.HostConfig.RestartPolicy"),
        (json!({"mem_limit": "1g"}), "body.HostConfig.Memory"),
        (json!({"ports": ["80:80"]}), "body.HostConfig.PortBindings"),
        (json!({"volumes": ["/a:/b"]}), "body.HostConfig.Binds"),
        (json!({"network": "a"}), "body.HostConfig.NetworkMode"),
    ] {
        let problem = problem("container_create", create(&written));
        assert!(problem.ends_with(&format!("; did you mean `{path}`?")), "{problem}");
    }
    for (name, written, path) in [
        ("container_create", "environment", "body.Env"),
        ("container_create", "HostConfig", "body.HostConfig"),
        ("image_build", "tag", "t"),
        ("container_stop", "timeout", "t"),
        ("container_stop", "container_id", "id"),
        ("container_stop", "container", "id"),
        ("container_list", "status", "filters.status"),
        ("image_create", "image", "fromImage"),
        ("service_create", "replicas", "body.Mode.Replicated.Replicas"),
        ("network_connect", "container", "body.Container"),
    ] {
        let refusal = checked(name, json!({written: "a"})).unwrap_err().to_string();
        assert!(refusal.contains(&format!("unknown argument `{written}`; did you mean `{path}`?")), "{refusal}");
    }
    let name = problem("container_create", create(&json!({"name": "web"})));
    assert_eq!(name, "unknown argument `body.name`; did you mean `name`? It goes beside `body`.");
    let condition = problem("container_wait", json!({"id": "a", "condition": "healthy"}));
    assert!(condition.ends_with(r#"got "healthy"; container_wait_for waits for that"#), "{condition}");
}

#[test]
fn every_word_means_an_argument_of_some_tool() {
    let schemas: Vec<_> = ALL.iter().map(|tool| (tool, super::full_schema::full_schema(tool, true))).collect();
    for word in dockwright::tools::WORDS {
        for argument in word.arguments {
            let (id, path) = argument.split_once(' ').unwrap_or(("", argument));
            let leads = |(tool, schema): &(&dockwright::tools::Tool, &Value)| {
                (id.is_empty() || tool.operation.id == id) && super::unknown::leads(schema, path)
            };
            // A word may mean an argument of a composed tool.
            assert!(["remove", "text"].contains(&path) || schemas.iter().any(leads), "{}: {argument}", word.word);
        }
    }
}

#[test]
fn a_published_port_is_exposed_and_an_image_without_a_tag_is_latest() {
    let body = json!({"Image": "a", "HostConfig": {"PortBindings": {"80": [{"HostPort": "8099"}]}}});
    let created = checked("container_create", create(&body)).unwrap();
    let body = created.body.unwrap();
    assert_eq!(body["ExposedPorts"], json!({"80/tcp": {}}));
    assert_eq!(body["HostConfig"]["PortBindings"], json!({"80/tcp": [{"HostPort": "8099"}]}));
    assert_eq!(created.notes.len(), 2);

    let pulled = checked("image_create", json!({"fromImage": "host:5000/ubuntu"})).unwrap();
    assert_eq!(pulled.arguments["tag"], "latest");
    assert_eq!(pulled.notes, ["`tag` was not given and is `latest`; `all_tags: true` means every tag"]);
    for complete in [
        json!({"fromImage": "ubuntu:24.04"}),
        json!({"fromImage": "ubuntu@sha256:ab"}),
        json!({"fromSrc": "-", "repo": "a"}),
        json!({"fromImage": "ubuntu", "tag": "24.04"}),
        json!({"fromImage": "ubuntu", "all_tags": true}),
    ] {
        let pulled = checked("image_create", complete.clone()).unwrap();
        let mut given = complete;
        given.as_object_mut().unwrap().remove("all_tags");
        assert_eq!((Value::from(pulled.arguments), pulled.notes), (given, Vec::<String>::new()));
    }
    assert_eq!(sent("image_push", json!({"name": "host:5000/a"}))["tag"], "latest");
    assert_eq!(sent("image_push", json!({"name": "host:5000/a", "tag": ""}))["tag"], "latest");
    assert_eq!(sent("image_push", json!({"name": "host:5000/a:1"})), json!({"name": "host:5000/a:1"}));
}

#[test]
fn a_time_without_a_zone_is_utc_with_a_note() {
    let logs = checked("container_logs", json!({"id": "a", "since": "2023-11-01"})).unwrap();
    assert_eq!(logs.arguments["since"], "1698796800");
    assert_eq!(logs.notes, ["`since` names no zone: 2023-11-01 was taken as UTC"]);
    let logs = checked("container_logs", json!({"id": "a", "since": "2023-11-01T00:00Z"})).unwrap();
    assert_eq!((logs.arguments["since"].clone(), logs.notes), (json!("1698796800"), vec![]));
}

#[test]
fn unknown_names_pass_only_for_a_newer_engine() {
    let arguments = json!({"body": {"Image": "a", "Novel": 1, "HostConfig": {"Later": {"a": 1}}}});
    assert_eq!(checked("container_create", arguments.clone()).unwrap_err().problems.len(), 2);
    let newer = checked_for("container_create", arguments.clone(), true).unwrap();
    assert_eq!(newer.body.as_ref(), Some(&arguments["body"]));
    assert_eq!(newer.notes[0], "`body.Novel` is sent, though this build does not know it");
    for written in [json!(["a"]), json!("a")] {
        let list = checked_for("image_list", json!({"filters": {"novel": written}}), true).unwrap();
        assert_eq!(Value::from(list.arguments), json!({"filters": {"novel": ["a"]}}));
    }
    assert!(checked_for("image_list", json!({"novel": 1}), true).is_err(), "an argument of the call itself");
}

#[test]
fn a_word_for_the_target_of_a_call_means_it() {
    for (name, written, path) in [
        ("image_inspect", "id", "name"),
        ("image_inspect", "image", "name"),
        ("volume_inspect", "id", "name"),
        ("volume_inspect", "volume_name", "name"),
        ("network_inspect", "name", "id"),
        ("container_inspect", "name", "id"),
        ("container_inspect", "containers", "id"),
        ("service_inspect", "service", "id"),
    ] {
        let refusal = checked(name, json!({written: "a"})).unwrap_err().to_string();
        assert!(refusal.contains(&format!("unknown argument `{written}`; did you mean `{path}`?")), "{refusal}");
    }
}

#[test]
fn a_part_that_stands_in_another_object_or_in_none_is_found() {
    for (name, arguments, hint) in [
        ("container_update", json!({"HostConfig": {"Memory": 1}}), "did you mean `body.Memory`?"),
        (
            "container_create",
            json!({"deploy": {"resources": {"limits": {"memory": "1g"}}}}),
            "the limits of a container are in body.HostConfig; replicas are a service's",
        ),
        (
            "container_create",
            json!({"limits": {"resources": {"memory": "1g", "cpus": 1}}}),
            "did you mean `body.HostConfig.Memory` or `body.HostConfig.NanoCpus`?",
        ),
        ("container_create", json!({"depends_on": ["db"]}), "container_wait_for between them"),
        (
            "container_create",
            json!({"HostConfig": {"PortBindings": {"80/tcp": [{"host_port": "8080"}]}}}),
            r#"did you mean `body.HostConfig.PortBindings["80/tcp"][0].HostPort`?"#,
        ),
        ("container_create", json!({"host_port": "8080"}), "PortBindings.KEY[0].HostPort`?"),
    ] {
        let problem = checked(name, json!({"id": "a", "body": arguments})).unwrap_err().to_string();
        assert!(problem.contains(hint), "{problem}");
    }
    let list = |filters: serde_json::Value| problem("container_list", json!({"filters": filters}));
    assert!(list(json!({"image": "a"})).ends_with("; did you mean `ancestor`?"));
    assert!(problem("image_prune", json!({"all": true})).contains(r#"{"dangling":["false"]}"#));
}

#[test]
fn an_argument_of_which_one_is_needed_is_named_before_anything_is_sent() {
    for (name, expected) in [
        ("image_create", "image_create: argument `fromImage` or `fromSrc` is required"),
        ("image_commit", "image_commit: argument `container` is required"),
        ("image_get_all", "image_get_all: argument `names` is required"),
    ] {
        assert_eq!(checked(name, json!({})).unwrap_err().to_string(), expected);
    }
    for both in [json!({"fromImage": "a:1", "all_tags": true}), json!({"fromImage": "a", "tag": "1", "all_tags": true})]
    {
        let refusal = checked("image_create", both).unwrap_err().to_string();
        assert_eq!(refusal, "image_create: argument `all_tags`: a tag or digest is given too: leave one of them out");
    }
}

#[test]
fn an_entrypoint_of_an_empty_text_is_kept_and_blank_filters_are_not() {
    let kept = checked("container_create", create(&json!({"Image": "a", "Entrypoint": [""]}))).unwrap();
    assert_eq!(kept.body.unwrap()["Entrypoint"], json!([""]));
    assert_eq!(
        sent("container_list", json!({"all": " ", "limit": " ", "filters": {"label": [""], "name": ""}})),
        json!({"filters": {}})
    );
}

#[test]
fn an_archive_is_not_saved_under_a_name_that_promises_another_form() {
    for to in ["/a/x.tar.gz", "/a/x.TGZ", "/a/x.zip", "/a/x.tar.zst"] {
        let refusal = problem("container_archive", json!({"id": "a", "path": "/b", "to": to}));
        assert!(refusal.starts_with("argument `to`: archives are saved as they are"), "{refusal}");
    }
    for to in ["/a/x.tar", "/a/x", "/a/x.d"] {
        assert!(checked("container_archive", json!({"id": "a", "path": "/b", "to": to})).is_ok());
    }
}
