//! Requests whose parameters rmcp cannot read. It hands them on as requests of an unknown method, although the method is
//! known and its parameters are wrong.

use rmcp::ErrorData;
use rmcp::model as mcp;

/// The methods with parameters, and the members of these.
const METHODS: [(&str, &str); 12] = [
    ("tools/call", "an object whose `name` is the name of a tool and whose `arguments`, if any, are an object"),
    ("prompts/get", "an object with the `name` of a prompt; `arguments`, if any, are an object"),
    ("resources/read", "an object with the `uri` of a resource"),
    (
        "completion/complete",
        "an object with `ref`, a prompt or a resource template, and `argument`, a `name` and a `value`",
    ),
    ("subscriptions/listen", "an object with `notifications`, an object of booleans"),
    ("skills/get", "an object with the `uri` of a skill"),
    ("tools/list", PAGE),
    ("prompts/list", PAGE),
    ("resources/list", PAGE),
    ("resources/templates/list", PAGE),
    ("skills/list", PAGE),
    ("initialize", "an object with `protocolVersion`, `capabilities` and `clientInfo`"),
];
const PAGE: &str = "an object whose `cursor`, if any, is a text";

/// The error for a request that could not be read.
pub(super) fn problem(method: String) -> ErrorData {
    match METHODS.iter().find(|(known, _)| *known == method) {
        Some((_, needs)) => ErrorData::invalid_params(format!("{method}: `params` must be {needs}"), None),
        None => ErrorData::new(mcp::ErrorCode::METHOD_NOT_FOUND, method, None),
    }
}
