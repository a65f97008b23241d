//! The proxy in front of a real engine: the corpus of requests, with the engine itself as the judge of what was done,
//! and the docker CLI at work under the preset for developers.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bench::{IMAGE, raw, trials_alone, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials_alone![
        what_is_denied_changes_nothing_and_what_passes_does_only_what_was_decided,
        names_that_move_meanwhile_lead_to_nobody_elses_containers,
        docker_works_through_the_proxy,
    ]
}

/// The policy of the corpus, which allows to mount one folder.
const POLICY: &str = include_str!("../../../policy/tests/decisions/reference.toml");
const CORPUS: &str = include_str!("../../../policy/tests/decisions/corpus.json");
const FOLDER: &str = "/srv/proj";

/// The policy of the docker CLI.
const DEVELOP: &str = r#"
    preset = "develop"
    [own]
    label = "dockwright.owner=agent-1"
    [images]
    allow = ["busybox:*"]
"#;

/// The program as a proxy, and a folder that clients may mount.
struct Proxy {
    child: Child,
    folder: TempDir,
}

impl Proxy {
    fn start(policy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("proj")).unwrap();
        std::os::unix::fs::symlink("/etc", path("proj/l")).unwrap();
        std::fs::write(path("policy.toml"), policy.replace(FOLDER, path("proj").to_str().unwrap())).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_dockwright"))
            .args(["proxy", "--host", &variable("HOST"), "--audit"])
            .arg(path("audit"))
            .args(["--listen", &format!("unix://{}", path("proxy.sock").display()), "--policy"])
            .arg(path("policy.toml"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !path("proxy.sock").exists() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Proxy { child, folder }
    }

    fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join("proxy.sock")
    }

