//! `dockwright policy check FILE`: reads a policy, and decides on a request from standard input or on a tool's call.

use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use dockwright::operation::Operation;
use dockwright::{API_VERSION, Engine, Value, Version};
use dockwright_policy::understand::{Head, MOST_BODY_BYTES};
use dockwright_policy::{Facts, Policy, Refusal, Request, decide, nearest, show};
use serde_json::{Map, json};

use super::super::command::{CommandResult, print_result};
use super::super::proxy::host_files;
use super::named::{owner, read};
use super::request_text::RawRequest;
use super::verdict::Verdict;
use crate::arguments;
use crate::catalogue::Entry;
use crate::engines;
use crate::judge;
use crate::settings::Settings;

/// The most bytes of a request in a text.
const MOST_BYTES: u64 = (MOST_BODY_BYTES + (1 << 20)) as u64;

#[derive(clap::Args)]
pub(super) struct CheckArguments {
    /// The policy
    file: PathBuf,
    /// Decide on a call of this tool
    #[arg(long, value_name = "TOOL")]
    tool: Option<String>,
    /// Arguments of the tool as a JSON object
    #[arg(value_name = "JSON", requires = "tool", default_value = "{}", hide_default_value = true)]
    arguments: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A request that is understood, or the reason why it is not.
struct Understood {
    operation: &'static Operation,
    arguments: Map<String, Value>,
    body: Option<Value>,
}

pub(super) async fn run(arguments: CheckArguments, settings: Settings) -> CommandResult {
    let policy = read(&arguments.file)?;
    let engine = engine(&settings)?;
    let understood = match &arguments.tool {
        Some(tool) => Ok(tool_call(tool, &arguments.arguments)?),
        None => match input().await?.as_slice() {
            text if text.trim_ascii().is_empty() => return report(&policy, &arguments),
            text => understand(&RawRequest::read(text)?, newest(engine.as_ref()).await?),
        },
    };
    let verdict = match &understood {
        Ok(understood) => verdict(&policy, understood, engine.as_ref()).await?,
        Err(refusal) => Verdict::denied(None, refusal.clone()),
    };
    let verdict = if arguments.tool.is_none() { verdict.over_http() } else { verdict };
    let text = if arguments.json { format!("{:#}\n", verdict.json()) } else { verdict.text() };
    print_result(io::stdout().write_all(text.as_bytes()))?;
    Ok(ExitCode::from(verdict.exit_code()))
}

/// Says that a policy is good.
fn report(policy: &Policy, arguments: &CheckArguments) -> CommandResult {
    let passing = show::fates(policy).filter(|fate| fate.refusal.is_none()).count();
    let all = show::fates(policy).count();
    let warnings = show::warnings(policy);
    let (file, preset) = (arguments.file.display(), policy.preset.name());
    let text = if arguments.json {
        let owner = policy.own.as_ref().map(ToString::to_string);
        let report = json!({
            "preset": preset, "owner": owner, "passing": passing, "operations": all, "warnings": warnings,
        });
        format!("{report:#}\n")
    } else {
        let warnings: String = warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
        format!(
            "{file} is good: preset {preset}, {}\n{passing} of {all} operations can pass; see dockwright policy show \
             {file}\n{warnings}",
            owner(policy)
        )
    };
    print_result(io::stdout().write_all(text.as_bytes()))
}

/// Standard input, unless it is a terminal. It is read in a thread that a signal does not wait for.
async fn input() -> Result<Vec<u8>, String> {
    if io::stdin().is_terminal() {
        return Ok(Vec::new());
    }
    let read = || {
        let mut bytes = Vec::new();
        io::stdin().take(MOST_BYTES + 1).read_to_end(&mut bytes).map(|_| bytes)
    };
    let bytes = tokio::task::spawn_blocking(read).await.map_err(io::Error::other).flatten();
    match bytes.map_err(|error| format!("standard input: {error}"))? {
        bytes if bytes.len() as u64 > MOST_BYTES => Err(format!("the request has more than {MOST_BYTES} bytes")),
        bytes => Ok(bytes),
    }
}

fn understand(raw: &RawRequest, newest: Version) -> Result<Understood, Refusal> {
    let headers: Vec<_> = raw.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let head = Head::read(&raw.method, &raw.target, &headers, newest)?;
    let call = if head.streams() { head.with_body(b"")? } else { head.with_body(&raw.body)? };
    Ok(Understood { operation: call.operation, arguments: call.arguments, body: call.body })
}

/// The request that a call of a tool makes.
fn tool_call(name: &str, text: &str) -> Result<Understood, String> {
    let tool = match Entry::find(name).ok_or_else(|| unknown(name))? {
        Entry::Operation(tool) => tool,
        Entry::Composed(composed) => {
            let operations = composed.operations().join(", ");
            return Err(format!("{name} makes several requests; check those that it is made of: {operations}"));
        }
    };
    let values = arguments::from_text(text).map_err(|problem| format!("{name}: arguments {problem}"))?;
    let checked = arguments::check(tool, values).map_err(|problem| problem.to_string())?;
    Ok(Understood { operation: tool.operation, arguments: checked.arguments, body: checked.body })
}

fn unknown(name: &str) -> String {
    let near = nearest::did_you_mean(&nearest::nearest(name, Entry::all().map(Entry::name)));
    format!("no tool is `{name}`{near}")
}

/// The engine that the settings name; `None` if they name none, so that nothing is asked unasked.
fn engine(settings: &Settings) -> Result<Option<Engine>, String> {
    if settings.host.is_none() && settings.context.is_none() {
        return Ok(None);
    }
    let (targets, _) = engines::targets(settings.clone())?;
    let engines = targets.iter().map(|target| target.engine().map_err(|error| error.to_string()));
    engines.collect::<Result<Vec<_>, _>>().map(|engines| engines.into_iter().next())
}

/// The API version of a target that names none.
async fn newest(engine: Option<&Engine>) -> Result<Version, String> {
    let newest: Version = API_VERSION.parse().map_err(|_| "this build has no API version".to_owned())?;
    match engine {
        None => Ok(newest),
        Some(engine) => engine.api_version().await.map(|known| known.min(newest)).map_err(|error| error.to_string()),
    }
}

async fn verdict<'a>(
    policy: &Policy,
    understood: &'a Understood,
    engine: Option<&Engine>,
) -> Result<Verdict<'a>, String> {
    let Understood { operation, arguments, body } = understood;
    let request = Request { operation, arguments, body: body.as_ref() };
    let Some(engine) = engine else {
        return Ok(Verdict::of(operation, decide(policy, request, &Facts::none())));
    };
    let files = host_files(engine, None);
    match judge::judge(policy, request, engine, &files).await {
        Ok(changes) => Ok(Verdict::allowed(operation, changes)),
        Err(judge::Denied::Refused(refusal)) => Ok(Verdict::denied(Some(operation), refusal)),
        Err(judge::Denied::Undecided(error)) => Err(error.to_string()),
    }
}
