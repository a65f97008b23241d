//! Judges a request by a policy: decides, looks up what the decision asks for, and decides again.

mod host_files;

use std::collections::BTreeSet;
use std::pin::Pin;

use dockwright::operation::Facet;
use dockwright::{Engine, Error, Value};
use dockwright_policy::facets::facets;
use dockwright_policy::objects::collection;
use dockwright_policy::request::Change;
use dockwright_policy::{Answer, Decision, Facts, Policy, Question, Refusal, Request, decide};

pub use host_files::HostFiles;

/// The most rounds of questions. The objects that a request names come first, then those that they lead to: of a task
/// its service, of an exec its container.
const MOST_ROUNDS: usize = 8;

/// The most objects that are looked up for the facets of a request.
const MOST_OBJECTS: usize = 100;

/// The reason why a request must not be sent.
#[derive(Debug)]
pub enum Denied {
    /// The policy denies it.
    Refused(Refusal),
    /// The engine did not tell what the decision needs.
    Undecided(Error),
}

/// Decides on a request, and returns the changes with which alone it may be sent.
///
/// # Errors
/// [`Denied`], also if the facts that the decision needs cannot be had.
pub async fn judge<'a>(
    policy: &Policy,
    request: Request<'a>,
    engine: &Engine,
    files: &HostFiles,
) -> Result<Vec<Change<'a>>, Denied> {
    Inquiry::new(engine, files).judge(policy, request).await
}

/// Facts that are looked up for one request, whichever policies judge it.
pub struct Inquiry<'a> {
    engine: &'a Engine,
    files: &'a HostFiles,
    facts: Facts,
}

impl<'a> Inquiry<'a> {
    /// Nothing is looked up yet.
    #[must_use]
    pub fn new(engine: &'a Engine, files: &'a HostFiles) -> Self {
        Inquiry { engine, files, facts: Facts::none() }
    }

    /// Decides on a request, and returns the changes with which alone it may be sent.
    ///
    /// # Errors
    /// [`Denied`], also if the facts that the decision needs cannot be had.
    pub async fn judge<'r>(&mut self, policy: &Policy, request: Request<'r>) -> Result<Vec<Change<'r>>, Denied> {
        for _ in 0..MOST_ROUNDS {
            let questions = match decide(policy, request, &self.facts) {
                Decision::Allow => return Ok(Vec::new()),
                Decision::Rewrite(changes) => return Ok(changes),
                Decision::Deny(refusal) => return Err(Denied::Refused(refusal)),
                Decision::Needs(questions) => questions,
            };
            for question in questions {
                self.answer(question).await?;
            }
        }
        let words = format!("what it names could not be looked up in {MOST_ROUNDS} rounds");
        Err(Denied::Refused(Refusal { rule: "request", words, absent: None }))
    }

    /// The facets of a request, those of volumes and networks that it names too. One that the engine does not show has
    /// none.
    pub async fn facets(&mut self, request: Request<'_>) -> BTreeSet<Facet> {
        let found = facets(request.operation, request.arguments, request.body);
        let mut all: BTreeSet<_> = found.causes.iter().map(|cause| cause.facet).collect();
        for asked in found.questions.into_iter().take(MOST_OBJECTS) {
            let Some(collection) = collection(asked.object.operation) else { continue };
            let question = Question::Object { collection, name: asked.name.clone() };
            if !all.contains(&asked.cause.facet)
                && let Ok(Answer::Json(object)) = self.answer(question).await
            {
                all.extend(asked.answer(object).map(|cause| cause.facet));
            }
        }
        all
    }

    /// Looks an answer up, unless it is known.
    async fn answer(&mut self, question: Question) -> Result<&Answer, Denied> {
        if self.facts.answer(&question).is_none() {
            let answer = asked(&question, self.engine, self.files).await?;
            self.facts.add(question.clone(), answer);
        }
        Ok(self.facts.answer(&question).expect("the answer was added above"))
    }
}

/// Looks up the answers to questions.
///
/// # Errors
/// [`Denied`], if they cannot be had.
pub async fn look_up(questions: Vec<Question>, engine: &Engine, files: &HostFiles) -> Result<Facts, Denied> {
    let mut inquiry = Inquiry::new(engine, files);
    for question in questions {
        inquiry.answer(question).await?;
    }
    Ok(inquiry.facts)
}

/// Asks the engine or its host. The type of the future is erased, because those of calls within calls grow too deep for
/// the compiler.
fn asked<'a>(question: &'a Question, engine: &'a Engine, files: &'a HostFiles) -> Answering<'a> {
    Box::pin(ask(question, engine, files))
}

type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, Denied>> + Send + 'a>>;

async fn ask(question: &Question, engine: &Engine, files: &HostFiles) -> Result<Answer, Denied> {
    if let Question::Path(path) = question {
        return Ok(files.resolve(path).await);
    }
    let Some((operation, arguments)) = question.call() else {
        let words = "this build has no operation that looks up what it names".to_owned();
        return Err(Denied::Refused(Refusal { rule: "request", words, absent: None }));
    };
    match engine.call(operation).arguments(arguments).json::<Value>().await {
        Ok(value) => Ok(Answer::Json(value)),
        Err(error) if names_nothing(&error) => Ok(Answer::Absent),
        Err(error) => Err(Denied::Undecided(error)),
    }
}

/// Returns true if the engine has no object of a name, knows no such names, or cannot tell which of several is meant by
/// the beginning of an id: that there are several is nobody's business.
fn names_nothing(error: &Error) -> bool {
    let is_ambiguous = |message: &str| message.contains("ambiguous") || message.contains("with provided prefix");
    match error {
        Error::Api { status, message, .. } => matches!(status.as_u16(), 400 | 404) || is_ambiguous(message),
        _ => false,
    }
}
