//! The generator: the description of an HTTP API and an overlay of words and corrections become a typed Rust client and
//! an operation table. It knows no HTTP client and no endpoint by name.
//!
//! [`generate`] runs all stages; each is a module and turns one type into another.

pub mod adopt;
pub mod correct;
pub mod emit;
pub mod features;
pub mod history;
pub mod import;
pub mod ir;
pub mod lower;
pub mod overlay;
pub mod parse;
pub mod problem;
pub mod prose;
pub mod report;
pub mod resolve;
pub mod schema;
pub mod shape;
pub mod spec;
pub mod surface;
pub mod upgrade;

mod check;
mod walk;

pub use check::{Missing, forgotten, missing, missing_sentences, unclaimed, unmatched};

use history::History;
use overlay::Overlay;
use problem::Problems;

/// A description to generate from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name in messages; one that ends in `.json` is read as JSON, any other as YAML.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The oldest API version that the client is to speak.
    pub oldest: String,
    /// True if no newer description is known. Everything in the overlay must then exist in this one.
    pub newest: bool,
    /// The tags of the operations to generate, also as their features or Cargo's variables spell them; `None` for all.
    pub tags: Option<Vec<String>>,
}

/// Generates from a description. There is no output if a problem is an error; the other problems are warnings.
pub fn generate(source: &Source, overlay: &Overlay, history: &History) -> (Option<emit::Output>, Problems) {
    let mut problems = Problems::in_file(&source.name);
    let output = match run(source, overlay, history, Stage::Emit, &mut problems) {
        Some(Product::Output(output)) => Some(output),
        _ => None,
    };
    (output, problems)
}

/// The stages that a caller can stop after.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Correct,
    Lower,
    Check,
    Emit,
}

/// The product of the last stage that ran.
enum Product {
    Description(Box<openapiv3::OpenAPI>),
    Api(ir::Api),
    Output(emit::Output),
}

/// Runs the stages up to `last`; `None` if a problem stops them before.
fn run(source: &Source, overlay: &Overlay, history: &History, last: Stage, problems: &mut Problems) -> Option<Product> {
    let value = parse::parse(&source.name, &source.text).map_err(|problem| problems.push(problem)).ok()?;
    let value = resolve::resolve(value, problems);
    let value = upgrade::swagger_to_openapi(value, problems)?;
    let description = shape::read(value, problems)?;
    let overlay = overlay.for_api(&description.info.title);
    let description = correct::correct(description, &overlay.corrections, problems)?;
    if problems.has_errors() {
        return None;
    }
    if last == Stage::Correct {
        return Some(Product::Description(Box::new(description)));
    }
    // An API without an overlay has no known older versions either.
    let oldest = if overlay.title == description.info.title { source.oldest.as_str() } else { "" };
    let mut api = lower::lower(&description, &overlay, oldest, problems);
    if last == Stage::Lower {
        return Some(Product::Api(api));
    }
    history::mark(&mut api, history, &overlay, problems);
    check::check(&api, &overlay, source.newest, problems);
    lower::choose(&mut api, source.tags.as_deref());
    if problems.has_errors() {
        return None;
    }
    if last == Stage::Check {
        return Some(Product::Api(api));
    }
    Some(Product::Output(emit::emit(&api)))
}

/// Runs the stages up to the checks: every name and decision is final, nothing is printed.
pub fn lowered(source: &Source, overlay: &Overlay, history: &History, problems: &mut Problems) -> Option<ir::Api> {
    match run(source, overlay, history, Stage::Check, problems)? {
        Product::Api(api) => Some(api),
        _ => None,
    }
}

/// Runs the stages up to `lower`: the API by itself, which a history is made of.
pub fn unmarked(source: &Source, overlay: &Overlay, problems: &mut Problems) -> Option<ir::Api> {
    match run(source, overlay, &History::default(), Stage::Lower, problems)? {
        Product::Api(api) => Some(api),
        _ => None,
    }
}

/// Runs the stages up to the corrections: the description in its OpenAPI form.
pub fn corrected(source: &Source, overlay: &Overlay, problems: &mut Problems) -> Option<openapiv3::OpenAPI> {
    match run(source, overlay, &History::default(), Stage::Correct, problems)? {
        Product::Description(description) => Some(*description),
        _ => None,
    }
}
