//! `engine_list`: the engines of a server, each with its address, what it speaks, what is exposed of it, and whether it
//! answers. All are asked beside each other, and one that hangs holds up none of the others.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::access::{Access, Failure};
use crate::catalogue::Entry;
use crate::grep::Grep;
use crate::reply::{ReplyOptions, ToolReply};
use crate::secrets::Safe;
use crate::together::run_all;

/// The name of the tool.
pub const ENGINE_LIST: &str = "engine_list";

/// The argument that keeps the engines whose name or address matches.
pub const GREP: &str = "grep";

/// The most engines that are asked at a time.
const AT_ONCE: usize = 256;
/// The fewest bytes that an engine takes in a reply, about.
const LEAST: usize = 100;
/// The time that each has for its answer. Over ssh, a login is part of it.
const SECONDS: u64 = 10;
/// The bytes of a reply that are left for notes.
const RESERVE: usize = 500;
/// The most characters of a problem.
const PROBLEM: usize = 200;

/// Lists the engines for which there is room, after asking each of them.
pub(super) async fn run(
    engines: &[Access],
    arguments: Map<String, Value>,
    max_reply: usize,
) -> Result<ToolReply, Failure> {
    let grep = read(arguments).map_err(|problem| Failure::Request(format!("{ENGINE_LIST}: {problem}")))?;
    let matches = |access: &&Access| {
        let line = [access.name().map_or("", |name| name), &address(access)].join(" ");
        grep.as_ref().is_none_or(|grep| grep.is_match(&line))
    };
    let matching: Vec<_> = engines.iter().filter(matches).collect();
    // Engines whose row would find no room are not asked.
    let asked = &matching[..matching.len().min(max_reply.saturating_sub(RESERVE) / LEAST)];
    let rows: Vec<_> = asked.iter().map(|_| Mutex::new(Value::Null)).collect();
    let ask = async |(access, row): (&&Access, &Mutex<Value>)| {
        let described = describe(access).await;
        *row.lock().unwrap_or_else(PoisonError::into_inner) = described;
    };
    run_all(AT_ONCE, asked.iter().zip(&rows).map(ask)).await;
    let mut room = max_reply.saturating_sub(RESERVE);
    let rows = rows.into_iter().map(|row| row.into_inner().unwrap_or_else(PoisonError::into_inner));
    let fitting: Vec<_> = rows
        .take_while(|row| {
            let bytes = row.to_string().len() + 1;
            let fits = bytes <= room;
            room = room.saturating_sub(bytes);
            fits
        })
        .collect();
    let (shown, all) = (fitting.len(), matching.len());
    let matched = grep.map(|_| format!("grep: {all} of {} engines match", engines.len()));
    let cut =
        (shown < all).then(|| format!("{shown} of {all} engines shown; `{GREP}` finds others by name or address"));
    let notes = matched.into_iter().chain(cut);
    Ok(ToolReply::data(Safe::trusted(fitting.into()), notes, &ReplyOptions::new(max_reply)))
}

/// Reads the arguments.
fn read(mut arguments: Map<String, Value>) -> Result<Option<Grep>, String> {
    let pattern = arguments.shift_remove(GREP).unwrap_or_default();
    if let Some(other) = arguments.keys().next() {
        return Err(format!("unknown argument `{other}`; it takes `{GREP}`"));
    }
    match pattern {
        Value::Null => Ok(None),
        Value::String(pattern) => Grep::new(vec![pattern]).map(Some).map_err(|problem| format!("`{GREP}`: {problem}")),
        _ => Err(format!("`{GREP}` must be a text")),
    }
}

/// Asks an engine, and describes it.
async fn describe(access: &Access) -> Value {
    let versions = match timeout(Duration::from_secs(SECONDS), access.versions()).await {
        Ok(Ok(versions)) => Ok(versions),
        Ok(Err(failure)) => Err(failure.event()),
        Err(_) => Err(format!("no answer within {SECONDS} s")),
    };
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| _ = members.insert(name.to_owned(), value);
    add("name", access.name().map_or("", |name| name).into());
    add("address", address(access).into());
    add("answers", versions.is_ok().into());
    match versions {
        Ok(versions) => {
            if let Some(version) = versions.engine {
                add("version", version.into_inner().into());
            }
            add("api", versions.api.to_string().into());
        }
        Err(problem) => add("problem", problem.chars().take(PROBLEM).collect::<String>().into()),
    }
    add("exposes", exposes(access).into());
    members.into()
}

fn address(access: &Access) -> String {
    access.shown_address().map_or_else(|_| String::new(), Safe::into_inner)
}

/// The number of tools that may be called, and the settings that withhold others.
#[must_use]
pub fn exposes(access: &Access) -> String {
    let (exposed, all) = (Entry::exposed(access.exposure()).count(), Entry::all().count());
    let settings = access.settings();
    let flags = [
        (settings.read_only, ", read-only"),
        (settings.no_destructive, ", nothing destructive"),
        (settings.no_compose, ", without Docker Compose"),
        (access.exposure().has_policy(), ", under a policy"),
    ];
    let flags: String = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, words)| words).collect();
    if exposed == all { format!("all {all} tools{flags}") } else { format!("{exposed} of {all} tools{flags}") }
}
