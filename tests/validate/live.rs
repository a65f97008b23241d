//! Shell scripts with the docker CLI set up an engine. Every GET of the operation table is sent to it, and it is
//! cleaned up.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use dockwright::operation::Answer;
use dockwright::operations::{self, ALL};
use dockwright::{Engine, Error, Operation};
use http::header;
use serde_json::{Map, Value};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::recording::Recorded;
use crate::{requests, search};

/// Longer than any answer takes: stats want two samples, and events end at once.
const LONGEST: Duration = Duration::from_secs(60);
const MOST_AT_ONCE: usize = 50;
/// The number of further tries after a failure of the engine, and the pause between them.
const MORE_TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(300);

/// All that an engine answered.
pub struct Live {
    pub version: String,
    pub answers: Vec<Answered>,
    refusals: Vec<(&'static str, Error)>,
}

pub struct Answered {
    pub operation: &'static Operation,
    /// Its body is null unless it is JSON.
    pub recorded: Recorded,
}

impl Live {
    /// Lists operations that were wrongly refused: never answered at all, or refused for other reasons than the state
    /// of the thing that was asked about.
    pub fn wrong_refusals(&self, operation: &Operation) -> Vec<String> {
        let answered = self.answers.iter().any(|answered| answered.operation.id == operation.id);
        let refusals = self.refusals.iter().filter(|(id, _)| *id == operation.id);
        let wrong = refusals.filter(|(_, error)| !answered || !(error.is_not_found() || error.is_conflict()));
        let mut wrong: Vec<_> = wrong.map(|(id, error)| format!("{id}: {error}")).collect();
        if !answered && wrong.is_empty() {
            wrong.push(format!("{}: there was nothing to ask about", operation.id));
        }
        wrong
    }
}

pub fn ask_everything() -> Result<Live, String> {
    let host = std::env::var("DOCKWRIGHT_TEST_HOST").map_err(|_| "DOCKWRIGHT_TEST_HOST is not set".to_owned())?;
    // Arguments of newer engines are sent to all engines: the answers of old ones are worth a look too.
    let engine = Engine::at(&host).map_err(|error| error.to_string())?.allow_newer(true);
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let version = runtime.block_on(engine.api_version()).map_err(|error| error.to_string())?.to_string();
    runtime.block_on(refuse_a_swarm(&engine))?;
    let search = search::serve();
    let _clean_up = CleanUp;
    run("set-up.sh", &version)?;
    let mut live = Live { version, answers: Vec::new(), refusals: Vec::new() };
    runtime.block_on(ask_all(&engine, &search, &mut live))?;
    println!("API {}: {} answers, {} refusals", live.version, live.answers.len(), live.refusals.len());
    Ok(live)
}

/// Whoever's engine is in a swarm would not want us to leave it.
async fn refuse_a_swarm(engine: &Engine) -> Result<(), String> {
    let info: Value = engine.call(&operations::SYSTEM_INFO).json().await.map_err(|error| error.to_string())?;
    match info["Swarm"]["LocalNodeState"].as_str() {
        Some("inactive") => Ok(()),
        state => Err(format!("the engine is in a swarm ({state:?}), which cleaning up would leave")),
    }
}

async fn ask_all(engine: &Engine, search: &str, live: &mut Live) -> Result<(), String> {
    let mut operations: Vec<_> = ALL.iter().copied().filter(|operation| requests::is_asked(operation)).collect();
    operations.sort_by_key(|operation| requests::turn(operation));
    for operation in operations {
        // An old engine refuses to measure its disk twice at once, so only requests for different things go together.
        let at_once = if requests::turn(operation) == 0 { 1 } else { MOST_AT_ONCE };
        let mut requests = requests::requests(operation, &live.answers, search);
        let mut answers = Vec::new();
        while !requests.is_empty() {
            let mut asked = JoinSet::new();
            for (index, arguments) in requests.drain(..at_once.min(requests.len())).enumerate() {
                let engine = engine.clone();
                asked.spawn(async move { (index, timeout(LONGEST, answer(&engine, operation, arguments)).await) });
            }
            let mut part = asked.join_all().await;
            part.sort_by_key(|(index, _)| *index);
            answers.append(&mut part);
        }
        for (_, answer) in answers {
            match answer {
                Ok(Ok(recorded)) => live.answers.push(Answered { operation, recorded }),
                Ok(Err(error)) => live.refusals.push((operation.id, error)),
                Err(_) => return Err(format!("{}: it did not end in {LONGEST:?}", operation.id)),
            }
        }
    }
    Ok(())
}

/// Returns the engine's answer in the end. Containers of the set-up start and end while they are asked. A container may
/// be gone when the engine looks at its processes or its files, which is then a 500; a moment later the engine has an
/// answer, or refuses with 409 or 404. A mistake of the engine or of ours is still one after the last try.
async fn answer(
    engine: &Engine,
    operation: &'static Operation,
    arguments: Map<String, Value>,
) -> Result<Recorded, Error> {
    for _ in 0..MORE_TRIES {
        match ask(engine, operation, arguments.clone()).await {
            Err(error) if error.status().is_some_and(|status| status.is_server_error()) => sleep(PAUSE).await,
            answer => return answer,
        }
    }
    ask(engine, operation, arguments).await
}

async fn ask(engine: &Engine, operation: &'static Operation, arguments: Map<String, Value>) -> Result<Recorded, Error> {
    let get = engine.call(operation).arguments(arguments.clone()).into_request()?.uri().to_string();
    let mut reply = engine.call(operation).arguments(arguments).send().await?;
    let content_type = reply.headers().get(header::CONTENT_TYPE);
    let content_type =
        content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default();
    let status = reply.status().as_u16();
    let body = match operation.answer {
        Answer::Json => reply.json().await?,
        Answer::JsonStream => {
            let bytes = reply.bytes().await?;
            serde_json::Deserializer::from_slice(&bytes)
                .into_iter::<Value>()
                .collect::<Result<Value, _>>()
                .expect("JSON values")
        }
        _ => {
            // That there is something is all we look at.
            reply.chunk().await?;
            Value::Null
        }
    };
    Ok(Recorded { get, status, content_type, body })
}

/// Leaves the engine as it was, whatever happened in between.
struct CleanUp;

impl Drop for CleanUp {
    fn drop(&mut self) {
        if let Err(problem) = run("clean-up.sh", "") {
            eprintln!("{problem}");
        }
    }
}

/// Runs a script beside this file, in a folder of its own, and shows its output if it fails.
fn run(script: &str, version: &str) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("dockwright-validate-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validate").join(script);
    let output = Command::new("sh").arg(path).current_dir(&folder).env("API", version).stdin(Stdio::null()).output();
    let _ = std::fs::remove_dir_all(&folder);
    let output = output.map_err(|error| format!("{script}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{script} failed:\n{}", String::from_utf8_lossy(&output.stderr)))
}
