//! Requests whose parameters rmcp cannot read. It hands them on as requests of an unknown method, although the method
//! is known and its parameters are wrong.

use rmcp::ErrorData;
use rmcp::model as mcp;

/// The methods that need parameters, and the members of these.
const METHODS: [(&str, &str); 7] = [
    ("initialize", "`protocolVersion`, `capabilities` and `clientInfo`"),
    ("tools/call", "the `name` of a tool, and `arguments`, if any, as an object"),
    ("prompts/get", "the `name` of a prompt, and `arguments`, if any, as an object"),
    ("resources/read", "the `uri` of a resource"),
    ("completion/complete", "`ref`, a prompt or a template, and `argument`, its `name` and its `value`"),
    ("subscriptions/listen", "`notifications`, an object of booleans"),
    ("skills/get", "the `uri` of a skill"),
];

/// The error for a request that could not be read.
pub(super) fn problem(method: String) -> ErrorData {
    match METHODS.iter().find(|(known, _)| *known == method) {
        Some((_, members)) => {
            ErrorData::invalid_params(format!("{method}: `params` must be an object with {members}"), None)
        }
        None => ErrorData::new(mcp::ErrorCode::METHOD_NOT_FOUND, method, None),
    }
}
