//! The calls of a soak: quick ones, long ones, wrong ones, and some that are cancelled.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rmcp::model::{CallToolRequest, CallToolRequestParams, ClientRequest};
use rmcp::service::PeerRequestOptions;
use serde_json::{Value, json};

use super::{Result, Session};

/// The container whose logs are read and in which commands run.
const CONTAINER: &str = "soak";

/// A kind of call.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A call that is answered, by success or failure: its tool and arguments as JSON.
    Answered(&'static str, &'static str),
    /// A call that is cancelled after so many milliseconds.
    Cancelled(&'static str, &'static str, u64),
    /// A call that runs detached, is joined and cancelled.
    Detached,
}

impl Kind {
    /// One round of calls.
    pub const ALL: &[Self] = &[
        Kind::Answered("container_list", r#"{"all":true}"#),
        Kind::Answered("image_list", "{}"),
        Kind::Answered("system_info", r#"{"select":"ServerVersion"}"#),
        Kind::Answered("container_logs", r#"{"id":"soak","tail":"100"}"#),
        Kind::Answered("container_inspect", r#"{"id":"soak"}"#),
        Kind::Cancelled("container_wait", r#"{"id":"soak"}"#, 50),
        Kind::Answered("exec_run", r#"{"id":"soak","body":{"Cmd":["seq","2000"]}}"#),
        Kind::Answered("container_inspect", r#"{"id":"no-such-container"}"#),
        Kind::Answered("container_logs", r#"{"id":"soak","follow":true,"limit_seconds":1}"#),
        Kind::Answered("container_stop", r#"{"nmae":"soak"}"#),
        Kind::Answered("container_run", r#"{"body":{"Image":"busybox:test","Cmd":["echo","a"]},"remove":true}"#),
        Kind::Cancelled("exec_run", r#"{"id":"soak","body":{"Cmd":["sleep","3"]}}"#, 200),
        Kind::Answered("container_stats", r#"{"id":"soak","stream":false}"#),
        Kind::Answered("container_table", "{}"),
        Kind::Detached,
        Kind::Answered("system_events", r#"{"limit_seconds":1}"#),
        Kind::Answered("image_build", r#"{"context":{"Dockerfile":"FROM busybox:test\nLABEL a=b"}}"#),
        Kind::Answered("container_archive", r#"{"id":"soak","path":"/etc/passwd"}"#),
        Kind::Cancelled("system_events", "{}", 100),
        Kind::Answered("no_such_tool", "{}"),
        Kind::Answered("system_data_usage", "{}"),
        Kind::Answered("container_prune", r#"{"preview":true}"#),
    ];
}

/// The number of calls by outcome.
#[derive(Default)]
pub struct Counts {
    done: AtomicU64,
    failed: AtomicU64,
    cancelled: AtomicU64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [done, failed, cancelled] =
            [&self.done, &self.failed, &self.cancelled].map(|count| count.load(Ordering::Relaxed));
        write!(f, "{done:>8}{failed:>8}{cancelled:>10}")
    }
}

/// Starts the container that the calls need.
pub async fn prepare(session: &Session) -> Result<()> {
    let script = "while :; do echo $RANDOM; sleep 0.05; done";
    let body = json!({ "Image": "busybox:test", "Cmd": ["sh", "-c", script],
        "HostConfig": { "Init": true, "RestartPolicy": { "Name": "always" },
            "LogConfig": { "Type": "json-file", "Config": { "max-size": "1m" } } } });
    for (tool, arguments) in [
        ("container_create", json!({ "name": CONTAINER, "body": body })),
        ("container_start", json!({ "id": CONTAINER })),
    ] {
        let result = session.call_tool(request(tool, arguments)?).await?;
        if result.is_error == Some(true) {
            return Err(format!("{tool}: {:?}", result.content).into());
        }
    }
    Ok(())
}

/// Makes a call. Any answer will do, because engines restart; a session that breaks will not.
pub async fn call(session: &Session, kind: Kind, counts: &Counts) -> Result<()> {
    match kind {
        Kind::Answered(tool, arguments) => answered(session, tool, serde_json::from_str(arguments)?, counts).await?,
        Kind::Cancelled(tool, arguments, millis) => {
            let request = request(tool, serde_json::from_str(arguments)?)?;
            let request = ClientRequest::CallToolRequest(CallToolRequest::new(request));
            let running = session.send_cancellable_request(request, PeerRequestOptions::no_options()).await?;
            tokio::time::sleep(Duration::from_millis(millis)).await;
            running.cancel(Some("enough".to_owned())).await?;
            counts.cancelled.fetch_add(1, Ordering::Relaxed);
            Value::Null
        }
        Kind::Detached => {
            let sleep = json!({ "id": CONTAINER, "body": { "Cmd": ["sleep", "1"] }, "detach": true });
            let begun = answered(session, "exec_run", sleep, counts).await?;
            let name = json!({ "name": begun["name"] });
            answered(session, "work_list", json!({}), counts).await?;
            answered(session, "work_join", name.clone(), counts).await?;
            answered(session, "work_cancel", name, counts).await?
        }
    };
    Ok(())
}

/// The data of an answer, if it has any.
async fn answered(session: &Session, tool: &'static str, arguments: Value, counts: &Counts) -> Result<Value> {
    let result = session.call_tool(request(tool, arguments)?).await?;
    let count = if result.is_error == Some(true) { &counts.failed } else { &counts.done };
    count.fetch_add(1, Ordering::Relaxed);
    let text = result.content.first().and_then(|content| content.as_text()).map(|text| text.text.as_str());
    let line = text.and_then(|text| text.lines().next()).unwrap_or_default();
    Ok(serde_json::from_str(line).unwrap_or_default())
}

fn request(tool: &'static str, arguments: Value) -> Result<CallToolRequestParams> {
    let Value::Object(arguments) = arguments else { return Err("arguments are an object".into()) };
    Ok(CallToolRequestParams::new(tool).with_arguments(arguments))
}
