//! Names the client of a request for the audit trail.

use http::request::Parts;
use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::RequestContext;

use crate::audit::Client;
use crate::http::TokenName;

/// The client of a request: by its own words, and by its token if it came over HTTP.
pub(super) fn client(context: &RequestContext<RoleServer>) -> Client {
    let request = context.extensions.get::<Parts>();
    // Where a request over HTTP does not say who sends it, rmcp gives its own name and version.
    let is_stand_in = |client: &mcp::Implementation| request.is_some() && *client == mcp::Implementation::default();
    let name = context.client_info().filter(|client| !is_stand_in(client));
    let token = request.and_then(|request| request.extensions.get::<TokenName>());
    Client {
        name: name.map(|client| format!("{} {}", client.name, client.version)),
        token: token.map(|TokenName(name)| name.clone()),
    }
}
