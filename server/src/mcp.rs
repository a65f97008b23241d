//! The Model Context Protocol: answers requests from the lists of tools, prompts and resources, and hands calls to the
//! dispatcher. Every failure of a call is a result that a model can read; only an invalid request is a protocol error.
//! Nothing outside this folder names rmcp.

mod cancellation;
mod completion;
mod engines;
mod instructions;
mod lines;
mod notify;
mod operation_schema;
mod panics;
mod prompts;
mod resources;
mod route;
mod session;
mod tool;
pub mod tools;
mod tools_by_tag;

use std::sync::{Mutex, PoisonError};

use dockwright::Version;
use rmcp::handler::server::ServerHandler;
use rmcp::model as mcp;
use rmcp::service::{NotificationContext, RequestContext};
use rmcp::{ErrorData, RoleServer};
use serde_json::{Map, Value};

use crate::access::Access;
use crate::arguments;
use crate::catalogue::{Entry, Offer};
use crate::dispatch::Dispatcher;
use crate::progress::Patience;
use crate::reply::ToolReply;

pub use session::{serve, serve_stdio};
pub use tools_by_tag::{ARGUMENTS, OPERATION, tag_tool_name};

use cancellation::CancellationReasons;
use notify::ProgressNotifications;
use panics::catch_panic;

/// The method that calls a tool.
const CALL: &str = "tools/call";

/// The members that parameters of other methods must have. A request that rmcp cannot read comes as a custom one.
const PARAMETERS: [(&str, &str); 2] =
    [("prompts/get", "the `name` of a prompt"), ("resources/read", "the `uri` of a resource")];

/// The server's side of one session.
pub struct Server {
    dispatcher: Dispatcher,
    /// The engines' API versions for the client's list of tools; unknown ones lack nothing.
    listed_for: Mutex<Vec<Option<Version>>>,
    reasons: CancellationReasons,
}

impl Server {
    /// Serves the tools that a dispatcher calls.
    #[must_use]
    pub fn new(dispatcher: Dispatcher) -> Self {
        Server { dispatcher, listed_for: Mutex::default(), reasons: CancellationReasons::default() }
    }

    fn tools(&self) -> Vec<mcp::Tool> {
        tools::listed(&self.dispatcher.engines().offer(), self.dispatcher.settings().surface)
    }

