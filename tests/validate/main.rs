//! Every GET of a live engine against the description of the API version that it speaks, as our corrections leave it.
//! Recorded answers are held to theirs too, which needs no engine.
//!
//! `tests/engine/with sid cargo test --test validate` validates; `… -- --record FILE` writes the answers down instead.

mod description;
mod live;
mod requests;
mod schema;
mod scrub;
mod selection;

#[path = "../support/recording.rs"]
mod recording;
#[path = "../support/routes.rs"]
mod routes;
#[path = "../support/search.rs"]
mod search;

use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;

use description::Description;
use dockwright::Operation;
use dockwright::operations::ALL;
use libtest_mimic::{Arguments, Failed, Trial};
use live::Live;

const RECORDINGS: &str = "tests/answers";

fn main() -> ExitCode {
    let mut arguments: Vec<_> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--record") {
        let file = arguments.drain(at..).nth(1).expect("--record FILE");
        return record(Path::new(&file));
    }
    // Its engine is filled and put into a swarm, which nobody's own should be.
    let prepared = std::env::var_os("DOCKWRIGHT_TEST_RESTART").is_some();
    let asked = ALL.iter().copied().filter(|operation| requests::is_asked(operation));
    let mut trials: Vec<_> = asked
        .map(|operation| {
            let trial = Trial::test(format!("live::{}", operation.name), || answers_of(operation));
            trial.with_ignored_flag(!prepared)
        })
        .collect();
    trials.extend(
        recording::recordings(Path::new(RECORDINGS))
            .into_iter()
            .map(|recording| Trial::test(format!("recorded::v{}", recording.version), move || recorded(&recording))),
    );
    trials.push(Trial::test("schema::tells_what_a_type_would_not_read", || {
        schema::tells_what_a_type_would_not_read();
        Ok(())
    }));
    libtest_mimic::run(&Arguments::from_iter(arguments), trials).exit_code()
}

/// The engine is set up and asked once, for all trials.
fn live() -> Result<&'static (Live, Description), Failed> {
    static LIVE: OnceLock<Option<(Live, Description)>> = OnceLock::new();
    let ask =
        || live::ask_everything().and_then(|live| Description::of(&live.version).map(|described| (live, described)));
    let live = LIVE.get_or_init(|| ask().inspect_err(|problem| eprintln!("{problem}")).ok());
    live.as_ref().ok_or_else(|| "the engine could not be set up or asked, as said above".into())
}

fn answers_of(operation: &'static Operation) -> Result<(), Failed> {
    let (live, description) = live()?;
    if !description.has(operation) {
        println!("{} is not in API {}", operation.id, live.version);
        return Ok(());
    }
    let answers = live.answers.iter().filter(|answered| answered.operation.id == operation.id);
    let mismatches = answers.flat_map(|answered| description.mismatches(operation, &answered.recorded));
    failed(live.wrong_refusals(operation).into_iter().chain(mismatches).collect())
}

fn recorded(recording: &recording::Recording) -> Result<(), Failed> {
    let description = Description::of(&recording.version)?;
    let successes = recording.answers.iter().filter(|recorded| recorded.is_success());
    failed(
        successes
            .flat_map(|recorded| match routes::operation(&recorded.get) {
                Some(operation) => description.mismatches(operation, recorded),
                None => vec![format!("{}: there is no such operation", recorded.get)],
            })
            .collect(),
    )
}

fn failed(mut mismatches: Vec<String>) -> Result<(), Failed> {
    mismatches.dedup();
    if mismatches.is_empty() { Ok(()) } else { Err(mismatches.join("\n").into()) }
}

fn record(file: &Path) -> ExitCode {
    match live::ask_everything() {
        Ok(live) => {
            let answers = scrub::scrubbed(selection::worth_recording(live.answers));
            recording::write(file, &answers).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            println!("{} answers of API {} in {}", answers.len(), live.version, file.display());
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
