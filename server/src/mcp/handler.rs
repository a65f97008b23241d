//! The requests of the protocol, each handed to the file that answers it.

use rmcp::handler::server::ServerHandler;
use rmcp::model as mcp;
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

use super::caller::client;
use super::confirmation::Retry;
use super::listing::KEPT_MS;
use super::tool_call::error;
use super::{Session, changes, completion, malformed, pages, prompts, resources, skills};
use crate::arguments;
use crate::progress::Patience;

/// The method that calls a tool.
const CALL: &str = "tools/call";

impl ServerHandler for Session {
    fn get_info(&self) -> mcp::ServerConfig {
        self.server.info().clone()
    }

    async fn initialize(
        &self,
        request: mcp::InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        self.server.listing.ask_versions().await;
        self.show_list();
        self.tell_changes(context.peer);
        self.negotiate_initialize(&request)
    }

    async fn discover(&self, _context: RequestContext<RoleServer>) -> Result<mcp::DiscoverResult, ErrorData> {
        self.server.listing.ask_versions().await;
        self.show_list();
        Ok(mcp::DiscoverResult::from_server_info(self.supported_protocol_versions().into_owned(), self.get_info()))
    }

    fn accepted_subscription_filter(&self, _requested: &mcp::SubscriptionFilter) -> Option<mcp::SubscriptionFilter> {
        Some(changes::offered())
    }

    async fn listen(&self, stream: SubscriptionContext) -> Result<(), ErrorData> {
        self.serve_stream(&stream).await;
        Ok(())
    }

    async fn list_tools(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListToolsResult, ErrorData> {
        self.server.listing.ask_versions().await;
        self.show_list();
        let mut list = mcp::ListToolsResult::with_all_items(self.server.tools());
        list.ttl_ms = kept(&context, self.server.listing.kept_ms());
        Ok(list)
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
        let mut parameters = request.params.unwrap_or_default();
        let name = parameters.get("name").and_then(Value::as_str).map(str::to_owned);
        let arguments = parameters.get_mut("arguments").map(Value::take).unwrap_or_default();
        // Some models send their arguments as a text, and learn from a result what is wrong with it.
        let (Some(name), CALL, Value::Null | Value::String(_)) = (name, &*request.method, &arguments) else {
            return Err(malformed::problem(request.method, context.meta.protocol_version().is_some()));
        };
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
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListPromptsResult, ErrorData> {
        let mut list = mcp::ListPromptsResult::with_all_items(prompts::list(&self.server.dispatcher.engines().offer()));
        list.ttl_ms = kept(&context, KEPT_MS);
        Ok(list)
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

    async fn list_resources(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListResourcesResult, ErrorData> {
        let pages = pages::are_shown_to(&context).then(|| pages::list(&self.server.dispatcher));
        Ok(mcp::ListResourcesResult::with_all_items(pages.unwrap_or_default()))
    }

    async fn list_resource_templates(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListResourceTemplatesResult, ErrorData> {
        let templates = resources::templates(&self.server.dispatcher.engines().offer());
        let mut list = mcp::ListResourceTemplatesResult::with_all_items(templates);
        list.ttl_ms = kept(&context, KEPT_MS);
        Ok(list)
    }

    async fn list_skills(
        &self,
        _page: Option<mcp::PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::ListSkillsResult, ErrorData> {
        let skills = skills::list(&self.server.dispatcher.engines().offer());
        let mut list = mcp::ListSkillsResult::with_all_items(skills);
        list.ttl_ms = kept(&context, KEPT_MS);
        Ok(list)
    }

    async fn get_skill(
        &self,
        request: mcp::GetSkillRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::GetSkillResult, ErrorData> {
        let skill = skills::get(&self.server.dispatcher.engines().offer(), &request.uri);
        let skill = skill.ok_or_else(|| ErrorData::invalid_params(format!("{}: no such skill", request.uri), None))?;
        let mut result = mcp::GetSkillResult::new(skill);
        result.ttl_ms = kept(&context, KEPT_MS);
        Ok(result)
    }

    async fn complete(
        &self,
        request: mcp::CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::CompleteResult, ErrorData> {
        if self.server.info().capabilities.completions.is_none() {
            return Err(ErrorData::method_not_found::<mcp::CompleteRequestMethod>());
        }
        let values = completion::complete(&self.server.dispatcher, &request, client(&context));
        tokio::select! {
            values = values => Ok(mcp::CompleteResult::new(values?)),
            () = context.ct.cancelled() => Err(ErrorData::internal_error("cancelled", None)),
        }
    }

    async fn read_resource(
        &self,
        request: mcp::ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<mcp::ReadResourceResponse, ErrorData> {
        if let Some(page) = pages::read(&request.uri, &self.server.dispatcher) {
            return Ok(mcp::ReadResourceResult::new(vec![page]).into());
        }
        if let Some(file) = skills::read(&self.server.dispatcher.engines().offer(), &request.uri) {
            let contents = mcp::ResourceContents::text(file, request.uri).with_mime_type(skills::MIME_TYPE);
            return Ok(mcp::ReadResourceResult::new(vec![contents]).into());
        }
        let read = resources::read(&self.server.dispatcher, &request.uri, client(&context));
        match self.reasons.until_cancelled(&context, &Patience::default(), read).await {
            Some(Ok(reply)) => {
                let contents =
                    mcp::ResourceContents::text(reply.to_string(), request.uri).with_mime_type(resources::MIME_TYPE);
                Ok(mcp::ReadResourceResult::new(vec![contents]).into())
            }
            Some(Err(failure)) if failure.is_not_found() => {
                Err(ErrorData::resource_not_found(failure.to_string(), Some(json!({ "uri": request.uri }))))
            }
            Some(Err(failure)) => Err(ErrorData::internal_error(failure.to_string(), None)),
            None => Err(ErrorData::internal_error("cancelled", None)),
        }
    }
}

/// The hint for how long a client may keep a result, in milliseconds. Earlier revisions of the protocol have none. The
/// scope stays private, rmcp's default: the settings of this server and its engines decide what is listed.
fn kept(context: &RequestContext<RoleServer>, milliseconds: u64) -> Option<u64> {
    context.protocol_version().filter(|version| !version.has_initialize()).map(|_| milliseconds)
}
