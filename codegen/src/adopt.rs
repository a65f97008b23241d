//! Adopts an upstream description as a known one. Takes its text and the known descriptions; returns its facts, the new
//! signatures, and a report of the changes. It writes no files.

use serde_json::Value;

use crate::history::History;
use crate::ir::Api;
use crate::overlay::{Overlay, parse_version};
use crate::problem::{Problem, Problems};
use crate::prose::Prose;
use crate::report::{Report, report};
use crate::{Source, generate, import, lowered, parse, spec, surface};

/// The result of an adoption.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// The file of its facts, `v1.56.json`.
    pub file: String,
    /// Its facts.
    pub facts: String,
    /// The signatures that are generated with it.
    pub signatures: String,
    /// The fingerprints of its prose, if it has any and is the newest.
    pub prose: Option<Prose>,
    /// The changes, and the work that is left.
    pub report: Report,
}

/// Adopts the description of this name and text beside the known ones, the oldest first. It replaces one of its
/// version. `prose` is that of the newest known one.
///
/// # Errors
///
/// [`Problems`], if the text does not describe the known API, or if nothing can be generated. Missing words and
/// corrections that do not apply are no errors; the report lists them.
pub fn adopt(
    name: &str,
    text: &str,
    known: &[Source],
    overlay: &Overlay,
    prose: Option<&Prose>,
) -> Result<Adoption, Problems> {
    let upstream = parse::parse(name, text)?;
    let facts = import::import(name, &upstream)?;
    let version = import::version(&facts).expect("`import` asked for it").to_owned();
    let number = parse_version(&version);
    let known = KnownApi::all(known, overlay);
    check_title(name, &facts, &known)?;

    let others = known.iter().filter(|known| known.number() != number).map(|known| &known.api);
    let history = History::from_apis(others.clone());
    let newest = known.last().filter(|newest| newest.number() > number);
    let oldest = known.first().filter(|oldest| oldest.number() < number);
    // The prose stays in: it helps a person to find words.
    let read = Source {
        name: name.to_owned(),
        text: text.to_owned(),
        oldest: oldest.map_or(&version, |oldest| &oldest.api.version).clone(),
        newest: newest.is_none(),
        tags: None,
    };
    let (api, problems) = lower_source(&read, overlay, &history);
    let api = api.ok_or_else(|| problems.clone())?;

    let file = format!("v{version}.json");
    let facts = import::render(&facts);
    let built = match newest {
        Some(newest) => Source { oldest: read.oldest.clone(), ..newest.source.clone() },
        None => Source { name: file.clone(), text: facts.clone(), ..read.clone() },
    };
    let (output, found) = generate(&built, overlay, &History::from_apis(others.chain([&api])));
    let signatures = surface::surface(&output.ok_or(found)?);

    let before = known.iter().rfind(|known| known.number() <= number);
    let had = before.map(|before| {
        let source = Source { newest: read.newest, ..before.source.clone() };
        let (_, had) = lower_source(&source, overlay, &history);
        renamed_problems(&had, [(&source.name, name), (&before.api.version, &version)])
    });
    let is_new = |problem: &&Problem| had.as_ref().is_none_or(|had| !had.contains(problem));
    let problems = problems.iter().filter(is_new).cloned().collect();
    let built = newest.map(|newest| newest.api.version.as_str());
    let mut report = report(before.map(|before| &before.api), &api, built, overlay, problems);
    let read_prose = Prose::of(&version, &upstream, &overlay.names).filter(|_| newest.is_none());
    if let Some(read_prose) = &read_prose {
        report.todo.add_prose(read_prose, prose, overlay);
    }
    Ok(Adoption { file, facts, signatures, prose: read_prose, report })
}

/// A description that is known already.
struct KnownApi<'a> {
    source: &'a Source,
    api: Api,
}

impl<'a> KnownApi<'a> {
    /// The valid descriptions; a build or a check reports the others.
    fn all(sources: &'a [Source], overlay: &Overlay) -> Vec<Self> {
        let known = |(source, api): (&'a Source, Option<Api>)| Some(Self { source, api: api? });
        sources.iter().zip(spec::apis(sources, overlay)).filter_map(known).collect()
    }

    fn number(&self) -> Option<(u32, u32)> {
        parse_version(&self.api.version)
    }
}

/// Checks that all descriptions are of one API.
fn check_title(name: &str, facts: &Value, known: &[KnownApi]) -> Result<(), Problem> {
    let title = facts["info"]["title"].as_str().unwrap_or_default();
    let Some(other) = known.iter().find(|known| known.api.title != title) else { return Ok(()) };
    let what = format!("describes the API `{title}`, but {} describes `{}`", other.source.name, other.api.title);
    Err(Problem::with_file(name, what, "name a description of the same API, or a folder of its own with `--spec`"))
}

fn lower_source(source: &Source, overlay: &Overlay, history: &History) -> (Option<Api>, Problems) {
    let mut problems = Problems::in_file(&source.name);
    let api = lowered(source, overlay, history, &mut problems);
    (api, problems)
}

/// Problems of one description in the names of another.
fn renamed_problems(problems: &Problems, names: [(&str, &str); 2]) -> Vec<Problem> {
    let renamed = |text: &str| names.iter().fold(text.to_owned(), |text, (was, is)| text.replace(was, is));
    let problem =
        |problem: &Problem| Problem { file: renamed(&problem.file), what: renamed(&problem.what), ..problem.clone() };
    problems.iter().map(problem).collect()
}
