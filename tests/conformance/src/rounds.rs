//! Questions of revision 2026-07-28, which are answers that ask for more input. The round is sealed and comes back with
//! the client's answers.

use rmcp::ErrorData;
use rmcp::model as mcp;
use rmcp::model::{InputRequest, RequestStateCodec, SealOptions};
use serde_json::Value;

use crate::fixtures::Questions;

/// The client's side of one round.
pub struct Answers<'a> {
    pub capabilities: Option<mcp::ClientCapabilities>,
    pub responses: Option<&'a mcp::InputResponses>,
    pub state: Option<&'a str>,
}

impl Questions {
    /// The next questions, or none if all are answered.
    ///
    /// # Errors
    /// If the state was not sealed here for this call.
    pub fn next(
        &self,
        call: &str,
        answers: &Answers<'_>,
        codec: &RequestStateCodec,
    ) -> Result<Option<mcp::InputRequiredResult>, ErrorData> {
        let forged = |_| ErrorData::invalid_params("`requestState` was not sealed by this server for this call", None);
        let round: usize = match answers.state {
            Some(state) => codec.open_json_with(state, call.as_bytes()).map_err(forged)?,
            None => 0,
        };
        let Some(asked) = self.rounds.get(round) else { return Ok(None) };
        let is_answered = asked.keys().all(|key| answers.responses.is_some_and(|all| has_answer(all, key)));
        let next = if is_answered { round + 1 } else { round };
        let Some(questions) = self.rounds.get(next) else { return Ok(None) };
        let capabilities = answers.capabilities.clone().unwrap_or_default();
        let questions: mcp::InputRequests =
            questions.iter().filter(|(_, request)| can_answer(&capabilities, request)).map(owned).collect();
        let mut result = mcp::InputRequiredResult::from_input_requests(questions);
        if self.is_sealed {
            let options = SealOptions::new().associated_data(call.as_bytes());
            let sealed = codec.seal_json_with(&next, &options);
            result.request_state = Some(sealed.map_err(|error| ErrorData::internal_error(error.to_string(), None))?);
        }
        Ok(Some(result))
    }
}

fn has_answer(responses: &mcp::InputResponses, key: &str) -> bool {
    responses.get(key).is_some_and(Value::is_object)
}

fn can_answer(capabilities: &mcp::ClientCapabilities, request: &InputRequest) -> bool {
    match request {
        InputRequest::Elicitation(_) => capabilities.elicitation.is_some(),
        InputRequest::CreateMessage(_) => capabilities.sampling.is_some(),
        InputRequest::ListRoots(_) => capabilities.roots.is_some(),
        _ => false,
    }
}

fn owned((key, request): (&String, &InputRequest)) -> (String, InputRequest) {
    (key.clone(), request.clone())
}
