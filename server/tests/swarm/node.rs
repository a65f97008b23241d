//! A node of the swarm: the program calls tools on its engine, and its power may fail. Services that are removed when
//! they are dropped.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The image on every node.
pub const IMAGE: &str = "busybox:test";

/// The most time for what a swarm does by itself: it notices the loss of a node after some fifteen seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A node, by its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node(pub usize);

impl Node {
    pub const ALL: [Node; 3] = [Node(1), Node(2), Node(3)];

    /// Its hostname.
    pub fn name(self) -> String {
        format!("node-{}", self.0)
    }

    /// Calls a tool: the whole reply.
    ///
    /// # Panics
    /// If it is a failure.
    pub fn text(self, tool: &str, arguments: &Value) -> String {
        self.tried(tool, arguments).unwrap_or_else(|failure| panic!("{}: {failure}", self.name()))
    }

    /// Calls a tool: the data of its reply.
    pub fn call(self, tool: &str, arguments: &Value) -> Value {
        let text = self.text(tool, arguments);
        let line = text.lines().next().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{tool}: {error}: {text}"))
    }

    /// Calls a tool that fails: the text for a model.
    ///
    /// # Panics
    /// If it does not.
    pub fn fail(self, tool: &str, arguments: &Value) -> String {
        self.tried(tool, arguments).err().unwrap_or_else(|| panic!("{tool} is no failure on {}", self.name()))
    }

    pub fn tried(self, tool: &str, arguments: &Value) -> Result<String, String> {
        let output = self.run(&["call", tool, &arguments.to_string()]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(text) } else { Err(text) }
    }

    /// The doctor's report.
    pub fn doctor(self) -> String {
        String::from_utf8_lossy(&self.run(&["doctor"]).stdout).into_owned()
    }

    fn run(self, arguments: &[&str]) -> Output {
        let address = variable(&format!("NODE_{}", self.0));
        let mut program = Command::new(env!("CARGO_BIN_EXE_dockwright"));
        program.args(arguments).env_clear().env("DOCKER_HOST", address).output().expect("the program starts")
    }

    /// Ends it and all of its containers, and nobody is told.
    pub fn kill(self) {
        self.script("kill");
    }

    /// Starts it again.
    pub fn start(self) {
        self.script("start");
    }

    fn script(self, deed: &str) {
        let status = Command::new(variable("NODE")).args([&self.name(), deed]).status().expect("the script is there");
        assert!(status.success(), "{} {deed}", self.name());
    }

    /// The body that a port of it answers with.
    pub fn fetch(self, port: u16) -> std::io::Result<String> {
        let address = ([10, 240, 0, u8::try_from(self.0).expect("there are three")], port).into();
        let mut connection = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
        connection.set_read_timeout(Some(Duration::from_secs(2)))?;
        connection.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }
}

fn variable(name: &str) -> String {
    std::env::var(format!("DOCKWRIGHT_TEST_{name}")).expect("tests/engine/swarm sets it")
}

/// A service, until it is dropped.
pub struct Service(pub String);

impl Service {
    /// A service of this spec, made by the first node.
    pub fn new(spec: &Value) -> Self {
        let made = Node(1).call("service_create", &json!({ "body": spec }));
        assert!(made["ID"].is_string(), "{made}");
        Service(spec["Name"].as_str().expect("it has a name").to_owned())
    }

    /// Its tasks that run.
    pub fn running(&self) -> Vec<Value> {
        let filters = json!({ "service": self.0, "desired-state": "running" });
        let tasks = Node(1).call("task_list", &json!({ "filters": filters, "select": "@" }));
        let runs = |task: &&Value| task["Status"]["State"] == "running";
        tasks.as_array().expect("it is a list").iter().filter(runs).cloned().collect()
    }

    /// Waits until so many tasks run.
    pub fn run(self, count: usize) -> Self {
        until("its tasks run", || (self.running().len() == count).then_some(()));
        self
    }

    /// Patches its spec: the reply.
    pub fn update(&self, patch: &Value) -> Result<String, String> {
        Node(1).tried("service_update", &json!({ "id": self.0, "body": patch }))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = Node(1).tried("service_delete", &json!({ "id": self.0 }));
    }
}

/// The spec of a service whose tasks run a script of the shell and end at once when they are told to.
pub fn spec(name: &str, replicas: u32, script: &str) -> Value {
    let container = json!({ "Image": IMAGE, "Command": ["sh", "-c", script], "Init": true });
    json!({
        "Name": name,
        "TaskTemplate": { "ContainerSpec": container, "RestartPolicy": { "Condition": "any", "Delay": 500_000_000 } },
        "Mode": { "Replicated": { "Replicas": replicas } },
        "UpdateConfig": { "Parallelism": 1, "Monitor": 1_000_000_000_u64 },
        "RollbackConfig": { "Parallelism": 1, "Monitor": 1_000_000_000_u64 },
        "EndpointSpec": { "Mode": "dnsrr" },
    })
}

/// Waits until something is there.
///
/// # Panics
/// If it does not come in time.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {} s", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(250));
    }
}
