//! One session of a model: the program runs, rmcp's client speaks with it, and a story calls its tools. Rules for every
//! reply are judged here: its first line is the engine's data, or longer text in a frame, the others are the server's
//! own, and a failure has a hint.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CallToolResult, ClientRequest, GetPromptRequestParams,
    ProgressNotificationParam, ReadResourceRequestParams,
};
use rmcp::service::{NotificationContext, PeerRequestOptions, RequestHandle, RunningService, ServiceExt};
use rmcp::{ClientHandler, RoleClient};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::bench::{RUNTIME, variable};
use crate::record;

/// The beginning of the server's own lines.
const OURS: &str = "dockwright: ";

/// A client and its server; the server ends with it.
pub struct Session {
    client: RunningService<RoleClient, Listener>,
    /// Progress of the calls while they run.
    steps: Arc<Mutex<Vec<String>>>,
    /// The tools that answered without a failure.
    answered: Mutex<BTreeSet<String>>,
    server: Child,
}

impl Session {
    /// A session with the engine of the tests.
    pub fn new() -> Self {
        Session::with(&variable("HOST"), &[])
    }

    /// A session in which secrets are shown.
    pub fn that_shows_secrets() -> Self {
        Session::with(&variable("HOST"), &["--show-secrets"])
    }

    /// A session with the engine at an address, of a server with these options, which finds Compose's plugin.
    pub fn with(host: &str, options: &[&str]) -> Self {
        let config = std::env::var_os("DOCKER_CONFIG");
        let config: Vec<_> = config.iter().map(|folder| ("DOCKER_CONFIG", folder.as_os_str())).collect();
        Session::in_environment(host, &config, options)
    }

    /// Such a session, of a server with these variables.
    pub fn in_environment(host: &str, variables: &[(&str, &OsStr)], options: &[&str]) -> Self {
        RUNTIME.block_on(async {
            let mut server = Command::new(env!("CARGO_BIN_EXE_dockwright"));
            server.args(options).env_clear().envs(variables.iter().copied());
            server.env("DOCKER_HOST", host).kill_on_drop(true);
            server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut server = server.spawn().expect("the program starts");
            let pipes = server.stdout.take().zip(server.stdin.take()).expect("its ends are pipes");
            let steps = Arc::default();
            let client = Listener(Arc::clone(&steps)).serve(pipes).await.expect("the session begins");
            Session { client, steps, answered: Mutex::default(), server }
        })
    }

    /// Completes an argument of a resource template.
    pub fn complete(&self, template: &str, argument: &str, typed: &str) -> Vec<String> {
        let completed = self.client.complete_resource_argument(template, argument, typed, None);
        RUNTIME.block_on(completed).expect("it completes").values
    }

