//! Any description on any engine: a scene is set, every read-only operation of the table is called on it, and all is
//! undone. Everything that is sent is data (`scene.json`). The test names no generated type, so it compiles with every
//! description.
//!
//! `DOCKWRIGHT_SPEC=spec/v1.44.json cargo test --test driven --features tools` runs it beside an engine of
//! `tests/engine`.

mod call;
mod declared;
mod reading;
mod scene;
#[path = "../support/search.rs"]
mod search;
mod table;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{LazyLock, Mutex};

use dockwright::{API_VERSION, Engine, Operation, Version, tools};
use libtest_mimic::{Arguments, Failed, Trial};
use scene::{SCENE, Step};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime needs no more than threads"));

/// The operations that were tried, each with its success in all tries.
static TRIED: Mutex<BTreeMap<&str, bool>> = Mutex::new(BTreeMap::new());

fn main() -> ExitCode {
    let engine = engine();
    let spoken = engine.as_ref().map(|engine| RUNTIME.block_on(engine.api_version()).expect("the engine answers"));
    let mut arguments = Arguments::from_args();
    // One after the other: steps read things that an earlier one has set up.
    arguments.test_threads = Some(1);
    let conclusion = libtest_mimic::run(&arguments, trials(engine.as_ref(), spoken));
    if let (Some(engine), Some(spoken), false) = (&engine, spoken, arguments.list) {
        let tried = TRIED.lock().expect("no trial panics while it notes");
        let passed = tried.values().filter(|passed| **passed).count();
        let (which, count) = (RUNTIME.block_on(call::engine_version(engine)), tried.len());
        let tools = tools::ALL.len();
        println!("driven: spec {API_VERSION}, {tools} tools, {which}, spoken {spoken}: {passed} of {count} passed");
    }
    conclusion.exit_code()
}

/// An engine of `tests/engine`: nobody would want these steps on their own engine.
fn engine() -> Option<Engine> {
    std::env::var_os("DOCKWRIGHT_TEST_ENGINE")?;
    let host = std::env::var("DOCKWRIGHT_TEST_HOST").ok()?;
    Some(Engine::at(&host).expect("DOCKWRIGHT_TEST_HOST is an address"))
}

/// The operations that the engine has; without an engine all of them, ignored.
fn trials(engine: Option<&Engine>, spoken: Option<Version>) -> Vec<Trial> {
    let read = table::read_only().map(|operation| (operation, SCENE.reading(operation)));
    let set_up = SCENE.set_up.iter().filter_map(Step::with_operation);
    let undo = SCENE.undo.iter().filter_map(Step::with_operation);
    let parts = set_up.map(|step| ("set_up", step)).chain(read.map(|step| ("read", step)));
    let parts = parts.chain(undo.map(|step| ("undo", step)));
    let parts = parts.filter(|(_, (operation, _))| spoken.is_none_or(|spoken| operation.lifetime.contains(spoken)));
    let trial = |(part, (operation, step)): (&str, (&'static Operation, Step))| {
        let engine = engine.cloned();
        Trial::test(format!("{part}::{}", operation.name), move || match &engine {
            Some(engine) => noted(operation, RUNTIME.block_on(call::call(engine, operation, &step))),
            None => Err("there is no engine".into()),
        })
    };
    parts.map(|part| trial(part).with_ignored_flag(engine.is_none())).collect()
}

/// Notes whether it passed, and returns it.
fn noted(operation: &Operation, outcome: Result<(), String>) -> Result<(), Failed> {
    *TRIED.lock().expect("no trial panics while it notes").entry(operation.id).or_insert(true) &= outcome.is_ok();
    outcome.map_err(Failed::from)
}
