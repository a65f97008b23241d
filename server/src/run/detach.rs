//! Runs calls that may go on without their caller: detached, joined to identical work, or for this caller alone.

use std::time::Duration;

use dockwright::operation::Place;
use dockwright::tools::Tool;
use serde_json::{Map, Value, json};
use tokio::time::{timeout, timeout_at};

use crate::access::{Access, Failure};
use crate::arguments::CheckedArguments;
use crate::catalogue::Composed;
use crate::facets::SeenFacets;
use crate::progress::Progress;
use crate::reply::{ReplyOptions, ToolReply};
use crate::secrets::Safe;
use crate::work::{Outcome, Registry, Work, WorkCall, WorkTicket};

/// The most characters of a call's arguments in a list.
const ABOUT: usize = 80;
/// The time in which a detached call may fail before it is answered, as for an object that is not there.
const AT_ONCE: Duration = Duration::from_millis(50);

/// The caller of work.
pub(super) struct Caller<'a> {
    pub(super) access: &'a Access,
    pub(super) registry: &'a Registry,
    pub(super) progress: &'a Progress,
}

/// A call that may run as work.
pub(super) struct WorkRequest {
    pub(super) call: WorkCall,
    /// The arguments, if an identical call may join it.
    pub(super) identity: Option<CheckedArguments>,
    pub(super) detach: bool,
    /// The time limit of the call.
    pub(super) limit_seconds: Option<u64>,
}

impl WorkRequest {
    /// The call of an operation. See [`crate::work`] for those that identical ones may join.
    pub(super) fn of_operation(tool: &Tool, checked: &CheckedArguments, when_abandoned: &'static str) -> Self {
        let operation = tool.operation;
        let hints = operation.annotations;
        let may_join = hints.idempotent && !hints.destructive && checked.extra.context.is_none();
        let mut identity = checked.clone();
        identity.extra.detach = false;
        identity.extra.limit_seconds = None;
        let (about, facets) = (about(tool, &checked.arguments), SeenFacets::default());
        let call = WorkCall { tool: operation.name, about, facets, when_abandoned };
        let (detach, limit_seconds) = (checked.extra.detach, checked.extra.limit_seconds);
        WorkRequest { call, identity: may_join.then_some(identity), detach, limit_seconds }
    }
}

/// Runs a call as work, if it is to be detached or may be joined, else for this caller alone.
///
/// # Errors
/// Fails as the call does, and as [`Registry::start`] does.
pub(super) async fn run<F>(
    caller: Caller<'_>,
    request: WorkRequest,
    execute: impl FnOnce(Access, Progress) -> F,
) -> Result<ToolReply, Failure>
where
    F: Future<Output = Result<ToolReply, Failure>> + Send + 'static,
{
    let Caller { access, registry, progress } = caller;
    let WorkRequest { call, identity, detach, limit_seconds } = request;
    let max_reply = access.settings().max_reply;
    let call = WorkCall { facets: access.seen_facets().clone(), ..call };
    let execute = |progress| execute(access.clone(), progress);
    if detach {
        access.exposure().exposes_composed(Composed::WorkJoin)?;
        let joined = registry.start(call, identity, true, execute)?;
        return Ok(detached(&joined, max_reply).await);
    }
    let joined = match (identity, limit_seconds) {
        (None, _) => return execute(progress.clone()).await,
        (Some(identity), None) => registry.start(call, Some(identity), false, execute)?,
        // The limit of one caller must not end the work of another.
        (Some(identity), Some(_)) => match registry.find_identical(call.tool, &identity) {
            Some(joined) => joined,
            None => return execute(progress.clone()).await,
        },
    };
    let joined = joined.with_patience(progress.patience());
    let note = joined.found.then(|| {
        let (name, seconds) = (&joined.work.name, joined.work.elapsed().as_secs());
        format!("an identical call ran already ({name}, for {seconds} s): this one waited for it and started nothing")
    });
    wait(&joined.work, limit_seconds, note, progress, max_reply).await
}

/// Waits for work, at most for `limit_seconds`, and gives its outcome as the call itself would have.
pub(super) async fn wait(
    work: &Work,
    limit_seconds: Option<u64>,
    note: Option<String>,
    progress: &Progress,
    max_reply: usize,
) -> Result<ToolReply, Failure> {
    let deadline = ReplyOptions::new(max_reply).with_time_limit(limit_seconds).deadline;
    let end = match deadline {
        Some(deadline) => timeout_at(deadline, work.wait(progress)).await.ok(),
        None => Some(work.wait(progress).await),
    };
    match end {
        Some(end) => work.result(&end, note),
        None => {
            let words = "it runs on: `work_join` waits again, `work_cancel` ends it".to_owned();
            Ok(reply(describe(work), note.into_iter().chain([words]), max_reply))
        }
    }
}

/// The state of work in one word.
fn state(work: &Work) -> &'static str {
    work.end().map_or("running", |end| end.outcome.state())
}

/// The state of work: name, tool, target, state, seconds and last words.
pub(super) fn describe(work: &Work) -> Value {
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| _ = members.insert(name.to_owned(), value);
    add("name", work.name.as_str().into());
    if let Some(engine) = &work.engine {
        add("engine", (**engine).into());
    }
    add("tool", work.call.tool.into());
    if !work.call.about.is_empty() {
        add("target", work.call.about.as_str().into());
    }
    add("state", state(work).into());
    add("seconds", work.elapsed().as_secs().into());
    let last = work.last();
    if !last.is_empty() {
        add("last", last.into_inner().into());
    }
    members.into()
}

/// A reply of the server about work.
pub(super) fn reply(data: Value, notes: impl IntoIterator<Item = String>, max_reply: usize) -> ToolReply {
    ToolReply::data(Safe::trusted(data), notes, &ReplyOptions::new(max_reply))
}

/// Answers a detached call, with the failure if it fails at once.
async fn detached(joined: &WorkTicket, max_reply: usize) -> ToolReply {
    let work = &joined.work;
    let end = timeout(AT_ONCE, work.wait(&Progress::default())).await.ok();
    let found = joined.found.then(|| "an identical call runs already, so this one started nothing".to_owned());
    let words = match end.as_deref().map(|end| (&end.outcome, work.result(end, None))) {
        None => "it runs on: `work_join` waits for its outcome, `work_cancel` ends it".to_owned(),
        Some((Outcome::Failed(_), Err(failure))) => format!("it failed: {failure}"),
        Some(_) => "it has ended: `work_join` gives its outcome".to_owned(),
    };
    let data = match joined.found {
        true => describe(work),
        false => json!({ "name": work.name, "state": state(work) }),
    };
    reply(data, found.into_iter().chain([words]), max_reply)
}

/// The texts among an operation's arguments, without headers, which may hold credentials: `nginx 1.27 linux/arm64`.
fn about(tool: &Tool, arguments: &Map<String, Value>) -> Safe<String> {
    let defaults: Map<String, Value> = serde_json::from_str(tool.sends).unwrap_or_default();
    let shown = tool.operation.parameters.iter().filter(|parameter| parameter.place != Place::Header);
    let given = shown.filter_map(|parameter| Some((parameter.name, arguments.get(parameter.name)?)));
    let texts = given.filter(|(name, value)| defaults.get(*name) != Some(value)).filter_map(|(_, value)| match value {
        Value::String(text) => Some(text.as_str()),
        Value::Array(items) => items.first()?.as_str(),
        _ => None,
    });
    let texts: Vec<_> = texts.collect();
    Safe::line(&texts.join(" ")).map(|line| line.chars().take(ABOUT).collect())
}
