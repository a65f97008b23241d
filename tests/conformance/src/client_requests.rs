//! Questions of earlier revisions, which are requests of the server to its client.

use rmcp::model::{ClientResult, ServerRequest};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::Value;

use crate::fixtures::typed;

/// Sends a request, and returns the answer as text.
///
/// # Errors
/// If the client does not answer it.
pub async fn ask(request: Value, context: &RequestContext<RoleServer>) -> Result<String, ErrorData> {
    let request: ServerRequest = typed(request)?;
    let answer = context.peer.send_request(request).await;
    let text = |result: ClientResult| serde_json::to_string(&result).map_err(|error| error.to_string());
    answer.map_err(|error| error.to_string()).and_then(text).map_err(|problem| ErrorData::internal_error(problem, None))
}
