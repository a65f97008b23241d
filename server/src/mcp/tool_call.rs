//! Answers one call of a tool: with progress, until it is done or cancelled.

use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use serde_json::{Map, Value};

use super::Session;
use super::caller::client;
use super::confirmation::{ClientConsent, Retry};
use super::notify::ProgressNotifications;
use super::pages;
use super::panics::catch_panic;
use crate::consent::Consent;
use crate::reply::ToolReply;

impl Session {
    /// Calls a tool of the list, with progress, until the call is cancelled. The response may be a question first.
    pub(super) async fn answer_call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &RequestContext<RoleServer>,
        retry: Retry,
    ) -> mcp::CallToolResponse {
        let (notifications, client) = (ProgressNotifications::new(context), client(context));
        let consent = self.server.confirmations.of_request(context, &client, retry);
        let means = consent.as_ref().map(|consent| consent as &dyn Consent);
        let call = self.server.call(name, arguments, client, notifications.progress(), means);
        let patience = notifications.progress().patience();
        let result = catch_panic(self.reasons.until_cancelled(context, patience, call)).await;
        notifications.finish().await;
        self.server.listing.note_versions();
        if let Some(question) = consent.and_then(ClientConsent::into_question) {
            return question.into();
        }
        let result = match result {
            Some(Some(Ok(reply))) => {
                let for_page = pages::shows(name) && pages::are_shown_to(context);
                self.success(reply, for_page)
            }
            // Of an unknown tool, too. The specification has a protocol error for that, which most clients do not show
            // to the model; from a result it learns the nearest names, and goes on.
            Some(Some(Err(failure))) => error(failure.to_string()),
            Some(None) => error("cancelled".to_owned()),
            None => error(format!("{name}: a bug in dockwright; its log on stderr says more")),
        };
        result.into()
    }

    /// The reply of a tool with a page has structured content, which the extension means for the page.
    fn success(&self, reply: ToolReply, for_page: bool) -> mcp::CallToolResult {
        let mut result = mcp::CallToolResult::success(vec![mcp::ContentBlock::text(reply.to_string())]);
        if for_page || self.server.dispatcher.settings().structured {
            result.structured_content = reply.into_structured();
        }
        result
    }
}

/// A failure that a model can read.
pub(super) fn error(text: String) -> mcp::CallToolResult {
    mcp::CallToolResult::error(vec![mcp::ContentBlock::text(text)])
}