    /// Sends a row of the corpus, and returns the status and the body.
    fn send(&self, method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> (u16, String) {
        let mut stream = UnixStream::connect(self.socket()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: docker\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !headers.iter().any(|(name, _)| name == "Connection") {
            head += "Connection: close\r\n";
        }
        let _ = stream.write_all(format!("{head}\r\n").as_bytes());
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        (status, body)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything of the engine that a request of the corpus could change.
fn state() -> Value {
    let list = |path: &str, members: &[&str]| -> Vec<String> {
        let answer: Value = serde_json::from_str(&raw("GET", path, &Value::Null).unwrap()).unwrap();
        let items = answer.get("Volumes").unwrap_or(&answer).as_array().cloned().unwrap_or_default();
        let mut items: Vec<_> =
            items.iter().map(|item| members.iter().map(|name| item[*name].to_string()).collect::<String>()).collect();
        items.sort();
        items
    };
    json!({
        "containers": list("/containers/json?all=1", &["Id", "Names", "State", "Labels"]),
        "volumes": list("/volumes", &["Name", "Labels"]),
        "networks": list("/networks", &["Id", "Name"]),
        "images": list("/images/json?all=1", &["Id", "RepoTags"]),
    })
}

fn create(name: &str, body: &Value) -> String {
    let answer = raw("POST", &format!("/containers/create?name={name}"), body).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer["Id"].as_str().unwrap().to_owned()
}

fn remove(path: &str) {
    let _ = raw("DELETE", path, &Value::Null);
}

/// The objects that the corpus names, until it is dropped.
struct Objects {
    other: String,
    image: String,
}

impl Objects {
    fn new() -> Self {
        let sleep = json!(["sleep", "1000"]);
        let labels = |owner: &str| json!({ "dockwright.owner": owner });
        let host = json!({ "Binds": ["/:/host:ro"], "NetworkMode": "none", "Init": true });
        let other = json!({ "Image": IMAGE, "Cmd": sleep, "Labels": labels("prod"), "HostConfig": host });
        let other = create("c-other", &other);
        let own = json!({ "Image": IMAGE, "Cmd": sleep, "Labels": labels("agent-1"), "HostConfig": { "Init": true } });
        let own = create("c-own", &own);
        for id in [&other, &own] {
            raw("POST", &format!("/containers/{id}/start"), &Value::Null).unwrap();
        }
        for (name, options) in
            [("goodvolume", json!({})), ("badvolume", json!({ "type": "none", "o": "bind", "device": "/" }))]
        {
            let body = json!({ "Name": name, "Driver": "local", "DriverOpts": options });
            raw("POST", "/volumes/create", &body).unwrap();
        }
        let answer = raw("POST", "/commit?container=c-other&repo=secret&tag=1", &json!({})).unwrap();
        let image: Value = serde_json::from_str(&answer).unwrap();
        Objects { other, image: image["Id"].as_str().unwrap().to_owned() }
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        for name in ["c-other", "c-own"] {
            remove(&format!("/containers/{name}?force=1&v=1"));
        }
        for name in ["goodvolume", "badvolume"] {
            remove(&format!("/volumes/{name}?force=1"));
        }
        remove("/images/secret:1?force=1");
    }
}

fn what_is_denied_changes_nothing_and_what_passes_does_only_what_was_decided(_: &Session) {
    let (proxy, objects) = (Proxy::start(POLICY), Objects::new());
    let corpus: Vec<Value> = serde_json::from_str(CORPUS).unwrap();
    assert_eq!(corpus.len(), 68);
    let mut wrong = Vec::new();
    for row in &corpus {
        let before = state();
        let (status, answer) = send(&proxy, &objects, row);
        let passed = (101..400).contains(&status);
        let is_wanted = passed == matches!(row["want"].as_str(), Some("allow" | "rewrite"));
        if !is_wanted {
            wrong.push(format!("{}: {status} {answer}", row["id"]));
        }
        let made: Value = serde_json::from_str(&answer).unwrap_or_default();
        match made["Id"].as_str().filter(|_| passed && row["path"].as_str().unwrap().contains("create")) {
            Some(id) => {
                wrong.extend(excess(id).map(|words| format!("{}: {words}", row["id"])));
                remove(&format!("/containers/{id}?force=1&v=1"));
            }
            None if passed => {}
            None if !answer.contains("\"message\":") => wrong.push(format!("{}: no message: {answer}", row["id"])),
            None => {}
        }
        if state() != before {
            wrong.push(format!("{}: {status}: the engine is not as it was", row["id"]));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Words about a container that has more than the policy gives.
fn excess(id: &str) -> Option<String> {
    let made: Value =
        serde_json::from_str(&raw("GET", &format!("/containers/{id}/json"), &Value::Null).unwrap()).unwrap();
    let host = &made["HostConfig"];
    let is_right = made["Config"]["Labels"]["dockwright.owner"] == "agent-1"
        && host["Privileged"] == false
        && host["CapDrop"] == json!(["ALL"])
        && host["Memory"] == 2_u64 << 30
        && host["PidsLimit"] == 512
        && host["SecurityOpt"].to_string().contains("no-new-privileges")
        && host["CapAdd"].as_array().is_none_or(Vec::is_empty)
        && host["Devices"].as_array().is_none_or(Vec::is_empty)
        && host["PidMode"] == ""
        && host["PortBindings"].as_object().is_none_or(serde_json::Map::is_empty);
    (!is_right).then(|| format!("got {host} {}", made["Config"]["Labels"]))
}

fn send(proxy: &Proxy, objects: &Objects, row: &Value) -> (u16, String) {
    let folder = proxy.folder.path().join("proj");
    let filled = |text: &str| {
        let text = text.replace("{imgid}", &objects.image).replace("{other12}", &objects.other[..12]);
        let text = text.replace("<2000000 times x>", &"x".repeat(2_000_000));
        text.replace(FOLDER, folder.to_str().unwrap()).replace("/v1.51/", &format!("/v{}/", variable("API")))
    };
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let body = match &row["body"] {
        Value::Null => Vec::new(),
        Value::String(text) if text == "tar" => dockerfile(),
        Value::String(text) => filled(text).into_bytes(),
        body => filled(&body.to_string()).into_bytes(),
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in row["headers"].as_object().unwrap() {
        headers.push((name.clone(), value.as_str().unwrap().to_owned()));
    }
    let is_chunked = headers.iter().any(|(name, _)| name == "Transfer-Encoding");
    let kind = if text("body") == "tar" { "application/x-tar" } else { "application/json" };
    let body = match is_chunked {
        true => [format!("{:x}\r\n", body.len()).into_bytes(), body, b"\r\n0\r\n\r\n".to_vec()].concat(),
        false => body,
    };
    if !body.is_empty() {
        headers.push(("Content-Type".to_owned(), kind.to_owned()));
        if !is_chunked {
            headers.push(("Content-Length".to_owned(), body.len().to_string()));
        }
    }
    proxy.send(text("method"), &filled(text("path")), &headers, &body)
}

/// An archive with a file `D`.
fn dockerfile() -> Vec<u8> {
    let text = format!("FROM {IMAGE}\n");
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, "D", text.as_bytes()).unwrap();
    archive.into_inner().unwrap()
}

/// A name that moves between two containers while requests for it are judged: only the caller's own is ever changed.
fn names_that_move_meanwhile_lead_to_nobody_elses_containers(_: &Session) {
    let (proxy, objects) = (Proxy::start(POLICY), Objects::new());
    let rename = |from: &str, to: &str| raw("POST", &format!("/containers/{from}/rename?name={to}"), &Value::Null);
    let own = serde_json::from_str::<Value>(&raw("GET", "/containers/c-own/json", &Value::Null).unwrap()).unwrap();
    let own = own["Id"].as_str().unwrap().to_owned();
    let moving = |id: &str, name: &str| drop(rename(id, name));
    std::thread::scope(|scope| {
        let racing = scope.spawn(|| {
            for _ in 0..40 {
                moving(&own, "c-idle");
                moving(&objects.other, "c-moving");
                moving(&objects.other, "c-other");
                moving(&own, "c-moving");
            }
            moving(&own, "c-own");
        });
        while !racing.is_finished() {
            let exec = json!({ "Cmd": ["true"] }).to_string();
            let headers = [("Content-Type", "application/json".to_owned()), ("Content-Length", exec.len().to_string())];
            let headers = headers.map(|(name, value)| (name.to_owned(), value));
            let (status, answer) = proxy.send("POST", "/containers/c-moving/exec", &headers, exec.as_bytes());
            assert!([201, 404].contains(&status), "{status} {answer}");
            let pause = proxy.send("POST", "/containers/c-moving/kill?signal=WINCH", &[], b"");
            assert!([204, 404].contains(&pause.0), "{pause:?}");
        }
    });
    let other = format!("/containers/{}/json", objects.other);
    let other: Value = serde_json::from_str(&raw("GET", &other, &Value::Null).unwrap()).unwrap();
    assert_eq!((&other["ExecIDs"], &other["State"]["Running"]), (&Value::Null, &json!(true)), "nobody touched it");
}

const WORK: &str = r#"
set -eu
docker version > /dev/null
test "$(echo hello | docker run -i --rm busybox:test cat)" = hello
docker run -d --name policed-web busybox:test sh -c 'for i in 1 2 3; do echo line $i; sleep 0.3; done; exit 3' > id
test "$(docker logs -f policed-web | tail -n 1)" = 'line 3'
test "$(docker wait policed-web)" = 3
docker run -d --init --name policed-box busybox:test sleep 1000 > /dev/null
test "$(echo in | docker exec -i policed-box cat)" = in
code=0; docker exec policed-box sh -c 'exit 7' || code=$?; test $code = 7
head -c 3000000 /dev/urandom > data
docker cp data policed-box:/tmp/data
docker cp policed-box:/tmp/data back > /dev/null
cmp data back
printf 'FROM busybox:test\nRUN echo built > /b\n' | DOCKER_BUILDKIT=0 docker build -q -t policed:1 - > /dev/null
test "$(docker run --rm policed:1 cat /b)" = built
docker events --since 5m --until 0s --format '{{.Action}}' | grep -q start
if docker events --since 5m --until 0s | grep -q c-other; then exit 1; fi
test "$(docker ps -aq | wc -l)" = 3
if docker ps -a | grep -q c-other; then exit 1; fi
docker logs c-other 2>&1 | grep -q 'No such container: c-other'
docker inspect --type container c-other 2>&1 | grep -q 'No such container: c-other'
docker run --privileged busybox:test true 2>&1 | grep -q 'denied by privileged'
docker rm -f policed-web policed-box > /dev/null
docker rmi policed:1 > /dev/null
"#;

fn docker_works_through_the_proxy(_: &Session) {
    let (proxy, _objects) = (Proxy::start(DEVELOP), Objects::new());
    let docker = variable("DOCKER");
    let path = format!("{}:{}", Path::new(&docker).parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-xc", WORK])
        .env("DOCKER_HOST", format!("unix://{}", proxy.socket().display()))
        .env("PATH", path)
        .current_dir(proxy.folder.path())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    for name in ["policed-web", "policed-box"] {
        remove(&format!("/containers/{name}?force=1"));
    }
    assert!(output.status.success(), "{words}");
}
