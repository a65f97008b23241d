//! Requests whose parameters rmcp cannot read. It hands them on as requests of an unknown method, although the method
//! is known and its parameters are wrong.

use rmcp::ErrorData;
use rmcp::model as mcp;

/// The methods that need parameters, and the members of these.
const METHODS: [(&str, &str); 7] = [
    ("initialize", "`protocolVersion`, `capabilities` and `clientInfo`"),
    ("tools/call", "the `name` of a tool, and `arguments` and `inputResponses`, if any, as objects"),
    ("prompts/get", "the `name` of a prompt, and `arguments`, if any, as an object"),
    ("resources/read", "the `uri` of a resource"),
    ("completion/complete", "`ref`, a prompt or a template, and `argument`, its `name` and its `value`"),
    ("subscriptions/listen", "`notifications`, an object of booleans"),
    ("skills/get", "the `uri` of a skill"),
];

/// The method that began a session until 2026-07-28.
const INITIALIZE: &str = "initialize";

/// The error for a request that could not be read. One that names its revision is of 2026-07-28 or later.
pub(super) fn problem(method: String, names_revision: bool) -> ErrorData {
    match METHODS.iter().find(|(known, _)| *known == method) {
        Some((INITIALIZE, _)) if names_revision => ErrorData::new(mcp::ErrorCode::METHOD_NOT_FOUND, method, None),
        Some((_, members)) => {
            ErrorData::invalid_params(format!("{method}: `params` must be an object with {members}"), None)
        }
        None => ErrorData::new(mcp::ErrorCode::METHOD_NOT_FOUND, method, None),
    }
}
