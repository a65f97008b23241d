//! Names the client of a request for the audit trail.

use rmcp::RoleServer;
use rmcp::service::RequestContext;

/// Name and version of the client, as it gives them.
pub(super) fn client_name(context: &RequestContext<RoleServer>) -> Option<String> {
    context.client_info().map(|client| format!("{} {}", client.name, client.version))
}
