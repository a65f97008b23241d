//! `exec_run`: a command in a running container, its output and its exit code, in one call.

use std::time::Duration;

use dockwright::operation::{Annotations, Operation};
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use super::{Convenience, Run, object};
use crate::arguments;
use crate::door::{Failure, converse};
use crate::reply::{self, Shaped, Wanted};

const NAME: &str = "exec_run";
/// How long the end of a process may follow that of its output, and how often it is asked for.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);
/// Room for the exit code above the output.
const OUTCOME_BYTES: usize = 200;
/// How long a command may take unless its caller says otherwise, in seconds.
const SECONDS: u64 = 45;

pub(super) const EXEC_RUN: Convenience = Convenience {
    name: NAME,
    title: "Exec run",
    description: "Run a command in a running container and give its output and exit code: `container_exec`, `exec_start` and \
        `exec_inspect` in one call.",
    tag: "Exec",
    uses: &["container_exec", "exec_start", "exec_inspect"],
    annotations: Annotations { read_only: false, destructive: true, idempotent: false, open_world: true },
    schema,
    run: |run| Box::pin(run_exec(run)),
};

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string", "description": "Name or id of a running container." },
            "body": { "type": "object", "description": "As for container_exec: `Cmd` is an argument list, `[\"sh\", \"-c\", \"…\"]`; Env, User, WorkingDir, Privileged, Tty." },
            "input": { "type": "string", "description": "Text for its stdin, which ends with it." },
            "grep": { "type": "string" },
            "limit_items": { "type": "integer", "description": "Last lines shown; 200 unless given." },
            "limit_bytes": { "type": "integer" },
            "limit_seconds": { "type": "integer", "description": "Answer with what there is after this time.", "default": SECONDS },
        },
        "required": ["id", "body"],
        "additionalProperties": false,
    })
}

async fn run_exec(run: Run<'_>) -> Result<Shaped, Failure> {
    let [exec, start, inspect] = run.tools[..] else { unreachable!("these are the operations that it uses") };
    let (own, arguments) = arguments::check_convenience(NAME, exec.operation, &schema(), run.arguments.clone())?;
    let checked = arguments::check(exec, arguments)?;
    let wanted = Wanted::new(&own, run.door.settings()).within(own.limit_seconds.or(Some(SECONDS)));
    let wanted = Wanted { given_up: start.given_up, ..wanted.beside(OUTCOME_BYTES) };

    let body = attached(checked.body, own.input.is_some());
    let prepared = run.json(exec.operation, checked.arguments, Some(&body)).await?;
    let id = object([("id", prepared["Id"].clone())]);

    let tty = body["Tty"] == true;
    let begun = async {
        let call = run.door.engine()?.call(start.operation).arguments(id.clone());
        call.body(&json!({ "Detach": false, "Tty": tty })).duplex().await
    };
    let connection = run.told(start.operation, &id, begun.await).await?;
    let (write, output) = converse(start.operation, connection, own.input);
    let more = "grep, limit_items or limit_bytes";
    let shown = tokio::select! {
        shown = reply::output(output, &wanted, more, run.progress) => shown,
        never = write => match never {},
    };
    let shown = run.told(start.operation, &id, shown).await?;

    let state = ended(&run, inspect.operation, &id, &wanted).await?;
    let outcome = match state["Running"] == true {
        false => json!({ "ExitCode": state["ExitCode"] }),
        true => json!({ "Running": true, "Pid": state["Pid"], "ID": id["id"] }),
    };
    Ok(shown.below(&outcome, None, &wanted))
}

/// The state of an exec whose output has ended. The engine learns a moment later that the process has.
async fn ended(
    run: &Run<'_>,
    inspect: &'static Operation,
    id: &Map<String, Value>,
    wanted: &Wanted,
) -> Result<Value, Failure> {
    let patience = Instant::now() + PATIENCE;
    loop {
        let state = run.json(inspect, id.clone(), None).await?;
        let is_late = |deadline: Instant| deadline <= Instant::now();
        if state["Running"] != true || is_late(patience) || wanted.deadline.is_some_and(is_late) {
            return Ok(state);
        }
        sleep(PAUSE).await;
    }
}

/// The body with what makes the output come here.
fn attached(body: Option<Value>, input: bool) -> Value {
    let mut body: Map<String, Value> = body.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in [("AttachStdout", true), ("AttachStderr", true), ("AttachStdin", input)] {
        body.insert(name.to_owned(), value.into());
    }
    body.into()
}
