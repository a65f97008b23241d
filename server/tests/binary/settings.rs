//! Settings that clients leave blank or do not fill in.

use crate::{NOWHERE, run, run_with};

/// The variables of all settings, and if each is a list.
fn variables() -> Vec<(String, bool)> {
    let command = <dockwright_server::settings::Settings as clap::Args>::augment_args(clap::Command::new("settings"));
    let variable = |argument: &clap::Arg| {
        Some((argument.get_env()?.to_str()?.to_owned(), argument.get_value_delimiter().is_some()))
    };
    command.get_arguments().filter_map(variable).collect()
}

/// True if a variable holds a list of paths, which are parted as in `PATH`.
fn is_of_paths(variable: &str) -> bool {
    ["DOCKWRIGHT_ALLOW_PATH", "DOCKWRIGHT_ALLOW_WRITE"].contains(&variable)
}

#[tokio::test]
async fn a_flag_in_the_environment_is_a_boolean() {
    // All flags have one parser, so one flag is tested for all.
    for (value, says) in [("1", "read-only"), ("yes", "read-only"), ("0", "cannot reach"), ("2", "not a boolean")] {
        let (code, _, stderr) =
            run_with(NOWHERE, &[("DOCKWRIGHT_READ_ONLY", value)], &["call", "container_prune"]).await;
        assert!(code != Some(0) && stderr.contains(says), "{value}: {stderr}");
    }
}

#[tokio::test]
async fn an_empty_variable_is_not_set_whatever_it_sets() {
    let unset = run(NOWHERE, &["call", "container_list"]).await;
    assert!(unset.2.contains("tcp://127.0.0.1:1"), "{unset:?}");
    let variables = variables();
    assert!(variables.len() >= 15 && variables.iter().filter(|(_, list)| *list).count() >= 6, "{variables:?}");
    for (variable, is_list) in &variables {
        let blank: &[&str] = if *is_list { &["", " ", ",", ", ,"] } else { &["", " "] };
        for value in
            blank.iter().map(|value| if is_of_paths(variable) { value.replace(',', ":") } else { value.to_string() })
        {
            let set = run_with(NOWHERE, &[(variable.as_str(), value.as_str())], &["call", "container_list"]).await;
            assert_eq!(set, unset, "{variable}={value:?}");
        }
    }
    let docker = ["HOST", "CONTEXT", "CONFIG", "TLS", "TLS_VERIFY", "CERT_PATH", "API_VERSION"];
    for variable in docker.map(|name| format!("DOCKER_{name}")) {
        let set = [("DOCKWRIGHT_HOST", NOWHERE), (variable.as_str(), "")];
        assert_eq!(run_with("", &set, &["call", "container_list"]).await, unset, "{variable}");
    }
    let (code, _, stderr) = run_with("", &[], &["call", "container_list"]).await;
    // Where an engine listens at the default address, it answers.
    assert!(code == Some(0) || stderr.contains("unix:///var/run/docker.sock"), "{stderr}");
}

#[tokio::test]
async fn empty_items_of_a_list_are_left_out_and_an_empty_list_as_an_argument_is_refused() {
    let volumes = run(NOWHERE, &["tools", "--tags", "Volume"]).await;
    for set in ["Volume,", ",Volume", "Volume,,"] {
        assert_eq!(run_with(NOWHERE, &[("DOCKWRIGHT_TAGS", set)], &["tools"]).await, volumes);
    }
    let folder = format!(":{}:", std::env::temp_dir().display());
    let (code, _, stderr) = run_with(NOWHERE, &[("DOCKWRIGHT_ALLOW_PATH", folder.as_str())], &["tools"]).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    for empty in ["--tags=", "--tools=", "--exclude-tags=", "--host=", "--audit="] {
        let (code, stdout, stderr) = run(NOWHERE, &["tools", empty]).await;
        assert!(code != Some(0) && stdout.is_empty() && !stderr.is_empty(), "{empty}: {stdout}");
    }
}

#[tokio::test]
async fn a_placeholder_that_a_client_left_in_a_setting_is_refused() {
    let placeholder = "${user_config.value}";
    let names = variables().into_iter().map(|(name, _)| name);
    for variable in names.chain(["DOCKER_TLS_VERIFY", "DOCKER_HOST"].map(str::to_owned)) {
        let (code, _, stderr) = run_with(NOWHERE, &[(variable.as_str(), placeholder)], &["serve"]).await;
        assert!(
            code == Some(1) && stderr.contains(&variable) && stderr.contains("placeholder"),
            "{variable}: {stderr}"
        );
    }
    for arguments in
        [&["--tags=Container,${user_config.tags}", "tools"][..], &["tools", "--tags", "${user_config.tags}"]]
    {
        let (code, _, stderr) = run(NOWHERE, arguments).await;
        let said = "dockwright: --tags (DOCKWRIGHT_TAGS): `${user_config.tags}` is a placeholder";
        assert!(code == Some(1) && stderr.starts_with(said), "{stderr}");
    }
    let (_, _, stderr) = run(NOWHERE, &["call", "container_delete", r#"{"id":"${x}"}"#]).await;
    assert!(stderr.contains("cannot reach"), "the arguments of a tool are not settings: {stderr}");
}
