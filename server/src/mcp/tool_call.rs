//! Answers one call of a tool: with progress, until it is done or cancelled.

use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use serde_json::{Map, Value};

use super::Session;
use super::caller::client_name;
use super::confirmation::{ClientConsent, Retry};
use super::notify::ProgressNotifications;
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
        let (notifications, client) = (ProgressNotifications::new(context), client_name(context));
        let consent = self.server.confirmations.of_request(context, client.as_deref(), retry);
        let means = consent.as_ref().map(|consent| consent as &dyn Consent);
        let call = self.server.call(name, arguments, client, notifications.progress(), means);
        let patience = notifications.progress().patience();
        let result = catch_panic(self.reasons.until_cancelled(context, patience, call)).await;
        notifications.finish().await;
        if self.server.versions_change_tools() {
            // Sent from a task, because the answer must not wait for it: after the end of the input it is never sent.
            let peer = context.peer.clone();
            tokio::spawn(async move { _ = peer.notify_tool_list_changed().await });
        }
        if let Some(question) = consent.and_then(ClientConsent::into_question) {
            return question.into();
        }
        let result = match result {
            Some(Some(Ok(reply))) => self.success(reply),
            Some(Some(Err(failure))) => error(failure.to_string()),
            Some(None) => error("cancelled".to_owned()),
            None => error(format!("{name}: a bug in dockwright; its log on stderr says more")),
        };
        result.into()
    }

    fn success(&self, reply: ToolReply) -> mcp::CallToolResult {
        let mut result = mcp::CallToolResult::success(vec![mcp::ContentBlock::text(reply.to_string())]);
        if self.server.dispatcher.settings().structured {
            result.structured_content = reply.into_structured();
        }
        result
    }
}

/// A failure that a model can read.
pub(super) fn error(text: String) -> mcp::CallToolResult {
    mcp::CallToolResult::error(vec![mcp::ContentBlock::text(text)])
}
