//! A step becomes a call through the table, with the names of things where its path wants them.

use std::time::Duration;

use dockwright::{Body, Call, Engine, Operation, Value};
use serde_json::Map;
use tokio::time::{sleep, timeout};

use crate::scene::{SCENE, Step};
use crate::{reading, table};

/// Longer than any call takes.
const LONGEST: Duration = Duration::from_secs(60);

/// Makes a call, again and again if something is awaited.
pub async fn call(engine: &Engine, operation: &'static Operation, step: &Step) -> Result<(), String> {
    let calls = async {
        loop {
            let answer = once(engine, operation, step).await?;
            if step.until.iter().all(|(pointer, value)| answer.pointer(pointer) == Some(value)) {
                return Ok(());
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(LONGEST, calls).await.unwrap_or_else(|_| Err(format!("it did not end in {LONGEST:?}")))
}

/// `bookworm 20.10.24`.
pub async fn engine_version(engine: &Engine) -> String {
    let name = std::env::var("DOCKWRIGHT_TEST_ENGINE").unwrap_or_default();
    let version = match table::operation("GET /version") {
        Some(operation) => engine.call(operation).json::<Value>().await.unwrap_or_default(),
        None => Value::Null,
    };
    format!("{name} {}", version["Version"].as_str().unwrap_or("of unknown version"))
}

/// Calls an operation once, and returns the answer if it is JSON.
async fn once(engine: &Engine, operation: &'static Operation, step: &Step) -> Result<Value, String> {
    let mut arguments = step.arguments.clone();
    if let Some(argument) = table::path_argument(operation) {
        let name = match &step.of {
            Some(name) => name.clone(),
            None => first_listed(engine, table::below(operation)).await?,
        };
        arguments.insert(argument.to_owned(), name.into());
    }
    let call = put_together(engine, operation, arguments, step);
    reading::read(call, operation, step.values).await.map_err(|error| error.to_string())?
}

/// The name of the first thing of a kind. Where its list needs a name itself, that is found in the same way.
async fn first_listed(engine: &Engine, below: &str) -> Result<String, String> {
    let listed = SCENE.things.get(below).ok_or_else(|| format!("scene.json does not say where {below} are listed"))?;
    let list = table::operation(&listed.listed).ok_or_else(|| format!("there is no {}", listed.listed))?;
    let step = Step { arguments: listed.arguments.clone(), ..Step::default() };
    let answer = Box::pin(once(engine, list, &step)).await?;
    let name = answer.pointer(&listed.name).and_then(Value::as_str);
    name.map(str::to_owned).ok_or_else(|| format!("{}: nothing is at {} of its answer", list.id, listed.name))
}

/// The call that a step says.
fn put_together<'a>(
    engine: &'a Engine,
    operation: &'static Operation,
    arguments: Map<String, Value>,
    step: &Step,
) -> Call<'a> {
    let call = engine.call(operation).arguments(arguments);
    match (&step.body, &step.files) {
        (Some(body), _) => call.body(body),
        (None, Some(files)) => call.content(Body::from(archive(files))),
        (None, None) => call,
    }
}

/// The files as a tar archive.
fn archive(files: &Map<String, Value>) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let content = content.to_string();
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, content.as_bytes()).expect("it is written to memory");
    }
    archive.into_inner().expect("it is written to memory")
}
