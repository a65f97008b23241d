//! The engine is found as the docker CLI finds it: for odd files of its configuration, both reach the same engine, or
//! neither reaches one.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::bench::{trials, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![odd_configurations_lead_to_the_engine_of_the_docker_cli]
}

/// `printf nas | sha256sum`.
const NAS: &str = "047de0f543c7e3596bb6dbd0e65f2c30357720a63eca423f08c52fae314f6806";

/// Contents of `config.json` whose context, if it is followed, is `nas`.
const CONFIGURATIONS: [&[u8]; 16] = [
    b"",
    b"{}",
    b"null",
    b"[]",
    b"\0\0",
    br#"{"currentContext":"nas"}"#,
    br#"{"CURRENTCONTEXT":"nas","currentContext":null}"#,
    br#"{"currentContext":"x","currentContext":"nas"}"#,
    br#"{"currentContext":"nas","currentContext":""}"#,
    br#"{"currentContext":"nas"} more"#,
    br#"{"currentContext":"nas",}"#,
    br#"{"currentContext":"nas" /* comment */}"#,
    b"\xef\xbb\xbf{\"currentContext\":\"nas\"}",
    br#"{"currentContext":5}"#,
    br#"{"auths":5,"currentContext":"nas"}"#,
    br#"{"currentContext":"missing"}"#,
];

/// Contents of `meta.json`, in which `HOST` stands for an address.
const CONTEXTS: [&str; 13] = [
    r#"{"Name":"nas","Metadata":{},"Endpoints":{"docker":{"Host":"HOST"}}}"#,
    r#"{"NAME":"nas","endpoints":{"docker":{"HOST":"unix:///x","host":"HOST","Host":null}}}"#,
    r#"{"Endpoints":{"docker":{"Host":"HOST"}},"endpoints":{"kubernetes":{"Host":"x"}}}"#,
    r#"{"Endpoints":{"docker":{"Host":"HOST"}},"endpoints":null}"#,
    r#"{"Endpoints":{"Docker":{"Host":"HOST"}}}"#,
    r#"{"Endpoints":{"docker":{"Host":"HOST","SkipTLSVerify":"no"}}}"#,
    r#"{"Endpoints":{"docker":{"Host":"HOST"}}} more"#,
    r#"{"Endpoints":{"docker":null}}"#,
    r#"{"Endpoints":{"docker":{}}}"#,
    r#"{"Endpoints":null}"#,
    "{}",
    "",
    "\0\0",
];

/// Files of a context that nobody uses, as Docker Desktop leaves them.
const OTHERS: [&str; 3] = ["", "{}", r#"{"Name":"other","Endpoints":null}"#];

fn odd_configurations_lead_to_the_engine_of_the_docker_cli(_: &Session) {
    let current = CONFIGURATIONS[5];
    // At the default address is the test's engine, and at this one is none.
    let nowhere = CONTEXTS[0].replace("HOST", "unix:///nowhere/docker.sock");
    for configuration in CONFIGURATIONS {
        judge(configuration, &nowhere);
    }
    let configurations = [current, br#"{"HttpHeaders":{"X-A":"1"},"currentContext":"nas"}"#];
    for context in CONTEXTS.map(|context| context.replace("HOST", &variable("HOST"))) {
        configurations.iter().for_each(|configuration| judge(configuration, &context));
    }
}

/// Lists containers with both programs.
fn judge(configuration: &[u8], context: &str) {
    let folder = tempfile::tempdir().unwrap();
    let write = |id: &str, meta: &str| {
        let contexts = folder.path().join("contexts/meta").join(id);
        fs::create_dir_all(&contexts).unwrap();
        fs::write(contexts.join("meta.json"), meta).unwrap();
    };
    fs::write(folder.path().join("config.json"), configuration).unwrap();
    write(NAS, context);
    OTHERS.iter().enumerate().for_each(|(number, meta)| write(&format!("{number:064}"), meta));
    let (cli, ours) = (
        run(&variable("DOCKER"), &["ps"], folder.path()),
        run(env!("CARGO_BIN_EXE_dockwright"), &["call", "container_list"], folder.path()),
    );
    let shown = String::from_utf8_lossy(configuration);
    assert_eq!(ours.0, cli.0, "{shown} with {context}: the CLI says {}, the server {}", cli.1, ours.1);
}

/// Returns true if a program reaches an engine, and what it says.
fn run(program: &str, arguments: &[&str], folder: &Path) -> (bool, String) {
    let mut command = Command::new(program);
    let output = command.args(arguments).env_clear().env("DOCKER_CONFIG", folder).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}
