//! Files of clients as nobody writes them: each is changed rightly, all else kept to the byte, or stays as it is and
//! its line is named.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::install::{home, run, with_program};

const JSON: &str = ".cursor/mcp.json";
const TOML: &str = ".codex/config.toml";

const fn client(file: &str) -> &str {
    if file.len() == JSON.len() { "cursor" } else { "codex" }
}

/// The entry in one line of JSON, and as an inline table of TOML.
const IN_JSON: &str = r#""docker": {"command":"PROGRAM","args":["serve"]}"#;
const IN_TOML: &str = r#"docker = { command = "PROGRAM", args = ["serve"] }"#;

#[tokio::test]
async fn odd_toml_is_changed_rightly_and_comes_back() {
    let table = "\n[mcp_servers.docker]\ncommand = \"PROGRAM\"\nargs = [\"serve\"]\n";
    for (file, before, after) in [
        // Inline tables, with and without others, over lines and with the comma that ends them.
        (TOML, "mcp_servers = {}\n", format!("mcp_servers = {{ {IN_TOML} }}\n")),
        (TOML, "mcp_servers = { }", format!("mcp_servers = {{ {IN_TOML} }}")),
        (
            TOML,
            "a = 1\nmcp_servers = { git = { command = \"git\" } } # mine\n[b]\n",
            format!("a = 1\nmcp_servers = {{ git = {{ command = \"git\" }}, {IN_TOML} }} # mine\n[b]\n"),
        ),
        (
            TOML,
            "mcp_servers = {git.command='git',git.args=['{', ',']}\r\n",
            format!("mcp_servers = {{git.command='git',git.args=['{{', ','], {IN_TOML}}}\r\n"),
        ),
        (TOML, "\"mcp_servers\" = { a = {} }\n", format!("\"mcp_servers\" = {{ a = {{}}, {IN_TOML} }}\n")),
        (
            TOML,
            "mcp_servers = {\n  git = {}, # last\n}\n",
            format!("mcp_servers = {{\n  git = {{}}, {IN_TOML}, # last\n}}\n"),
        ),
        (TOML, "mcp_servers = {\n  # none\n}\n", format!("mcp_servers = {{ {IN_TOML}\n  # none\n}}\n")),
        // Dotted keys, headers of tables that hold others, quoted names.
        (TOML, "mcp_servers.git.command = 'git'\n", format!("mcp_servers.git.command = 'git'\n{table}")),
        (TOML, "[mcp_servers]\n", format!("[mcp_servers]\n{table}")),
        (TOML, "['mcp_servers'.\"git\"]\n", format!("['mcp_servers'.\"git\"]\n{table}")),
        (TOML, "\u{feff}a = 1\r\n", format!("\u{feff}a = 1\r\n{}", table.replace('\n', "\r\n"))),
        (TOML, "a = '''\n[mcp_servers.docker]\n'''\n", format!("a = '''\n[mcp_servers.docker]\n'''\n{table}")),
        (TOML, "# comment", format!("# comment\n{table}")),
    ] {
        change_and_take_back(file, before, &after).await;
    }
}