    /// Calls a tool: its structured content, which fits what the tool promises.
    ///
    /// # Panics
    /// If it is a failure, or does not fit.
    pub fn structured(&self, tool: &str, arguments: Value) -> Value {
        let tools = RUNTIME.block_on(self.client.list_all_tools()).expect("they are listed");
        let listed = tools.iter().find(|listed| listed.name == tool).expect("it is listed");
        let schema = json!(listed.output_schema.as_ref().expect("it promises something"));
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments.as_object().cloned().unwrap());
        let result = json!(RUNTIME.block_on(self.client.call_tool(call)).expect("it is answered"));
        let content = &result["structuredContent"];
        let problem = jsonschema::validate(&schema, content).err();
        assert!(problem.is_none(), "{tool} {arguments}: {}: {result}", problem.unwrap());
        content.clone()
    }

    /// Calls a tool that has an answer: the data in it.
    ///
    /// # Panics
    /// If it is a failure.
    pub fn call(&self, tool: &str, arguments: Value) -> Value {
        let text = self.text(tool, arguments);
        let line = text.lines().next().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{tool}: {error}: {text}"))
    }

    /// Calls a tool that has nothing to say but that it is done.
    ///
    /// # Panics
    /// If it says anything else.
    pub fn done(&self, tool: &str, arguments: Value) {
        assert_eq!(self.text(tool, arguments), "done", "{tool}");
    }

    /// Calls a tool: the whole reply.
    ///
    /// # Panics
    /// If it is a failure.
    pub fn text(&self, tool: &str, arguments: Value) -> String {
        let (failed, text) = self.ask(tool, arguments);
        assert!(!failed, "{tool}: {text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with(OURS)), "{tool}: {text}");
        text
    }

    /// Calls a tool whose reply may hold text of the engine on many lines, and returns the whole reply.
    ///
    /// # Panics
    /// If it is a failure.
    pub fn shown(&self, tool: &str, arguments: Value) -> String {
        let (failed, text) = self.ask(tool, arguments);
        assert!(!failed, "{tool}: {text}");
        text
    }

    /// Calls a tool that shows output.
    ///
    /// # Panics
    /// If it is a failure, or shows nothing.
    pub fn output(&self, tool: &str, arguments: Value) -> Output {
        let (failed, text) = self.ask(tool, arguments);
        assert!(!failed, "{tool}: {text}");
        Output::of(&text)
    }

    /// The names of the tools that are listed now.
    pub fn tools(&self) -> Vec<String> {
        let tools = RUNTIME.block_on(self.client.list_all_tools()).expect("they are listed");
        tools.into_iter().map(|tool| tool.name.into_owned()).collect()
    }

    /// Reads a resource: the whole of its text.
    pub fn read(&self, uri: &str) -> String {
        let read = RUNTIME.block_on(self.client.read_resource(ReadResourceRequestParams::new(uri)));
        let contents = json!(read.unwrap_or_else(|error| panic!("{uri}: {error}")).contents);
        contents[0]["text"].as_str().expect("it is text").to_owned()
    }

    /// The text of a prompt, filled in.
    pub fn prompt(&self, name: &str, arguments: Value) -> String {
        let arguments = arguments.as_object().cloned().expect("arguments are an object");
        let prompt = self.client.get_prompt(GetPromptRequestParams::new(name).with_arguments(arguments));
        let prompt = json!(RUNTIME.block_on(prompt).unwrap_or_else(|error| panic!("{name}: {error}")));
        prompt["messages"][0]["content"]["text"].as_str().expect("it is text").to_owned()
    }

    /// Returns the progress of all calls so far. rmcp's client asks for it with every call.
    pub fn steps(&self) -> Vec<String> {
        self.steps.lock().expect("nobody panics here").clone()
    }

    /// Calls a tool that the engine refuses. The model reads the endpoint, the status and the engine's message on one
    /// line, and a hint on the other.
    ///
    /// # Panics
    /// If the call succeeds, or the failure is not the engine's.
    pub fn fail(&self, tool: &str, arguments: Value) -> String {
        let text = self.refused(tool, arguments);
        let [first, hint] = text.lines().collect::<Vec<_>>()[..] else { panic!("{tool}: not two lines: {text}") };
        let endpoint = first.split(": ").nth(1).and_then(|endpoint| endpoint.split_once(" /"));
        assert!(
            endpoint.is_some_and(|(method, _)| ["GET", "HEAD", "POST", "PUT", "DELETE"].contains(&method)),
            "{first}"
        );
        assert!(hint.strip_prefix(OURS).is_some_and(|hint| hint.len() > 10), "{tool}: no hint: {text}");
        text
    }

    /// Calls a tool that the server or the engine refuses, and returns the model's text.
    ///
    /// # Panics
    /// If it is no failure.
    pub fn refused(&self, tool: &str, arguments: Value) -> String {
        let (failed, text) = self.ask(tool, arguments);
        assert!(failed, "{tool} is no failure: {text}");
        text
    }

    /// Calls a tool that may fail, and returns the whole reply, or the model's text of the failure.
    pub fn tried(&self, tool: &str, arguments: Value) -> Result<String, String> {
        let (failed, text) = self.ask(tool, arguments);
        if failed { Err(text) } else { Ok(text) }
    }

    /// Begins a call, to be cancelled.
    pub fn begin(&self, tool: &str, arguments: Value) -> RequestHandle<RoleClient> {
        let arguments = arguments.as_object().cloned().expect("arguments are an object");
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(call));
        let sent = self.client.send_cancellable_request(request, PeerRequestOptions::no_options());
        RUNTIME.block_on(sent).expect("the request is sent")
    }

    /// Cancels it.
    pub fn cancel(&self, call: RequestHandle<RoleClient>) {
        RUNTIME.block_on(call.cancel(None)).expect("the session goes on");
    }

    /// The most memory that the program has used so far.
    pub fn peak_kib(&self) -> u64 {
        let id = self.server.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux counts it");
        peak.trim().trim_end_matches(" kB").parse().expect("it is a number")
    }

    fn ask(&self, tool: &str, arguments: Value) -> (bool, String) {
        let arguments = arguments.as_object().cloned().expect("arguments are an object");
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let answer = RUNTIME.block_on(self.client.call_tool(call));
        let CallToolResult { content, is_error, .. } = answer.unwrap_or_else(|error| panic!("{tool}: {error}"));
        let contents = json!(content);
        assert_eq!(contents.as_array().map(Vec::len), Some(1), "{tool}");
        let text = contents[0]["text"].as_str().expect("it is text").to_owned();
        assert!(text.chars().count() <= 40_000, "{tool}: the reply is too long");
        let failed = is_error == Some(true);
        if !failed {
            self.answered.lock().expect("nobody panics here").insert(tool.to_owned());
        }
        (failed, text)
    }
}

