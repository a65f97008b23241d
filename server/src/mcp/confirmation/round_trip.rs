//! A question in sessions since 2026-07-28: it is the result of the call, and the client calls again with the answer.
//! The state that travels along is sealed and says what was asked about, so that any server with the key can read it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model as mcp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::form;
use crate::consent::{Answer, CHANGED, NoConsent, Question};
use crate::secrets::Safe;

/// The name of the question among the requests for input.
const NAME: &str = "confirm";
/// The time for an answer.
const LIFE: Duration = Duration::from_secs(300);
/// The most answers that are remembered as used. Beyond it none is taken until some have expired.
const USED: usize = 4_096;
/// Keeps the key for states apart from all else that is derived from a secret.
const PURPOSE: &[u8] = b"dockwright: state of a question\0";

/// The answer that a call brings to an earlier question.
#[derive(Debug, Default)]
pub(in crate::mcp) struct Retry {
    pub(in crate::mcp) responses: Option<mcp::InputResponses>,
    pub(in crate::mcp) state: Option<String>,
}

impl Retry {
    /// The answer in the parameters of a call that rmcp cannot read.
    pub(in crate::mcp) fn of_parameters(parameters: &Value) -> Self {
        let responses = parameters.get("inputResponses").and_then(Value::as_object);
        let responses = responses
            .map(|responses: &Map<_, _>| responses.iter().map(|(name, value)| (name.clone(), value.clone())).collect());
        let state = parameters.get("requestState").and_then(Value::as_str).map(str::to_owned);
        Retry { responses, state }
    }
}

/// The state of a question. Digests keep it short and say nothing to those who read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    number: u64,
    call: String,
    objects: String,
}

/// The questions of a server.
#[derive(Default)]
pub(super) struct RoundTrips {
    /// Made by the first question.
    codec: OnceLock<mcp::RequestStateCodec>,
    /// The answers that were taken, by the number of their question.
    used: Mutex<HashMap<u64, Instant>>,
}

impl RoundTrips {
    /// Questions whose answers any server with this key can take.
    pub(super) fn with_key(key: &[u8]) -> Self {
        let key = Sha256::new().chain_update(PURPOSE).chain_update(key).finalize();
        RoundTrips { codec: mcp::RequestStateCodec::new_unchecked(key.to_vec()).into(), ..RoundTrips::default() }
    }

    /// The answer that a call of this client brings, or the question to ask.
    pub(super) fn answer(
        &self,
        question: &Question,
        client: &str,
        retry: &Retry,
    ) -> Result<Answer, Box<mcp::InputRequiredResult>> {
        let answer = retry.responses.as_ref().map(read);
        // A no needs no proof of what it is to.
        if let Some(Answer::No(reason)) = answer {
            return Ok(Answer::No(reason));
        }
        let codec = match self.codec() {
            Ok(codec) => codec,
            Err(error) => return Ok(Answer::No(NoConsent::Failed(Safe::line(&error.to_string())))),
        };
        let (call, objects) = (digest([question.call.as_str(), client]), digest(&question.objects));
        let opened = retry.state.as_ref().and_then(|state| codec.open_json::<State>(state).ok());
        let asked = opened.filter(|state| answer.is_some() && state.call == call);
        match asked {
            Some(state) if state.objects == objects && self.take(state.number) => Ok(Answer::Before),
            Some(state) if state.objects != objects => Err(self.ask(codec, question, CHANGED, call, objects)),
            _ => Err(self.ask(codec, question, "", call, objects)),
        }
    }

    fn ask(
        &self,
        codec: &mcp::RequestStateCodec,
        question: &Question,
        before: &str,
        call: String,
        objects: String,
    ) -> Box<mcp::InputRequiredResult> {
        let text = question.text.clone().map(|text| format!("{before}{text}"));
        let request = mcp::InputRequest::Elicitation(form::request(&text));
        // Two questions of one number would only be asked once more.
        let state = State { number: getrandom::u64().unwrap_or_default(), call, objects };
        let sealed = codec.seal_json_with(&state, &mcp::SealOptions::new().ttl(LIFE)).ok();
        Box::new(mcp::InputRequiredResult::new(Some(BTreeMap::from([(NAME.to_owned(), request)])), sealed))
    }

    fn codec(&self) -> Result<&mcp::RequestStateCodec, getrandom::Error> {
        if let Some(codec) = self.codec.get() {
            return Ok(codec);
        }
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(self.codec.get_or_init(|| mcp::RequestStateCodec::new_unchecked(key)))
    }

    /// Takes the answer to a question, unless it was taken before.
    fn take(&self, number: u64) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, taken| taken.elapsed() <= LIFE);
        used.len() < USED && used.insert(number, Instant::now()).is_none()
    }
}

/// Reads the answer among the responses.
fn read(responses: &mcp::InputResponses) -> Answer {
    match responses.get(NAME).map(|answer| serde_json::from_value::<mcp::ElicitResult>(answer.clone())) {
        Some(Ok(result)) => form::answer(&result),
        Some(Err(_)) => Answer::No(NoConsent::Unclear("it has no `action`")),
        None => Answer::No(NoConsent::Unclear("it is to another question")),
    }
}

/// A digest of texts, each with its length, so that no two lists have one digest.
fn digest<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        let text = text.as_ref();
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question(objects: &[&str]) -> Question {
        let objects = objects.iter().map(|&object| object.to_owned()).collect();
        Question { text: Safe::trusted("Run it?".to_owned()), call: "call".to_owned(), objects }
    }

    /// A call with this state and a yes.
    fn retry(state: Option<String>) -> Retry {
        let yes = json!({ "action": "accept", "content": { "confirm": true } });
        Retry { responses: Some(BTreeMap::from([(NAME.to_owned(), yes)])), state }
    }

    #[test]
    fn a_state_expires_and_says_nothing_of_the_call() {
        let trips = RoundTrips::default();
        let asked = trips.answer(&question(&["a"]), "test", &Retry::default()).unwrap_err();
        let sealed = asked.request_state.unwrap();
        let codec = trips.codec().unwrap();
        let state: State = codec.open_json(&sealed).unwrap();
        assert!(sealed.len() < 400 && !format!("{state:?}").contains("test"), "{state:?}");
        let old = codec.seal_json_with(&state, &mcp::SealOptions::new().ttl(Duration::from_millis(1))).unwrap();
        std::thread::sleep(Duration::from_millis(5));
        assert!(trips.answer(&question(&["a"]), "test", &retry(Some(old))).is_err());
        assert!(trips.answer(&question(&["a", ""]), "test", &retry(Some(sealed.clone()))).is_err());
        assert!(trips.answer(&question(&["a"]), "other", &retry(Some(sealed.clone()))).is_err());
        assert_eq!(trips.answer(&question(&["a"]), "test", &retry(Some(sealed))).unwrap(), Answer::Before);
    }

    #[test]
    fn answers_that_were_taken_are_remembered_within_a_bound() {
        let trips = RoundTrips::default();
        assert!((0..USED as u64).all(|number| trips.take(number)));
        assert!(!trips.take(0) && !trips.take(u64::MAX));
        assert_eq!(trips.used.lock().unwrap().len(), USED);
    }
}
