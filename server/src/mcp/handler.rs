//! The requests of the protocol, each handed to the file that answers it.

use rmcp::handler::server::ServerHandler;
use rmcp::model as mcp;
use rmcp::service::{NotificationContext, RequestContext};
use rmcp::{ErrorData, RoleServer};
use serde_json::Value;

use super::caller::client_name;
use super::confirmation::Retry;
use super::tool_call::error;
use super::{Session, completion, instructions, prompts, resources};
use crate::arguments;
use crate::progress::Patience;

/// The method that calls a tool.
const CALL: &str = "tools/call";

/// The members that parameters of other methods must have. A request that rmcp cannot read comes as a custom one.
const PARAMETERS: [(&str, &str); 2] =
    [("prompts/get", "the `name` of a prompt"), ("resources/read", "the `uri` of a resource")];

impl ServerHandler for Session {
    fn get_info(&self) -> mcp::ServerConfig {
        let engines = self.server.dispatcher.engines();
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
            .with_instructions(instructions::instructions(engines, self.server.dispatcher.settings().surface))
    }

    async fn list_tools(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListToolsResult, ErrorData> {
        self.server.versions_change_tools();
        Ok(mcp::ListToolsResult::with_all_items(self.server.tools()))
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
        let retry = Retry { responses: request.input_responses, state: request.request_state };
        Ok(self.answer_call(&request.name, request.arguments.unwrap_or_default(), &context, retry).await)
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
        let response = match arguments::from_value(arguments) {
            Ok(arguments) => self.answer_call(&name, arguments, &context, Retry::of_parameters(&parameters)).await,
            Err(problem) => error(format!("{name}: `arguments` {problem}")).into(),
        };
        let result = serde_json::to_value(mcp::ServerResult::from(response))
            .map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        Ok(mcp::CustomResult::new(result))
    }

    async fn list_prompts(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListPromptsResult, ErrorData> {
        Ok(mcp::ListPromptsResult::with_all_items(prompts::list(&self.server.dispatcher.engines().offer())))
    }

    async fn get_prompt(
        &self,
        request: mcp::GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        match prompts::get(self.server.dispatcher.engines(), &request.name, &arguments) {
            Ok(prompt) => Ok(prompt.into()),
            Err(problem) => Err(ErrorData::invalid_params(problem, None)),
        }
    }

    async fn list_resource_templates(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListResourceTemplatesResult, ErrorData> {
        let templates = resources::templates(&self.server.dispatcher.engines().offer());
        Ok(mcp::ListResourceTemplatesResult::with_all_items(templates))
    }

    async fn complete(
        &self,
        request: mcp::CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<mcp::CompleteResult, ErrorData> {
        let engines = self.server.dispatcher.engines();
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
        let read = resources::read(&self.server.dispatcher, &request.uri, client_name(&context));
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
