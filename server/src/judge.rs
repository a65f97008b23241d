//! Judges a request by a policy: decides, looks up what the decision asks for, and decides again.

mod host_files;

use dockwright::{Engine, Error, Value};
use dockwright_policy::request::Change;
use dockwright_policy::{Answer, Decision, Facts, Policy, Question, Refusal, Request, decide};

pub use host_files::HostFiles;

/// The most rounds of questions. The objects that a request names come first, then those that they lead to: of a task
/// its service, of an exec its container.
const MOST_ROUNDS: usize = 8;

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
    let mut facts = Facts::none();
    for _ in 0..MOST_ROUNDS {
        let questions = match decide(policy, request, &facts) {
            Decision::Allow => return Ok(Vec::new()),
            Decision::Rewrite(changes) => return Ok(changes),
            Decision::Deny(refusal) => return Err(Denied::Refused(refusal)),
            Decision::Needs(questions) => questions,
        };
        for question in questions {
            let answer = answer(&question, engine, files).await?;
            facts.add(question, answer);
        }
    }
    let words = format!("what it names could not be looked up in {MOST_ROUNDS} rounds");
    Err(Denied::Refused(Refusal { rule: "request", words, absent: None }))
}

/// Looks up the answers to questions.
///
/// # Errors
/// [`Denied`], if they cannot be had.
pub async fn look_up(questions: Vec<Question>, engine: &Engine, files: &HostFiles) -> Result<Facts, Denied> {
    let mut facts = Facts::none();
    for question in questions {
        let answer = answer(&question, engine, files).await?;
        facts.add(question, answer);
    }
    Ok(facts)
}

async fn answer(question: &Question, engine: &Engine, files: &HostFiles) -> Result<Answer, Denied> {
    if let Question::Path(path) = question {
        return Ok(files.resolve(path).await);
    }
    let Some((operation, arguments)) = question.call() else {
        let words = "this build has no operation that looks up what it names".to_owned();
        return Err(Denied::Refused(Refusal { rule: "request", words, absent: None }));
    };
    match engine.call(operation).arguments(arguments).json::<Value>().await {
        Ok(value) => Ok(Answer::Json(value)),
        Err(error) if error.is_not_found() => Ok(Answer::Absent),
        Err(error) => Err(Denied::Undecided(error)),
    }
}
