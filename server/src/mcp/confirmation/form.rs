//! The form of a question, and the answers that fill it in. Consent is a yes in the form: a client that accepts forms
//! without showing them gives none.

use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use serde_json::Value;

use crate::consent::{Answer, NoConsent};
use crate::secrets::Safe;

/// The only field of the form.
const FIELD: &str = "confirm";

/// Tells whether a client shows forms. A client that offers elicitation without naming a kind does.
pub(super) fn is_offered(context: &RequestContext<RoleServer>) -> bool {
    let elicitation = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
    elicitation.is_some_and(|offered| offered.form.is_some() || offered.url.is_none())
}

/// The request that shows a question.
pub(super) fn request(text: &Safe<String>) -> mcp::ElicitRequest {
    let schema = mcp::ElicitationSchema::builder()
        .required_bool_with(FIELD, |field| field.title("Run it").with_default(false))
        .build_unchecked();
    mcp::ElicitRequest::new(mcp::ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: text.to_string(),
        requested_schema: schema,
    })
}

/// Reads the answer to a question.
pub(super) fn answer(result: &mcp::ElicitResult) -> Answer {
    let confirmed = result.content.as_ref().and_then(|content| content.get(FIELD));
    match (&result.action, confirmed) {
        (mcp::ElicitationAction::Accept, Some(Value::Bool(true))) => Answer::Yes,
        (mcp::ElicitationAction::Accept, Some(Value::Bool(false))) | (mcp::ElicitationAction::Decline, _) => {
            Answer::No(NoConsent::Declined)
        }
        (mcp::ElicitationAction::Cancel, _) => Answer::No(NoConsent::Dismissed),
        _ => Answer::No(NoConsent::Unclear("it lacks `confirm`, a boolean")),
    }
}