/// Keeps the progress of calls.
struct Listener(Arc<Mutex<Vec<String>>>);

impl ClientHandler for Listener {
    async fn on_progress(&self, params: ProgressNotificationParam, _: NotificationContext<RoleClient>) {
        self.0.lock().expect("nobody panics here").push(params.message.unwrap_or_default());
    }
}

/// A reply with text of the engine between two lines that only the server can have written.
#[derive(Debug)]
pub struct Output {
    /// The text above the frame: the outcome as JSON, a failure, or nothing.
    pub above: String,
    /// The text.
    pub text: String,
    /// The server's own lines below it.
    pub notes: String,
}

impl Output {
    /// Reads a reply.
    ///
    /// # Panics
    /// If it has no such text, or the lines behind it are not the server's own.
    pub fn of(reply: &str) -> Self {
        let mut lines = reply.lines();
        let mut until = |mark: &str| {
            let lines = lines.by_ref().take_while(|line| !line.starts_with(mark)).map(|line| format!("{line}\n"));
            lines.collect::<String>()
        };
        let above = until("--- engine text ");
        let number = reply[above.len()..].lines().next().and_then(|line| line.rsplit(' ').next());
        let number = number.unwrap_or_else(|| panic!("no text: {reply}"));
        let text = until(&format!("--- end {number}"));
        // A bar marks each line, behind its source if it has one.
        assert!(text.lines().all(|line| line.contains("| ")), "{reply}");
        let text = text.lines().map(|line| format!("{}\n", line.strip_prefix("| ").unwrap_or(line))).collect();
        let notes = until("--- ");
        assert!(notes.lines().all(|line| line.starts_with(OURS)), "{reply}");
        assert!(lines.next().is_none(), "more than one text: {reply}");
        Output { above, text, notes }
    }

    /// The outcome above the text.
    pub fn outcome(&self) -> Value {
        serde_json::from_str(&self.above).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Drop for Session {
    /// Records the tools that a story called, once all of it was judged.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            record::judged(&self.answered.lock().expect("nobody panics here"));
        }
    }
}