    /// Remembers the API versions that are spoken now, and tells whether they change the list of tools.
    fn versions_change_tools(&self) -> bool {
        let engines = self.dispatcher.engines().all();
        let spoken: Vec<_> = engines.iter().map(Access::known_api_version).collect();
        let before = {
            let mut listed_for = self.listed_for.lock().unwrap_or_else(PoisonError::into_inner);
            if *listed_for == spoken {
                return false;
            }
            std::mem::replace(&mut *listed_for, spoken.clone())
        };
        let offer = |versions: &[Option<Version>]| {
            let mut offer = Offer::default();
            for (place, access) in engines.iter().enumerate() {
                offer.add(None, access.exposure().clone(), versions.get(place).copied().flatten());
            }
            offer.listed().map(Entry::name).collect::<Vec<_>>()
        };
        offer(&before) != offer(&spoken)
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> mcp::ServerConfig {
        let engines = self.dispatcher.engines();
        let mut capabilities = mcp::ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_resources()
            .enable_prompts()
            .build();
        // Only names of engines are completed.
        capabilities.completions = engines.are_several().then(mcp::JsonObject::default);
        let server = mcp::Implementation::new("dockwright", env!("CARGO_PKG_VERSION"))
            .with_title("Dockwright")
            .with_description(env!("CARGO_PKG_DESCRIPTION"));
        mcp::ServerConfig::new(capabilities)
            .with_protocol_version(mcp::ProtocolVersion::LATEST_WITH_INITIALIZE)
            .with_server_info(server)
            .with_instructions(instructions::instructions(engines, self.dispatcher.settings().surface))
    }

    async fn list_tools(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListToolsResult, ErrorData> {
        self.versions_change_tools();
        Ok(mcp::ListToolsResult::with_all_items(self.tools()))
    }

    async fn on_cancelled(
        &self,
        cancelled: mcp::CancelledNotificationParam,
        _context: NotificationContext<RoleServer>,
    ) {
        self.reasons.add(cancelled);
    }

    async fn call_tool(
        &self,
        request: mcp::CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::CallToolResponse, ErrorData> {
        Ok(self.answer_call(&request.name, request.arguments.unwrap_or_default(), &context).await.into())
    }

    /// Answers a call of a tool that rmcp cannot read: one whose arguments are JSON in a text, or none at all.
    async fn on_custom_request(
        &self,
        request: mcp::CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::CustomResult, ErrorData> {
        if let Some((method, needs)) = PARAMETERS.iter().find(|(method, _)| *method == request.method) {
            return Err(ErrorData::invalid_params(format!("{method}: `params` must be an object with {needs}"), None));
        }
        if request.method != CALL {
            return Err(ErrorData::new(mcp::ErrorCode::METHOD_NOT_FOUND, request.method, None));
        }
        let mut parameters = request.params.unwrap_or_default();
        let Some(name) = parameters.get("name").and_then(Value::as_str).map(str::to_owned) else {
            let problem = format!("{CALL}: `params` must be an object whose `name` is the name of a tool");
            return Err(ErrorData::invalid_params(problem, None));
        };
        let arguments = parameters.get_mut("arguments").map(Value::take).unwrap_or_default();
        let result = match arguments::from_value(arguments) {
            Ok(arguments) => self.answer_call(&name, arguments, &context).await,
            Err(problem) => error(format!("{name}: `arguments` {problem}")),
        };
        let result =
            serde_json::to_value(result).map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        Ok(mcp::CustomResult::new(result))
    }

    async fn list_prompts(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListPromptsResult, ErrorData> {
        Ok(mcp::ListPromptsResult::with_all_items(prompts::list(&self.dispatcher.engines().offer())))
    }

    async fn get_prompt(
        &self,
        request: mcp::GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        match prompts::get(self.dispatcher.engines(), &request.name, &arguments) {
            Ok(prompt) => Ok(prompt.into()),
            Err(problem) => Err(ErrorData::invalid_params(problem, None)),
        }
    }

    async fn list_resource_templates(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListResourceTemplatesResult, ErrorData> {
        let templates = resources::templates(&self.dispatcher.engines().offer());
        Ok(mcp::ListResourceTemplatesResult::with_all_items(templates))
    }

    async fn complete(
        &self,
        request: mcp::CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::CompleteResult, ErrorData> {
        let engines = self.dispatcher.engines();
        if !engines.are_several() {
            return Err(ErrorData::method_not_found::<mcp::CompleteRequestMethod>());
        }
        Ok(mcp::CompleteResult::new(completion::complete(engines, &request.argument)))
    }

    async fn read_resource(
        &self,
        request: mcp::ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::ReadResourceResponse, ErrorData> {
        let read = resources::read(&self.dispatcher, &request.uri, client_name(&context));
        match self.reasons.until_cancelled(&context, &Patience::default(), read).await {
            Some(Ok(reply)) => {
                let contents =
                    mcp::ResourceContents::text(reply.to_string(), request.uri).with_mime_type(resources::MIME_TYPE);
                Ok(mcp::ReadResourceResult::new(vec![contents]).into())
            }
            Some(Err(failure)) if failure.is_not_found() => {
                Err(ErrorData::resource_not_found(failure.to_string(), None))
            }
            Some(Err(failure)) => Err(ErrorData::internal_error(failure.to_string(), None)),
            None => Err(ErrorData::internal_error("cancelled", None)),
        }
    }
}

impl Server {
    /// Calls a tool of the list, with progress, until the call is cancelled.
    async fn answer_call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &RequestContext<RoleServer>,
    ) -> mcp::CallToolResult {
        let notifications = ProgressNotifications::new(context);
        let call = self.call(name, arguments, client_name(context), notifications.progress());
        let patience = notifications.progress().patience();
        let result = catch_panic(self.reasons.until_cancelled(context, patience, call)).await;
        notifications.finish().await;
        if self.versions_change_tools() {
            // Sent from a task, because the answer must not wait for it: after the end of the input it is never sent.
            let peer = context.peer.clone();
            tokio::spawn(async move { _ = peer.notify_tool_list_changed().await });
        }
        match result {
            Some(Some(Ok(reply))) => self.success(reply),
            Some(Some(Err(failure))) => error(failure.to_string()),
            Some(None) => error("cancelled".to_owned()),
            None => error(format!("{name}: a bug in dockwright; its log on stderr says more")),
        }
    }

    fn success(&self, reply: ToolReply) -> mcp::CallToolResult {
        let mut result = mcp::CallToolResult::success(vec![mcp::ContentBlock::text(reply.to_string())]);
        if self.dispatcher.settings().structured {
            result.structured_content = reply.into_structured();
        }
        result
    }
}

/// Name and version of the client, as it gives them.
fn client_name(context: &RequestContext<RoleServer>) -> Option<String> {
    context.client_info().map(|client| format!("{} {}", client.name, client.version))
}

fn error(text: String) -> mcp::CallToolResult {
    mcp::CallToolResult::error(vec![mcp::ContentBlock::text(text)])
}