#[tokio::test]
async fn odd_json_is_changed_rightly_and_comes_back() {
    for (file, before, after) in [
        // JSON that says what it says in other letters, twice, or behind comments.
        (JSON, r#"{"mcp\u0053ervers": {"a": {}}}"#, format!(r#"{{"mcp\u0053ervers": {{"a": {{}}, {IN_JSON}}}}}"#)),
        (JSON, r#"{"a": 1, "a": 2, "mcpServers": {}}"#, format!(r#"{{"a": 1, "a": 2, "mcpServers": {{{IN_JSON}}}}}"#)),
        (
            JSON,
            r#"{"b": {"mcpServers": null}, "mcpServers": {"x": []}}"#,
            format!(r#"{{"b": {{"mcpServers": null}}, "mcpServers": {{"x": [], {IN_JSON}}}}}"#),
        ),
        (
            JSON,
            "{\"mcpServers\": {\"a\": {}, /* last */ }}",
            format!("{{\"mcpServers\": {{\"a\": {{}}, /* last */ {IN_JSON}, }}}}"),
        ),
        (
            JSON,
            "{\"a\": \"// }\", \"n\": 1e400}",
            format!("{{\"a\": \"// }}\", \"n\": 1e400, \"mcpServers\": {{{IN_JSON}}}}}")
                .replace(IN_JSON, &IN_JSON.replace("\": {", "\":{")),
        ),
    ] {
        change_and_take_back(file, before, &after).await;
    }
}

/// Installs, which gives the file this text, installs again and with an option, and takes the entry out, without the
/// help of the backup.
async fn change_and_take_back(file: &str, before: &str, after: &str) {
    let (home, path) = home(file, Some(before));
    let (code, said) = run(home.path(), &["install", client(file)]).await;
    assert_eq!((code, fs::read_to_string(&path).unwrap()), (Some(0), with_program(after)), "{before}: {said}");
    let (_, said) = run(home.path(), &["install", client(file)]).await;
    assert!(said.contains("connected already"), "{before}: {said}");
    let (code, said) = run(home.path(), &["install", client(file), "--read-only"]).await;
    assert!(code == Some(0) && said.contains("--read-only"), "{before}: {said}");
    fs::remove_file(format!("{}.before-dockwright", path.display())).unwrap();
    let (code, said) = run(home.path(), &["uninstall", client(file)]).await;
    // An empty table of servers is as good as none.
    let left = fs::read_to_string(&path).unwrap().replace(", \"mcpServers\": {}}", "}");
    let was = before.replace("{ }", "{}").replace(", \"mcpServers\": {}}", "}");
    assert!(code == Some(0) && left.trim_end() == was.trim_end(), "{before}: {left}: {said}");
}

#[tokio::test]
async fn an_entry_in_an_odd_form_is_changed_in_it() {
    for (before, after) in [
        (
            "mcp_servers = { docker = { command = \"/old/dockwright\" }, z = {} }\n",
            "mcp_servers = { docker = { command = \"PROGRAM\", args = [\"serve\"] }, z = {} }\n",
        ),
        (
            "mcp_servers = { docker.command = '/old/dockwright' }\n",
            "mcp_servers = { docker.command = \"PROGRAM\", docker.args = [\"serve\"] }\n",
        ),
        (
            "mcp_servers.docker.command = '/old/dockwright' # c\na = 1\n",
            "mcp_servers.docker.command = \"PROGRAM\" # c\nmcp_servers.docker.args = [\"serve\"]\na = 1\n",
        ),
        (
            "[mcp_servers]\n  docker.command = '/old/dockwright'\nz.a = 1\n",
            "[mcp_servers]\n  docker.command = \"PROGRAM\"\n  docker.args = [\"serve\"]\nz.a = 1\n",
        ),
        (
            "[mcp_servers.docker]\ncommand = '/old/dockwright'\nenv.A = \"1\"\nenv.B = \"2\"\n",
            "[mcp_servers.docker]\ncommand = \"PROGRAM\"\nargs = [\"serve\"]\nenv.A = \"1\"\nenv.B = \"2\"\n",
        ),
        (
            "[mcp_servers.docker]\r\n\tcommand = '/old/dockwright'\r\n",
            "[mcp_servers.docker]\r\n\tcommand = \"PROGRAM\"\r\n\targs = [\"serve\"]\r\n",
        ),
    ] {
        let (home, path) = home(TOML, Some(before));
        let (code, said) = run(home.path(), &["install", "codex"]).await;
        assert_eq!((code, fs::read_to_string(&path).unwrap()), (Some(0), with_program(after)), "{before}: {said}");
        let (code, said) = run(home.path(), &["uninstall", "codex"]).await;
        let left = fs::read_to_string(&path).unwrap();
        assert!(code == Some(0) && !left.contains("docker"), "{before}: {left}: {said}");
        assert_eq!(left.contains('z'), before.contains('z'), "{left}");
        assert_eq!(left.contains("a = 1"), before.contains("a = 1"), "{left}");
    }
}

#[tokio::test]
async fn what_cannot_be_changed_stays_and_its_line_is_named() {
    let deep = "[".repeat(200_000);
    let deep_json = format!("{{\n\"a\": {deep}");
    let deep_toml = format!("\na = {deep}");
    for (file, text, words) in [
        (JSON, b"{\n\"mcpServers\": null }".as_slice(), "line 2: `mcpServers` is not an object"),
        (JSON, b"{\n\"mcpServers\": [] }", "line 2: `mcpServers` is not an object"),
        (JSON, b"{\n\"mcpServers\": \"docker\" }", "line 2: `mcpServers` is not an object"),
        (JSON, b"{\n\"mcpServers\": 1 }", "line 2: `mcpServers` is not an object"),
        (JSON, b"[]", "line 1: `the file` is not an object"),
        (JSON, b"\n null", "line 2: `the file` is not an object"),
        (JSON, b"{\n\"mcpServers\": {},\n\"mcpServers\": {} }", "line 3: `mcpServers` stands twice"),
        (JSON, b"{\"mcpServers\": {\n\"docker\": {\"command\": \"/a/dockwright\"},\n\"docker\": {\"command\": \"/b/dockwright\"} }}",
            "line 3: `docker` stands twice"),
        (JSON, b"{\"mcpServers\": {\"docker\": {\n\"command\": \"/a/dockwright\", \"args\": [],\n\"args\": [] } }}", "line 3: `args` stands twice"),
        (JSON, b"{} {}", "line 1"),
        (JSON, b"{\n\"a\": 1,,\n}", "line 2"),
        (JSON, b"{\n'a': 1}", "line 2"),
        (JSON, b"{\n// open\n/* never closed", "line "),
        (JSON, b"{\n\"a\": \"\xff\" }", "line 2: not UTF-8"),
        (JSON, b"\xff\xfe{\0}\0", "line 1: not UTF-8"),
        (JSON, b"\0\0\0", "line 1"),
        (JSON, deep_json.as_bytes(), "line "),
        (TOML, b"a = 1\nmcp_servers = []\n", "line 2: `mcp_servers` is not a table"),
        (TOML, b"a = 1\nmcp_servers = 'x'\n", "line 2: `mcp_servers` is not a table"),
        (TOML, b"a = 1\n[[mcp_servers]]\nb = 1\n", "line 2: `mcp_servers` is not a table"),
        (TOML, b"a = 1\nmcp_servers.docker.command = '/a/dockwright'\nmcp_servers.docker.command = 'x'\n", "line 3"),
        (TOML, b"[mcp_servers.docker]\n[mcp_servers.docker]\n", "line 2"),
        (TOML, b"mcp_servers = {}\n[mcp_servers.git]\n", "line 2"),
        (TOML, b"a = 1\nb = \"\xe9\"\n", "line 2: not UTF-8"),
        (TOML, deep_toml.as_bytes(), "line 2"),
    ] {
        let shown = String::from_utf8_lossy(&text[..text.len().min(80)]).into_owned();
        let (home, path) = home(file, Some(""));
        fs::write(&path, text).unwrap();
        let (code, said) = run(home.path(), &["install", client(file), "--force"]).await;
        assert!(code == Some(1) && said.contains(&format!("{file}: {words}")), "{shown}: {code:?} {said}");
        assert_eq!(fs::read(&path).unwrap(), text, "{shown}");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "{shown}: nothing is left beside it");
    }
}

#[tokio::test]
async fn an_entry_that_is_no_object_stays_without_force() {
    for (file, before) in [
        (JSON, r#"{"mcpServers": {"docker": null, "a": 1}}"#),
        (JSON, r#"{"mcpServers": {"docker": [1], "a": 1}}"#),
        (TOML, "[mcp_servers]\ndocker = 'x'\na = 1\n"),
        (TOML, "mcp_servers = { docker = [1], a = 1 }\n"),
    ] {
        let (home, path) = home(file, Some(before));
        let (code, said) = run(home.path(), &["install", client(file)]).await;
        assert!(code == Some(1) && said.contains("`docker` starts another program"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        let (code, said) = run(home.path(), &["install", client(file), "--force"]).await;
        let text = fs::read_to_string(&path).unwrap();
        assert!(code == Some(0) && text.contains("serve") && text.contains('a'), "{before}: {text}: {said}");
    }
}

#[tokio::test]
async fn an_entry_whose_keys_stand_apart_is_taken_out_by_hand() {
    let before = "a = 1\nmcp_servers = { docker.command = \"/x/dockwright\", c = {}, docker.args = [] }\n";
    let (home, path) = home(TOML, Some(before));
    let (code, said) = run(home.path(), &["uninstall", "codex"]).await;
    assert!(code == Some(1) && said.contains("config.toml: line 2: ") && said.contains("by hand"), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
}

#[tokio::test]
async fn a_folder_a_link_in_a_circle_and_a_file_too_large_are_left_alone() {
    type Make = fn(&Path);
    let cases: [(&str, Make); 5] = [
        ("not a file", |path| fs::create_dir(path).unwrap()),
        ("not a file", |path| symlink("/", path).unwrap()),
        ("not a file", |path| symlink("/dev/zero", path).unwrap()),
        ("mcp.json: ", |path| symlink(path, path).unwrap()),
        ("larger than 64 MiB", |path| fs::File::create(path).unwrap().set_len((64 << 20) + 1).unwrap()),
    ];
    for (words, make) in cases {
        let (home, path) = home(JSON, Some(""));
        fs::remove_file(&path).unwrap();
        make(&path);
        for command in ["install", "uninstall"] {
            let (code, said) = run(home.path(), &[command, "cursor"]).await;
            assert!(code == Some(1) && said.contains(words), "{command}: {said}");
        }
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }
}

#[tokio::test]
async fn a_large_file_is_changed_in_a_moment() {
    let many: Vec<_> = (0..50_000).map(|place| format!("  \"server-{place}\": {{ \"command\": \"true\" }}")).collect();
    let before = format!("{{ \"mcpServers\": {{\n{}\n}} }}\n", many.join(",\n"));
    let (home, path) = home(JSON, Some(&before));
    let begun = std::time::Instant::now();
    let (code, said) = run(home.path(), &["install", "cursor"]).await;
    assert!(code == Some(0) && begun.elapsed() < std::time::Duration::from_secs(20), "{:?}: {said}", begun.elapsed());
    let content: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(content["mcpServers"].as_object().unwrap().len(), 50_001);
}
