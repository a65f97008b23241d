//! The generator: the description of an HTTP API, with an overlay of our own words and corrections, becomes a typed Rust
//! client and an operation table. It knows no HTTP client and no endpoint by name.
//!
//! [`generate`] is the whole of it, a stage a line; each stage is a module and takes one type to another.

pub mod adopt;
pub mod correct;
pub mod emit;
pub mod history;
pub mod import;
pub mod ir;
pub mod lower;
pub mod overlay;
pub mod parse;
pub mod problem;
pub mod report;
pub mod resolve;
pub mod schema;
pub mod spec;
pub mod surface;
pub mod upgrade;

mod check;
mod shape;

pub use check::{Missing, missing};

use history::History;
use overlay::Overlay;
use problem::{Problem, Problems};

/// A description to generate from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name in messages; one that ends in `.json` is read as JSON, any other as YAML.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The oldest API version that the client is to speak, in which older descriptions are not known.
    pub oldest: String,
    /// Whether no newer description is known; all that the overlay says must then be found in it.
    pub newest: bool,
    /// The tags whose operations are wanted, in any case; all if there are none named.
    pub tags: Option<Vec<String>>,
}

/// Generates from a description. There is no output if a problem is an error; the other problems are warnings.
pub fn generate(source: &Source, overlay: &Overlay, history: &History) -> (Option<emit::Output>, Problems) {
    let mut problems = Problems::of(&source.name);
    let output = lowered(source, overlay, history, &mut problems).map(|api| emit::emit(&api));
    (output.filter(|_| !problems.has_errors()), problems)
}

/// The first half: all names and decisions, nothing printed.
pub fn lowered(source: &Source, overlay: &Overlay, history: &History, problems: &mut Problems) -> Option<ir::Api> {
    let mut api = unmarked(source, overlay, problems)?;
    let overlay = applicable(overlay, &api.title);
    history::mark(&mut api, history, &overlay, problems);
    check::check(&api, &overlay, source.newest, problems);
    lower::choose(&mut api, source.tags.as_deref());
    (!problems.has_errors()).then_some(api)
}

/// The same before anything is known of other versions or checked: what a history is made of.
pub fn unmarked(source: &Source, overlay: &Overlay, problems: &mut Problems) -> Option<ir::Api> {
    let corrected = corrected(source, overlay, problems)?;
    let overlay = applicable(overlay, &corrected.info.title);
    // How old the client may be is known of that API alone, too.
    let oldest = if overlay.title == corrected.info.title { source.oldest.as_str() } else { "" };
    Some(lower::lower(&corrected, &overlay, oldest, problems))
}

/// The description in its OpenAPI form with the corrections applied.
pub fn corrected(source: &Source, overlay: &Overlay, problems: &mut Problems) -> Option<openapiv3::OpenAPI> {
    let value = keep(parse::parse(&source.name, &source.text), problems)?;
    let resolved = resolve::resolve(value, problems);
    let openapi = upgrade::swagger_to_openapi(&resolved, problems)?;
    let overlay = applicable(overlay, &openapi.info.title);
    let version = openapi.info.version.clone();
    let corrected = correct::correct(openapi, &version, &overlay.corrections, problems)?;
    (!problems.has_errors()).then_some(corrected)
}

/// An overlay speaks of one API; another one is generated as it stands.
fn applicable<'a>(overlay: &'a Overlay, title: &str) -> std::borrow::Cow<'a, Overlay> {
    use std::borrow::Cow;
    if overlay.title == title { Cow::Borrowed(overlay) } else { Cow::Owned(Overlay::default()) }
}

fn keep<T>(result: Result<T, Problem>, problems: &mut Problems) -> Option<T> {
    result.map_err(|problem| problems.push(problem)).ok()
}
