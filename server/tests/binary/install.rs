//! `dockwright install` and `uninstall`: the files of clients before and after, byte for byte.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::dockwright;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dockwright");

/// A home with this file of a client, if it has a text.
pub fn home(file: &str, text: Option<&str>) -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("project")).unwrap();
    let file = home.path().join(file);
    if let Some(text) = text {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    (home, file)
}

pub async fn run(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = dockwright("tcp://127.0.0.1:1");
    command.env("HOME", home).current_dir(home.join("project"));
    let output = command.args(arguments).output().await.unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

/// Installs, and returns the file.
async fn installed(home: &Path, file: &Path, arguments: &[&str]) -> String {
    let (code, said) = run(home, &[&["install"], arguments].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    fs::read_to_string(file).unwrap()
}

/// A text with this program in the place of PROGRAM.
pub fn with_program(text: &str) -> String {
    text.replace("PROGRAM", PROGRAM)
}

#[tokio::test]
async fn each_client_gets_an_entry_in_its_own_form_and_place() {
    let entry = json!({ "command": PROGRAM, "args": ["serve"] });
    let stdio = json!({ "type": "stdio", "command": PROGRAM, "args": ["serve"] });
    let custom = json!({ "source": "custom", "command": PROGRAM, "args": ["serve"] });
    for (client, file, project, servers, entry) in [
        ("claude-code", ".claude.json", Some(".mcp.json"), "mcpServers", &stdio),
        #[cfg(target_os = "linux")]
        ("claude-desktop", ".config/Claude/claude_desktop_config.json", None, "mcpServers", &entry),
        ("cursor", ".cursor/mcp.json", Some(".cursor/mcp.json"), "mcpServers", &entry),
        #[cfg(target_os = "linux")]
        ("vscode", ".config/Code/User/mcp.json", Some(".vscode/mcp.json"), "servers", &stdio),
        ("gemini", ".gemini/settings.json", Some(".gemini/settings.json"), "mcpServers", &entry),
        ("zed", ".config/zed/settings.json", Some(".zed/settings.json"), "context_servers", &custom),
        ("windsurf", ".codeium/windsurf/mcp_config.json", None, "mcpServers", &entry),
    ] {
        let (home, file) = home(file, None);
        let text = installed(home.path(), &file, &[client]).await;
        let content: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(content, json!({ servers: { "docker": entry } }), "{client}");
        let (_, said) = run(home.path(), &["install", client]).await;
        assert!(said.contains("connected already"), "{said}");
        let (code, said) = run(home.path(), &["uninstall", client]).await;
        assert!(code == Some(0) && !file.exists(), "{client}: {said}");
        let (code, said) = run(home.path(), &["uninstall", client]).await;
        assert!(code == Some(0) && said.contains("not connected"), "{client}: {said}");

        let (code, said) = run(home.path(), &["install", client, "--scope", "project", "--name=d-1"]).await;
        match project {
            None => assert!(code == Some(1) && said.contains("no configuration for one project"), "{said}"),
            Some(file) => {
                let text = fs::read_to_string(home.path().join("project").join(file)).unwrap();
                assert_eq!(serde_json::from_str::<Value>(&text).unwrap()[servers]["d-1"], *entry, "{client}");
            }
        }
    }
    let (home, file) = home(".codex/config.toml", None);
    let text = installed(home.path(), &file, &["codex"]).await;
    assert_eq!(text, with_program("[mcp_servers.docker]\ncommand = \"PROGRAM\"\nargs = [\"serve\"]\n"));
}

#[tokio::test]
async fn nothing_else_of_a_json_file_changes() {
    let entry = "\"docker\": {\n      \"command\": \"PROGRAM\",\n      \"args\": [\n        \"serve\"\n      ]\n    }";
    let tabbed = entry.replace("  ", "\t");
    let short = r#""docker": {"command":"PROGRAM","args":["serve"]}"#;
    for (before, after) in [
        ("", format!("{{\n  \"mcpServers\": {{\n    {entry}\n  }}\n}}\n")),
        ("// none yet\n", format!("// none yet\n{{\n  \"mcpServers\": {{\n    {entry}\n  }}\n}}\n")),
        ("{}", format!("{{\n  \"mcpServers\": {{\n    {entry}\n  }}\n}}")),
        ("{\n  \"mcpServers\": {}\n}\n", format!("{{\n  \"mcpServers\": {{\n    {entry}\n  }}\n}}\n")),
        ("{\"a\": 1,\"mcpServers\":{}}", format!("{{\"a\": 1,\"mcpServers\":{{{short}}}}}")),
        (
            "{\"mcpServers\":{\"git\": {}}, \"a\": [1]}",
            format!("{{\"mcpServers\":{{\"git\": {{}}, {short}}}, \"a\": [1]}}"),
        ),
        (
            "{\n\t\"mcpServers\": {\n\t\t\"git\": {},\n\t},\n}\n",
            format!("{{\n\t\"mcpServers\": {{\n\t\t\"git\": {{}},\n\t\t{tabbed},\n\t}},\n}}\n"),
        ),
        (
            "\u{feff}{\r\n  \"a\": 1\r\n}\r\n",
            format!(
                "\u{feff}{{\r\n  \"a\": 1,\r\n  \"mcpServers\": {{\r\n    {}\r\n  }}\r\n}}\r\n",
                entry.replace('\n', "\r\n")
            ),
        ),
    ] {
        let (home, file) = home(".cursor/mcp.json", Some(before));
        let text = installed(home.path(), &file, &["cursor"]).await;
        assert_eq!(text, with_program(&after), "{before}");
        let (_, said) = run(home.path(), &["install", "cursor"]).await;
        assert!(said.contains("connected already") && fs::read_to_string(&file).unwrap() == text, "{said}");
        // With other options the entry changes, and the rest stays.
        let other = installed(home.path(), &file, &["cursor", "--read-only"]).await;
        assert!(other.contains("--read-only") && other.len() < text.len() + 40, "{other}");
        let again = installed(home.path(), &file, &["cursor"]).await;
        assert_eq!(again, text);

        // The backup is of another state now, so the entry is taken out.
        let (code, said) = run(home.path(), &["uninstall", "cursor"]).await;
        let text = fs::read_to_string(&file).unwrap();
        assert!(code == Some(0) && !text.contains("docker") && !said.contains("as it was before"), "{said}");
        if before.contains("git") || before.contains("\"mcpServers\"") {
            assert_eq!(text, before);
        }
        // The file comes back byte for byte where nothing else has happened.
        fs::write(&file, before).unwrap();
        installed(home.path(), &file, &["cursor"]).await;
        let (code, said) = run(home.path(), &["uninstall", "cursor"]).await;
        assert!(code == Some(0) && fs::read_to_string(&file).unwrap() == before, "{said}");
    }
}

#[tokio::test]
async fn comments_stay_where_they_are() {
    let before = "{ // all\n  /* of a */ \"mcpServers\": {\n    // by hand\n    \"git\": {}  // stays here\n  },\n\n  \
                  \"z\": 1e2,\n}\n// end";
    let (home, file) = home(".cursor/mcp.json", Some(before));
    let text = installed(home.path(), &file, &["cursor"]).await;
    let start = "{ // all\n  /* of a */ \"mcpServers\": {\n    // by hand\n    \"git\": {},  // stays here\n    \"docker\": {\n";
    assert!(text.starts_with(start) && text.ends_with("    }\n  },\n\n  \"z\": 1e2,\n}\n// end"), "{text}");
    fs::remove_file(file.with_extension("json.before-dockwright")).unwrap();
    run(home.path(), &["uninstall", "cursor"]).await;
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
}

#[tokio::test]
async fn nothing_else_of_a_toml_file_changes() {
    let entry = "[mcp_servers.docker]\ncommand = \"PROGRAM\"\nargs = [\"serve\"]\n";
    for (before, added) in [
        ("", entry.to_owned()),
        ("model = \"x\" # comment\n", format!("\n{entry}")),
        ("[mcp_servers.git]\ncommand = 'git'", format!("\n\n{entry}")),
        ("mcp_servers.git.command = \"git\"\n\n[z]\nat = 1979-05-27\n", format!("\n{entry}")),
        ("[a]\r\nb = 1\r\n", format!("\n{entry}").replace('\n', "\r\n")),
    ] {
        let (home, file) = home(".codex/config.toml", Some(before));
        let text = installed(home.path(), &file, &["codex"]).await;
        assert_eq!(text, before.to_owned() + &with_program(&added));
        let other = installed(home.path(), &file, &["codex", "--tags", "Image,Volume"]).await;
        assert_eq!(other, text.replace("[\"serve\"]", "[\"serve\", \"--tags=Image,Volume\"]"));
        // Tables of the entry go with it, and what stands after it stays.
        let more = format!("{other}\n[mcp_servers.docker.env]\nA = \"b\"\n\n[last] # one\n");
        fs::write(&file, more).unwrap();
        let (code, said) = run(home.path(), &["uninstall", "codex"]).await;
        let text = fs::read_to_string(&file).unwrap();
        assert!(code == Some(0) && text.starts_with(before) && text.ends_with("[last] # one\n"), "{said}");
        assert!(!text.contains("docker") && !text.contains("A ="), "{text}");
    }
    let inline = "[mcp_servers]\ngit = { command = \"git\" }\ndocker = { command = \"/old/dockwright\" } # mine\n";
    let (home, file) = home(".codex/config.toml", Some(inline));
    let text = installed(home.path(), &file, &["codex"]).await;
    let entry = with_program("docker = { command = \"PROGRAM\", args = [\"serve\"] } # mine\n");
    assert_eq!(text, format!("[mcp_servers]\ngit = {{ command = \"git\" }}\n{entry}"));
}

#[tokio::test]
async fn members_of_an_entry_that_the_user_added_stay() {
    let before = json!({ "mcpServers": { "docker": {
        "command": "/old/dockwright", "env": { "DOCKER_CERT_PATH": "/c" }, "alwaysAllow": ["container_list"]
    } } });
    let (home, file) = home(".cursor/mcp.json", Some(&before.to_string()));
    let text = installed(home.path(), &file, &["cursor", "--context", "nas"]).await;
    let entry = &serde_json::from_str::<Value>(&text).unwrap()["mcpServers"]["docker"];
    assert_eq!(entry["args"], json!(["serve", "--context=nas"]));
    assert!(entry["command"] == PROGRAM && entry["env"]["DOCKER_CERT_PATH"] == "/c", "{text}");
    assert_eq!(entry["alwaysAllow"], json!(["container_list"]));
}

#[tokio::test]
async fn an_entry_that_starts_something_else_stays_without_force() {
    for entry in [
        json!({ "command": "docker", "args": ["run", "mcp/docker"] }),
        json!({ "command": "npx", "args": ["-y", "other", "dockwright"] }),
        json!({ "command": "sh", "args": ["-c", "dockwright"] }),
        json!({ "url": "https://example.test/mcp" }),
    ] {
        let before = json!({ "mcpServers": { "docker": entry, "a": {} } }).to_string();
        let (home, file) = home(".cursor/mcp.json", Some(&before));
        for arguments in [&["install", "cursor"][..], &["uninstall", "cursor", "--name", "docker"]] {
            let (code, said) = run(home.path(), arguments).await;
            assert!(code == Some(1) && said.contains("`docker` starts another program"), "{said}");
        }
        run(home.path(), &["uninstall", "cursor"]).await;
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
        let text = installed(home.path(), &file, &["cursor", "--force"]).await;
        let content: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(content["mcpServers"]["docker"], json!({ "command": PROGRAM, "args": ["serve"] }));
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_understood_stays_and_its_line_is_named() {
    for (client, file, text, line) in [
        ("cursor", ".cursor/mcp.json", "{\n  \"a\": 1\n  \"b\": 2\n}", "line "),
        ("cursor", ".cursor/mcp.json", "{\n", "line "),
        ("cursor", ".cursor/mcp.json", "[]", "line 1"),
        ("cursor", ".cursor/mcp.json", "{\n\"mcpServers\": null }", "line 2"),
        (
            "cursor",
            ".cursor/mcp.json",
            "{\n\"mcpServers\": {},\n\"mcpServers\": {} }",
            "line 3: `mcpServers` stands twice",
        ),
        ("codex", ".codex/config.toml", "a = 1\nb = [", "line 2"),
    ] {
        let (home, path) = home(file, Some(text));
        let (code, said) = run(home.path(), &["install", client]).await;
        assert!(code == Some(1) && said.contains(file) && said.contains(line), "{text}: {said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }
    let (home, path) = home(".cursor/mcp.json", Some(""));
    fs::write(&path, [0xff, 0xfe, b'{', 0]).unwrap();
    let (code, said) = run(home.path(), &["install", "cursor"]).await;
    assert!(code == Some(1) && said.contains("UTF-8"), "{said}");
}

#[tokio::test]
async fn links_modes_and_backups_are_kept() {
    let (home, file) = home(".cursor/mcp.json", None);
    let real = home.path().join("dotfiles.json");
    fs::write(&real, "{}").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir(file.parent().unwrap()).unwrap();
    symlink(&real, &file).unwrap();
    installed(home.path(), &file, &["cursor"]).await;
    assert!(fs::symlink_metadata(&file).unwrap().is_symlink());
    let backup = home.path().join("dotfiles.json.before-dockwright");
    assert_eq!(fs::read_to_string(&backup).unwrap(), "{}");
    for file in [&real, &backup] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o640, "{}", file.display());
    }
    fs::set_permissions(&real, fs::Permissions::from_mode(0o440)).unwrap();
    let (code, said) = run(home.path(), &["install", "cursor", "--read-only"]).await;
    assert!(code == Some(1) && said.contains("read-only"), "{said}");
    fs::remove_file(&real).unwrap();
    let (code, said) = run(home.path(), &["install", "cursor"]).await;
    let reason = format!("a link to {}: No such file", real.display());
    assert!(code == Some(1) && said.contains("mcp.json") && said.contains(&reason), "a link to nothing: {said}");
    assert!(said.contains("remove the link") && !real.exists(), "{said}");
}

#[tokio::test]
async fn a_file_of_a_group_that_is_not_the_users_stays() {
    if !rustix::process::getuid().is_root() {
        return;
    }
    let (home, file) = home(".cursor/mcp.json", Some("{}"));
    let program = home.path().join("dockwright");
    fs::copy(PROGRAM, &program).unwrap();
    let folders = [home.path(), &home.path().join("project"), file.parent().unwrap(), &file];
    folders.iter().for_each(|owned| chown(owned, Some(65534), None).unwrap());
    let mut command = tokio::process::Command::new(&program);
    command.env_clear().env("HOME", home.path()).current_dir(home.path().join("project")).uid(65534).gid(65534);
    let output = command.args(["install", "cursor"]).output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("its group is not one of yours: give it one of yours"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "{}");
}

#[tokio::test]
async fn an_entry_that_is_disabled_stays_so_and_is_told() {
    for (client, file, text) in [
        (
            "cursor",
            ".cursor/mcp.json",
            r#"{"mcpServers":{"docker":{"command":"PROGRAM","args":["serve"],"disabled":true}}}"#,
        ),
        ("codex", ".codex/config.toml", "[mcp_servers.docker]\ncommand = \"PROGRAM\"\nargs = []\nenabled = false\n"),
    ] {
        let (home, file) = home(file, Some(&with_program(text)));
        for state in ["connected", "connected already"] {
            let (code, said) = run(home.path(), &["install", client]).await;
            let state = if client == "cursor" { "connected already" } else { state };
            let told = said.contains(&format!("{client} is {state}: "))
                && said.contains("`, but it is disabled there: enable it in the client\n");
            assert!(code == Some(0) && told, "{said}");
        }
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("\"disabled\":true") || text.contains("enabled = false"), "{text}");
    }
}

#[tokio::test]
async fn a_program_in_a_cache_is_shown_and_not_connected() {
    let (home, file) = home(".cursor/mcp.json", None);
    let program = home.path().join("_npx/0a1b/dockwright");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    symlink(PROGRAM, &program).unwrap();
    for (arguments, expected) in [(&["install", "cursor"][..], 1), (&["install", "cursor", "--print"], 0)] {
        let mut command = tokio::process::Command::new(&program);
        let output = command.args(arguments).env_clear().env("HOME", home.path()).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(expected) && said.contains("_npx/0a1b/dockwright is in a cache"),
            "{said}"
        );
        assert_eq!(output.stdout.is_empty(), expected == 1, "{said}");
        assert!(!file.exists());
    }
}

#[tokio::test]
async fn options_are_checked_made_absolute_and_passed_on() {
    let (home, file) = home(".gemini/settings.json", None);
    let options = ["-c", "nas", "--allow-path", ".:/tmp", "--tags=Image", "--max-reply", "5000", "--no-destructive"];
    let builds = ["--build-secret", "id=npm,file=.npmrc", "--build-secret=id=TOKEN", "--build-ssh=git=agent"];
    let text = installed(home.path(), &file, &[&["gemini"], &options[..], &builds].concat()).await;
    let project = home.path().join("project").canonicalize().unwrap();
    let mut arguments: Vec<String> =
        serde_json::from_value(serde_json::from_str::<Value>(&text).unwrap()["mcpServers"]["docker"]["args"].clone())
            .unwrap();
    arguments[1..].sort();
    let allowed = format!("--allow-path={}:/tmp", project.display());
    let secret = format!("--build-secret=id=npm,file={}/.npmrc", project.display());
    let agent = format!("--build-ssh=git={}/agent", project.display());
    let rest = ["--context=nas", "--max-reply=5000", "--no-destructive", "--tags=Image"];
    let expected = [&["serve", &allowed, "--build-secret=id=TOKEN", &secret, &agent], &rest[..]].concat();
    assert_eq!(arguments, expected);
    assert!(!text.contains("DOCKER_HOST"), "{text}");
    for wrong in [&["--tags", "Imag"][..], &["--name", "a b"], &["--listen", "127.0.0.1:1"]] {
        let (code, said) = run(home.path(), &[&["install", "gemini"], wrong].concat()).await;
        assert!(code != Some(0) && fs::read_to_string(&file).unwrap() == text, "{wrong:?}: {said}");
    }
    let (code, said) = run(home.path(), &["install", "zed", "--print"]).await;
    assert!(code == Some(0) && said.contains("\"context_servers\"") && said.contains("settings.json"), "{said}");
    assert!(!home.path().join(".config").exists());
}

#[tokio::test]
async fn the_list_starts_what_the_clients_start() {
    let (home, _) = home(".cursor/mcp.json", Some("{}"));
    run(home.path(), &["install", "cursor", "--tags", "Image", "-H", "unix:///nowhere/a.sock"]).await;
    run(home.path(), &["install", "codex"]).await;
    fs::create_dir_all(home.path().join(".gemini")).unwrap();
    let (code, said) = run(home.path(), &["install", "--list"]).await;
    let line = |client: &str| said.lines().find(|line| line.starts_with(client)).unwrap_or_default();
    assert_eq!(code, Some(1), "{said}");
    assert!(line("cursor").contains("FAIL  `docker`: socket") && line("cursor").contains("/nowhere/a.sock"), "{said}");
    assert!(line("gemini").ends_with("not connected: dockwright install gemini"), "{said}");
    assert!(line("windsurf").ends_with("not found"), "{said}");
    assert!(line("codex").contains("`docker`"), "{said}");
}
