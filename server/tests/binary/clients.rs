//! `dockwright doctor --client`: the configuration of clients, and the checks with their environment.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::dockwright;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dockwright");

/// A home with these files.
pub(super) fn home(files: &[(&str, String)]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let file = home.path().join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    std::fs::create_dir_all(home.path().join("project")).unwrap();
    home
}

/// The report for a client with this home, in its folder `project`.
pub(super) async fn examined(home: &Path, client: &str) -> (Option<i32>, String) {
    examined_with(home, &["--client", client]).await
}

async fn examined_with(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = dockwright("tcp://127.0.0.1:9");
    command.env("HOME", home).env("PATH", "/usr/bin:/bin").current_dir(home.join("project"));
    let output = command.arg("doctor").args(arguments).output().await.unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

/// A configuration in JSON whose entry starts the program.
fn json_file(member: &str) -> String {
    let env = json!({ "DOCKER_HOST": "unix:///nowhere/a.sock", "DOCKWRIGHT_TAGS": "Volume" });
    json!({ member: { "docker": { "command": PROGRAM, "args": ["--read-only", "serve"], "env": env } } }).to_string()
}

#[tokio::test]
async fn each_client_is_checked_with_the_environment_of_its_entry() {
    let toml = format!(
        "model = \"x\" # comment\n[mcp_servers.docker]\ncommand = '{PROGRAM}'\nargs = [\n  \"--read-only\",\n]\n\
         [mcp_servers.docker.env]\nDOCKER_HOST = \"unix:///nowhere/a.sock\"\n\"DOCKWRIGHT_TAGS\" = \"Volume\"\n"
    );
    let servers: serde_json::Value = serde_json::from_str(&json_file("mcpServers")).unwrap();
    let local = json!({ "projects": { "HOME/project": servers } });
    for (client, file, text) in [
        ("claude-code", "project/.mcp.json", json_file("mcpServers")),
        ("claude-code", ".claude.json", json_file("mcpServers")),
        ("claude-code", ".claude.json", local.to_string()),
        #[cfg(target_os = "linux")]
        ("claude-desktop", ".config/Claude/claude_desktop_config.json", json_file("mcpServers")),
        ("codex", ".codex/config.toml", toml),
        ("gemini", ".gemini/settings.json", json_file("mcpServers")),
        ("cursor", ".cursor/mcp.json", json_file("mcpServers")),
        ("windsurf", ".codeium/windsurf/mcp_config.json", json_file("mcpServers")),
        ("zed", "project/.zed/settings.json", json_file("context_servers")),
        ("vscode", "project/.vscode/mcp.json", format!("// servers\n{}", json_file("servers"))),
    ] {
        let home = home(&[]);
        let text = text.replace("HOME/project", home.path().join("project").to_str().unwrap());
        std::fs::create_dir_all(home.path().join(file).parent().unwrap()).unwrap();
        std::fs::write(home.path().join(file), text).unwrap();
        let scope = if file.starts_with("project/") { "project" } else { "user" };
        let (code, report) = examined_with(home.path(), &["--client", client, "--scope", scope]).await;
        assert_eq!(code, Some(1), "{client}: {report}");
        for said in [
            format!("ok    file      {}", home.path().join(file).display()),
            format!("starts `{PROGRAM} --read-only"),
            "and sets DOCKER_HOST, DOCKWRIGHT_TAGS".to_owned(),
            format!("ok    binary    {PROGRAM}"),
            "unix:///nowhere/a.sock (DOCKER_HOST)".to_owned(),
            "FAIL  socket".to_owned(),
        ] {
            assert!(report.contains(&said), "{client}: {said}: {report}");
        }
        assert!(report.contains("ok    exposure  2 operations"), "{client}: {report}");
    }
}

#[tokio::test]
async fn an_entry_that_comes_with_a_folder_is_shown_and_not_started() {
    for (client, file) in [("claude-code", "project/.mcp.json"), ("cursor", "project/.cursor/mcp.json")] {
        let home = home(&[(file, json_file("mcpServers"))]);
        let (code, report) = examined(home.path(), client).await;
        assert!(report.contains("it comes with this folder: `--scope project` checks it"), "{report}");
        assert!(code == Some(0) && !report.contains("socket") && !report.contains("binary"), "{report}");
    }
    let (code, report) = examined_with(home(&[]).path(), &["--client", "windsurf", "--scope", "project"]).await;
    assert!(code == Some(1) && report.contains("has no configuration for one project"), "{report}");
    // In the home folder, the file of the project is the user's own.
    let home = home(&[(".cursor/mcp.json", json_file("mcpServers"))]);
    let mut command = dockwright("tcp://127.0.0.1:9");
    command.env("HOME", home.path()).current_dir(home.path()).args(["doctor", "--client", "cursor"]);
    let report = String::from_utf8(command.output().await.unwrap().stdout).unwrap();
    assert!(report.contains("FAIL  socket"), "{report}");
    let output = command.args(["--scope", "project"]).output().await.unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("FAIL  socket"));
}

#[tokio::test]
async fn what_is_missing_comes_with_what_to_run() {
    for client in ["claude-code", "claude-desktop", "codex", "gemini", "cursor", "vscode", "zed", "windsurf"] {
        let (code, report) = examined(home(&[]).path(), client).await;
        let run = format!("run `dockwright install {client}`");
        assert!(code == Some(1) && report.contains("FAIL  file ") && report.contains(&run), "{client}: {report}");
    }
    let other = json!({ "mcpServers": { "git": { "command": "mcp-git" } } }).to_string();
    let (code, report) = examined(home(&[(".claude.json", other)]).path(), "claude-code").await;
    assert!(
        code == Some(1)
            && report.contains("FAIL  entry     no entry starts dockwright: run `dockwright install claude"),
        "{report}"
    );
    let (code, report) = examined(home(&[(".claude.json", "{".into())]).path(), "claude-code").await;
    assert!(code == Some(1) && report.contains("FAIL  file ") && report.contains("not JSON"), "{report}");
    let (code, report) = examined(home(&[(".codex/config.toml", "a = [".into())]).path(), "codex").await;
    assert!(code == Some(1) && report.contains("FAIL  file ") && report.contains("not TOML"), "{report}");
}

#[tokio::test]
async fn a_program_that_cannot_start_is_named() {
    let entry = |command: &str, args: &[&str]| {
        [(".cursor/mcp.json", json!({ "mcpServers": { "docker": { "command": command, "args": args } } }).to_string())]
    };
    for (command, args, said) in [
        ("/nowhere/dockwright", &[][..], "FAIL  binary    /nowhere/dockwright: No such file"),
        ("dockwright", &[], "FAIL  binary    `dockwright` is in no folder of the client's PATH"),
        (concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), &[], "Cargo.toml: not executable: run `chmod +x"),
        (
            PROGRAM,
            &["--tags", "Contaner"],
            "FAIL  start     the server ends at once (exit status: 1): --tags: unknown tag",
        ),
        (PROGRAM, &["--no-such-flag"], "FAIL  start     the server ends at once (exit status: 2): error: unexpected"),
        (PROGRAM, &["--tags", "${input:tags}"], "FAIL  start     the server ends at once"),
        // The checks are of the arguments that the server gets, all of them.
        (PROGRAM, &["serve", "--context"], "FAIL  start     the server ends at once (exit status: 2): error: a value"),
        (PROGRAM, &["serve", "--context", "serve"], "context `serve`"),
        (PROGRAM, &["--version"], "FAIL  start     initialize: not a message: `dockwright "),
        (PROGRAM, &["--help"], "FAIL  start     initialize: not a message: `"),
    ] {
        let (code, report) = examined(home(&entry(command, args)).path(), "cursor").await;
        assert!(code == Some(1) && report.contains(said), "{command}: {report}");
    }
    let (_, report) = examined(home(&entry("/bin/sh", &["-c", "dockwright"])).path(), "cursor").await;
    assert!(
        report.contains("/bin/sh is not dockwright, so the checks")
            && report.contains("`/bin/sh -c dockwright doctor`")
    );
}

/// A home whose entry starts a script of this name, in the folder `bin`.
#[cfg(unix)]
fn home_with_script(name: &str, script: &str, args: &[&str]) -> TempDir {
    use std::os::unix::fs::PermissionsExt;
    let entry = json!({ "mcpServers": { "docker": { "command": format!("../bin/{name}"), "args": args } } });
    let program = format!("bin/{name}");
    let home = home(&[(&program, format!("#!/bin/sh\n{script}\n")), (".cursor/mcp.json", entry.to_string())]);
    std::fs::set_permissions(home.path().join(program), std::fs::Permissions::from_mode(0o755)).unwrap();
    home
}

#[cfg(unix)]
#[tokio::test]
async fn the_program_of_the_entry_is_started_and_must_answer_as_this_one() {
    let other = r#"echo '{"jsonrpc":"2.0","id":"initialize","result":{"serverInfo":{"name":"other"}}}'
                   echo '{"jsonrpc":"2.0","id":"tools/list","result":{"tools":[]}}'"#;
    let works = format!("exec {PROGRAM}");
    for (name, script, args, said) in [
        ("dockwright", "echo no luck >&2; exit 3", &[][..], "the server ends at once (exit status: 3): no luck"),
        ("npx", "echo npm error 404 >&2; exit 1", &["-y", "dockwright@9.9.9"], "(exit status: 1): npm error 404"),
        ("dockwright", other, &[], "the server says that it is `other`, not dockwright"),
        // It answers, but the arguments are none that the checks take.
        ("dockwright", &works, &["--help"], "the checks gave no report"),
        ("uvx", &works, &["dockwright", "-H", "unix:///nowhere/a.sock"], "/nowhere/a.sock: No such file"),
    ] {
        let home = home_with_script(name, script, args);
        let (code, report) = examined(home.path(), "cursor").await;
        assert!(code == Some(1) && report.contains(said), "{name} {args:?}: {report}");
        let (code, list) = super::install::run(home.path(), &["install", "--list"]).await;
        assert!(code == Some(1) && list.contains("FAIL  `docker`: "), "{name} {args:?}: {list}");
        assert!(list.contains(said), "{name} {args:?}: {list}");
    }
}
